//! A product before it is one: what somebody wants to sell, and every rule it breaks.

use entity::product::Model;

use super::contact_card;
use super::money::{Currency, Money};
use super::product_texts::{Texts, json, search_text};
use crate::error::{Refusal, RefusalCode as Code};

/// Longest SKU, in characters.
const SKU_LIMIT: usize = 64;
/// Longest name, in characters: it stands on one line of a chat.
pub const NAME_LIMIT: usize = 100;
/// Longest description, in characters.
pub const DESCRIPTION_LIMIT: usize = 1_000;
/// Most languages of a text.
const LANGUAGES_LIMIT: usize = 20;
/// Longest address of a picture, in bytes.
const URL_LIMIT: usize = 2_000;
/// Most pieces that can be in stock.
pub const STOCK_LIMIT: i64 = 1_000_000_000;
/// So few pieces are few.
pub const LOW_STOCK: i64 = 5;

/// What somebody wants to sell, unchecked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The shop's own code.
    pub sku: String,
    /// Its names.
    pub names: Texts,
    /// Its descriptions.
    pub descriptions: Texts,
    /// Its price as typed, e.g. `1250.50`.
    pub price: String,
    /// Of which currency.
    pub currency: Currency,
    /// Pieces.
    pub stock: i64,
    /// Its picture.
    pub image_url: Option<String>,
    /// Whether customers are offered it.
    pub is_active: bool,
    /// Its place in the list.
    pub sort: i32,
}

/// A product that breaks no rule known before the database is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The shop's own code.
    pub sku: String,
    /// Its names; never empty.
    pub names: Texts,
    /// Its descriptions.
    pub descriptions: Texts,
    /// What one piece costs.
    pub price: Money,
    /// Pieces; never negative.
    pub stock: i64,
    /// Its picture: an https URL, or a path of this server.
    pub image_url: Option<String>,
    /// Whether customers are offered it.
    pub is_active: bool,
    /// Its place in the list.
    pub sort: i32,
}

/// What of a product is to be changed, unchecked; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Patch {
    /// The shop's own code.
    pub sku: Option<String>,
    /// All of its names.
    pub names: Option<Texts>,
    /// All of its descriptions.
    pub descriptions: Option<Texts>,
    /// Its price as typed.
    pub price: Option<String>,
    /// Of which currency; another one needs a price.
    pub currency: Option<Currency>,
    /// Its picture; empty: none.
    pub image_url: Option<String>,
    /// Whether customers are offered it.
    pub is_active: Option<bool>,
    /// Its place in the list.
    pub sort: Option<i32>,
}

impl Draft {
    /// Checks everything at once.
    ///
    /// # Errors
    /// Every broken rule, with its field.
    pub fn check(request: Request) -> Result<Self, Vec<Refusal>> {
        let mut broken = Vec::new();
        let sku = kept(sku(&request.sku), &mut broken);
        let names = names(request.names, &mut broken);
        let descriptions = descriptions(request.descriptions, &mut broken);
        let price = kept(price(&request.price, request.currency), &mut broken);
        let stock = kept(stock(request.stock), &mut broken);
        let image_url = request.image_url.unwrap_or_default();
        let image_url = kept(image_url_of(&image_url), &mut broken);
        let (Some(sku), Some(price), Some(stock), Some(image_url)) = (sku, price, stock, image_url)
        else {
            return Err(broken);
        };
        if !broken.is_empty() {
            return Err(broken);
        }
        Ok(Self {
            sku,
            names,
            descriptions,
            price,
            stock,
            image_url,
            is_active: request.is_active,
            sort: request.sort,
        })
    }
}

/// The product with what is to be changed; its version and times are the caller's.
///
/// # Errors
/// Every broken rule, with its field.
pub fn patched(was: &Model, patch: Patch) -> Result<Model, Vec<Refusal>> {
    let mut broken = Vec::new();
    let mut it = was.clone();
    if let Some(new) = &patch.sku {
        it.sku = kept(sku(new), &mut broken).unwrap_or_default();
    }
    if let Some(new) = patch.names {
        it.names = json(&names(new, &mut broken));
    }
    if let Some(new) = patch.descriptions {
        it.descriptions = json(&descriptions(new, &mut broken));
    }
    let currency = patch.currency.map(Currency::code);
    let currency = currency.unwrap_or(&was.currency);
    match (&patch.price, Currency::parse(currency)) {
        (Some(new), Some(currency)) => {
            if let Some(price) = kept(price(new, currency), &mut broken) {
                it.price_minor = price.minor;
            }
        }
        (None, Some(_)) if currency != was.currency => {
            let words = "another currency needs a price in it";
            broken.push(Refusal::field(Code::Required, "price", words));
        }
        (None | Some(_), _) => {}
    }
    currency.clone_into(&mut it.currency);
    if let Some(new) = &patch.image_url {
        it.image_url = kept(image_url_of(new), &mut broken).flatten();
    }
    it.is_active = patch.is_active.unwrap_or(it.is_active);
    it.sort = patch.sort.unwrap_or(it.sort);
    it.search_text = search_text(&it.sku, &it.names, &it.descriptions);
    if broken.is_empty() {
        Ok(it)
    } else {
        Err(broken)
    }
}

