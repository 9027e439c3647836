//! PostgreSQL learns which kinds of messages go together: an error code comes with one status or two. Without that it takes what
//! failed for one cause to be a handful of rows, and sorts thousands to show the newest fifty.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const KINDS: &str =
    "CREATE STATISTICS st_message_kinds (mcv) ON status, direction, error_code FROM message";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let connection = manager.get_connection();
        for sql in [KINDS, "ANALYZE message"] {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
