//! What a person writes, made whole: who writes to whom, what it carries, which message it answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use entity::types::Address;

use super::samples;
use crate::gateway::simulator::{
    Choice, PhoneMedia, PhoneMessage, Place, Referral, Sample, Writing,
};
use crate::gateway::wire::{MessageJson, rfc2822};
use crate::simulator::Simulator;
use crate::simulator::control::Wrong;
use crate::simulator::world::media::Medium;
use crate::simulator::world::messages::Kept;
use crate::simulator::world::{Inner, new_sid};

/// WhatsApp takes no longer text, in UTF-16 code units.
const LONGEST_BODY: usize = 4_096;
/// WhatsApp takes nothing larger, in bytes.
const LARGEST_MEDIUM: usize = 16 * 1_024 * 1_024;

/// A message of a person.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) sid: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) name: String,
    pub(super) body: String,
    /// The provider's word for what it is.
    pub(super) kind: String,
    pub(super) medium: Option<Medium>,
    pub(super) location: Option<Place>,
    pub(super) tapped: Option<Tapped>,
    pub(super) reply_to: Option<Quoted>,
    pub(super) referral: Option<Referral>,
    pub(super) forwarded: Option<bool>,
    pub(super) fields: Vec<(String, String)>,
}

/// What a person tapped.
#[derive(Debug)]
pub(super) enum Tapped {
    Button(Choice),
    Item(Choice),
}

/// The message that is answered.
#[derive(Clone, Debug)]
pub(super) struct Quoted {
    pub(super) sid: String,
    pub(super) sender: String,
    is_template: bool,
}

impl Letter {
    /// Makes a writing whole; the error says what is wrong with it.
    pub(super) fn new(
        simulator: &Simulator,
        world: &Inner,
        writing: Writing,
        now: DateTime<Utc>,
    ) -> Result<Self, Wrong> {
        let from = address(&writing.from)?;
        let to = match writing.to.as_str() {
            "" => simulator.default_sender().to_owned(),
            to => address(to)?,
        };
        if writing.body.encode_utf16().count() > LONGEST_BODY {
            return Err(Wrong::new("body: WhatsApp takes 4,096 characters"));
        }
        let (tapped, origin) = tapped(world, &from, &writing)?;
        let reply_to = match &writing.reply_to {
            Some(wanted) => Some(quoted(world, &from, wanted)?),
            None => origin,
        };
        let kind = kind(&writing, tapped.is_some(), reply_to.as_ref());
        let prefix = if samples::type_of_kind(&kind).is_some() {
            "MM"
        } else {
            "SM"
        };
        let sid = new_sid(prefix);
        let medium = medium(&sid, &kind, writing.media.unwrap_or_default(), now)?;
        let known = world.people.get(&from).map(|it| it.name.clone());
        let mut letter = Self {
            name: if writing.name.is_empty() {
                known.unwrap_or_default()
            } else {
                writing.name
            },
            body: writing.body,
            location: writing.location,
            referral: writing.referral,
            forwarded: writing.forwarded,
            fields: writing.fields.into_iter().collect(),
            sid,
            from,
            to,
            kind,
            medium,
            tapped,
            reply_to,
        };
        letter.settle_body()?;
        Ok(letter)
    }

    /// A document's text is its name, a tap's is the title; a place has none.
    fn settle_body(&mut self) -> Result<(), Wrong> {
        match &self.tapped {
            Some(Tapped::Button(it) | Tapped::Item(it)) => self.body.clone_from(&it.title),
            None => {}
        }
        if self.kind == "document" {
            let filename = self.medium.as_ref().and_then(|it| it.filename.clone());
            self.body = filename.unwrap_or_else(|| "document.pdf".to_owned());
        }
        if let Some(place) = &self.location {
            let is_on_earth = place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0;
            if !is_on_earth {
                let words = "location: latitude is -90 to 90, longitude -180 to 180 degrees";
                return Err(Wrong::new(words));
            }
        }
        if self.kind == "text" && self.body.is_empty() {
            return Err(Wrong::new("body: a text message needs a text"));
        }
        Ok(())
    }

