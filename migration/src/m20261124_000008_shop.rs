//! The shop: products, what is in a person's basket, orders with their items and steps, and what the channel needs to tell of
//! them: templates by step, and content that was registered at the provider once.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, json_binary, string_len, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            product(),
            basket_item(),
            order(),
            order_item(),
            order_step(),
            order_template(),
            content_resource(),
            order_counter(),
        ] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("ix_product_sort", "product", &["sort", "id"][..]),
            ("ix_order_contact", "order", &["contact_id", "id"]),
            ("ix_order_status", "order", &["status", "id"]),
            (
                "ix_order_item_order",
                "order_item",
                &["order_id", "position"],
            ),
            ("ix_order_step_order", "order_step", &["order_id", "seq"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        manager
            .get_connection()
            .execute_unprepared("INSERT INTO order_counter (id, value) VALUES (1, 1000)")
            .await?;
        Ok(())
    }
}

fn product() -> TableCreateStatement {
    Table::create()
        .table("product")
        .col(uuid("id").primary_key())
        .col(string_len("sku", 64).unique_key())
        .col(json_binary("names"))
        .col(json_binary("descriptions"))
        .col(text("search_text"))
        .col(big_integer("price_minor").check(Expr::col("price_minor").gte(0)))
        .col(string_len("currency", 3))
        .col(big_integer("stock").check(Expr::col("stock").gte(0)))
        .col(text_null("image_url"))
        .col(boolean("is_active"))
        .col(integer("sort"))
        .col(integer("version"))
        .col(timestamp_with_time_zone_null("archived_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn basket_item() -> TableCreateStatement {
    Table::create()
        .table("basket_item")
        .col(uuid("contact_id"))
        .col(uuid("product_id"))
        .col(integer("quantity").check(Expr::col("quantity").gt(0)))
        .col(timestamp_with_time_zone("added_at"))
        .primary_key(Index::create().col("contact_id").col("product_id"))
        .to_owned()
}

/// One message of a customer makes one order, however often it comes in: `placed_by` is that message.
fn order() -> TableCreateStatement {
    Table::create()
        .table("order")
        .col(uuid("id").primary_key())
        .col(big_integer("number").unique_key())
        .col(uuid("contact_id"))
        .col(uuid("conversation_id"))
        .col(string_len("status", 12))
        .col(string_len("currency", 3))
        .col(big_integer("total_minor"))
        .col(integer("item_count"))
        .col(text_null("cancel_reason"))
        .col(uuid_null("placed_by").unique_key())
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

/// Names and prices as they were when it was ordered.
fn order_item() -> TableCreateStatement {
    Table::create()
        .table("order_item")
        .col(uuid("id").primary_key())
        .col(uuid("order_id"))
        .col(integer("position"))
        .col(uuid("product_id"))
        .col(string_len("sku", 64))
        .col(text("name"))
        .col(integer("quantity").check(Expr::col("quantity").gt(0)))
        .col(big_integer("unit_price_minor"))
        .to_owned()
}

/// A step is taken, and told to the customer, once.
fn order_step() -> TableCreateStatement {
    Table::create()
        .table("order_step")
        .col(big_integer("seq").primary_key().auto_increment())
        .col(uuid("order_id"))
        .col(string_len("status", 12))
        .col(timestamp_with_time_zone("at"))
        .col(text_null("actor_name"))
        .col(uuid_null("message_id"))
        .col(text_null("not_told_because"))
        .index(
            Index::create()
                .name("ux_order_step")
                .unique()
                .col("order_id")
                .col("status"),
        )
        .to_owned()
}

fn order_template() -> TableCreateStatement {
    Table::create()
        .table("order_template")
        .col(string_len("status", 12))
        .col(string_len("language", 12))
        .col(string_len("content_sid", 64))
        .col(timestamp_with_time_zone("updated_at"))
        .primary_key(Index::create().col("status").col("language"))
        .to_owned()
}

fn content_resource() -> TableCreateStatement {
    Table::create()
        .table("content_resource")
        .col(string_len("hash", 64).primary_key())
        .col(string_len("content_sid", 64))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

fn order_counter() -> TableCreateStatement {
    Table::create()
        .table("order_counter")
        .col(integer("id").primary_key())
        .col(big_integer("value"))
        .to_owned()
}
