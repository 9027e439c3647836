//! What every part is handed: database, way out, hints, clock. Cheap to clone; there is no other global.

use std::future::Future;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::types::Address;
use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::auth::guests::Guests;
use crate::auth::password::Passwords;
use crate::auth::viewer::Acquaintances;
use crate::clock::{Clock, Ids};
use crate::cluster::Cluster;
use crate::config::{Config, TwilioAccount};
use crate::flows::outbound::Templates;
use crate::flows::outbound::door::{Accepting, Settling};
use crate::flows::refusals::Refusals;
use crate::flows::shop::offer::Registering;
use crate::flows::unlisted::Unlisted;
use crate::gateway::breaker::Breaker;
use crate::gateway::simulator::Phones;
use crate::gateway::twilio::Twilio;
use crate::intake::door::Intake;
use crate::media::Fetching;
use crate::metrics::Metrics;
use crate::queue::Places;
use crate::store::Db;

/// The exit code of a process of which a part broke.
const BROKEN: i32 = 70;

/// One running Waybill.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The account; in sandbox mode the simulator's.
    pub account: TwilioAccount,
    /// What Twilio calls, without a slash at the end.
    pub public_url: String,
    /// The database.
    pub db: Db,
    /// The way out.
    pub twilio: Twilio,
    /// Virtual phones, in sandbox mode.
    pub phones: Option<Phones>,
    /// Stops hammering a provider that is down.
    pub breaker: Breaker,
    /// Hints to and from the other nodes, and each sender's pace.
    pub cluster: Cluster,
    /// The door behind the webhook.
    pub intake: Intake,
    /// What the webhook refused.
    pub refusals: Refusals,
    /// Addresses that customers write to and the settings do not name.
    pub unlisted: Unlisted,
    /// Where messages wait to be accepted.
    pub accepting: Accepting,
    /// Where answers wait to be recorded.
    pub settling: Settling,
    /// Requests to the provider under way.
    pub places: Places,
    /// Who was let in lately.
    pub acquaintances: Acquaintances,
    /// Computes passwords' hashes.
    pub passwords: Passwords,
    /// Who is inside with an open socket.
    pub guests: Guests,
    /// The provider's templates, as they were lately.
    pub templates: Templates,
    /// Lists and buttons that are being registered at the provider.
    pub offers: Registering,
    /// Media that are being fetched.
    pub fetching: Fetching,
    /// Counters.
    pub metrics: Metrics,
    /// Time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// This process, by a name of its own.
    pub node: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Everything that runs in the background; a stop waits for it.
    pub tasks: TaskTracker,
    /// Fires when no new request is to be taken; sockets end.
    pub closing: CancellationToken,
    /// Fires after that, when the background work is to end.
    pub stop: CancellationToken,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Wraps the parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Runs what the server can't be without. If it panics the process ends, so that a fresh one takes over: everything it
    /// had under way can be taken up again, while a server that only seems to work loses time unseen.
    pub fn spawn_for_life(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        self.tasks.spawn(for_life(what, work));
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.ids.next(self.clock.now())
    }

    /// An address for the provider: a path of this server with its public URL before it, anything else as it is.
    pub fn public(&self, url: &str) -> String {
        if url.starts_with('/') {
            format!("{}{url}", self.public_url)
        } else {
            url.to_owned()
        }
    }

    /// Our addresses; the first is the default sender.
    pub fn senders(&self) -> &[Address] {
        &self.config.senders
    }
}

/// See [`App::spawn_for_life`].
pub async fn for_life(what: &'static str, work: impl Future<Output = ()> + Send) {
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        tracing::error!(
            what,
            "a part of the server broke; the process ends, and the next one takes up its work"
        );
        std::process::exit(BROKEN);
    }
}
