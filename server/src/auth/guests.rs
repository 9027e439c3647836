//! Who is inside with an open socket or stream, so that they are shown out once what let them in is taken back. The database
//! is asked about all of them together: a revocation counts whoever made it, on whichever node or command line.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use entity::user::Role;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Pass, Viewer, role_of};
use crate::app::App;
use crate::store::people;

/// How often the database is asked, while somebody is inside.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A right to be inside: what let somebody in, with the role it had then.
type Right = (Pass, Role);

/// Everybody inside.
#[derive(Debug, Default)]
pub struct Guests {
    inside: Mutex<HashMap<Right, Entry>>,
    look: Notify,
}

#[derive(Debug, Default)]
struct Entry {
    count: usize,
    shown_out: CancellationToken,
}

/// Somebody inside, until it is dropped.
#[derive(Debug)]
pub struct Guest {
    app: App,
    right: Right,
    shown_out: CancellationToken,
}

/// Notes that somebody is inside.
pub fn enter(app: &App, viewer: &Viewer) -> Guest {
    let right = (viewer.pass, viewer.role);
    let mut inside = app.guests.inside();
    let entry = inside.entry(right).or_default();
    entry.count += 1;
    Guest {
        app: app.clone(),
        right,
        shown_out: entry.shown_out.clone(),
    }
}

impl Guest {
    /// Waits until their right has ended or changed.
    pub async fn until_shown_out(&self) {
        self.shown_out.cancelled().await;
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut inside = self.app.guests.inside();
        if let Some(entry) = inside.get_mut(&self.right) {
            entry.count -= 1;
            if entry.count == 0 {
                inside.remove(&self.right);
            }
        }
    }
}

impl Guests {
    /// Has the database asked at once.
    pub(super) fn look_now(&self) {
        self.look.notify_one();
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<Right, Entry>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rights(&self) -> Vec<Right> {
        self.inside().keys().copied().collect()
    }
}

/// Shows guests out until the stop.
pub fn start(app: &App) {
    let own = app.clone();
    app.spawn_for_life("guests", async move {
        while !own.stop.is_cancelled() {
            tokio::select! {
                () = own.stop.cancelled() => return,
                () = own.guests.look.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            // A database that is away for a moment shows nobody out.
            if let Err(error) = show_out(&own).await {
                tracing::debug!(%error, "open sockets could not be checked");
            }
        }
    });
}

async fn show_out(app: &App) -> crate::error::Result<()> {
    let asked = app.guests.rights();
    if asked.is_empty() {
        return Ok(());
    }
    let standing = standing(app, &asked).await?;
    let inside = app.guests.inside();
    for right in asked.iter().filter(|it| !standing.contains(it)) {
        if let Some(entry) = inside.get(right) {
            entry.shown_out.cancel();
        }
    }
    Ok(())
}

/// Those of some rights that still hold.
async fn standing(app: &App, rights: &[Right]) -> crate::error::Result<HashSet<Right>> {
    let now = app.now();
    let (mut sessions, mut tokens) = (Vec::new(), Vec::new());
    for (pass, _) in rights {
        match pass {
            Pass::Session { id, .. } => sessions.push(*id),
            Pass::Token(id) => tokens.push(*id),
        }
    }
    let sessions = people::live_sessions(app.db.read(), sessions, now).await?;
    let tokens = people::live_tokens(app.db.read(), tokens, now).await?;
    let by_session = sessions.into_iter().map(|(session, user)| {
        let (id, user_id) = (session.id, user.id);
        (Pass::Session { id, user: user_id }, user.role)
    });
    let by_token = tokens
        .into_iter()
        .map(|it| (Pass::Token(it.id), role_of(it.scope)));
    Ok(by_session.chain(by_token).collect())
}
