//! What clients ask for with a key of theirs is done once; and searches for people by a leading part of their address, and for
//! our own senders, are answered by indexes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, timestamp_with_time_zone};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Letters compared one by one, whatever the database's language. `SQLite` compares them so anyway.
const BY_LETTER: &str =
    "CREATE INDEX ix_contact_identity_letters ON contact_identity (address text_pattern_ops)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let asked_once = Table::create()
            .table("asked_once")
            .col(text("key").primary_key())
            .col(text("digest"))
            .col(text("target"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        manager.create_table(asked_once).await?;
        let mut sender = Index::create();
        sender.name("ix_conversation_sender").table("conversation");
        manager
            .create_index(sender.col("sender").to_owned())
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            let connection = manager.get_connection();
            connection.execute_unprepared(BY_LETTER).await?;
        }
        Ok(())
    }
}
