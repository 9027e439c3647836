//! `waybill shop`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use entity::types::Kind;
use entity::{order, product};
use serde_json::json;

use super::common::{Done, block_on, database, print, settings};
use crate::clock::{Clock, Ids};
use crate::domain::money::{Currency, Money};
use crate::domain::product_table::{BYTES_LIMIT, Fault};
use crate::domain::product_texts::text_for;
use crate::flows::access::Desk;
use crate::flows::audit::Actor;
use crate::flows::product_import::{self, Imported};
use crate::store::{self, Db};

/// Rows that are read at one time.
const AT_ONCE: u64 = 500;

/// What is done about the shop.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add and change products from a table, all or nothing
    #[command(after_help = IMPORT_HELP)]
    Import(Import),
    /// List the products that are not archived, in the order of the shop's list
    #[command(after_help = "Example: waybill shop products --json")]
    Products {
        /// As JSON, one a line
        #[arg(long)]
        json: bool,
    },
    /// List the newest orders, newest first
    #[command(after_help = "Example: waybill shop orders --count 100 --json")]
    Orders {
        /// How many at most
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=500))]
        count: u64,
        /// As JSON, one a line
        #[arg(long)]
        json: bool,
    },
}

/// A table, and what is to be done with it.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A CSV file with a header
    file: PathBuf,
    /// Only tell what would be, and every bad row
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

const IMPORT_HELP: &str =
    "The header names the columns: sku, price, currency and name_en (or name_ne, name_hi …) must
be there; description_en, stock, image_url, active, sort may be. A product whose SKU is known is
changed, and what the table has no column for stays; another one is added. One bad row, and
nothing is stored.

  sku,name_en,name_ne,price,currency,stock
  TEA-ILAM-250,Ilam tea,इलाम चिया,\"1,250.50\",NPR,40

Examples:
  waybill shop import products.csv --dry-run    what would be, and every bad row
  waybill shop import products.csv              do it
Exit 1 when a row is bad.";

pub(super) fn run(command: Command) -> Done {
    let config = settings()?;
    block_on(async {
        let db = database(&config).await?;
        let done = match command {
            Command::Import(wish) => import(&db, &wish).await,
            Command::Products { json } => products(&db, json).await,
            Command::Orders { count, json } => orders(&db, count, json).await,
        };
        db.close().await;
        done
    })
}

async fn import(db: &Db, wish: &Import) -> Done {
    let text = read(&wish.file)?;
    let (clock, ids) = (&Clock::system(), &Ids::default());
    let by = &Actor::cli();
    let desk = Desk { db, clock, ids, by };
    let made = if wish.dry_run {
        product_import::dry_run(&desk, &text).await
    } else {
        product_import::import(&desk, &text).await
    };
    let made = made.map_err(|error| format!("{}: {error}", wish.file.display()))?;
    if wish.json {
        print(&as_json(&made).to_string());
    } else {
        show(&made, wish.dry_run);
    }
    if made.faults.is_empty() {
        return Ok(());
    }
    let stored = if wish.dry_run {
        "nothing would be"
    } else {
        "nothing was"
    };
    Err(format!("{} bad cells: {stored} stored", made.faults.len()))
}

fn read(file: &Path) -> Result<String, String> {
    let name = file.display();
    let size = std::fs::metadata(file).map_err(|error| format!("{name}: {error}"))?;
    if size.len() > BYTES_LIMIT as u64 {
        return Err(format!("{name}: larger than {BYTES_LIMIT} bytes"));
    }
    let bytes = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{name}: not UTF-8 (byte {at}): save it as \"CSV UTF-8\"")
    })
}

fn show(made: &Imported, is_dry: bool) {
    for Fault {
        line,
        column,
        message,
        ..
    } in &made.faults
    {
        let column = column.as_deref().unwrap_or("the row");
        print(&format!("line {line}, {column}: {message}"));
    }
    if is_dry || made.faults.is_empty() {
        let would = if is_dry { "would be " } else { "" };
        print(&format!(
            "{} {would}added, {} {would}changed, {} as they are",
            made.created, made.updated, made.unchanged
        ));
    }
}

fn as_json(made: &Imported) -> serde_json::Value {
    let fault = |it: &Fault| json!({ "row": it.line, "column": it.column, "code": it.code.as_str(), "message": it.message });
    let faults: Vec<_> = made.faults.iter().map(fault).collect();
    json!({ "created": made.created, "updated": made.updated, "unchanged": made.unchanged, "badRows": faults })
}

async fn products(db: &Db, as_json: bool) -> Done {
    let filter = store::products::Filter {
        is_archived: Some(false),
        ..store::products::Filter::default()
    };
    let mut place = None;
    loop {
        let side = store::products::Side::Behind(place);
        let page = store::products::page(db.read(), &filter, side, AT_ONCE).await;
        let page = page.map_err(|error| error.to_string())?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        place = Some(store::products::Place {
            sort: last.sort,
            id: last.id,
        });
        for it in &page {
            show_product(it, as_json);
        }
    }
}

fn show_product(it: &product::Model, as_json: bool) {
    let price = money(it.price_minor, &it.currency);
    if as_json {
        let row = json!({ "id": Kind::Product.encode(it.id), "sku": it.sku, "names": it.names, "price": price,
            "stock": it.stock, "isActive": it.is_active, "sort": it.sort });
        print(&row.to_string());
        return;
    }
    let name = text_for(&it.names, "en").unwrap_or_default();
    let hidden = if it.is_active { "" } else { "  (not offered)" };
    print(&format!(
        "{:<20}  {price:>16}  {:>7} in stock  {name}{hidden}",
        it.sku, it.stock
    ));
}

async fn orders(db: &Db, count: u64, as_json: bool) -> Done {
    let all = store::orders::Filter::default();
    let newest = store::messages::Side::Older(None);
    let page = store::orders::page(db.read(), &all, newest, count).await;
    for it in page.map_err(|error| error.to_string())? {
        show_order(&it, as_json);
    }
    Ok(())
}

fn show_order(it: &order::Model, as_json: bool) {
    let total = money(it.total_minor, &it.currency);
    let status = it.status.as_str();
    if as_json {
        let row = json!({ "id": Kind::Order.encode(it.id), "number": it.number, "status": status, "total": total,
            "itemCount": it.item_count, "createdAt": it.created_at });
        print(&row.to_string());
        return;
    }
    let placed = it.created_at.format("%F %R");
    print(&format!(
        "{:<8}  {status:<9}  {placed}  {:>3} items  {total:>16}",
        it.number, it.item_count
    ));
}

/// An amount as it is stored, in a currency of another version too.
fn money(minor: i64, code: &str) -> String {
    match Currency::parse(code) {
        Some(currency) => Money::new(minor, currency).to_string(),
        None => format!("{code} {minor} minor units"),
    }
}
