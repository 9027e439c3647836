//! What people do with the catalogue: they add products, change them, put them away, and count their pieces.

use entity::product::Model;
use entity::types::Kind;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::access::Desk;
use super::audit::Change;
use crate::domain::product::{self, Draft, Patch, Request};
use crate::domain::product_texts;
use crate::error::{Error, Refusal, RefusalCode as Code, Result};
use crate::store::{self, Tx};

/// Adds a product.
///
/// # Errors
/// Every broken rule; `SKU_TAKEN`; or a fault.
pub async fn create(desk: &Desk<'_>, request: Request) -> Result<Model> {
    let draft = Draft::check(request).map_err(Error::Refused)?;
    let product = row(desk, draft);
    let tx = store::begin(desk.db).await?;
    if store::products::by_sku(&tx, &product.sku).await?.is_some() {
        return Err(taken(&product.sku).into());
    }
    store::products::insert_all(&tx, vec![product.clone()])
        .await
        .map_err(|error| taken_or_fault(error, &product.sku))?;
    let change = Change::new("createProduct").of(public(product.id));
    desk.note(&tx, change.to(shown(&product))).await?;
    tx.commit().await?;
    Ok(product)
}

/// Changes a product, if it still has the version that whoever changes it has seen.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT`; every broken rule; `SKU_TAKEN`; or a fault.
pub async fn update(desk: &Desk<'_>, id: Uuid, version: i32, patch: Patch) -> Result<Model> {
    let tx = store::begin(desk.db).await?;
    let was = found(&tx, id).await?;
    if was.version != version {
        return Err(conflict(was.version).into());
    }
    let product = product::patched(&was, patch).map_err(Error::Refused)?;
    put(desk, tx, &was, product, "updateProduct").await
}

/// Puts a product away: customers are not offered it, old orders still name it. Or takes it out again. What is so already stays so.
///
/// # Errors
/// `NOT_FOUND`; or a fault.
pub async fn archive(desk: &Desk<'_>, id: Uuid, is_archived: bool) -> Result<Model> {
    let tx = store::begin(desk.db).await?;
    let was = found(&tx, id).await?;
    let archived_at = is_archived.then(|| was.archived_at.unwrap_or(desk.now()));
    let product = Model {
        archived_at,
        ..was.clone()
    };
    let action = if is_archived {
        "archiveProduct"
    } else {
        "unarchiveProduct"
    };
    put(desk, tx, &was, product, action).await
}

/// Puts pieces into stock, or takes them out where `delta` is negative: never more than there are.
///
/// # Errors
/// `NOT_FOUND`; `OUT_OF_STOCK`; `INVALID_QUANTITY`; or a fault.
pub async fn adjust_stock(desk: &Desk<'_>, id: Uuid, delta: i64) -> Result<Model> {
    let tx = store::begin(desk.db).await?;
    let refused = |code, words: String| Refusal::field(code, "delta", words);
    if delta == 0 || delta.unsigned_abs() > product::STOCK_LIMIT.unsigned_abs() {
        let words = "from -1,000,000,000 to 1,000,000,000 pieces, and not 0";
        return Err(refused(Code::InvalidQuantity, words.to_owned()).into());
    }
    let Some(product) = store::products::move_stock(&tx, id, delta, desk.now()).await? else {
        let stock = found(&tx, id).await?.stock;
        let (code, words) = if delta < 0 {
            (Code::OutOfStock, format!("only {stock} are in stock"))
        } else {
            let words = format!("{stock} are in stock, and at most 1,000,000,000 can be");
            (Code::InvalidQuantity, words)
        };
        return Err(refused(code, words).into());
    };
    let change = Change::new("adjustStock").of(public(id));
    let change = change
        .from(json!({ "stock": product.stock - delta }))
        .to(json!({ "stock": product.stock }));
    desk.note(&tx, change).await?;
    tx.commit().await?;
    Ok(product)
}

/// Stores what a product is now, with its next version; a product that did not change stays as it is.
async fn put(
    desk: &Desk<'_>,
    tx: Tx,
    was: &Model,
    product: Model,
    action: &'static str,
) -> Result<Model> {
    if product == *was {
        return Ok(product);
    }
    let product = Model {
        version: was.version + 1,
        updated_at: desk.now(),
        ..product
    };
    let sku = product.sku.clone();
    let stored = store::products::put(&tx, product)
        .await
        .map_err(|error| taken_or_fault(error, &sku))?;
    let product = stored.ok_or_else(|| conflict(was.version + 1))?;
    let (before, after) = difference(was, &product);
    let change = Change::new(action).of(public(product.id));
    desk.note(&tx, change.from(before).to(after)).await?;
    tx.commit().await?;
    Ok(product)
}

async fn found(tx: &Tx, id: Uuid) -> Result<Model> {
    let unknown = || Refusal::field(Code::NotFound, "id", "no product has this id");
    let found = store::products::hold(tx, id).await?;
    Ok(found.ok_or_else(unknown)?)
}

fn conflict(version: i32) -> Refusal {
    let words = format!("somebody changed it meanwhile (version {version}): read it again");
    Refusal::field(Code::Conflict, "version", words)
}

fn taken(sku: &str) -> Refusal {
    let words = format!("another product has the SKU {sku}");
    Refusal::field(Code::SkuTaken, "sku", words)
}

fn taken_or_fault(error: sea_orm::DbErr, sku: &str) -> Error {
    if store::is_about_content(&error) {
        return taken(sku).into();
    }
    error.into()
}

/// A new product's row.
pub(super) fn row(desk: &Desk<'_>, draft: Draft) -> Model {
    let now = desk.now();
    let names = product_texts::json(&draft.names);
    let descriptions = product_texts::json(&draft.descriptions);
    Model {
        id: desk.new_id(),
        search_text: product_texts::search_text(&draft.sku, &names, &descriptions),
        sku: draft.sku,
        names,
        descriptions,
        price_minor: draft.price.minor,
        currency: draft.price.currency.code().to_owned(),
        stock: draft.stock,
        image_url: draft.image_url,
        is_active: draft.is_active,
        sort: draft.sort,
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    }
}

pub(super) fn public(id: Uuid) -> String {
    Kind::Product.encode(id)
}

/// A product as the audit log shows it.
pub(super) fn shown(it: &Model) -> Value {
    json!({
        "sku": it.sku, "names": it.names, "descriptions": it.descriptions, "priceMinor": it.price_minor,
        "currency": it.currency, "stock": it.stock, "imageUrl": it.image_url, "isActive": it.is_active,
        "sort": it.sort, "archivedAt": it.archived_at,
    })
}

/// What of a product was before and is now, as far as it changed.
pub(super) fn difference(was: &Model, is: &Model) -> (Value, Value) {
    let (mut before, mut after) = (shown(was), shown(is));
    if let (Value::Object(before), Value::Object(after)) = (&mut before, &mut after) {
        let same: Map<String, Value> = before
            .iter()
            .filter(|(key, value)| after.get(*key) == Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        before.retain(|key, _| !same.contains_key(key));
        after.retain(|key, _| !same.contains_key(key));
    }
    (before, after)
}