/// The value of a check, its refusal kept for later.
pub fn kept<T>(result: Result<T, Refusal>, broken: &mut Vec<Refusal>) -> Option<T> {
    result.map_err(|refusal| broken.push(refusal)).ok()
}

/// A shop's own code: letters, digits and `. _ - /`.
///
/// # Errors
/// It is none.
pub fn sku(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let is_first = text.starts_with(|it: char| it.is_ascii_alphanumeric());
    let is_rest = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-' | '/');
    if is_first && text.len() <= SKU_LIMIT && text.chars().all(is_rest) {
        return Ok(text.to_owned());
    }
    let words = format!(
        "not a SKU: 1 to {SKU_LIMIT} letters of the Latin alphabet, digits and . _ - /, a letter or digit first, e.g. TEA-ILAM-250"
    );
    Err(Refusal::field(Code::InvalidSku, "sku", words))
}

/// What one piece costs, as typed.
///
/// # Errors
/// It is no price.
pub fn price(text: &str, currency: Currency) -> Result<Money, Refusal> {
    let refused = |words: String| Refusal::field(Code::InvalidPrice, "price", words);
    Money::parse(text, currency).map_err(|error| refused(error.to_string()))
}

/// Pieces in stock.
///
/// # Errors
/// Less than none, or more than anybody has.
pub fn stock(pieces: i64) -> Result<i64, Refusal> {
    if (0..=STOCK_LIMIT).contains(&pieces) {
        return Ok(pieces);
    }
    let words = "not a stock: from 0 to 1,000,000,000 pieces";
    Err(Refusal::field(Code::InvalidQuantity, "stock", words))
}

/// The address of a picture: an https URL, or a path of this server. Empty: none.
///
/// # Errors
/// It is neither.
pub fn image_url_of(text: &str) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let host = text.strip_prefix("https://");
    let host = host.and_then(|it| it.split(['/', '?', '#']).next());
    let is_url = host.is_some_and(|it| !it.is_empty());
    let is_path = text.starts_with('/')
        && !text.starts_with("//")
        && !text.split('/').any(|it| it == "..")
        && !text.contains('\\');
    let is_clean = !text.contains(|it: char| it.is_whitespace() || it.is_control());
    if (is_url || is_path) && is_clean && text.len() <= URL_LIMIT {
        return Ok(Some(text.to_owned()));
    }
    let words = "not an https URL like https://example.com/tea.jpg, nor a path of this server like /shop/tea.jpg";
    Err(Refusal::field(Code::InvalidUrl, "imageUrl", words))
}

/// A name in one language.
///
/// # Errors
/// It is too long, or has more than one line.
pub fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        let words = "a name is one line without control characters";
        return Err(Refusal::field(Code::InvalidContent, "names", words));
    }
    within(text, NAME_LIMIT, "names")
}

/// A description in one language.
///
/// # Errors
/// It is too long, or has control characters.
pub fn description(text: &str) -> Result<String, Refusal> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().any(|it| it.is_control() && it != '\n') {
        let words = "a description has no control characters but line breaks";
        return Err(Refusal::field(Code::InvalidContent, "descriptions", words));
    }
    within(&text, DESCRIPTION_LIMIT, "descriptions")
}

fn within(text: &str, limit: usize, field: &'static str) -> Result<String, Refusal> {
    let length = text.chars().count();
    if length > limit {
        let words = format!("{length} characters: at most {limit}");
        return Err(Refusal::field(Code::TooLong, field, words));
    }
    Ok(text.to_owned())
}

fn names(all: Texts, broken: &mut Vec<Refusal>) -> Texts {
    let count = broken.len();
    let names = texts(all, ("names", name), broken);
    if names.is_empty() && broken.len() == count {
        let words = "a product has a name in one language at least";
        broken.push(Refusal::field(Code::Required, "names", words));
    }
    names
}

fn descriptions(all: Texts, broken: &mut Vec<Refusal>) -> Texts {
    texts(all, ("descriptions", description), broken)
}

