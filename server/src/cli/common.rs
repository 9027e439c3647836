//! What commands share: printing, the runtime, the settings, the database.

use std::future::Future;
use std::io::Write as _;

use crate::config::{self, Config};
use crate::store::{self, Db};

/// How a command ends.
pub(super) type Done = Result<(), String>;

/// A result, on standard output.
pub(super) fn print(line: &str) {
    // A reader that went away (`waybill config | head`) is no reason for the server behind it to end.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Anything else, on standard error.
pub(super) fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The settings.
pub(super) fn settings() -> Result<Config, String> {
    config::from_environment().map_err(|errors| errors.to_string())
}

/// Runs a command's async part.
pub(super) fn block_on<T>(task: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(task)
}

/// The database with its schema up to date.
pub(super) async fn database(config: &Config) -> Result<Db, String> {
    let db = store::open(config.database_url.expose())
        .await
        .map_err(|error| format!("DATABASE_URL: {error}"))?;
    store::migrate(&db)
        .await
        .map_err(|error| format!("DATABASE_URL: {error}"))?;
    Ok(db)
}
