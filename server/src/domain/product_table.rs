//! A table of products as a shop keeps it in a spreadsheet: its columns, and every cell that is not what it should be.

use std::collections::HashMap;

use entity::product::Model;
use serde_json::Value;

use super::contact_card;
use super::csv::{self, Row as Line};
use super::money::{self, Currency, Money};
use super::product;
use super::product_texts::{self, Texts};
use crate::error::{Refusal, RefusalCode as Code};

/// Longest table, in bytes.
pub const BYTES_LIMIT: usize = 4 * 1_024 * 1_024;
/// Most products of a table.
pub const ROWS_LIMIT: usize = 5_000;
const COLUMNS: &str = "sku, name_en, name_ne, description_en, description_ne, price, currency, stock, image_url, active, sort";

/// What a column tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Column {
    Sku,
    Name(String),
    Description(String),
    Price,
    Currency,
    Stock,
    ImageUrl,
    Active,
    Sort,
}

/// What a row tells of a product; `None`: nothing, it stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins; the header's is 1.
    pub line: usize,
    /// The shop's own code.
    pub sku: String,
    /// Names by language; an empty one is taken away.
    pub names: Texts,
    /// Descriptions by language; an empty one is taken away.
    pub descriptions: Texts,
    /// What one piece costs.
    pub price: Money,
    /// Pieces.
    pub stock: Option<i64>,
    /// Its picture; empty: none.
    pub image_url: Option<Option<String>>,
    /// Whether customers are offered it.
    pub is_active: Option<bool>,
    /// Its place in the list.
    pub sort: Option<i32>,
}

/// A cell that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file on which the row begins; the header's is 1.
    pub line: usize,
    /// The column by its name; `None`: the row as a whole.
    pub column: Option<String>,
    /// Which rule.
    pub code: Code,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A table that was read.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Rows that break no rule.
    pub rows: Vec<Row>,
    /// Every broken rule of the others, in the order of their lines.
    pub faults: Vec<Fault>,
}

/// Reads a table.
///
/// # Errors
/// It is no table, is too big, or its header is not one.
pub fn read(text: &str) -> Result<Table, Refusal> {
    let refused = |code, words: String| Refusal::field(code, "csv", words);
    if text.len() > BYTES_LIMIT {
        let words = format!("{} bytes: at most {BYTES_LIMIT}", text.len());
        return Err(refused(Code::TooLong, words));
    }
    let unclosed = |line| {
        let words = format!("line {line}: a quote is opened and never closed");
        refused(Code::InvalidTable, words)
    };
    let mut lines = csv::read_rows(text).map_err(unclosed)?.into_iter();
    let header = lines.next().map(|it| it.cells).unwrap_or_default();
    let columns = columns(&header).map_err(|words| refused(Code::InvalidTable, words))?;
    let has_cells = |it: &Line| it.cells.iter().any(|it| !it.trim().is_empty());
    let lines: Vec<Line> = lines.filter(has_cells).collect();
    if lines.is_empty() {
        let words = "a header and nothing below it: put one product on each line";
        return Err(refused(Code::Empty, words.to_owned()));
    }
    if lines.len() > ROWS_LIMIT {
        let words = format!("{} products: at most {ROWS_LIMIT}", lines.len());
        return Err(refused(Code::TooMany, words));
    }
    let mut table = Table::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let mut cells = Cells {
            line: line.line,
            header: &header,
            faults: Vec::new(),
        };
        let row = cells.row(&columns, &line.cells);
        if let Some(row) = &row
            && let Some(first) = seen.insert(row.sku.clone(), row.line)
        {
            let words = format!("line {first} has this SKU already");
            cells.refuse(columns.get(&Column::Sku).copied(), Code::Same, words);
        }
        table.rows.extend(row.filter(|_| cells.faults.is_empty()));
        table.faults.append(&mut cells.faults);
    }
    Ok(table)
}

type Columns = HashMap<Column, usize>;

