//! What a message holds besides text, who may be written to, and the requests that the webhook refused.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, json_binary_null, string_len, string_len_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            (
                "message",
                string_len("content_kind", 16).default("TEXT").take(),
            ),
            ("message", json_binary_null("content")),
            ("contact", timestamp_with_time_zone_null("opted_out_at")),
            ("contact", string_len_null("opt_out_cause", 12)),
            (
                "conversation",
                timestamp_with_time_zone_null("last_inbound_at"),
            ),
        ] {
            let add = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        // The reply window is one of a person and one of our senders.
        let windows = "UPDATE conversation SET last_inbound_at = \
            (SELECT contact.last_inbound_at FROM contact WHERE contact.id = conversation.contact_id)";
        manager.get_connection().execute_unprepared(windows).await?;
        manager.create_table(webhook_refusal()).await?;
        let unique = Index::create()
            .name("ux_webhook_refusal")
            .table("webhook_refusal")
            .col("reason")
            .col("route")
            .col("client")
            .col("detail")
            .unique()
            .to_owned();
        manager.create_index(unique).await
    }
}

fn webhook_refusal() -> TableCreateStatement {
    Table::create()
        .table("webhook_refusal")
        .col(uuid("id").primary_key())
        .col(string_len("reason", 24))
        .col(text("route"))
        .col(text("client"))
        .col(text("detail"))
        .col(big_integer("count"))
        .col(timestamp_with_time_zone("first_at"))
        .col(timestamp_with_time_zone("last_at"))
        .to_owned()
}