    /// As the world keeps it.
    pub(super) fn kept(&self, simulator: &Simulator, now: DateTime<Utc>) -> Kept {
        let account = &simulator.settings.account.account_sid;
        let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", self.sid);
        let at = rfc2822(now);
        let text = |it: &str| Some(it.to_owned());
        let json = MessageJson {
            sid: text(&self.sid),
            account_sid: text(account),
            api_version: text("2010-04-01"),
            from: text(&self.from),
            to: text(&self.to),
            body: text(&self.body),
            status: text("received"),
            direction: text("inbound"),
            num_segments: text("1"),
            num_media: Some(usize::from(self.medium.is_some()).to_string()),
            date_created: Some(at.clone()),
            date_updated: Some(at.clone()),
            date_sent: Some(at),
            uri: Some(format!("{uri}.json")),
            subresource_uris: Some(serde_json::json!({ "media": format!("{uri}/Media.json") })),
            ..MessageJson::default()
        };
        Kept {
            json,
            sent_at: Some(now),
            shown: self.shown(simulator, now),
            callback: None,
            fault: None,
        }
    }

    fn shown(&self, simulator: &Simulator, now: DateTime<Utc>) -> PhoneMessage {
        let media = self.medium.as_ref().map(|it| PhoneMedia {
            url: url_of(simulator, &self.sid, &it.sid),
            content_type: it.content_type.clone(),
        });
        PhoneMessage {
            sid: self.sid.clone(),
            from_phone: true,
            body: self.body.clone(),
            status: "sent".to_owned(),
            at: now,
            kind: self.kind.clone(),
            location: self.location.clone(),
            reply_to: self.reply_to.as_ref().map(|it| it.sid.clone()),
            media,
            ..PhoneMessage::default()
        }
    }
}

/// The address with its channel; a number may be typed without one.
pub(super) fn address(text: &str) -> Result<String, Wrong> {
    let scoped = text
        .strip_prefix("whatsapp:")
        .and_then(|it| it.split_once('.'));
    let is_scoped = scoped.is_some_and(|(country, id)| {
        let is_id =
            !id.is_empty() && id.len() <= 128 && id.bytes().all(|it| it.is_ascii_alphanumeric());
        country.len() == 2 && country.bytes().all(|it| it.is_ascii_uppercase()) && is_id
    });
    if is_scoped {
        return Ok(text.to_owned());
    }
    let parsed = Address::parse(text);
    parsed.map(|it| it.as_str().to_owned()).map_err(|error| {
        Wrong::new(format!(
            "{text:?}: {error}; or a business-scoped id, e.g. whatsapp:PT.1a2b3c"
        ))
    })
}

/// Where the bytes are, for whoever has the account's credentials.
pub(super) fn url_of(simulator: &Simulator, message: &str, medium: &str) -> String {
    let account = &simulator.settings.account.account_sid;
    let base = simulator.base_url.as_str();
    format!("{base}/2010-04-01/Accounts/{account}/Messages/{message}/Media/{medium}")
}

/// The provider's word for what it is. Taps on a template's buttons have one of their own.
fn kind(writing: &Writing, is_tap: bool, origin: Option<&Quoted>) -> String {
    if let Some(kind) = &writing.kind {
        return match kind.as_str() {
            "contact" => "contacts",
            "list" => "interactive",
            other => other,
        }
        .to_owned();
    }
    let media = writing.media.as_ref();
    let kind = if is_tap {
        let is_template = origin.is_some_and(|it| it.is_template);
        let is_button = writing.button.is_some() && is_template;
        if is_button { "button" } else { "interactive" }
    } else if writing.location.is_some() {
        "location"
    } else if let Some(media) = media {
        samples::kind_of(media.content_type.as_deref().unwrap_or("image/jpeg"))
    } else {
        "text"
    };
    kind.to_owned()
}

