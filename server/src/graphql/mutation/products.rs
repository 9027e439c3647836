//! Changing the catalogue.

use async_graphql::{Context, ID, Object};
use entity::product;
use entity::types::Kind;
use entity::user::Role;

use crate::error::{Refusal, RefusalCode, Result};
use crate::flows::access::Desk;
use crate::flows::{product_import, products};
use crate::graphql::guard::{actor, app, refusable, target};
use crate::graphql::types::product::{
    CreateProductInput, ImportProductsPayload, Product, ProductPayload, UpdateProductInput,
};

/// Products: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Products;

/// Products.
#[Object(name = "ProductMutation")]
impl Products {
    /// Adds a product.
    async fn create_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product")] input: CreateProductInput,
    ) -> async_graphql::Result<ProductPayload> {
        let by = actor(ctx, Role::Operator)?;
        let desk = Desk::of(app(ctx), &by);
        payload(products::create(&desk, input.request()).await)
    }

    /// Changes a product, if nobody else changed it since it was read. What is left out stays as it is.
    async fn update_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed")] input: UpdateProductInput,
    ) -> async_graphql::Result<ProductPayload> {
        let by = actor(ctx, Role::Operator)?;
        let desk = Desk::of(app(ctx), &by);
        payload(match target(Kind::Product, &input.id) {
            Ok(id) => products::update(&desk, id, input.version, input.patch()).await,
            Err(error) => Err(error),
        })
    }

    /// Puts a product away: customers are not offered it any more, old orders still name it.
    async fn archive_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "prd_…")] id: ID,
    ) -> async_graphql::Result<ProductPayload> {
        archive(ctx, &id, true).await
    }

    /// Takes a product out again that was put away.
    async fn unarchive_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "prd_…")] id: ID,
    ) -> async_graphql::Result<ProductPayload> {
        archive(ctx, &id, false).await
    }

    /// Puts pieces into stock, or takes them out: never more than there are. Customers may buy at the same time.
    async fn adjust_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "prd_…")] id: ID,
        #[graphql(desc = "Pieces that come in; negative: that go out")] delta: i64,
    ) -> async_graphql::Result<ProductPayload> {
        let by = actor(ctx, Role::Operator)?;
        let desk = Desk::of(app(ctx), &by);
        payload(match target(Kind::Product, &id) {
            Ok(id) => products::adjust_stock(&desk, id, delta).await,
            Err(error) => Err(error),
        })
    }

    /// Adds and changes the products of a table, at most 5,000, all or nothing. A product whose SKU is known is changed: what the table
    /// has no column for stays. A dry run only tells what would be. A request holds at most 1 MiB; waybill shop import takes more.
    async fn import_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "CSV with a header: sku, name_en (or another language), price, currency; and where wanted description_en, stock, image_url, active, sort"
        )]
        csv: String,
        #[graphql(desc = "Only tell what would be, and every bad row", default = false)]
        dry_run: bool,
    ) -> async_graphql::Result<ImportProductsPayload> {
        let by = actor(ctx, Role::Operator)?;
        let desk = Desk::of(app(ctx), &by);
        let imported = if dry_run {
            product_import::dry_run(&desk, &csv).await
        } else {
            product_import::import(&desk, &csv).await
        };
        let (imported, mut user_errors) = refusable(imported)?;
        if let Some(it) = &imported
            && !dry_run
            && !it.faults.is_empty()
        {
            let words = format!(
                "{} cells are not what they should be, so nothing was stored: badRows names each",
                it.faults.len()
            );
            user_errors.push(Refusal::field(RefusalCode::BadRows, "csv", words).into());
        }
        Ok(ImportProductsPayload::of(imported, user_errors))
    }
}

async fn archive(
    ctx: &Context<'_>,
    id: &ID,
    is_archived: bool,
) -> async_graphql::Result<ProductPayload> {
    let by = actor(ctx, Role::Operator)?;
    let desk = Desk::of(app(ctx), &by);
    payload(match target(Kind::Product, id) {
        Ok(id) => products::archive(&desk, id, is_archived).await,
        Err(error) => Err(error),
    })
}

fn payload(result: Result<product::Model>) -> async_graphql::Result<ProductPayload> {
    let (product, user_errors) = refusable(result)?;
    Ok(ProductPayload {
        product: product.map(Product),
        user_errors,
    })
}
