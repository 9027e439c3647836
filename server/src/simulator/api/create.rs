//! Creating a message: how the world answers, what it checks, what it keeps.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::time::Instant;

use super::checks::{self, Business};
use super::refusals::{self, Refusal};
use super::{Answer, answer, authenticate};
use crate::gateway::simulator::{PhoneMedia, PhoneMessage};
use crate::gateway::wire::{Form, MessageJson, rfc2822};
use crate::simulator::connection::Caller;
use crate::simulator::phones::samples;
use crate::simulator::world::content::Rendered;
use crate::simulator::world::controls::{Answering, Kind};
use crate::simulator::world::media::Medium;
use crate::simulator::world::messages::Kept;
use crate::simulator::world::{Inner, new_sid};
use crate::simulator::{Shared, Simulator, delivery};

/// Nobody waits longer for an answer that does not come.
const SILENCE: Duration = Duration::from_mins(2);

/// Counts a create that is under way.
struct UnderWay<'a>(&'a Simulator);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.creating.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Takes a message and reports its statuses afterwards, unless the world is against it.
pub(super) async fn create(
    State(simulator): State<Shared>,
    Path(account): Path<String>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    authenticate(&simulator, &account, &headers)?;
    let _under_way = enter(&simulator)?;
    let answering = simulator.world.lock().controls.next_answer(Instant::now());
    match answering.as_ref().map(|it| (it, it.kind)) {
        Some((_, Kind::Drop)) => return Ok(dropped(&caller)),
        Some((_, Kind::Timeout)) => {
            // Whoever asked hangs up before this is over.
            let silence = tokio::time::sleep(SILENCE);
            simulator.stop.run_until_cancelled(silence).await;
            return Ok(dropped(&caller));
        }
        Some((it, Kind::Refuse)) => return Err(refused(it, 400, 21211)),
        Some((it, Kind::Busy)) => return Err(refused(it, 429, 20429)),
        Some((it, Kind::Error)) => return Err(refused(it, 503, 20503)),
        Some((_, Kind::TakeThenDrop | Kind::TakeThenError)) | None => {}
    }
    let json = take(&simulator, &Form::decode(&body))?;
    let delay = simulator.world.lock().controls.create_delay_ms;
    if delay > 0 {
        let pause = tokio::time::sleep(Duration::from_millis(delay));
        simulator.stop.run_until_cancelled(pause).await;
    }
    match answering.as_ref().map(|it| (it, it.kind)) {
        Some((_, Kind::TakeThenDrop)) => Ok(dropped(&caller)),
        Some((it, _)) => Err(refused(it, 500, 20500)),
        None => Ok(answer(StatusCode::CREATED, &json)),
    }
}

fn enter(simulator: &Simulator) -> Result<UnderWay<'_>, Refusal> {
    let others = simulator.creating.fetch_add(1, Ordering::SeqCst);
    let under_way = UnderWay(simulator);
    let world = simulator.world.lock();
    let rules = &world.controls.rules;
    let most = usize::try_from(rules.concurrent_creates).unwrap_or(usize::MAX);
    if rules.concurrency && others >= most {
        Err(refusals::TOO_MANY_REQUESTS)
    } else {
        Ok(under_way)
    }
}

fn dropped(caller: &Caller) -> Response {
    caller.cut();
    StatusCode::BAD_GATEWAY.into_response()
}

fn refused(answering: &Answering, status: u16, code: i32) -> Refusal {
    Refusal {
        retry_after: answering.retry_after_seconds,
        ..Refusal::new(
            answering.status.unwrap_or(status),
            answering.code.unwrap_or(code),
            "The simulated world wants it so",
        )
    }
}

/// Checks and keeps a message, and sends it on its way.
fn take(simulator: &Shared, form: &Form) -> Result<MessageJson, Refusal> {
    let now = simulator.now();
    let settings = &simulator.settings;
    let business = Business {
        senders: &settings.senders,
        service: settings.account.messaging_service_sid.as_deref(),
    };
    checks::check(form, business, now)?;
    let send_at = checks::send_at(form, now)?;
    let mut world = simulator.world.lock();
    let rendered = render(&world, form)?;
    let kept = kept(simulator, form, rendered, now);
    check_consent(simulator, &world, &kept)?;
    let (sid, json) = (kept.shown.sid.clone(), kept.json.clone());
    let outcome = world.controls.next_outcome();
    keep_media(&mut world, &kept, now);
    let typed_to = world.people.get_mut(kept.phone());
    if let Some(person) = typed_to {
        person.typing_until = None;
    }
    world.messages.keep(kept);
    drop(world);
    let due_in = send_at.map(|at| (at - now).to_std().unwrap_or_default());
    delivery::begin(simulator, sid, outcome, due_in);
    Ok(json)
}

