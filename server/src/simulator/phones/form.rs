//! The form of an inbound message: the 17 fields of a text, and what every other kind adds.
//! Source: Twilio's "Request to your incoming message webhook", and requests seen in the wild.

use serde_json::{Map, Value};

use super::letter::{Letter, Tapped};
use crate::simulator::Simulator;
use crate::simulator::delivery::post::external_id;

/// The fields that the webhook is told.
pub(super) fn form(simulator: &Simulator, letter: &Letter) -> Vec<(String, String)> {
    let extra = extra(letter);
    let bare = letter.from.trim_start_matches("whatsapp:");
    let wa_id = bare.trim_start_matches('+').to_owned();
    let sid = &letter.sid;
    let usual = [
        ("SmsMessageSid", sid.clone()),
        ("NumMedia", usize::from(letter.medium.is_some()).to_string()),
        ("ProfileName", letter.name.clone()),
        ("MessageType", letter.kind.clone()),
        ("SmsSid", sid.clone()),
        ("WaId", wa_id.clone()),
        ("SmsStatus", "received".to_owned()),
        ("Body", letter.body.clone()),
        ("To", letter.to.clone()),
        ("NumSegments", "1".to_owned()),
        ("ReferralNumMedia", "0".to_owned()),
        ("MessageSid", sid.clone()),
        ("AccountSid", simulator.settings.account.account_sid.clone()),
        ("ChannelMetadata", metadata(&letter.name, &wa_id, &extra)),
        ("From", letter.from.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
        ("ExternalUserId", external_id(bare)),
    ];
    let owned = |(key, value): (&str, String)| (key.to_owned(), value);
    let mut form: Vec<(String, String)> = usual.into_iter().chain(extra).map(owned).collect();
    if let Some(medium) = &letter.medium {
        let url = super::letter::url_of(simulator, sid, &medium.sid);
        form.push(("MediaUrl0".to_owned(), url));
        form.push(("MediaContentType0".to_owned(), medium.content_type.clone()));
    }
    form.extend(letter.fields.clone());
    form
}

/// What this kind adds to the fields of a text.
fn extra(letter: &Letter) -> Vec<(&'static str, String)> {
    let mut extra = Vec::new();
    match &letter.tapped {
        Some(Tapped::Button(it)) => {
            extra.push(("ButtonText", it.title.clone()));
            extra.push(("ButtonPayload", it.id.clone()));
        }
        Some(Tapped::Item(it)) => {
            extra.push(("ListId", it.id.clone()));
            extra.push(("ListTitle", it.title.clone()));
            extra.push(("ListDescription", it.description.clone()));
        }
        None => {}
    }
    let forwarded = letter.forwarded.or(letter.tapped.as_ref().map(|_| false));
    if let Some(forwarded) = forwarded {
        extra.push(("Forwarded", forwarded.to_string()));
        extra.push(("FrequentlyForwarded", "false".to_owned()));
    }
    if let Some(quoted) = &letter.reply_to {
        extra.push(("OriginalRepliedMessageSid", quoted.sid.clone()));
        extra.push(("OriginalRepliedMessageSender", quoted.sender.clone()));
    }
    if let Some(place) = &letter.location {
        extra.push(("Latitude", place.latitude.to_string()));
        extra.push(("Longitude", place.longitude.to_string()));
        extra.extend(place.label.clone().map(|it| ("Label", it)));
        extra.extend(place.address.clone().map(|it| ("Address", it)));
    }
    if let Some(ad) = &letter.referral {
        let told = [
            ("ReferralBody", &ad.body),
            ("ReferralHeadline", &ad.headline),
            ("ReferralSourceId", &ad.source_id),
            ("ReferralSourceType", &ad.source_type),
            ("ReferralSourceUrl", &ad.source_url),
            ("ReferralCtwaClid", &ad.ctwa_clid),
        ];
        extra.extend(
            told.into_iter()
                .filter_map(|(key, it)| Some((key, it.clone()?))),
        );
    }
    extra
}

/// The loose fields once more, as JSON.
fn metadata(name: &str, wa_id: &str, extra: &[(&'static str, String)]) -> String {
    let mut context = Map::new();
    context.insert("ProfileName".to_owned(), name.into());
    context.insert("WaId".to_owned(), wa_id.into());
    for (key, value) in extra {
        context.insert((*key).to_owned(), value.clone().into());
    }
    let data = Value::Object(
        [("context".to_owned(), Value::Object(context))]
            .into_iter()
            .collect(),
    );
    serde_json::json!({ "type": "whatsapp", "data": data }).to_string()
}
