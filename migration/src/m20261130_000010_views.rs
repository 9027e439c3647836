//! Ways of looking at the log that people keep under a name.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, text, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let view = Table::create()
            .table("saved_view")
            .col(uuid("id").primary_key())
            .col(text("owner"))
            .col(text("name"))
            .col(text("query"))
            .col(boolean("is_shared"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        manager.create_table(view).await?;
        let mut own = Index::create();
        own.name("ux_saved_view_owner_name").table("saved_view");
        own.col("owner").col("name").unique();
        manager.create_index(own).await
    }
}