/// Who opted out at the provider is refused at once, where that is the rule.
fn check_consent(simulator: &Simulator, world: &Inner, kept: &Kept) -> Result<(), Refusal> {
    let from = kept.json.from.as_deref();
    let from = from.unwrap_or(simulator.default_sender());
    let person = world.people.get(kept.phone());
    let is_out = person.is_some_and(|it| it.opted_out_of.contains(from));
    if is_out && world.controls.rules.opt_out {
        let words = "Attempt to send to unsubscribed recipient";
        return Err(Refusal::bad(21610, words));
    }
    Ok(())
}

fn render(world: &Inner, form: &Form) -> Result<Option<Rendered>, Refusal> {
    let Some(sid) = form.get("ContentSid") else {
        return Ok(None);
    };
    let wrong = Refusal::bad(21655, "The ContentSid is Invalid");
    let template = world.templates.find(sid).ok_or(wrong)?;
    Ok(Some(template.render(&checks::variables(form)?)))
}

fn kept(
    simulator: &Simulator,
    form: &Form,
    rendered: Option<Rendered>,
    now: DateTime<Utc>,
) -> Kept {
    let rendered = rendered.unwrap_or_else(|| Rendered {
        body: form.get("Body").unwrap_or_default().to_owned(),
        kind: "text",
        media_url: form.get("MediaUrl").map(str::to_owned),
        ..Rendered::default()
    });
    let json = created(
        simulator,
        form,
        &rendered.body,
        rendered.media_url.is_some(),
    );
    let media = rendered.media_url.map(|url| PhoneMedia {
        content_type: samples::type_of_path(&url).to_owned(),
        url,
    });
    let kind = match (&media, &rendered.location) {
        (Some(media), _) => samples::kind_of(&media.content_type),
        (None, Some(_)) => "location",
        (None, None) => rendered.kind,
    };
    let shown = PhoneMessage {
        sid: json.sid.clone().unwrap_or_default(),
        body: rendered.body,
        at: now,
        kind: kind.to_owned(),
        media,
        buttons: rendered.buttons,
        items: rendered.items,
        location: rendered.location,
        template: form.get("ContentSid").map(str::to_owned),
        ..PhoneMessage::default()
    };
    Kept {
        json,
        sent_at: None,
        shown,
        callback: form.get("StatusCallback").map(str::to_owned),
        fault: rendered.fault,
    }
}

fn created(simulator: &Simulator, form: &Form, body: &str, has_media: bool) -> MessageJson {
    let account = &simulator.settings.account.account_sid;
    let text = |key| form.get(key).map(str::to_owned);
    let service = text("MessagingServiceSid");
    let status = match (&service, form.get("ScheduleType")) {
        (Some(_), Some(_)) => "scheduled",
        (Some(_), None) => "accepted",
        (None, _) => "queued",
    };
    let sid = new_sid(if has_media { "MM" } else { "SM" });
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{sid}");
    let now = rfc2822(simulator.now());
    let media: usize = form.all("MediaUrl").count().max(usize::from(has_media));
    MessageJson {
        sid: Some(sid),
        account_sid: Some(account.clone()),
        api_version: Some("2010-04-01".to_owned()),
        from: text("From"),
        to: text("To"),
        body: Some(body.to_owned()),
        status: Some(status.to_owned()),
        direction: Some("outbound-api".to_owned()),
        num_segments: Some(if service.is_some() { "0" } else { "1" }.to_owned()),
        num_media: Some(media.to_string()),
        date_created: Some(now.clone()),
        date_updated: Some(now),
        uri: Some(format!("{uri}.json")),
        subresource_uris: Some(json!({ "media": format!("{uri}/Media.json") })),
        messaging_service_sid: service,
        ..MessageJson::default()
    }
}

/// What the provider would have fetched from the URL: something small of the same type, since nothing is fetched here.
fn keep_media(world: &mut Inner, kept: &Kept, now: DateTime<Utc>) {
    if let Some(media) = &kept.shown.media {
        let bytes = samples::bytes_of(&media.content_type);
        let medium = Medium::new(&kept.shown.sid, &media.content_type, bytes, now);
        world.media.keep(medium);
    }
}
