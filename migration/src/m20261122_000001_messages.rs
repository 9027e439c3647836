//! Contacts, conversations, messages with their attempts and timeline, and the provider's raw events.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, json_binary, json_binary_null, small_integer,
    string_len, text, text_null, text_uniq, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            contact(),
            contact_identity(),
            conversation(),
            message(),
            delivery_attempt(),
            message_event(),
            webhook_event(),
        ] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn contact() -> TableCreateStatement {
    Table::create()
        .table("contact")
        .col(uuid("id").primary_key())
        .col(text_null("name"))
        .col(text("address"))
        .col(string_len("language", 35))
        .col(timestamp_with_time_zone_null("last_inbound_at"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

fn contact_identity() -> TableCreateStatement {
    Table::create()
        .table("contact_identity")
        .col(text("address").primary_key())
        .col(uuid("contact_id"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut owner("contact_identity", "contact_id", "contact"))
        .to_owned()
}

fn conversation() -> TableCreateStatement {
    Table::create()
        .table("conversation")
        .col(uuid("id").primary_key())
        .col(uuid("contact_id"))
        .col(text("sender"))
        .col(text("bot_state"))
        .col(timestamp_with_time_zone("last_message_at"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut owner("conversation", "contact_id", "contact"))
        .to_owned()
}

fn message() -> TableCreateStatement {
    Table::create()
        .table("message")
        .col(uuid("id").primary_key())
        .col(uuid("conversation_id"))
        .col(uuid("contact_id"))
        .col(string_len("direction", 8))
        .col(string_len("status", 16))
        .col(small_integer("lane"))
        .col(text("from_address"))
        .col(text("to_address"))
        .col(text_null("body"))
        .col(json_binary("media_urls"))
        .col(text_null("content_sid"))
        .col(json_binary_null("content_variables"))
        .col(text_null("twilio_sid"))
        .col(integer_null("error_code"))
        .col(integer("attempt_count"))
        .col(integer("max_attempts"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(text_null("leased_by"))
        .col(timestamp_with_time_zone_null("not_after"))
        .col(text_null("idempotency_key"))
        .col(text_null("content_hash"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut owner("message", "conversation_id", "conversation"))
        .foreign_key(&mut owner("message", "contact_id", "contact"))
        .to_owned()
}

fn delivery_attempt() -> TableCreateStatement {
    Table::create()
        .table("delivery_attempt")
        .col(uuid("id").primary_key())
        .col(uuid("message_id"))
        .col(integer("number"))
        .col(text("node"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(integer_null("duration_ms"))
        .col(string_len("outcome", 12))
        .col(integer_null("http_status"))
        .col(integer_null("error_code"))
        .col(text_null("error_message"))
        .col(text_null("twilio_sid"))
        .col(text_null("twilio_request_id"))
        .foreign_key(&mut owner("delivery_attempt", "message_id", "message"))
        .to_owned()
}

fn message_event() -> TableCreateStatement {
    Table::create()
        .table("message_event")
        .col(big_integer("seq").primary_key().auto_increment())
        .col(uuid("message_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string_len("kind", 16))
        .col(string_len("status", 16))
        .col(boolean("changed"))
        .col(text_null("detail"))
        .col(integer_null("error_code"))
        .foreign_key(&mut owner("message_event", "message_id", "message"))
        .to_owned()
}

fn webhook_event() -> TableCreateStatement {
    Table::create()
        .table("webhook_event")
        .col(uuid("id").primary_key())
        .col(string_len("kind", 8))
        .col(text_uniq("dedupe_key"))
        .col(
            ColumnDef::new("idempotency_token")
                .text()
                .unique_key()
                .take(),
        )
        .col(text("query"))
        .col(text("body"))
        .col(string_len("state", 12))
        .col(integer("failures"))
        .col(text_null("error"))
        .col(timestamp_with_time_zone("next_try_at"))
        .col(timestamp_with_time_zone("received_at"))
        .col(timestamp_with_time_zone_null("processed_at"))
        .to_owned()
}

/// A row goes when its owner goes.
fn owner(table: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(to, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index(
            "ix_contact_identity_contact",
            "contact_identity",
            &["contact_id"],
        ),
        index("ux_conversation", "conversation", &["contact_id", "sender"])
            .unique()
            .to_owned(),
        index("ix_message_queue", "message", &["status", "lane", "due_at"]),
        index("ix_message_contact", "message", &["contact_id", "id"]),
        index(
            "ix_message_conversation",
            "message",
            &["conversation_id", "id"],
        ),
        index("ux_message_twilio_sid", "message", &["twilio_sid"])
            .unique()
            .to_owned(),
        index(
            "ux_message_idempotency_key",
            "message",
            &["idempotency_key"],
        )
        .unique()
        .to_owned(),
        index(
            "ux_delivery_attempt",
            "delivery_attempt",
            &["message_id", "number"],
        )
        .unique()
        .to_owned(),
        index(
            "ix_delivery_attempt_sid",
            "delivery_attempt",
            &["twilio_sid"],
        ),
        index(
            "ix_delivery_attempt_started",
            "delivery_attempt",
            &["started_at"],
        ),
        index(
            "ix_message_event_message",
            "message_event",
            &["message_id", "seq"],
        ),
        index(
            "ix_webhook_event_state",
            "webhook_event",
            &["state", "next_try_at"],
        ),
    ]
}
