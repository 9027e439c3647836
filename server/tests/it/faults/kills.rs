//! The server dies by `kill -9` at every hop of its journeys, while clients and customers go on.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::check::Crashed;
use super::faults_on_both;
use super::follower::Follower;
use super::load::{CUSTOMERS, Load, all};
use super::site::{Server, Site};
use crate::support::Backend;
use crate::support::accounting::plan::{CHAOS, Plan, RESTLESS};
use crate::support::accounting::{Create, Fate, Hop};

faults_on_both!(
    killed_at_every_hop,
    killed_again_and_again_while_twilio_misbehaves,
);

/// On PostgreSQL a dead process's messages are its own until their leases end, half a minute after they were claimed.
const PATIENCE: Duration = Duration::from_secs(110);
const ROUNDS: usize = 2;
const KILLS_IN_CHAOS: u64 = 6;

/// When the server is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Send requests are under way.
    SendUnanswered,
    /// A send was just answered.
    SendAnswered,
    /// A create is at a hop; and then it goes on, or was lost.
    Create(Hop, Fate),
    /// Webhook requests are under way.
    LetterUnanswered,
    /// A webhook request was just answered.
    LetterAnswered,
    /// The create of the answer to a customer is at a hop.
    Reply(Hop, Fate),
    /// Status callbacks are under way.
    CallbackUnanswered,
    /// A status callback was just answered.
    CallbackAnswered,
}

const MOMENTS: [Moment; 14] = [
    Moment::SendUnanswered,
    Moment::SendAnswered,
    Moment::Create(Hop::Received, Fate::Vanishes),
    Moment::Create(Hop::Received, Fate::Goes),
    Moment::Create(Hop::Taken, Fate::Goes),
    Moment::Create(Hop::Answered, Fate::Goes),
    Moment::LetterUnanswered,
    Moment::LetterAnswered,
    Moment::Reply(Hop::Received, Fate::Vanishes),
    Moment::Reply(Hop::Received, Fate::Goes),
    Moment::Reply(Hop::Taken, Fate::Goes),
    Moment::Reply(Hop::Answered, Fate::Goes),
    Moment::CallbackUnanswered,
    Moment::CallbackAnswered,
];

async fn killed_at_every_hop(backend: Backend) {
    let site = Site::new(backend, Plan::calm(14)).await;
    let mut server = site.serve();
    let follower = Follower::start(&site);
    let load = Load::start(&site);
    for round in 0..ROUNDS {
        for moment in MOMENTS {
            kill_at(&site, &mut server, moment, round).await;
        }
    }
    load.stop().await;
    let broken = site.ledger.lock().unwrap().broken;
    assert!(broken > 0, "no kill met a request that was under way");
    let messages = site.settled(Crashed::Yes, PATIENCE).await;
    follower.compare(&messages).await;
    site.passed("killed at every hop", server.kills);
}

async fn kill_at(site: &Arc<Site>, server: &mut Server, moment: Moment, round: usize) {
    match moment {
        Moment::SendUnanswered | Moment::LetterUnanswered | Moment::CallbackUnanswered => {
            let mut requests = under_way(site, moment);
            // In later rounds a little further on their way.
            tokio::time::sleep(Duration::from_millis(2 + 6 * round as u64)).await;
            server.kill();
            server.restart();
            all(&mut requests).await;
        }
        Moment::SendAnswered => {
            site.send().await;
            server.kill();
            server.restart();
        }
        Moment::LetterAnswered => {
            site.write().await;
            server.kill();
            server.restart();
        }
        Moment::CallbackAnswered => {
            let newest = site.twilio.books().taken.pop().expect("some were taken");
            site.twilio.report(&newest.sid, "read").await;
            server.kill();
            server.restart();
        }
        Moment::Create(hop, fate) => {
            kill_at_create(site, server, (hop, fate), |it| !is_reply(it)).await;
        }
        Moment::Reply(hop, fate) => kill_at_create(site, server, (hop, fate), is_reply).await,
    }
}

/// Starts some requests at one moment.
fn under_way(site: &Arc<Site>, moment: Moment) -> JoinSet<()> {
    let mut requests = JoinSet::new();
    let newest = site.twilio.books().taken.into_iter().rev();
    for message in newest.take(8) {
        let site = Arc::clone(site);
        requests.spawn(async move {
            match moment {
                Moment::LetterUnanswered => site.write().await,
                Moment::CallbackUnanswered => {
                    site.twilio.report(&message.sid, "read").await;
                }
                _ => site.send().await,
            }
        });
    }
    requests
}

async fn kill_at_create(
    site: &Site,
    server: &mut Server,
    (hop, fate): (Hop, Fate),
    whose: fn(&Create) -> bool,
) {
    let mut hold = site.twilio.hold(hop, whose);
    hold.reached().await;
    server.kill();
    hold.release(fate);
    server.restart();
}

fn is_reply(create: &Create) -> bool {
    create
        .to
        .strip_prefix("whatsapp:")
        .is_some_and(|it| it.starts_with(CUSTOMERS))
}

async fn killed_again_and_again_while_twilio_misbehaves(backend: Backend) {
    let plan = Plan {
        seed: 15,
        creates: CHAOS,
        deaf: 50,
        callbacks: RESTLESS,
        latency: Duration::from_millis(40),
    };
    let site = Site::new(backend, plan).await;
    let mut server = site.serve();
    let load = Load::start(&site);
    for nth in 0..KILLS_IN_CHAOS {
        tokio::time::sleep(Duration::from_millis(500 + nth * 137)).await;
        server.kill();
        server.restart();
    }
    load.stop().await;
    site.settled(Crashed::Yes, PATIENCE).await;
    site.passed("killed while Twilio misbehaves", server.kills);
}
