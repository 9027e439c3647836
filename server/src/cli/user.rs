//! `waybill user`

use std::net::SocketAddr;

use clap::{Subcommand, ValueEnum};
use entity::types::Kind;
use entity::user::{Model, Role};
use serde_json::json;

use super::common::{Done, block_on, database, print, settings, tell};
use super::serve::dashboard_url;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::error::{Error, words};
use crate::flows::access::{self, Desk};
use crate::flows::audit::Actor;
use crate::flows::users::{self, Patch};
use crate::store;

/// What is done about users.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Command {
    /// Print a link that signs a user in, once, within an hour; the first administrator without a name
    Link {
        /// Whose
        name: Option<String>,
    },
    /// Make a user and print a link that signs them in, once, within an hour
    #[command(after_help = "Example: waybill user create asha --role operator")]
    Create {
        /// By which they sign in
        name: String,
        /// What they may do; each role includes the ones before it
        #[arg(long, value_enum)]
        role: RoleName,
    },
    /// List users by name
    List {
        /// As JSON, one a line
        #[arg(long)]
        json: bool,
    },
    /// Keep a user out and sign them out at once
    Disable {
        /// Who
        name: String,
    },
    /// Let a user in again who was kept out
    Enable {
        /// Who
        name: String,
    },
}

/// A role as written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RoleName {
    /// Reads; numbers are masked
    Viewer,
    /// Sends and retries
    Operator,
    /// Manages users, tokens and settings
    Admin,
}

pub(super) fn run(command: Command) -> Done {
    let config = settings()?;
    block_on(async {
        let db = database(&config).await?;
        let (clock, ids, by) = (Clock::system(), Ids::default(), Actor::cli());
        let desk = Desk {
            db: &db,
            clock: &clock,
            ids: &ids,
            by: &by,
        };
        let done = obey(&desk, &config, command).await;
        db.close().await;
        done
    })
}

async fn obey(desk: &Desk<'_>, config: &Config, command: Command) -> Done {
    match command {
        Command::Link { name: None } => {
            let link = access::new_link(desk.db, desk.clock, desk.ids).await;
            print_link(config, &link.map_err(|it| told(&it))?);
        }
        Command::Link { name: Some(name) } => {
            let user = named(desk, &name).await?;
            let made = users::new_link(desk, user.id).await;
            print_link(config, &made.map_err(|it| told(&it))?.1);
        }
        Command::Create { name, role } => {
            let role = match role {
                RoleName::Viewer => Role::Viewer,
                RoleName::Operator => Role::Operator,
                RoleName::Admin => Role::Admin,
            };
            let made = users::create(desk, &name, role).await;
            let (user, link) = made.map_err(|it| told(&it))?;
            tell(&format!(
                "{} is ready; the link signs them in once, within an hour:",
                Kind::User.encode(user.id)
            ));
            print_link(config, &link);
        }
        Command::List { json } => list(desk, json).await?,
        Command::Disable { name } => keep_out(desk, &name, true).await?,
        Command::Enable { name } => keep_out(desk, &name, false).await?,
    }
    Ok(())
}

fn print_link(config: &Config, link: &str) {
    let url = dashboard_url(config, SocketAddr::new(config.host, config.port));
    print(&format!("{url}/sign-in/{link}"));
}

async fn keep_out(desk: &Desk<'_>, name: &str, is_disabled: bool) -> Done {
    let user = named(desk, name).await?;
    let patch = Patch {
        is_disabled: Some(is_disabled),
        ..Patch::default()
    };
    let changed = users::update(desk, user.id, patch).await;
    changed.map_err(|it| told(&it))?;
    tell(if is_disabled { "disabled" } else { "enabled" });
    Ok(())
}

async fn named(desk: &Desk<'_>, name: &str) -> Result<Model, String> {
    let found = store::users::by_name(desk.db.read(), name).await;
    let found = found.map_err(|error| error.to_string())?;
    found.ok_or_else(|| format!("there is no user \"{name}\": waybill user list"))
}

async fn list(desk: &Desk<'_>, as_json: bool) -> Done {
    let users = store::users::all(desk.db.read()).await;
    for it in users.map_err(|error| error.to_string())? {
        let id = Kind::User.encode(it.id);
        let role = match it.role {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        };
        let has_password = it.password_hash.is_some();
        if as_json {
            let row = json!({ "id": id, "name": it.name, "role": role, "hasPassword": has_password,
                "disabledAt": it.disabled_at, "createdAt": it.created_at });
            print(&row.to_string());
        } else {
            let state = if it.disabled_at.is_some() {
                "disabled"
            } else if has_password {
                "password"
            } else {
                "links only"
            };
            print(&format!("{id}  {role:<8}  {state:<10}  {}", it.name));
        }
    }
    Ok(())
}

fn told(error: &Error) -> String {
    words(error)
}
