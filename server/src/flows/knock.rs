//! Somebody signs in by name and password. Wrong ones are counted by account and by address: after five in a row each further
//! try has to wait, twice as long each time. An unknown name and a wrong password look and take the same.

use std::net::IpAddr;

use chrono::TimeDelta;
use entity::user;

use super::access::{Browser, begin_session};
use super::users::TOO_MANY_TRIES;
use crate::app::App;
use crate::error::Result;
use crate::store::{self, users};

/// Tries in a row before one has to wait.
const FREE_TRIES: i32 = 5;
/// The first wait.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// The longest.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Failures in a row are forgotten after so long without another.
const FORGET_AFTER: TimeDelta = TimeDelta::days(1);
/// Longer names are nobody's.
const LONGEST_NAME: usize = 100;

/// How a sign-in ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knocked {
    /// With a session; its secret.
    In(String),
    /// The name or the password is wrong.
    Wrong,
    /// Nothing was tried: so long there is to wait.
    Wait(TimeDelta),
}

/// Whether a password may be tried now.
pub(super) enum Turn {
    /// It may; it counts as wrong until [`right`] says otherwise, so that many at one moment count as many.
    Taken,
    /// So long there is to wait.
    Wait(TimeDelta),
}

/// Signs in by name and password.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] when too many sign in at one moment; or a fault.
pub async fn knock(app: &App, name: &str, password: String, browser: Browser) -> Result<Knocked> {
    let name = name.trim();
    let keys = keys(name, browser.client);
    if let Turn::Wait(wait) = take_turn(app, &keys).await? {
        return Ok(Knocked::Wait(wait));
    }
    let user = if is_name(name) {
        users::by_name(app.db.read(), name).await?
    } else {
        None
    };
    let user = user.filter(|it| it.disabled_at.is_none());
    let kept = user.as_ref().and_then(|it| it.password_hash.clone());
    let is_right = is_possible(&password) && app.passwords.is_right(password, kept.clone()).await?;
    let (Some(user), true) = (user, is_right) else {
        tracing::info!("a sign-in failed: wrong name or password");
        return Ok(Knocked::Wrong);
    };
    let tx = store::begin(&app.db).await?;
    // Disabled, or another password, in the meantime.
    let still = users::by_id(&tx, user.id).await?;
    if !still.is_some_and(|it| it.disabled_at.is_none() && it.password_hash == kept) {
        return Ok(Knocked::Wrong);
    }
    users::forgive(&tx, &keys).await?;
    let secret = begin_session(app, &tx, &user, browser).await?;
    tx.commit().await?;
    Ok(Knocked::In(secret))
}

/// The hash of something huge would take long.
fn is_possible(password: &str) -> bool {
    password.len() <= crate::auth::password::LONGEST
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains('\0')
}

/// What failures are counted by: the account, and the address; of IPv6 its network, which one customer has.
fn keys(name: &str, client: Option<IpAddr>) -> Vec<String> {
    let account = is_name(name).then(|| account(name));
    let client = client.map(|it| match it {
        IpAddr::V4(it) => format!("client:{it}"),
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            format!("client:{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    });
    account.into_iter().chain(client).collect()
}

fn account(name: &str) -> String {
    format!("user:{name}")
}

/// Takes a turn at a user's own present password.
pub(super) async fn own_turn(app: &App, user: &user::Model) -> Result<Turn> {
    take_turn(app, &[own(user)]).await
}

/// Apart from sign-ins, which anybody can try: nobody keeps a user from changing their password.
fn own(user: &user::Model) -> String {
    format!("own:{}", user.id)
}

/// The password was right, or somebody came in by a link.
pub(super) async fn right(app: &App, user: &user::Model) -> Result<()> {
    Ok(users::forgive(app.db.write(), &[account(&user.name), own(user)]).await?)
}

async fn take_turn(app: &App, keys: &[String]) -> Result<Turn> {
    let now = app.now();
    // Whoever goes on knocking while there is to wait stays away from the write lock.
    let known = users::failures(app.db.read(), keys).await?;
    let ends = known.iter().filter_map(|it| it.locked_until);
    if let Some(until) = ends.max().filter(|it| *it > now) {
        return Ok(Turn::Wait(until - now));
    }
    let tx = store::begin(&app.db).await?;
    users::forget_failures(&tx, now - FORGET_AFTER).await?;
    let mut wait = TimeDelta::zero();
    for key in keys {
        let failure = users::count_failure(&tx, key, now).await?;
        if let Some(until) = failure.locked_until.filter(|it| *it > now) {
            wait = wait.max(until - now);
        }
        if failure.count >= FREE_TRIES {
            users::lock(&tx, key, now + wait_after(failure.count)).await?;
        }
    }
    if wait > TimeDelta::zero() {
        // Who comes too early changes nothing.
        tx.rollback().await?;
        return Ok(Turn::Wait(wait));
    }
    tx.commit().await?;
    Ok(Turn::Taken)
}

fn wait_after(failures: i32) -> TimeDelta {
    let doublings = failures.saturating_sub(FREE_TRIES).clamp(0, 16);
    (FIRST_WAIT * 2_i32.pow(doublings.unsigned_abs())).min(LONGEST_WAIT)
}

/// When a wait ends, in words for a person.
pub fn words(wait: TimeDelta) -> String {
    format!("{TOO_MANY_TRIES}: try again in {} seconds", seconds(wait))
}

/// A wait in whole seconds, never too short.
pub fn seconds(wait: TimeDelta) -> u64 {
    u64::try_from(wait.num_seconds()).unwrap_or_default() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_half_a_minute_to_a_quarter_of_an_hour() {
        let seconds = [5, 6, 7, 8, 9, 10, 11, i32::MAX].map(|it| wait_after(it).num_seconds());
        assert_eq!(seconds, [30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let of = |it: &str| keys("asha", Some(it.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("192.0.2.1"), ["user:asha", "client:192.0.2.1"]);
        assert!(keys(&"x".repeat(101), None).is_empty());
    }
}
