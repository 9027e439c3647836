//! `waybill token`

use chrono::TimeDelta;
use clap::{Subcommand, ValueEnum};
use entity::api_token::Scope;
use entity::types::Kind;
use serde_json::json;

use super::common::{Done, block_on, database, print, settings, tell};
use crate::clock::{Clock, Ids};
use crate::flows::access::{self, Desk, TokenWish};
use crate::flows::audit::Actor;
use crate::store::people;

/// A token that works longer works for ever.
const LONGEST: TimeDelta = TimeDelta::days(36_500);

/// What is done about tokens.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token and print it: it is shown this once
    #[command(after_help = "Example: waybill token create --name shop --scope send --expires 90d")]
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it may do; each scope includes the ones before it
        #[arg(long, value_enum)]
        scope: ScopeName,
        /// How long it works, in days (90d), hours (12h) or minutes (30m); for ever without it
        #[arg(long, value_parser = life)]
        expires: Option<TimeDelta>,
    },
    /// List tokens, newest first
    List {
        /// As JSON, one a line
        #[arg(long)]
        json: bool,
    },
    /// Take a token back at once
    Revoke {
        /// tok_…, from the list
        id: String,
    },
}

/// A scope as written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ScopeName {
    /// Reads
    Read,
    /// Sends and retries
    Send,
    /// Manages everything
    Manage,
}

pub(super) fn run(command: Command) -> Done {
    let config = settings()?;
    block_on(async {
        let db = database(&config).await?;
        let (clock, ids) = (Clock::system(), Ids::default());
        match command {
            Command::Create {
                name,
                scope,
                expires,
            } => {
                let scope = match scope {
                    ScopeName::Read => Scope::Read,
                    ScopeName::Send => Scope::Send,
                    ScopeName::Manage => Scope::Manage,
                };
                let wish = TokenWish {
                    name,
                    scope,
                    life: expires,
                };
                let made = access::new_token(&db, &clock, &ids, wish).await;
                let (row, token) = made.map_err(|error| error.to_string())?;
                tell(&format!(
                    "{} is ready; keep the token, it is not shown again:",
                    Kind::ApiToken.encode(row.id)
                ));
                print(&token);
            }
            Command::List { json } => list(&db, json).await?,
            Command::Revoke { id } => {
                let id = Kind::ApiToken
                    .parse(&id)
                    .map_err(|error| error.to_string())?;
                let (db, clock, ids) = (&db, &clock, &ids);
                let by = &Actor::cli();
                let revoked = access::revoke_token(&Desk { db, clock, ids, by }, id).await;
                if revoked.map_err(|error| error.to_string())?.is_none() {
                    return Err("there is no such token, or it was revoked before".to_owned());
                }
                tell("revoked");
            }
        }
        db.close().await;
        Ok(())
    })
}

async fn list(db: &crate::store::Db, as_json: bool) -> Done {
    let tokens = people::tokens(db.read())
        .await
        .map_err(|error| error.to_string())?;
    for it in tokens {
        let id = Kind::ApiToken.encode(it.id);
        let scope = match it.scope {
            Scope::Read => "read",
            Scope::Send => "send",
            Scope::Manage => "manage",
        };
        let state = if it.revoked_at.is_some() {
            "revoked"
        } else {
            "live"
        };
        if as_json {
            let row = json!({ "id": id, "name": it.name, "prefix": it.prefix, "scope": scope, "state": state,
                "createdAt": it.created_at, "expiresAt": it.expires_at, "lastUsedAt": it.last_used_at });
            print(&row.to_string());
        } else {
            let used = it.last_used_at.map_or_else(
                || "never used".to_owned(),
                |at| format!("used {}", at.format("%F %R")),
            );
            print(&format!(
                "{id}  {}…  {scope:<6}  {state:<7}  {used:<22}  {}",
                it.prefix, it.name
            ));
        }
    }
    Ok(())
}

/// Reads `90d`, `12h`, `30m`.
fn life(text: &str) -> Result<TimeDelta, String> {
    let wrong = || "not a time like 90d, 12h or 30m".to_owned();
    let number = text
        .get(..text.len().saturating_sub(1))
        .and_then(|it| it.parse::<u32>().ok())
        .ok_or_else(wrong)?;
    let number = i64::from(number);
    match text.chars().last() {
        Some('d') => TimeDelta::try_days(number),
        Some('h') => TimeDelta::try_hours(number),
        Some('m') => TimeDelta::try_minutes(number),
        _ => None,
    }
    .filter(|it| !it.is_zero() && *it <= LONGEST)
    .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_read_as_days_hours_and_minutes() {
        assert_eq!(life("90d"), Ok(TimeDelta::days(90)));
        assert_eq!(life("12h"), Ok(TimeDelta::hours(12)));
        for wrong in ["", "d", "0d", "90", "-1d", "9०d", "1y", "99999999d"] {
            assert!(life(wrong).is_err(), "{wrong}");
        }
    }
}
