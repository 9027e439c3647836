//! `waybill migrate`

use super::common::{Done, block_on, print, settings};
use crate::store;

pub(super) fn run() -> Done {
    let config = settings()?;
    block_on(async {
        let fault = |error| format!("DATABASE_URL: {error}");
        let db = store::open(config.database_url.expose())
            .await
            .map_err(fault)?;
        let steps = store::migrate(&db).await.map_err(fault)?;
        db.close().await;
        print(&format!("{steps} steps taken; the schema is up to date"));
        Ok(())
    })
}
