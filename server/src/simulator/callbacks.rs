//! Signed status callbacks on a believable schedule.

use std::time::Duration;

use super::{Shared, Simulator};
use crate::gateway::signature;
use crate::gateway::wire::{IDEMPOTENCY_HEADER, MessageJson, SIGNATURE_HEADER};

const STATUSES: [&str; 3] = ["sent", "delivered", "read"];
/// One more try after a connection that was not made, like the provider.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Moves a message through its statuses and reports each to `url`.
pub(super) fn report(simulator: &Shared, message: &MessageJson, url: String) {
    let (simulator2, message) = (simulator.clone(), message.clone());
    simulator.tasks.spawn(async move {
        let sid = message.sid.unwrap_or_default();
        for (status, pause) in STATUSES.into_iter().zip(simulator2.settings.schedule) {
            if simulator2
                .stop
                .run_until_cancelled(tokio::time::sleep(pause))
                .await
                .is_none()
            {
                return;
            }
            let now = simulator2.clock.now();
            let Some(message) = simulator2.world.lock().set_status(&sid, status, now) else {
                return;
            };
            let form = form(&simulator2, &message, status);
            post(&simulator2, &url, &form).await;
        }
    });
}

fn form(simulator: &Simulator, message: &MessageJson, status: &str) -> Vec<(String, String)> {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let to = text(&message.to);
    let shown = to.strip_prefix("whatsapp:").unwrap_or(&to);
    let masked = format!(
        "{}XXXX",
        shown
            .get(..shown.len().saturating_sub(4))
            .unwrap_or_default()
    );
    let pairs = [
        ("SmsSid", text(&message.sid)),
        ("SmsStatus", status.to_owned()),
        ("MessageStatus", status.to_owned()),
        ("ChannelToAddress", masked),
        ("To", to),
        ("ChannelPrefix", "whatsapp".to_owned()),
        ("MessageSid", text(&message.sid)),
        ("AccountSid", simulator.settings.account.account_sid.clone()),
        ("From", text(&message.from)),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    let mut form: Vec<_> = pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    match status {
        "sent" => form.push(("StructuredMessage".to_owned(), "false".to_owned())),
        word => form.push(("EventType".to_owned(), word.to_uppercase())),
    }
    form
}

/// Posts a signed form; whether it was taken. Tries once more where no connection was made.
pub(super) async fn post(simulator: &Simulator, url: &str, form: &[(String, String)]) -> bool {
    let token = simulator.settings.account.auth_token.expose();
    let signature = signature::sign(token, url, form);
    let repeat = super::world::new_sid("");
    for is_last in [false, true] {
        let request = simulator
            .http
            .post(url)
            .header(SIGNATURE_HEADER, &signature)
            .header(IDEMPOTENCY_HEADER, &repeat)
            .form(form);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => return true,
            Ok(answer) => {
                tracing::warn!(
                    status = answer.status().as_u16(),
                    "simulator: the webhook refused a request"
                );
                return false;
            }
            Err(error) if error.is_connect() && !is_last && !simulator.stop.is_cancelled() => {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            Err(_) => {
                tracing::warn!("simulator: the webhook can't be reached");
                return false;
            }
        }
    }
    false
}
