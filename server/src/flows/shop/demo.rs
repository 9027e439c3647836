//! An empty shop gets a dozen products, so that ordering by chat can be tried at once.

use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::flows::access::Desk;
use crate::flows::audit::Actor;
use crate::flows::product_import;
use crate::store;

/// As `waybill shop import` takes it.
const PRODUCTS: &str = include_str!("../../../demo/products.csv");

/// Fills the shop, where the settings ask for it and nothing was ever in it.
///
/// # Errors
/// A fault of the database.
pub(super) async fn stock(app: &App) -> Result<()> {
    if !app.config.demo_shop || store::products::is_any(app.db.read()).await? {
        return Ok(());
    }
    let by = Actor::system();
    let made = product_import::import(&Desk::of(app, &by), PRODUCTS).await?;
    if let Some(fault) = made.faults.first() {
        return Err(Error::Fault(Fault::Other(format!(
            "the demo shop: {fault:?}"
        ))));
    }
    tracing::info!(products = made.created, "the demo shop is open");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::domain::product_table;

    #[test]
    fn the_demo_shops_table_breaks_no_rule() {
        let table = product_table::read(super::PRODUCTS).unwrap();
        assert!(table.faults.is_empty(), "{:?}", table.faults);
        assert_eq!(table.rows.len(), 12);
    }
}
