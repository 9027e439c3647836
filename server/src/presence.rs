//! Who else runs: each process reports itself to the database, which is there with and without Redis. The others' number is
//! needed exactly when Redis is away, for each one's share of the rate.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::node;

use crate::app::App;
use crate::store;

const EVERY: Duration = Duration::from_secs(5);
/// A process that was not heard of for so long is gone.
pub const ALIVE: TimeDelta = TimeDelta::seconds(16);
/// Its row is kept a while, for whoever asks what became of it.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// Starts reporting.
pub fn start(app: &App) {
    app.tasks.spawn(report_on(app.clone()));
}

async fn report_on(app: App) {
    loop {
        if let Err(error) = report(&app).await {
            tracing::warn!(%error, "this process could not report itself");
        }
        let pause = tokio::time::sleep(EVERY);
        if app.stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

async fn report(app: &App) -> Result<(), sea_orm::DbErr> {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let own = node::Model {
        name: app.node.clone(),
        role: app.config.role,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        concurrency: count(app.config.send_concurrency),
        sending: count(app.places.sending()),
        started_at: app.started_at,
        seen_at: app.now(),
    };
    store::nodes::report(app.db.write(), own).await?;
    // Those without the queue send as well: replies.
    let count = nodes(app).await?.len();
    app.cluster.share_with(u32::try_from(count).unwrap_or(1));
    Ok(())
}

/// The processes that run now, by name.
///
/// # Errors
/// What the database said.
pub async fn nodes(app: &App) -> Result<Vec<node::Model>, sea_orm::DbErr> {
    store::nodes::alive(app.db.read(), since(app.now())).await
}

/// Takes leave.
pub async fn leave(app: &App) {
    let left = store::nodes::forget(app.db.write(), &app.node, app.now() - FORGOTTEN);
    if let Ok(Err(error)) = tokio::time::timeout(Duration::from_secs(1), left).await {
        tracing::debug!(%error, "this process could not take its leave");
    }
}

fn since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - ALIVE
}
