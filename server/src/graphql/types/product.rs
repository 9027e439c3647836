//! What the shop sells.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::product;
use entity::types::Kind;

use super::contact::words;
use super::message::{BoundedCount, COUNT_LIMIT};
use super::money::{CurrencyEnum, MoneyObject};
use super::user_error::UserError;
use crate::domain::product::{LOW_STOCK, Patch, Request};
use crate::domain::product_table::Fault;
use crate::domain::product_texts::{Texts, read_texts, text_for};
use crate::error::RefusalCode;
use crate::flows::product_import::Imported;
use crate::graphql::guard::{app, fault};
use crate::graphql::page::{Page, PageInfo, few_of};
use crate::store::products::{self, Filter, Place};

/// A text in one language.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LocalizedText {
    /// BCP 47 tag of its language, e.g. ne.
    language: String,
    /// The text.
    text: String,
}

/// A text in one language.
#[derive(Clone, Debug, InputObject)]
pub(in crate::graphql) struct LocalizedTextInput {
    /// BCP 47 tag of its language, e.g. ne.
    language: String,
    /// The text; empty: there is none in this language.
    text: String,
}

/// What the shop sells.
#[derive(Clone)]
pub(in crate::graphql) struct Product(pub(in crate::graphql) product::Model);

/// What the shop sells.
#[Object]
#[expect(clippy::unused_async, reason = "the macro takes async functions only")]
impl Product {
    /// prd_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Product.encode(self.0.id).into()
    }

    /// The shop's own code, unique, e.g. TEA-ILAM-250.
    async fn sku(&self) -> &str {
        &self.0.sku
    }

    /// Its name in a language, or in the nearest there is.
    async fn name(
        &self,
        #[graphql(desc = "BCP 47 tag, e.g. ne-NP", default = "en")] language: String,
    ) -> &str {
        text_for(&self.0.names, &language).unwrap_or_default()
    }

    /// Its names, one a language.
    async fn names(&self) -> Vec<LocalizedText> {
        localized(&self.0.names)
    }

    /// Its descriptions, one a language.
    async fn descriptions(&self) -> Vec<LocalizedText> {
        localized(&self.0.descriptions)
    }

    /// What one piece costs.
    async fn price(&self) -> async_graphql::Result<MoneyObject> {
        MoneyObject::of(self.0.price_minor, &self.0.currency)
    }

    /// Pieces that can be sold.
    async fn stock(&self) -> i64 {
        self.0.stock
    }

    /// Whether at most 5 pieces are left.
    async fn is_low_stock(&self) -> bool {
        self.0.stock <= LOW_STOCK
    }

    /// Its picture: an https URL, or a path of this server; null without one.
    async fn image_url(&self) -> Option<&str> {
        self.0.image_url.as_deref()
    }

    /// Whether customers are offered it. An archived product is not, whatever this says.
    async fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// Its place in the list: small numbers first.
    async fn sort(&self) -> i32 {
        self.0.sort
    }

    /// Grows with every change but those of the stock; updateProduct asks for it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Since when it is only there for old orders; null: it is not archived.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed, its stock included.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

fn localized(stored: &serde_json::Value) -> Vec<LocalizedText> {
    let texts = read_texts(stored).into_iter();
    let localized = |(language, text): (&str, &str)| LocalizedText {
        language: language.to_owned(),
        text: text.to_owned(),
    };
    texts.map(localized).collect()
}

/// Which products. Everything given must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(in crate::graphql) struct ProductFilter {
    /// Words that must stand in SKU, names or descriptions, whatever the case and the order; at most 200 bytes.
    search: Option<String>,
    /// Whether customers are offered it.
    is_active: Option<bool>,
    /// Whether it is archived.
    is_archived: Option<bool>,
    /// Whether at most 5 pieces are left.
    is_low_stock: Option<bool>,
    /// Any of these SKUs, at most 100.
    skus: Option<Vec<String>>,
}

impl ProductFilter {
    pub(in crate::graphql) fn checked(self) -> async_graphql::Result<Filter> {
        let skus = few_of("skus", self.skus)?;
        Ok(Filter {
            search: words("filter.search", self.search)?,
            is_active: self.is_active,
            is_archived: self.is_archived,
            is_low_stock: self.is_low_stock,
            skus: skus.iter().map(|it| it.replace('\0', "")).collect(),
        })
    }
}

/// A product's place in its list.
pub(in crate::graphql) fn cursor(it: &product::Model) -> String {
    format!("{}.{}", it.sort, Kind::Product.encode(it.id))
}

/// Reads it back.
pub(in crate::graphql) fn parse_cursor(text: &str) -> Result<Place, String> {
    let read = || {
        let (sort, id) = text.split_once('.')?;
        let id = Kind::Product.parse(id).ok()?;
        let sort = sort.parse().ok()?;
        Some(Place { sort, id })
    };
    read().ok_or_else(|| "it is no place in a list of products".to_owned())
}

/// A page of products, in the order of the shop's list.
pub(in crate::graphql) struct ProductConnection {
    pub(in crate::graphql) page: Page<product::Model>,
    pub(in crate::graphql) filter: Filter,
}

/// A product in a list.
#[derive(SimpleObject)]
struct ProductEdge {
    /// Its place in the list: it changes with its sort.
    cursor: String,
    /// The product.
    node: Product,
}

