//! Who holds a lane is told by name, also when the user or token is gone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = Table::alter()
            .table("lane_pause")
            .add_column(text_null("paused_by_name"))
            .to_owned();
        manager.alter_table(name).await
    }
}
