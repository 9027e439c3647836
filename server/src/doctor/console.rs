//! What Twilio has set for the account, its senders and its messaging service, beside what Waybill expects there.

use serde::Serialize;

use super::twilio::{NOT_RUNNING, SHARED_SENDER, Way};
use super::{Subject, host};
use crate::gateway::reach::Unreached;
use crate::gateway::twilio::AskError;
use crate::gateway::twilio::account::{AccountJson, Denied, Seen, SenderJson, ServiceJson};

/// What Twilio has set.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Console {
    /// `AC…`
    pub account_sid: String,
    /// Name, status and type.
    pub account: String,
    /// The account's senders and its messaging service.
    pub parts: Vec<Part>,
    /// What the API does not tell, and why.
    pub untold: Vec<String>,
}

/// One sender or the messaging service.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// E.g. `sender whatsapp:+…`.
    pub name: String,
    /// Its state in Twilio's words.
    pub state: String,
    /// What it calls.
    pub urls: Vec<Url>,
}

/// One URL.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Url {
    /// What is sent there.
    pub of: &'static str,
    /// As Twilio has it; `None`: nothing is set.
    pub has: Option<String>,
    /// As Waybill would have it.
    pub expects: String,
    /// Whether it is right; `None`: it does not matter.
    pub is_right: Option<bool>,
    /// What to do, or why it does not matter.
    pub note: Option<String>,
}

impl Console {
    /// Whether something must be set otherwise.
    pub fn differs(&self) -> bool {
        let mut urls = self.parts.iter().flat_map(|it| &it.urls);
        urls.any(|it| it.is_right == Some(false))
    }
}

/// Reads it.
///
/// # Errors
/// In words: a setting is wrong, or Twilio could not be reached or did not open.
pub async fn console(subject: &Subject) -> Result<Console, String> {
    if !subject.faults.is_empty() {
        let faults: Vec<String> = subject.faults.iter().map(ToString::to_string).collect();
        return Err(faults.join("\n"));
    }
    let way = Way::of(subject).ok_or(NOT_RUNNING)?;
    let (seen, senders, service) = tokio::join!(
        way.twilio.account(),
        way.twilio.senders(),
        way.twilio.service()
    );
    let mut console = Console {
        account_sid: way.account_sid.clone(),
        account: told(&opened(seen, &way)?),
        parts: Vec::new(),
        untold: Vec::new(),
    };
    let base = way.public_url.as_deref().unwrap_or_default();
    let service = service.unwrap_or_else(|error| {
        let hint = "check TWILIO_MESSAGING_SERVICE_SID";
        console
            .untold
            .push(untold("messaging service", &error, hint));
        None
    });
    match senders {
        Ok(senders) => console.add_senders(subject, &senders, (base, service.as_ref())),
        Err(error) => {
            let hint = "see them in Twilio's console";
            console.untold.push(untold("senders", &error, hint));
        }
    }
    if let Some(service) = &service {
        console.parts.push(service_part(service, base));
    }
    Ok(console)
}

fn opened(seen: Result<Seen, Unreached>, way: &Way) -> Result<AccountJson, String> {
    let seen = seen.map_err(|error| {
        if way.is_sandbox {
            return NOT_RUNNING.to_owned();
        }
        format!("{} can't be reached: {error}", host(&way.api))
    })?;
    seen.account.map_err(|Denied { status, code }| {
        let code = code.map_or_else(String::new, |it| format!(", code {it}"));
        format!("Twilio did not open the account (HTTP {status}{code}): see waybill doctor")
    })
}

fn told(account: &AccountJson) -> String {
    let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "unknown".to_owned());
    format!(
        "\"{}\", {}, {}",
        word(&account.friendly_name),
        word(&account.status),
        word(&account.kind)
    )
}

fn untold(what: &str, error: &AskError, hint: &str) -> String {
    let why = match error {
        AskError::Answer {
            status: 401 | 403, ..
        } => "this account may not ask for it by the API",
        AskError::Answer { status: 404, .. } => "the API does not know it",
        AskError::Answer { .. }
        | AskError::Unreachable(_)
        | AskError::Unreadable
        | AskError::Foreign => "try again later",
    };
    format!("{what}: {error}: {why}; {hint}")
}

impl Console {
    fn add_senders(
        &mut self,
        subject: &Subject,
        senders: &[SenderJson],
        (base, service): (&str, Option<&ServiceJson>),
    ) {
        let own = &subject.config.senders;
        let is_own = |it: &SenderJson| {
            own.iter()
                .any(|own| it.sender_id.as_deref() == Some(own.as_str()))
        };
        for sender in senders {
            let part = sender_part(sender, base, service);
            self.parts.push(if is_own(sender) {
                part
            } else {
                part.not_ours()
            });
        }
        for own in own {
            let own = own.as_str();
            if senders
                .iter()
                .any(|it| it.sender_id.as_deref() == Some(own))
            {
                continue;
            }
            self.untold.push(if own == SHARED_SENDER {
                format!("sender {own}: Twilio's shared sandbox; set {base}/api/v1/whatsapp/webhook in the console's sandbox settings")
            } else {
                format!("sender {own}: none of the account's senders: check TWILIO_WHATSAPP_FROM")
            });
        }
    }
}

impl Part {
    /// Waybill does not send from it, so what it calls is somebody else's business.
    fn not_ours(mut self) -> Self {
        for url in &mut self.urls {
            url.is_right = None;
            url.note = Some("not in TWILIO_WHATSAPP_FROM".to_owned());
        }
        self
    }
}

