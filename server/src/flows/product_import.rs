//! A whole table of products comes in: all of it or nothing. A product whose SKU is known is changed, another one is added.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::product::Model;
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use super::access::Desk;
use super::audit::{self, Change};
use super::products;
use crate::domain::product_table::{self, Fault, Row};
use crate::error::{Error, Refusal, RefusalCode as Code, Result};
use crate::store;

/// What a table makes, or would make.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Products that were not there.
    pub created: usize,
    /// Products that are other than before.
    pub updated: usize,
    /// Products that the table has as they are.
    pub unchanged: usize,
    /// Every broken rule; if there is one, nothing was stored.
    pub faults: Vec<Fault>,
}

/// Tells what a table would make. Stores nothing.
///
/// # Errors
/// It is no table; or a fault.
pub async fn dry_run(desk: &Desk<'_>, text: &str) -> Result<Imported> {
    let table = product_table::read(text)?;
    let known = known(desk.db.read(), &table.rows).await?;
    let planned = plan(desk, &table.rows, &known);
    Ok(planned.told(table.faults))
}

/// Stores what a table tells, if no row of it breaks a rule.
///
/// # Errors
/// It is no table; `CONFLICT` when somebody adds one of its products at this moment; or a fault.
pub async fn import(desk: &Desk<'_>, text: &str) -> Result<Imported> {
    let table = product_table::read(text)?;
    if !table.faults.is_empty() {
        return Ok(Imported {
            faults: table.faults,
            ..Imported::default()
        });
    }
    let tx = store::begin(desk.db).await?;
    let known = known(&tx, &table.rows).await?;
    let planned = plan(desk, &table.rows, &known);
    let mut entries = Vec::with_capacity(planned.created.len() + planned.updated.len() + 1);
    let mark = || (desk.new_id(), desk.now());
    for product in &planned.created {
        let change = Change::new(ACTION).of(products::public(product.id));
        entries.push(audit::entry(
            mark(),
            desk.by,
            change.to(products::shown(product)),
        ));
    }
    store::products::insert_all(&tx, planned.created.clone())
        .await
        .map_err(conflict_or_fault)?;
    for (was, product) in &planned.updated {
        let (before, after) = products::difference(was, product);
        let change = Change::new(ACTION).of(products::public(product.id));
        entries.push(audit::entry(mark(), desk.by, change.from(before).to(after)));
        keep(&tx, was, product, desk.now()).await?;
    }
    let told = planned.told(Vec::new());
    let counts = json!({ "created": told.created, "updated": told.updated });
    entries.push(audit::entry(
        mark(),
        desk.by,
        Change::new(ACTION).to(counts),
    ));
    for part in entries.chunks(ENTRIES) {
        store::audit::insert_all(&tx, part.to_vec()).await?;
    }
    tx.commit().await?;
    Ok(told)
}

const ACTION: &str = "importProducts";
/// Entries of the audit log a statement. SQLite takes 32,766 values; an entry has 9.
const ENTRIES: usize = 1_000;

/// A product of the table, as it was and as it will be.
type Pair = (Model, Model);

#[derive(Debug, Default)]
struct Plan {
    created: Vec<Model>,
    updated: Vec<Pair>,
    unchanged: usize,
}

impl Plan {
    fn told(&self, faults: Vec<Fault>) -> Imported {
        Imported {
            created: self.created.len(),
            updated: self.updated.len(),
            unchanged: self.unchanged,
            faults,
        }
    }
}

/// The products that are there already, by SKU. In a transaction they are held.
async fn known(db: &impl ConnectionTrait, rows: &[Row]) -> Result<HashMap<String, Model>> {
    let skus: Vec<&str> = rows.iter().map(|it| it.sku.as_str()).collect();
    let found = store::products::held_by_skus(db, &skus).await?;
    Ok(found.into_iter().map(|it| (it.sku.clone(), it)).collect())
}

fn plan(desk: &Desk<'_>, rows: &[Row], known: &HashMap<String, Model>) -> Plan {
    let mut plan = Plan::default();
    for row in rows {
        match known.get(&row.sku) {
            None => plan
                .created
                .push(row.apply(&blank(desk.new_id(), desk.now()))),
            Some(was) => {
                let product = row.apply(was);
                if product == *was {
                    plan.unchanged += 1;
                } else {
                    plan.updated.push((was.clone(), product));
                }
            }
        }
    }
    plan
}

/// What a product is of which a table tells nothing.
fn blank(id: Uuid, now: DateTime<Utc>) -> Model {
    Model {
        id,
        sku: String::new(),
        names: json!({}),
        descriptions: json!({}),
        search_text: String::new(),
        price_minor: 0,
        currency: String::new(),
        stock: 0,
        image_url: None,
        is_active: true,
        sort: 0,
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// Stores one product that is held.
async fn keep(
    tx: &impl ConnectionTrait,
    was: &Model,
    product: &Model,
    now: DateTime<Utc>,
) -> Result<()> {
    let next = Model {
        version: was.version + 1,
        updated_at: now,
        ..product.clone()
    };
    let delta = product.stock - was.stock;
    let stored = store::products::put(tx, next).await?.is_some();
    let moved = delta == 0
        || store::products::move_stock(tx, was.id, delta, now)
            .await?
            .is_some();
    if stored && moved {
        Ok(())
    } else {
        Err(conflict().into())
    }
}

fn conflict() -> Refusal {
    let words = "somebody changed one of these products at this very moment: try again";
    Refusal::field(Code::Conflict, "csv", words)
}

fn conflict_or_fault(error: sea_orm::DbErr) -> Error {
    if store::is_about_content(&error) {
        return conflict().into();
    }
    error.into()
}
