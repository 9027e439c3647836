//! Messages of customers whose webhook never came, or could be kept nowhere, are fetched from the provider's list.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::Address;
use entity::webhook_event::{WebhookKind, WebhookSource};

use crate::app::App;
use crate::domain::window;
use crate::error::{Error, Fault, Result};
use crate::gateway::twilio::Talk;
use crate::gateway::wire::letter::WRITTEN_AT;
use crate::gateway::wire::{Form, MessageJson};
use crate::intake::door::{Arrived, Kept};
use crate::store::{self, contacts::Heard};

/// The chore's name: one process at a time looks, and the time up to which it has looked is kept.
const CHORE: &str = "recover";
const EVERY: TimeDelta = TimeDelta::minutes(5);
/// After a failure.
const AGAIN: TimeDelta = TimeDelta::seconds(30);
/// The provider's list is behind, and its clock is not ours.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// People of one transaction.
const AT_ONCE: usize = 50;
/// A message is given this long to come by its webhook.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// When to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once: this process just started.
    Now,
    /// If it is time, and no other process looks.
    Due,
}

/// Looks for missed messages; how many were found. With an empty database nothing before its first start is looked for.
///
/// # Errors
/// A fault of the database, or of the provider's answer.
pub async fn find_missed(app: &App, when: When) -> Result<usize> {
    let now = app.now();
    let due_at = match when {
        When::Now => now + EVERY,
        When::Due => now,
    };
    let taken = store::nodes::take_chore(app.db.write(), CHORE, due_at, now + EVERY).await?;
    let Some(done_until) = taken else {
        return Ok(0);
    };
    let found = look(app, done_until, now).await;
    if found.is_err() {
        store::nodes::chore_failed(app.db.write(), CHORE, now + AGAIN).await?;
    }
    found
}

async fn look(app: &App, done_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<usize> {
    let since = done_until.map_or(app.started_at, |it| it - OVERLAP);
    let mut found = 0;
    for sender in app.senders() {
        if done_until.is_none() {
            learn_windows(app, sender).await?;
        }
        found += find_missed_of(app, sender, since, now - PATIENCE).await?;
    }
    store::nodes::chore_done(app.db.write(), CHORE, now - PATIENCE).await?;
    if found > 0 {
        tracing::warn!(
            found,
            "messages were found in Twilio's list whose webhook never came"
        );
    }
    Ok(found)
}

/// Before the first look at all: who wrote to a sender in the last day, maybe to what was there before us, may be answered.
async fn learn_windows(app: &App, sender: &Address) -> Result<()> {
    let now = app.now();
    let talk = Talk {
        from: None,
        to: Some(sender.as_str()),
    };
    let listed = app.twilio.list(talk, window::opened_after(now)).await;
    let listed = listed.map_err(|error| Error::Fault(Fault::Other(error.to_string())))?;
    let mut last: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    for message in &listed {
        let is_inbound = message.direction.as_deref() == Some("inbound");
        if let (true, Some(from), Some(at)) =
            (is_inbound, message.from.as_deref(), message.created_at())
        {
            let newest = last.entry(from).or_insert(at);
            *newest = at.max(*newest);
        }
    }
    let last: Vec<_> = last.into_iter().collect();
    for part in last.chunks(AT_ONCE) {
        let tx = store::begin(&app.db).await?;
        for (from, at) in part {
            let contact = store::contacts::find_or_create(&tx, app.new_id(), from, now).await?;
            let pair = (contact.id, sender.as_str());
            store::contacts::conversation_heard(&tx, app.new_id(), pair, *at, now).await?;
            let heard = Heard {
                name: None,
                at: *at,
                consent: None,
            };
            store::contacts::heard_from(&tx, contact, heard).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn find_missed_of(
    app: &App,
    sender: &Address,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<usize> {
    let talk = Talk {
        from: None,
        to: Some(sender.as_str()),
    };
    let listed = app.twilio.list(talk, since).await;
    let listed = listed.map_err(|error| Error::Fault(Fault::Other(error.to_string())))?;
    let is_inbound = |it: &&MessageJson| {
        it.direction.as_deref() == Some("inbound") && it.created_at().is_none_or(|at| at < until)
    };
    let mut missed: Vec<&MessageJson> = listed.iter().filter(is_inbound).collect();
    // The list has the newest first; people are answered in the order in which they wrote.
    missed.sort_by_key(|it| it.created_at());
    let sids: Vec<&str> = missed.iter().filter_map(|it| it.sid.as_deref()).collect();
    let known = store::messages::known_sids(app.db.read(), &sids).await?;
    let mut found = 0;
    for message in missed {
        let Some(sid) = message.sid.as_deref().filter(|it| !known.contains(*it)) else {
            continue;
        };
        let kept = app.intake.keep(arrived(app, sid, message).await).await;
        if matches!(kept, Kept::New | Kept::Spooled) {
            app.metrics.recovered.inc();
            found += 1;
        }
    }
    Ok(found)
}

/// The event that its webhook would have brought.
async fn arrived(app: &App, sid: &str, message: &MessageJson) -> Arrived {
    let has_media = message.num_media.as_deref().is_some_and(|it| it != "0");
    let media = if has_media {
        app.twilio.media_of(sid).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the media of a missed message can't be listed");
            Vec::new()
        })
    } else {
        Vec::new()
    };
    let written_at = message
        .date_sent
        .as_deref()
        .or(message.date_created.as_deref());
    let fields = [
        ("MessageSid", Some(sid)),
        ("AccountSid", message.account_sid.as_deref()),
        ("From", message.from.as_deref()),
        ("To", message.to.as_deref()),
        ("Body", message.body.as_deref()),
        (WRITTEN_AT, written_at),
        ("NumMedia", message.num_media.as_deref()),
    ];
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields {
        form.append_pair(key, value.unwrap_or_default());
    }
    for (number, (url, content_type)) in media.iter().enumerate() {
        form.append_pair(&format!("MediaUrl{number}"), url);
        form.append_pair(&format!("MediaContentType{number}"), content_type);
    }
    let body = form.finish();
    let form = Form::decode(body.as_bytes());
    Arrived::new(WebhookKind::Inbound, WebhookSource::Recovered, body, &form)
}