fn columns(header: &[String]) -> Result<Columns, String> {
    let mut columns = Columns::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.trim();
        let column = column(name).ok_or_else(|| {
            format!("there is no column {name:?}: there are {COLUMNS}, and names and descriptions in other languages")
        })?;
        if columns.insert(column, place).is_some() {
            return Err(format!("the column {name:?} is there twice"));
        }
    }
    let is_name = |it: &Column| matches!(it, Column::Name(_));
    for (name, is_there) in [
        ("sku", columns.contains_key(&Column::Sku)),
        ("name_en", columns.keys().any(is_name)),
        ("price", columns.contains_key(&Column::Price)),
        ("currency", columns.contains_key(&Column::Currency)),
    ] {
        if !is_there {
            return Err(format!(
                "the header lacks the column {name}: there are {COLUMNS}"
            ));
        }
    }
    Ok(columns)
}

fn column(name: &str) -> Option<Column> {
    let folded = name.to_lowercase();
    // Its case is of no meaning to a person, but it is to a tag: en-GB.
    let tag = |prefix: &str| {
        let tag = folded
            .starts_with(prefix)
            .then(|| name.get(prefix.len()..))??;
        contact_card::language(tag).ok()
    };
    Some(match folded.as_str() {
        "sku" => Column::Sku,
        "price" => Column::Price,
        "currency" => Column::Currency,
        "stock" => Column::Stock,
        "image_url" => Column::ImageUrl,
        "active" => Column::Active,
        "sort" => Column::Sort,
        _ => match tag("name_") {
            Some(language) => Column::Name(language),
            None => Column::Description(tag("description_")?),
        },
    })
}

/// One line, and what is wrong with it.
struct Cells<'a> {
    line: usize,
    header: &'a [String],
    faults: Vec<Fault>,
}

impl Cells<'_> {
    fn refuse(&mut self, place: Option<usize>, code: Code, message: String) {
        let column = place.and_then(|it| self.header.get(it));
        self.faults.push(Fault {
            line: self.line,
            column: column.map(|it| it.trim().to_owned()),
            code,
            message,
        });
    }

    fn checked<T>(&mut self, place: Option<usize>, result: Result<T, Refusal>) -> Option<T> {
        let refused = |it: Refusal| self.refuse(place, it.code, it.message);
        result.map_err(refused).ok()
    }

    /// The row, where everything in it can be read.
    fn row(&mut self, columns: &Columns, cells: &[String]) -> Option<Row> {
        if cells.len() != self.header.len() {
            let words = format!(
                "{} cells, the header has {}: put a cell with a separator in it into quotes",
                cells.len(),
                self.header.len()
            );
            self.refuse(None, Code::InvalidTable, words);
            return None;
        }
        let place = |column: &Column| columns.get(column).copied();
        let cell = |place: Option<usize>| place.and_then(|it| cells.get(it)).map(|it| it.trim());
        let given = |place| cell(place).filter(|it| !it.is_empty());
        let [
            at_sku,
            at_price,
            at_currency,
            at_stock,
            at_image,
            at_active,
            at_sort,
        ] = [
            Column::Sku,
            Column::Price,
            Column::Currency,
            Column::Stock,
            Column::ImageUrl,
            Column::Active,
            Column::Sort,
        ]
        .map(|it| place(&it));
        let sku = self.checked(at_sku, product::sku(cell(at_sku).unwrap_or_default()));
        let (names, descriptions) = self.texts(columns, cells);
        let currency = self.checked(at_currency, currency(cell(at_currency).unwrap_or_default()));
        // Without a currency the price can't be told from a wrong one, but from no price at all.
        let price = product::price(
            cell(at_price).unwrap_or_default(),
            currency.unwrap_or(Currency::Npr),
        );
        let price = self.checked(at_price, price);
        let stock = given(at_stock).map(|it| self.checked(at_stock, stock(it)));
        let image_url = cell(at_image).map(|it| self.checked(at_image, product::image_url_of(it)));
        let is_active = given(at_active).map(|it| self.checked(at_active, truth(it)));
        let sort = given(at_sort).map(|it| self.checked(at_sort, sort(it)));
        Some(Row {
            line: self.line,
            sku: sku?,
            names,
            descriptions,
            price: price.filter(|_| currency.is_some())?,
            stock: stock.flatten(),
            image_url: image_url.flatten(),
            is_active: is_active.flatten(),
            sort: sort.flatten(),
        })
    }

    fn texts(&mut self, columns: &Columns, cells: &[String]) -> (Texts, Texts) {
        let (mut names, mut descriptions) = (Texts::new(), Texts::new());
        let mut in_order: Vec<(&Column, usize)> = columns.iter().map(|it| (it.0, *it.1)).collect();
        in_order.sort_by_key(|it| it.1);
        let mut first_name = None;
        for (column, place) in in_order {
            let text = cells.get(place).map(String::as_str).unwrap_or_default();
            match column {
                Column::Name(language) => {
                    first_name = first_name.or(Some(place));
                    let text = self.checked(Some(place), product::name(text));
                    names.extend(text.map(|it| (language.clone(), it)));
                }
                Column::Description(language) => {
                    let text = self.checked(Some(place), product::description(text));
                    descriptions.extend(text.map(|it| (language.clone(), it)));
                }
                Column::Sku
                | Column::Price
                | Column::Currency
                | Column::Stock
                | Column::ImageUrl
                | Column::Active
                | Column::Sort => {}
            }
        }
        if !names.is_empty() && names.iter().all(|it| it.1.is_empty()) {
            let words = "a product has a name in one language at least";
            self.refuse(first_name, Code::Required, words.to_owned());
        }
        (names, descriptions)
    }
}

