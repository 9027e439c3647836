//! Status callbacks: their fields, and their order, number and signature as the world wants them.

use rand::seq::SliceRandom as _;

use super::post;
use crate::gateway::wire::MessageJson;
use crate::simulator::Simulator;
use crate::simulator::world::controls::{Callbacks, Method, Order};

/// Tells the statuses of one message, now or later.
pub(super) struct Reporter<'a> {
    simulator: &'a Simulator,
    sid: &'a str,
    callbacks: Callbacks,
    /// Forms that wait for their turn.
    held: Vec<(String, Vec<(String, String)>)>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(simulator: &'a Simulator, sid: &'a str, callbacks: Callbacks) -> Self {
        Self {
            simulator,
            sid,
            callbacks,
            held: Vec::new(),
        }
    }

    /// Tells that the message is at `status`, where somebody wants to know.
    pub(super) async fn tell(&mut self, status: &str) {
        if self.callbacks.skip.iter().any(|it| it == status) {
            return;
        }
        let Some(told) = self.form(status) else {
            return;
        };
        self.held.push(told);
        if self.callbacks.order == Order::Usual {
            self.flush().await;
        }
    }

    /// Tells what waits.
    pub(super) async fn flush(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        match self.callbacks.order {
            Order::Usual => {}
            Order::Reversed => held.reverse(),
            Order::Shuffled => held.shuffle(&mut rand::rng()),
        }
        let request = post::Request {
            method: Method::Post,
            is_signed_well: !self.callbacks.bad_signature,
            copies: self.callbacks.copies,
        };
        for (url, form) in held {
            post::post(self.simulator, &url, &form, request).await;
        }
    }

    fn form(&self, status: &str) -> Option<(String, Vec<(String, String)>)> {
        let world = self.simulator.world.lock();
        let kept = world.messages.find(self.sid)?;
        let fallback = self.simulator.settings.status_url.as_ref();
        let url = kept.callback.as_ref().or(fallback)?.clone();
        let is_template = kept.shown.template.is_some();
        let install = self.simulator.install_sid();
        Some((url, form(&kept.json, status, is_template, install)))
    }
}

impl Simulator {
    /// The id of the business's WhatsApp sender.
    pub(in crate::simulator) fn install_sid(&self) -> String {
        self.settings.account.account_sid.replacen("AC", "XE", 1)
    }
}

fn form(
    message: &MessageJson,
    status: &str,
    is_template: bool,
    install: String,
) -> Vec<(String, String)> {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let to = text(&message.to);
    let bare = to.strip_prefix("whatsapp:").unwrap_or(&to).to_owned();
    let mut form = vec![
        ("SmsSid", text(&message.sid)),
        ("SmsStatus", status.to_owned()),
        ("MessageStatus", status.to_owned()),
        ("To", to.clone()),
        ("MessageSid", text(&message.sid)),
        ("AccountSid", text(&message.account_sid)),
        ("From", text(&message.from)),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    let service = message.messaging_service_sid.clone();
    form.extend(service.map(|it| ("MessagingServiceSid", it)));
    if to.starts_with("whatsapp:") {
        form.push(("ChannelPrefix", "whatsapp".to_owned()));
        form.push(("ChannelToAddress", masked(&bare)));
        form.push(("ChannelInstallSid", install));
        form.push(("ExternalUserId", post::external_id(&bare)));
    }
    match status {
        "sent" => form.push(("StructuredMessage", is_template.to_string())),
        "delivered" | "read" | "undelivered" => form.push(("EventType", status.to_uppercase())),
        _ => {}
    }
    if let Some(code) = message.error_code {
        form.push(("ErrorCode", code.to_string()));
        form.push(("ErrorMessage", words(code).to_owned()));
        form.push(("ChannelStatusMessage", words(code).to_owned()));
    }
    let owned = form.into_iter();
    owned.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The last four characters hidden.
fn masked(address: &str) -> String {
    let shown = address.chars().count().saturating_sub(4);
    address.chars().take(shown).chain("XXXX".chars()).collect()
}

/// Words for a code.
pub(super) fn words(code: i32) -> &'static str {
    match code {
        63003 => "The recipient can't be reached on this channel",
        63013 => "This message breaks a policy of the channel",
        63014 => "The recipient blocked this sender",
        63015 => "The recipient has not joined the sandbox",
        63016 => "Free text outside of the reply window needs a template",
        63018 => "The sender's rate limit was exceeded",
        63021 => "The channel does not take this content",
        63024 => "Not a valid recipient",
        63040 => "The template was rejected",
        63041 => "The template is paused",
        63042 => "The template is disabled",
        _ => "The message could not be delivered",
    }
}