/// A page of products, in the order of the shop's list.
#[Object]
impl ProductConnection {
    /// The page's products with their cursors.
    async fn edges(&self) -> Vec<ProductEdge> {
        let edge = |it: &product::Model| ProductEdge {
            cursor: cursor(it),
            node: Product(it.clone()),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The page's products.
    async fn nodes(&self) -> Vec<Product> {
        self.page.rows.iter().cloned().map(Product).collect()
    }

    /// Where the page lies in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page.info
    }

    /// How many products the filter has, counted only when asked for and up to 10,000.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<BoundedCount> {
        let counted = products::count(app(ctx).db.read(), &self.filter, COUNT_LIMIT + 1);
        Ok(BoundedCount::of(counted.await.map_err(fault)?))
    }
}

/// A product to be added.
#[derive(Clone, Debug, InputObject)]
pub(in crate::graphql) struct CreateProductInput {
    /// The shop's own code, unique: Latin letters, digits and . _ - /, a letter or digit first, at most 64.
    sku: String,
    /// Its names, one a language, at most 100 characters each; one at least.
    names: Vec<LocalizedTextInput>,
    /// Its descriptions, one a language, at most 1,000 characters each.
    #[graphql(default)]
    descriptions: Vec<LocalizedTextInput>,
    /// What one piece costs, as a decimal text, e.g. 1250.50.
    price: String,
    /// Of which currency.
    currency: CurrencyEnum,
    /// Pieces that can be sold.
    #[graphql(default)]
    stock: i64,
    /// Its picture: an https URL, or a path of this server.
    image_url: Option<String>,
    /// Whether customers are offered it.
    #[graphql(default = true)]
    is_active: bool,
    /// Its place in the list: small numbers first.
    #[graphql(default)]
    sort: i32,
}

impl CreateProductInput {
    pub(in crate::graphql) fn request(self) -> Request {
        Request {
            sku: self.sku,
            names: texts(self.names),
            descriptions: texts(self.descriptions),
            price: self.price,
            currency: self.currency.into(),
            stock: self.stock,
            image_url: self.image_url,
            is_active: self.is_active,
            sort: self.sort,
        }
    }
}

/// What of a product is to be changed. What is left out stays as it is; adjustStock changes the stock.
#[derive(Clone, Debug, InputObject)]
pub(in crate::graphql) struct UpdateProductInput {
    /// prd_…
    pub(in crate::graphql) id: ID,
    /// The version it had when it was read. If it has another one, nothing is changed: CONFLICT.
    pub(in crate::graphql) version: i32,
    /// The shop's own code, unique.
    sku: Option<String>,
    /// All of its names.
    names: Option<Vec<LocalizedTextInput>>,
    /// All of its descriptions.
    descriptions: Option<Vec<LocalizedTextInput>>,
    /// What one piece costs, as a decimal text, e.g. 1250.50.
    price: Option<String>,
    /// Of which currency; another one than before needs a price.
    currency: Option<CurrencyEnum>,
    /// Its picture: an https URL, or a path of this server; empty: none.
    image_url: Option<String>,
    /// Whether customers are offered it.
    is_active: Option<bool>,
    /// Its place in the list: small numbers first.
    sort: Option<i32>,
}

impl UpdateProductInput {
    pub(in crate::graphql) fn patch(self) -> Patch {
        Patch {
            sku: self.sku,
            names: self.names.map(texts),
            descriptions: self.descriptions.map(texts),
            price: self.price,
            currency: self.currency.map(Into::into),
            image_url: self.image_url,
            is_active: self.is_active,
            sort: self.sort,
        }
    }
}

fn texts(input: Vec<LocalizedTextInput>) -> Texts {
    input.into_iter().map(|it| (it.language, it.text)).collect()
}

/// What became of a change of a product: the product or errors, never both.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ProductPayload {
    /// The product as it is now; null when there are errors.
    pub(in crate::graphql) product: Option<Product>,
    /// Every broken rule.
    pub(in crate::graphql) user_errors: Vec<UserError>,
}

/// What became of importProducts.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ImportProductsPayload {
    /// Products that were not there; on a dry run, that would be new. Null when there are errors.
    created_count: Option<i32>,
    /// Products that are other than before. Null when there are errors.
    updated_count: Option<i32>,
    /// Products that are as the table has them already. Null when there are errors.
    unchanged_count: Option<i32>,
    /// Every cell that breaks a rule, in the order of the lines. If there is one, nothing is stored.
    bad_rows: Vec<BadRow>,
    /// Every broken rule of the table as a whole; also told when bad rows kept it from being stored.
    user_errors: Vec<UserError>,
}

/// A cell of a table that is not what it should be.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BadRow {
    /// The line of the file on which its row begins; the header's is 1.
    row: i32,
    /// The column, by its name in the header; null: the row as a whole.
    column: Option<String>,
    /// Which rule.
    code: RefusalCode,
    /// What is wrong and what would be right.
    message: String,
}

impl ImportProductsPayload {
    pub(in crate::graphql) fn of(made: Option<Imported>, user_errors: Vec<UserError>) -> Self {
        let count = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
        let counted = made.as_ref().filter(|_| user_errors.is_empty());
        Self {
            created_count: counted.map(|it| count(it.created)),
            updated_count: counted.map(|it| count(it.updated)),
            unchanged_count: counted.map(|it| count(it.unchanged)),
            bad_rows: made
                .map(|it| it.faults.into_iter().map(BadRow::from).collect())
                .unwrap_or_default(),
            user_errors,
        }
    }
}

impl From<Fault> for BadRow {
    fn from(it: Fault) -> Self {
        Self {
            row: i32::try_from(it.line).unwrap_or(i32::MAX),
            column: it.column,
            code: it.code,
            message: it.message,
        }
    }
}