fn medium(
    sid: &str,
    kind: &str,
    sample: Sample,
    now: DateTime<Utc>,
) -> Result<Option<Medium>, Wrong> {
    let Some(usual) = samples::type_of_kind(kind) else {
        return Ok(None);
    };
    let content_type = sample.content_type.unwrap_or_else(|| usual.to_owned());
    let is_type = |it: u8| it.is_ascii_alphanumeric() || b"/.+-; =".contains(&it);
    if !content_type.contains('/') || !content_type.bytes().all(is_type) {
        return Err(Wrong::new(
            "media.contentType: a type is expected, e.g. image/jpeg",
        ));
    }
    let bytes = match sample.base64 {
        None => samples::bytes_of(&content_type),
        Some(text) => STANDARD
            .decode(text)
            .map_err(|error| Wrong::new(format!("media.base64: {error}")))?
            .into(),
    };
    if bytes.len() > LARGEST_MEDIUM {
        return Err(Wrong::new("media: WhatsApp takes 16 MB"));
    }
    Ok(Some(Medium {
        filename: sample.filename,
        ..Medium::new(sid, &content_type, bytes, now)
    }))
}

/// What was tapped, and the message it stands on.
fn tapped(
    world: &Inner,
    from: &str,
    writing: &Writing,
) -> Result<(Option<Tapped>, Option<Quoted>), Wrong> {
    let (wanted, what) = match (&writing.button, &writing.item) {
        (Some(button), None) => (button, "button"),
        (None, Some(item)) => (item, "item"),
        (None, None) => return Ok((None, None)),
        (Some(_), Some(_)) => return Err(Wrong::new("a button or an item is tapped, not both")),
    };
    let is_it = |it: &&Choice| {
        (!wanted.id.is_empty() && it.id == wanted.id)
            || (!wanted.title.is_empty() && it.title == wanted.title)
    };
    let choices = |kept: &Kept| {
        let shown = &kept.shown;
        if what == "button" {
            shown.buttons.clone()
        } else {
            shown.items.clone()
        }
    };
    let found = from_business(world, from)
        .find_map(|kept| Some((choices(kept).iter().find(is_it)?.clone(), quote(kept))));
    let tapped = |it: Choice| {
        if what == "button" {
            Tapped::Button(it)
        } else {
            Tapped::Item(it)
        }
    };
    match found {
        Some((choice, quoted)) => Ok((Some(tapped(choice)), Some(quoted))),
        None if !wanted.id.is_empty() && !wanted.title.is_empty() => {
            Ok((Some(tapped(wanted.clone())), None))
        }
        None => {
            let there: Vec<String> = from_business(world, from)
                .flat_map(choices)
                .map(|it| format!("{:?}", it.title))
                .take(10)
                .collect();
            let there = if there.is_empty() {
                "none".to_owned()
            } else {
                there.join(", ")
            };
            let words = format!(
                "{what}: there is no such {what} on the phone; there: {there}. Or give id and title"
            );
            Err(Wrong::new(words))
        }
    }
}

/// The message that is answered.
fn quoted(world: &Inner, from: &str, wanted: &str) -> Result<Quoted, Wrong> {
    if wanted == "last" {
        let newest = from_business(world, from).next();
        let words = "replyTo: the business wrote nothing to this phone yet";
        return newest.map(quote).ok_or_else(|| Wrong::new(words));
    }
    let kept = world.messages.find(wanted).filter(|it| it.phone() == from);
    kept.map(quote)
        .ok_or_else(|| Wrong::new("replyTo: there is no such message on this phone"))
}

/// What came to the phone, newest first.
fn from_business<'a>(world: &'a Inner, phone: &'a str) -> impl Iterator<Item = &'a Kept> {
    let all = world.messages.iter().rev();
    all.filter(move |it| {
        !it.is_inbound()
            && it.phone() == phone
            && matches!(it.status(), "sent" | "delivered" | "read")
    })
}

fn quote(kept: &Kept) -> Quoted {
    let sender = if kept.is_inbound() {
        kept.phone()
    } else {
        kept.business()
    };
    Quoted {
        sid: kept.shown.sid.clone(),
        sender: sender.to_owned(),
        is_template: kept.shown.template.is_some(),
    }
}
