//! The provider's refusals: its codes, its words, its JSON.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use entity::types::Address;

use crate::gateway::wire::{ErrorJson, Form};

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) u16, pub(super) i32, pub(super) &'static str);

pub(super) const BAD_CREDENTIALS: Refusal = Refusal(401, 20003, "Authenticate");
pub(super) const NO_SUCH: Refusal = Refusal(404, 20404, "The requested resource was not found");
pub(super) const PAGE_TOO_LARGE: Refusal = Refusal(400, 20007, "Page size too large");

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let body = ErrorJson {
            code: Some(code),
            message: message.to_owned(),
            more_info: format!("https://www.twilio.com/docs/errors/{code}"),
            status,
        };
        (
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            Json(body),
        )
            .into_response()
    }
}

/// Checks a create request in the provider's order.
pub(super) fn check(form: &Form) -> Result<(), Refusal> {
    let to = form
        .get("To")
        .ok_or(Refusal(400, 21604, "A 'To' phone number is required."))?;
    let from = form.get("From");
    if from.is_none() && form.get("MessagingServiceSid").is_none() {
        return Err(Refusal(400, 21603, "A 'From' phone number is required."));
    }
    let (body, media, content) = (
        form.get("Body"),
        form.get("MediaUrl"),
        form.get("ContentSid"),
    );
    if body.is_none() && media.is_none() && content.is_none() {
        return Err(Refusal(
            400,
            21619,
            "A text message body or media urls must be specified.",
        ));
    }
    if body.is_some_and(|it| it.encode_utf16().count() > 1_600) {
        return Err(Refusal(
            400,
            21617,
            "The concatenated message body exceeds the 1600 character limit",
        ));
    }
    let is_whatsapp = |address: &str| address.starts_with("whatsapp:");
    if from.is_some_and(|from| is_whatsapp(from) != is_whatsapp(to)) {
        return Err(Refusal(
            400,
            21910,
            "Invalid From and To pair. From and To should be of the same channel",
        ));
    }
    check_recipient(to, from)?;
    if form
        .all("MediaUrl")
        .any(|it| !it.starts_with("http://") && !it.starts_with("https://"))
    {
        return Err(Refusal(400, 21620, "Invalid media URL(s)"));
    }
    if form
        .get("StatusCallback")
        .is_some_and(|it| !it.starts_with("http") || it.len() > 4_000)
    {
        return Err(Refusal(
            400,
            21609,
            "The 'StatusCallback' URL is not a valid URL",
        ));
    }
    let variables = form
        .get("ContentVariables")
        .map(serde_json::from_str::<serde_json::Value>);
    match variables {
        Some(_) if content.is_none() => Err(Refusal(400, 21654, "ContentSid Required")),
        Some(Ok(serde_json::Value::Object(_))) | None => Ok(()),
        Some(_) => Err(Refusal(
            400,
            21656,
            "The Content Variables Parameter is invalid",
        )),
    }
}

/// The magic numbers of test credentials, and the form of all others.
fn check_recipient(to: &str, from: Option<&str>) -> Result<(), Refusal> {
    match to.strip_prefix("whatsapp:").unwrap_or(to) {
        "+15005550001" => return Err(Refusal(400, 21211, "Invalid 'To' Phone Number")),
        "+15005550002" => {
            return Err(Refusal(
                400,
                21612,
                "The 'To' phone number is not reachable",
            ));
        }
        "+15005550003" => {
            return Err(Refusal(
                400,
                21408,
                "Permission to send to this region is not enabled",
            ));
        }
        "+15005550004" => {
            return Err(Refusal(
                400,
                21610,
                "Attempt to send to unsubscribed recipient",
            ));
        }
        "+15005550009" => {
            return Err(Refusal(
                400,
                21614,
                "'To' number is not a valid mobile number",
            ));
        }
        _ => {}
    }
    let is_business_scoped = to
        .strip_prefix("whatsapp:")
        .is_some_and(|it| it.get(2..3) == Some("."));
    if Address::parse(to).is_err() && !is_business_scoped {
        return Err(Refusal(400, 21211, "Invalid 'To' Phone Number"));
    }
    if from == Some(to) {
        return Err(Refusal(
            400,
            63031,
            "Message cannot have the same To and From",
        ));
    }
    if from.is_some_and(|it| Address::parse(it).is_err()) {
        return Err(Refusal(
            400,
            21212,
            "The 'From' number is not a valid phone number",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found_in_the_providers_order_with_its_codes() {
        let code = |body: &str| check(&Form::decode(body.as_bytes())).err().map(|it| it.1);
        let pair = "From=whatsapp:%2B14155238886&To=whatsapp:%2B9779800000000";
        assert_eq!(code(""), Some(21604));
        assert_eq!(code("To=whatsapp:%2B9779800000000"), Some(21603));
        assert_eq!(code(pair), Some(21619));
        assert_eq!(
            code(&format!("{pair}&Body={}", "x".repeat(1_601))),
            Some(21617)
        );
        assert_eq!(
            code("From=%2B14155238886&To=whatsapp:%2B9779800000000&Body=x"),
            Some(21910)
        );
        assert_eq!(
            code("From=whatsapp:%2B14155238886&To=whatsapp:12&Body=x"),
            Some(21211)
        );
        assert_eq!(
            code("From=whatsapp:%2B14155238886&To=whatsapp:%2B15005550004&Body=x"),
            Some(21610)
        );
        assert_eq!(
            code(&format!("{pair}&Body=x&ContentVariables=[]")),
            Some(21654)
        );
        assert_eq!(
            code(&format!("{pair}&ContentSid=HX1&ContentVariables=[]")),
            Some(21656)
        );
        assert_eq!(code(&format!("{pair}&Body=x")), None);
        assert_eq!(
            code("From=whatsapp:%2B14155238886&To=whatsapp:PT.1a2b3c&Body=x"),
            None
        );
    }
}