fn currency(text: &str) -> Result<Currency, Refusal> {
    let words = "not a currency the shop can sell in: NPR, INR or USD";
    let refused = || Refusal::whole(Code::InvalidCurrency, words);
    Currency::parse(text).ok_or_else(refused)
}

fn stock(text: &str) -> Result<i64, Refusal> {
    let pieces = money::plain_digits(text).parse();
    product::stock(pieces.unwrap_or(-1))
}

fn truth(text: &str) -> Result<bool, Refusal> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(Refusal::whole(Code::InvalidContent, "write true or false")),
    }
}

fn sort(text: &str) -> Result<i32, Refusal> {
    let words = "not a whole number: small numbers come first in the list";
    let refused = |_| Refusal::whole(Code::InvalidContent, words);
    money::plain_digits(text).parse().map_err(refused)
}

impl Row {
    /// The product with what the row tells; its version and times are the caller's.
    pub fn apply(&self, was: &Model) -> Model {
        let names = over(&was.names, &self.names);
        let descriptions = over(&was.descriptions, &self.descriptions);
        Model {
            sku: self.sku.clone(),
            search_text: product_texts::search_text(&self.sku, &names, &descriptions),
            names,
            descriptions,
            price_minor: self.price.minor,
            currency: self.price.currency.code().to_owned(),
            stock: self.stock.unwrap_or(was.stock),
            image_url: self.image_url.clone().unwrap_or(was.image_url.clone()),
            is_active: self.is_active.unwrap_or(was.is_active),
            sort: self.sort.unwrap_or(was.sort),
            ..was.clone()
        }
    }
}

