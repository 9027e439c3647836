//! `waybill user`

use std::net::SocketAddr;

use clap::Subcommand;

use super::common::{Done, block_on, database, print, settings};
use super::serve::dashboard_url;
use crate::clock::{Clock, Ids};
use crate::flows::access;

/// What is done about users.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Command {
    /// Print a link that signs the administrator in, once, within an hour
    Link,
}

pub(super) fn run(command: Command) -> Done {
    let config = settings()?;
    let Command::Link = command;
    block_on(async {
        let db = database(&config).await?;
        let link = access::new_link(&db, &Clock::system(), &Ids::default()).await;
        let link = link.map_err(|error| error.to_string())?;
        let url = dashboard_url(&config, SocketAddr::new(config.host, config.port));
        print(&format!("{url}/sign-in/{link}"));
        db.close().await;
        Ok(())
    })
}
