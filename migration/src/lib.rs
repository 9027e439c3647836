//! The database schema, one file a step, the same on SQLite and PostgreSQL. Steps are only ever appended.

mod m20261122_000001_messages;
mod m20261122_000002_people;
mod m20261123_000003_queue;
mod m20261124_000004_content;
mod m20261124_000005_access;
mod m20261124_000006_search;
mod m20261124_000007_audit;
mod m20261124_000008_shop;
mod m20261127_000009_api;
mod m20261130_000010_views;
mod m20261130_000011_statistics;
mod m20261130_000012_pauses;

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::prelude::{MigratorTrait, SchemaManager};

/// Runs the steps in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_messages::Migration),
            Box::new(m20261122_000002_people::Migration),
            Box::new(m20261123_000003_queue::Migration),
            Box::new(m20261124_000004_content::Migration),
            Box::new(m20261124_000005_access::Migration),
            Box::new(m20261124_000006_search::Migration),
            Box::new(m20261124_000007_audit::Migration),
            Box::new(m20261124_000008_shop::Migration),
            Box::new(m20261127_000009_api::Migration),
            Box::new(m20261130_000010_views::Migration),
            Box::new(m20261130_000011_statistics::Migration),
            Box::new(m20261130_000012_pauses::Migration),
        ]
    }
}
