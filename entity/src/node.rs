//! A running process of this server, as it last reported itself.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(8))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
pub enum Role {
    /// Everything.
    All,
    /// Webhook, API and dashboard; it takes nothing from the queue.
    Api,
    /// The queue; it serves probes only.
    Worker,
}

impl Role {
    /// Whether it takes messages from the queue.
    pub const fn works(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }

    /// Whether it serves the webhook, the API and the dashboard.
    pub const fn serves(self) -> bool {
        matches!(self, Self::All | Self::Api)
    }
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "node")]
pub struct Model {
    /// Its name, as in attempts and leases.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// What it does.
    pub role: Role,
    /// Its version.
    pub version: String,
    /// Requests it may make at one time.
    pub concurrency: i32,
    /// Requests it was making when it reported itself.
    pub sending: i32,
    /// Since when it runs.
    pub started_at: DateTime<Utc>,
    /// When it last reported itself.
    pub seen_at: DateTime<Utc>,
}

/// None: rows are joined in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