type Check = (&'static str, fn(&str) -> Result<String, Refusal>);

/// Texts by language; an empty one is none.
fn texts(all: Texts, (field, check): Check, broken: &mut Vec<Refusal>) -> Texts {
    let mut texts: Texts = Vec::new();
    if all.len() > LANGUAGES_LIMIT {
        let words = format!("{} languages: at most {LANGUAGES_LIMIT}", all.len());
        broken.push(Refusal::field(Code::TooMany, field, words));
        return texts;
    }
    for (language, text) in all {
        let tag = contact_card::language(&language).map_err(|it| Refusal {
            field: Some(field),
            ..it
        });
        let text = check(&text);
        let (tag, text) = (kept(tag, broken), kept(text, broken));
        let (Some(tag), Some(text)) = (tag, text) else {
            continue;
        };
        if texts.iter().any(|it| it.0 == tag) {
            let words = format!("{tag} is there twice");
            broken.push(Refusal::field(Code::Same, field, words));
        } else if !text.is_empty() {
            texts.push((tag, text));
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> Request {
        Request {
            sku: "TEA-ILAM-250".into(),
            names: vec![
                ("en".into(), "Ilam tea".into()),
                ("ne".into(), "इलाम चिया".into()),
            ],
            descriptions: Vec::new(),
            price: "1,250.50".into(),
            currency: Currency::Npr,
            stock: 3,
            image_url: None,
            is_active: true,
            sort: 0,
        }
    }

    fn broken(change: impl FnOnce(&mut Request)) -> Vec<(Code, &'static str)> {
        let mut request = request();
        change(&mut request);
        let broken = Draft::check(request).err().unwrap_or_default();
        broken
            .iter()
            .filter_map(|it| Some((it.code, it.field?)))
            .collect()
    }

    #[test]
    fn each_broken_rule_names_its_field_and_all_are_told_at_once() {
        assert_eq!(broken(|_| ()), []);
        for sku in ["", " ", "-a", "a b", "चिया", "=1+1", &"x".repeat(65)] {
            assert_eq!(
                broken(|it| it.sku = sku.into()),
                [(Code::InvalidSku, "sku")],
                "{sku}"
            );
        }
        let text = |tag: &str, text: &str| vec![(tag.to_owned(), text.to_owned())];
        for (names, code) in [
            (vec![], Code::Required),
            (text("en", " "), Code::Required),
            (text("english", "x"), Code::InvalidLanguage),
            (text("en", "a\nb"), Code::InvalidContent),
            (text("en", &"न".repeat(101)), Code::TooLong),
            ([text("en", "a"), text("en", "b")].concat(), Code::Same),
            (vec![("en".into(), "a".into()); 21], Code::TooMany),
        ] {
            assert_eq!(broken(|it| it.names = names), [(code, "names")]);
        }
        let long = text("en", &"x".repeat(1_001));
        assert_eq!(
            broken(|it| it.descriptions = long),
            [(Code::TooLong, "descriptions")]
        );
        let lines = text("en", "a\r\nb");
        assert_eq!(broken(|it| it.descriptions = lines), []);
        assert_eq!(
            broken(|it| it.price = "12,5".into()),
            [(Code::InvalidPrice, "price")]
        );
        assert_eq!(
            broken(|it| it.stock = -1),
            [(Code::InvalidQuantity, "stock")]
        );
        let all = broken(|it| {
            it.sku = String::new();
            it.price = "free".into();
            it.stock = -1;
        });
        assert_eq!(all.len(), 3, "{all:?}");
    }

    #[test]
    fn a_picture_is_a_secure_url_or_a_path_of_this_server() {
        for good in ["https://a.np/b.jpg", "/shop/tea.svg"] {
            assert_eq!(image_url_of(good), Ok(Some(good.to_owned())));
        }
        assert_eq!(image_url_of(" "), Ok(None));
        for bad in [
            "http://a/b",
            "//a/b",
            "/../etc",
            "https://",
            "javascript:x",
            "/a b",
            "a.jpg",
            "/\\a",
        ] {
            assert_eq!(
                broken(|it| it.image_url = Some(bad.into())),
                [(Code::InvalidUrl, "imageUrl")],
                "{bad}"
            );
        }
    }

    #[test]
    fn another_currency_needs_another_price() {
        let draft = Draft::check(request()).unwrap();
        let at = chrono::DateTime::from_timestamp(0, 0).unwrap();
        let was = Model {
            id: uuid::Uuid::nil(),
            sku: draft.sku,
            names: json(&draft.names),
            descriptions: json!({}),
            search_text: String::new(),
            price_minor: draft.price.minor,
            currency: "NPR".into(),
            stock: 1,
            image_url: None,
            is_active: true,
            sort: 0,
            version: 1,
            archived_at: None,
            created_at: at,
            updated_at: at,
        };
        let usd = Patch {
            currency: Some(Currency::Usd),
            ..Patch::default()
        };
        let refused = patched(&was, usd.clone()).unwrap_err();
        assert_eq!(
            (refused[0].code, refused[0].field),
            (Code::Required, Some("price"))
        );
        let priced = Patch {
            price: Some("9.99".into()),
            ..usd
        };
        let now = patched(&was, priced).unwrap();
        assert_eq!((now.price_minor, now.currency.as_str()), (999, "USD"));
        let price = Patch {
            price: Some("2".into()),
            ..Patch::default()
        };
        assert_eq!(patched(&was, price).unwrap().price_minor, 200);
    }
}
