//! An address that belongs to a contact. Opaque and unique.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// One address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_identity")]
pub struct Model {
    /// The address as the provider writes it, e.g. `whatsapp:+9779800000000`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// Whose address it is.
    pub contact_id: Uuid,
    /// When it was first seen.
    pub created_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
