//! Signed requests to the business's webhooks.

use std::time::Duration;

use crate::gateway::signature;
use crate::gateway::wire::{IDEMPOTENCY_HEADER, SIGNATURE_HEADER};
use crate::simulator::Simulator;
use crate::simulator::world::controls::Method;
use crate::simulator::world::new_sid;

/// One more try after a connection that was not made, like the provider.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// How a webhook is called.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) struct Request {
    pub(in crate::simulator) method: Method,
    pub(in crate::simulator) is_signed_well: bool,
    /// So many times.
    pub(in crate::simulator) copies: u32,
}

/// Calls a webhook; whether the last call was taken.
pub(in crate::simulator) async fn post(
    simulator: &Simulator,
    url: &str,
    form: &[(String, String)],
    request: Request,
) -> bool {
    // What the provider signs, and what it calls: a fragment is neither.
    let url = url.split('#').next().unwrap_or(url);
    let (url, form) = match request.method {
        Method::Post => (url.to_owned(), form),
        Method::Get => (with_query(url, form), [].as_slice()),
    };
    let token = simulator.settings.account.auth_token.expose();
    let forged = format!("not {token}");
    let token = if request.is_signed_well {
        token
    } else {
        &forged
    };
    let signature = signature::sign(token, &url, form);
    let repeat = new_sid("");
    let mut was_taken = false;
    for _ in 0..request.copies {
        let once = || {
            let call = match request.method {
                Method::Post => simulator.http.post(&url).form(form),
                Method::Get => simulator.http.get(&url),
            };
            call.header(SIGNATURE_HEADER, &signature)
                .header(IDEMPOTENCY_HEADER, &repeat)
        };
        was_taken = call(simulator, once).await;
    }
    was_taken
}

/// Tries once more where no connection was made.
async fn call(simulator: &Simulator, request: impl Fn() -> reqwest::RequestBuilder) -> bool {
    for is_last in [false, true] {
        match request().send().await {
            Ok(answer) if answer.status().is_success() => return true,
            Ok(answer) => {
                let status = answer.status().as_u16();
                tracing::warn!(status, "simulator: the webhook refused a request");
                return false;
            }
            Err(error) if error.is_connect() && !is_last && !simulator.stop.is_cancelled() => {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            Err(_) => break,
        }
    }
    tracing::warn!("simulator: the webhook can't be reached");
    false
}

fn with_query(url: &str, form: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(form);
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{}", query.finish())
}

/// The business-scoped id of a person.
pub(in crate::simulator) fn external_id(bare: &str) -> String {
    match bare.strip_prefix('+') {
        Some(digits) => format!("whatsapp:XX.{digits}"),
        None => format!("whatsapp:{bare}"),
    }
}
