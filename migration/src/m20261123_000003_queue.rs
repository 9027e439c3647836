//! What the queue needs to stay quick beside a long log, and what it is steered by: pauses, jobs, nodes, chores, rollups.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, json_binary, small_integer, string_len, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [lane_pause(), node(), chore(), bulk_job(), stats_minute()] {
            manager.create_table(table).await?;
        }
        let source = Table::alter()
            .table("webhook_event")
            .add_column(string_len("source", 12).default("WEBHOOK"))
            .to_owned();
        manager.alter_table(source).await?;
        for (old, table) in [
            ("ix_message_queue", "message"),
            ("ux_message_twilio_sid", "message"),
            ("ux_message_idempotency_key", "message"),
            ("ix_delivery_attempt_sid", "delivery_attempt"),
            ("ix_webhook_event_state", "webhook_event"),
        ] {
            let old = Index::drop().name(old).table(table).to_owned();
            manager.drop_index(old).await?;
        }
        let state = Index::create()
            .name("ix_bulk_job_state")
            .table("bulk_job")
            .col("state")
            .to_owned();
        manager.create_index(state).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for drop in REFERENCES {
                manager.get_connection().execute_unprepared(drop).await?;
            }
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// To check that a message is there locks its row, once for each of its events and attempts: a third of what PostgreSQL did
/// for a message. They are written in one transaction with it, and deleted with it by hand.
const REFERENCES: [&str; 2] = [
    "ALTER TABLE message_event DROP CONSTRAINT fk_message_event_message_id",
    "ALTER TABLE delivery_attempt DROP CONSTRAINT fk_delivery_attempt_message_id",
];

/// Partial indexes: their size follows the queue, not the log, and a message on its usual way touches few of them. `SQLite`
/// uses one only for a query that repeats its condition word for word.
const INDEXES: [&str; 14] = [
    // On PostgreSQL a column of a whole unique index is a key: to write it would wait for every row that refers to the
    // message, and its event log would wait for it in turn.
    "CREATE UNIQUE INDEX ux_message_twilio_sid ON message (twilio_sid) WHERE twilio_sid IS NOT NULL",
    // Most messages have no key, and no attempt has an id before it ended.
    "CREATE UNIQUE INDEX ux_message_idempotency_key ON message (idempotency_key) \
     WHERE idempotency_key IS NOT NULL",
    "CREATE INDEX ix_delivery_attempt_sid ON delivery_attempt (twilio_sid) WHERE twilio_sid IS NOT NULL",
    "CREATE INDEX ix_message_due ON message (lane, due_at, id) WHERE status = 'QUEUED'",
    "CREATE INDEX ix_message_retrying ON message (lane) WHERE status = 'QUEUED' AND attempt_count > 0",
    "CREATE INDEX ix_message_scheduled ON message (lane, due_at) WHERE status = 'SCHEDULED'",
    "CREATE INDEX ix_message_sending ON message (lane, lease_until) WHERE status = 'SENDING'",
    "CREATE INDEX ix_message_unconfirmed ON message (lane, updated_at) WHERE status = 'UNCONFIRMED'",
    "CREATE INDEX ix_message_recipient ON message (to_address, lane, id) \
     WHERE status IN ('QUEUED', 'SENDING', 'UNCONFIRMED')",
    "CREATE INDEX ix_message_not_after ON message (not_after) \
     WHERE not_after IS NOT NULL AND status IN ('SCHEDULED', 'QUEUED')",
    "CREATE INDEX ix_message_unfinished ON message (updated_at) WHERE status IN ('ACCEPTED', 'SENT')",
    "CREATE INDEX ix_webhook_event_pending ON webhook_event (id) WHERE state = 'PENDING'",
    "CREATE INDEX ix_webhook_event_dead ON webhook_event (id) WHERE state = 'DEAD'",
    "CREATE INDEX ix_message_ended ON message (status, id) \
     WHERE status IN ('FAILED', 'UNDELIVERED', 'CANCELED')",
];

fn lane_pause() -> TableCreateStatement {
    Table::create()
        .table("lane_pause")
        .col(small_integer("lane").primary_key())
        .col(text("reason"))
        .col(text("paused_by"))
        .col(timestamp_with_time_zone("paused_at"))
        .col(timestamp_with_time_zone_null("until"))
        .to_owned()
}

fn node() -> TableCreateStatement {
    Table::create()
        .table("node")
        .col(text("name").primary_key())
        .col(string_len("role", 8))
        .col(text("version"))
        .col(integer("concurrency"))
        .col(integer("sending"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .to_owned()
}

fn chore() -> TableCreateStatement {
    Table::create()
        .table("chore")
        .col(text("name").primary_key())
        .col(timestamp_with_time_zone("next_at"))
        .col(timestamp_with_time_zone_null("done_until"))
        .to_owned()
}

fn bulk_job() -> TableCreateStatement {
    Table::create()
        .table("bulk_job")
        .col(uuid("id").primary_key())
        .col(string_len("kind", 16))
        .col(string_len("state", 12))
        .col(json_binary("filter"))
        .col(big_integer("total"))
        .col(big_integer("done"))
        .col(big_integer("skipped"))
        .col(uuid_null("upper"))
        .col(uuid_null("cursor"))
        .col(text("created_by"))
        .col(text_null("error"))
        .col(text_null("leased_by"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .to_owned()
}

fn stats_minute() -> TableCreateStatement {
    Table::create()
        .table("stats_minute")
        .col(timestamp_with_time_zone("minute"))
        .col(string_len("kind", 16))
        .col(string_len("status", 16))
        .col(integer("error_code"))
        .col(big_integer("count"))
        .primary_key(
            Index::create()
                .col("minute")
                .col("kind")
                .col("status")
                .col("error_code"),
        )
        .to_owned()
}
