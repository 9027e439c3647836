//! The index behind searches for words: which message has which three letters in a row. A part of a word is found in any
//! script. Filled beside the hot path, from the log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Without the texts: those are in `message`. A row's number is that of the event by which its message was stored.
const SQLITE: [&str; 1] = [
    "CREATE VIRTUAL TABLE message_search USING fts5(text, content='', contentless_delete=1, \
     detail=none, tokenize='trigram case_sensitive 1')",
];
/// An array's own index comes with every PostgreSQL; `pg_trgm` does not.
const POSTGRES: [&str; 2] = [
    "CREATE TABLE message_search (seq bigint PRIMARY KEY, grams text[] NOT NULL)",
    "CREATE INDEX ix_message_search_grams ON message_search USING gin (grams)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &POSTGRES,
            _ => &SQLITE,
        };
        for statement in statements {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
        Ok(())
    }
}