fn sender_part(sender: &SenderJson, base: &str, service: Option<&ServiceJson>) -> Part {
    let id = sender.sender_id.as_deref().unwrap_or("without an id");
    let properties = sender.properties.clone().unwrap_or_default();
    let quality = properties.quality_rating.map(|it| format!("quality {it}"));
    let state: Vec<String> = [sender.status.clone(), quality, properties.messaging_limit]
        .into_iter()
        .flatten()
        .collect();
    let webhook = sender.webhook.clone().unwrap_or_default();
    let mut inbound = inbound(
        webhook.callback_url,
        webhook.callback_method.as_deref(),
        base,
    );
    if service.is_some_and(|it| it.use_inbound_webhook_on_number == Some(false)) {
        inbound.is_right = None;
        inbound.note = Some("the messaging service's URL counts instead".to_owned());
    }
    Part {
        name: format!("sender {id}"),
        state: state.join(", "),
        urls: vec![inbound, status(webhook.status_callback_url, base)],
    }
}

fn service_part(service: &ServiceJson, base: &str) -> Part {
    let mut inbound = inbound(
        service.inbound_request_url.clone(),
        service.inbound_method.as_deref(),
        base,
    );
    if service.use_inbound_webhook_on_number == Some(true) {
        inbound.is_right = None;
        inbound.note = Some("each sender's own URL counts instead".to_owned());
    }
    let name = service.friendly_name.as_deref().unwrap_or_default();
    Part {
        name: format!("messaging service \"{name}\""),
        state: String::new(),
        urls: vec![inbound, status(service.status_callback.clone(), base)],
    }
}

fn inbound(has: Option<String>, method: Option<&str>, base: &str) -> Url {
    let expects = format!("{base}/api/v1/whatsapp/webhook");
    let has = has.filter(|it| !it.is_empty());
    let is_it = has.as_deref().is_some_and(|it| is_same(it, &expects));
    let is_posted = method.is_none_or(|it| it.eq_ignore_ascii_case("POST"));
    let note = match (is_it, is_posted) {
        (true, true) => None,
        (true, false) => {
            Some("GET works, too; POST keeps messages out of proxies' logs".to_owned())
        }
        (false, _) => Some(
            "set it in Twilio's console, method POST; or set PUBLIC_URL to what Twilio calls"
                .to_owned(),
        ),
    };
    Url {
        of: "incoming messages",
        is_right: Some(is_it),
        has,
        expects,
        note,
    }
}

fn status(has: Option<String>, base: &str) -> Url {
    let expects = format!("{base}/api/v1/whatsapp/status");
    let has = has.filter(|it| !it.is_empty());
    let is_it = has.as_deref().is_some_and(|it| is_same(it, &expects));
    Url {
        of: "statuses",
        is_right: is_it.then_some(true),
        note: (!is_it).then(|| "not needed: each message names its own".to_owned()),
        has,
        expects,
    }
}

/// The part after `#` tells Twilio how to call, and is not sent.
fn is_same(has: &str, expects: &str) -> bool {
    has.split('#').next().map(|it| it.trim_end_matches('/')) == Some(expects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::twilio::account::SenderWebhook;

    const BASE: &str = "https://wa.example.com";
    const HOOK: &str = "https://wa.example.com/api/v1/whatsapp/webhook";

    fn right(has: Option<&str>, method: Option<&str>) -> Option<bool> {
        inbound(has.map(str::to_owned), method, BASE).is_right
    }

    #[test]
    fn the_webhook_must_be_ours_and_posted_to() {
        assert_eq!(right(Some(HOOK), Some("POST")), Some(true));
        assert_eq!(right(Some(&format!("{HOOK}#rc=3")), None), Some(true));
        assert_eq!(right(Some(HOOK), Some("GET")), Some(true));
        assert_eq!(right(Some(&format!("{HOOK}/")), None), Some(true));
        assert_eq!(right(Some(&format!("{HOOK}x")), None), Some(false));
        assert_eq!(
            right(Some("http://wa.example.com/api/v1/whatsapp/webhook"), None),
            Some(false)
        );
        assert_eq!(
            (right(None, None), right(Some(""), None)),
            (Some(false), Some(false))
        );
    }

    #[test]
    fn a_status_url_is_needed_by_nobody() {
        let right = |it: Option<&str>| status(it.map(str::to_owned), BASE).is_right;
        assert_eq!(
            right(Some("https://wa.example.com/api/v1/whatsapp/status")),
            Some(true)
        );
        assert_eq!(
            (right(None), right(Some("https://old.example.com/"))),
            (None, None)
        );
    }

    #[test]
    fn either_the_sender_or_its_messaging_service_decides_where_messages_go() {
        let sender = SenderJson {
            webhook: Some(SenderWebhook {
                callback_url: Some("https://old.example.com/".to_owned()),
                ..SenderWebhook::default()
            }),
            ..SenderJson::default()
        };
        let service = |on_number| ServiceJson {
            inbound_request_url: None,
            use_inbound_webhook_on_number: Some(on_number),
            ..ServiceJson::default()
        };
        let both = |on_number| {
            let service = service(on_number);
            let of_sender = sender_part(&sender, BASE, Some(&service)).urls[0].is_right;
            (of_sender, service_part(&service, BASE).urls[0].is_right)
        };
        assert_eq!(both(true), (Some(false), None));
        assert_eq!(both(false), (None, Some(false)));
    }
}
