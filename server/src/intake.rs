//! Durable before answered: webhook events of all requests that wait at one moment are stored by one insert, then handed
//! to their flow. What the database does not take in time goes to a file on disk, and from there into the database once it
//! is back. Refuses to know what an event means.

pub mod door;
mod process;
mod replay;
mod row;
mod spool;
mod write;

use std::io;

use crate::app::App;

/// Starts the writer and the processing behind it; what an earlier process left is taken up.
///
/// # Errors
/// That the spool's file in the data folder can't be opened.
pub fn start(app: &App) -> io::Result<()> {
    let spool = spool::Spool::open(&app.config.data_dir)?;
    let Some(hall) = app.intake.hall() else {
        return Ok(());
    };
    let hands = process::start(app);
    let writer = write::Writer::new(app, spool, hands);
    app.spawn_for_life("intake", writer.run(hall));
    Ok(())
}
