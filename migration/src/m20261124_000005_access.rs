//! Who may come in and what they did: passwords, sessions to be listed, the audit log. And what people add to a contact and
//! a conversation.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, json_binary_null, string_len, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("user", text_null("password_hash")),
            ("user", timestamp_with_time_zone_null("disabled_at")),
            ("session", text_null("user_agent")),
            ("session", text_null("client")),
            ("session", timestamp_with_time_zone_null("last_used_at")),
            ("contact", text_null("note")),
            ("contact", text("tags").default("[]").take()),
            ("contact", timestamp_with_time_zone_null("blocked_at")),
            (
                "conversation",
                string_len("state", 12).default("BOT").take(),
            ),
            ("conversation", uuid_null("assignee_id")),
            (
                "conversation",
                timestamp_with_time_zone_null("bot_silent_until"),
            ),
        ] {
            let add = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        for table in [sign_in_failure(), audit_entry(), conversation_event()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            (
                "ix_audit_entry_target",
                "audit_entry",
                &["target", "id"][..],
            ),
            (
                "ix_conversation_last",
                "conversation",
                &["last_message_at", "id"],
            ),
            (
                "ix_conversation_event",
                "conversation_event",
                &["conversation_id", "seq"],
            ),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Failed sign-ins by account and by address.
fn sign_in_failure() -> TableCreateStatement {
    Table::create()
        .table("sign_in_failure")
        .col(text("key").primary_key())
        .col(integer("count"))
        .col(timestamp_with_time_zone("last_at"))
        .col(timestamp_with_time_zone_null("locked_until"))
        .to_owned()
}

fn audit_entry() -> TableCreateStatement {
    Table::create()
        .table("audit_entry")
        .col(uuid("id").primary_key())
        .col(timestamp_with_time_zone("at"))
        .col(text("actor"))
        .col(text("actor_name"))
        .col(string_len("action", 48))
        .col(text_null("target"))
        .col(json_binary_null("before"))
        .col(json_binary_null("after"))
        .col(text_null("client"))
        .to_owned()
}

/// The log of a conversation: who has it, and what people did with it.
fn conversation_event() -> TableCreateStatement {
    Table::create()
        .table("conversation_event")
        .col(big_integer("seq").primary_key().auto_increment())
        .col(uuid("conversation_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string_len("kind", 24))
        .col(text_null("actor_name"))
        .col(text_null("detail"))
        .to_owned()
}
