//! What the shop sells.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    /// `UUIDv7`; public as `prd_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The shop's own code; unique.
    pub sku: String,
    /// JSON object, BCP 47 language to name; never empty.
    pub names: Json,
    /// JSON object, BCP 47 language to description.
    pub descriptions: Json,
    /// Everything a search looks into, folded as `domain::search` folds.
    pub search_text: String,
    /// Minor units of `currency`, e.g. paisa.
    pub price_minor: i64,
    /// ISO 4217, e.g. `NPR`.
    pub currency: String,
    /// Pieces that can be sold; never negative.
    pub stock: i64,
    /// An `https` address, or a path of this server.
    pub image_url: Option<String>,
    /// Whether customers are offered it.
    pub is_active: bool,
    /// Its place in the list: small numbers first.
    pub sort: i32,
    /// Grows with every change, for who edits it at the same time.
    pub version: i32,
    /// Since when it is only there for old orders.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed, by stock too.
    pub updated_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