/// Stored texts with new ones over them; those of other languages stay.
fn over(stored: &Value, texts: &Texts) -> Value {
    let is_new = |language: &str| texts.iter().any(|it| it.0 == language);
    let kept = product_texts::read_texts(stored).into_iter();
    let kept = kept
        .filter(|it| !is_new(it.0))
        .map(|it| (it.0.to_owned(), it.1.to_owned()));
    let new = texts.iter().filter(|it| !it.1.is_empty()).cloned();
    product_texts::json(&kept.chain(new).collect::<Texts>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_read_with_languages_other_scripts_and_empty_cells() {
        let text = "\u{feff}SKU,name_en,name_ne,description_en,price,currency,stock,image_url,active,sort\r\n\
            TEA,Ilam tea,इलाम चिया,\"Strong,\nand \"\"good\"\"\",\"1,250.50\",npr,१२,/shop/tea.svg,yes,10\r\n\
            ,,,,,,,,,\r\n\
            CUP,Cup,,,300,NPR,,,,\r\n";
        let table = read(text).unwrap();
        assert_eq!(table.faults, []);
        let [tea, cup] = table.rows.as_slice() else {
            panic!("{table:?}")
        };
        assert_eq!((tea.line, cup.line), (2, 5));
        assert_eq!(tea.names[1], ("ne".into(), "इलाम चिया".into()));
        assert_eq!(tea.descriptions[0].1, "Strong,\nand \"good\"");
        assert_eq!(tea.price, Money::new(125_050, Currency::Npr));
        assert_eq!(
            (tea.stock, tea.is_active, tea.sort),
            (Some(12), Some(true), Some(10))
        );
        assert_eq!((cup.stock, cup.is_active, cup.sort), (None, None, None));
        assert_eq!(cup.image_url, Some(None));
        let stored = json!({ "ne": "कप", "hi": "कप" });
        assert_eq!(
            over(&stored, &cup.names),
            json!({ "en": "Cup", "hi": "कप" })
        );
    }

    #[test]
    fn every_bad_cell_is_told_with_line_column_and_reason() {
        let text = "sku,name_en,price,currency,stock,active,sort,image_url\n\
            good,Good,1,USD,1,true,1,\n\
            बाह्र,,free,EUR,-1,maybe,x,ftp://a\n\
            good,Twice,1,USD,,,,\n\
            few,Cells\n\
            fine,Fine,1,USD,,,,\n";
        let table = read(text).unwrap();
        let told: Vec<_> = table
            .faults
            .iter()
            .map(|it| (it.line, it.column.as_deref().unwrap_or("-"), it.code))
            .collect();
        assert_eq!(
            told,
            [
                (3, "sku", Code::InvalidSku),
                (3, "name_en", Code::Required),
                (3, "currency", Code::InvalidCurrency),
                (3, "price", Code::InvalidPrice),
                (3, "stock", Code::InvalidQuantity),
                (3, "image_url", Code::InvalidUrl),
                (3, "active", Code::InvalidContent),
                (3, "sort", Code::InvalidContent),
                (4, "sku", Code::Same),
                (5, "-", Code::InvalidTable),
            ]
        );
        assert_eq!(
            table.rows.iter().map(|it| it.line).collect::<Vec<_>>(),
            [2, 6]
        );
    }

    #[test]
    fn what_is_no_table_is_refused_as_a_whole() {
        let header = "sku,name_en,price,currency\n";
        for (text, code, part) in [
            (String::new(), Code::InvalidTable, "lacks the column sku"),
            (
                "sku,name_en,price\nx".into(),
                Code::InvalidTable,
                "lacks the column currency",
            ),
            (
                "sku,name_en,price,currency,colour\n".into(),
                Code::InvalidTable,
                "\"colour\"",
            ),
            ("sku,SKU,name_en\n".into(), Code::InvalidTable, "twice"),
            (
                "sku,name_english\n".into(),
                Code::InvalidTable,
                "\"name_english\"",
            ),
            (header.into(), Code::Empty, "nothing below"),
            (
                format!("{header}\"x\n"),
                Code::InvalidTable,
                "line 2: a quote",
            ),
            (
                format!("{header}{}", "x\n".repeat(5_001)),
                Code::TooMany,
                "5001",
            ),
            ("x".repeat(BYTES_LIMIT + 1), Code::TooLong, "bytes"),
        ] {
            let refusal = read(&text).unwrap_err();
            assert_eq!(refusal.code, code, "{}", refusal.message);
            assert!(refusal.message.contains(part), "{}", refusal.message);
        }
        assert!(
            read("sku;name_en-GB;price;currency\na;b;1;inr")
                .unwrap()
                .faults
                .is_empty()
        );
    }
}
