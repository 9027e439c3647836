//! The provider's API: its routes, who may use them, and the form of its answers.

mod account;
mod checks;
mod content;
mod create;
mod list;
mod media;
mod message;
mod refusals;
mod typing;

use axum::Json;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq as _;

use super::{Shared, Simulator};
use refusals::Refusal;

type Answer = Result<Response, Refusal>;

/// Every route of the provider that is simulated.
pub(super) fn router() -> Router<Shared> {
    const ACCOUNT: &str = "/2010-04-01/Accounts/{account}";
    let below = |path: &str| format!("{ACCOUNT}{path}");
    Router::new()
        .route("/2010-04-01/Accounts/{account}", get(account::account))
        .route(
            &below("/IncomingPhoneNumbers.json"),
            get(account::phone_numbers),
        )
        .route(
            &below("/Messages.json"),
            post(create::create).get(list::list),
        )
        .route(
            &below("/Messages/{message}"),
            get(message::fetch)
                .post(message::update)
                .delete(message::delete),
        )
        .route(&below("/Messages/{message}/Media.json"), get(media::list))
        .route(
            &below("/Messages/{message}/Media/{medium}"),
            get(media::fetch).delete(media::delete),
        )
        .route("/media/{message}/{medium}", get(media::bytes))
        .route("/v2/Channels/Senders", get(account::senders))
        .route("/v1/Services/{service}", get(account::service))
        .route("/v2/Indicators/Typing.json", post(typing::show))
        .route("/v1/Content", get(content::list).post(content::create))
        .route(
            "/v1/Content/{content}",
            get(content::fetch).delete(content::delete),
        )
        .route(
            "/v1/Content/{content}/ApprovalRequests",
            get(content::approval),
        )
        .route(
            "/v1/Content/{content}/ApprovalRequests/whatsapp",
            post(content::hand_in),
        )
        .route("/v1/ContentAndApprovals", get(content::list_with_approvals))
}

/// Anything else.
pub(super) async fn unknown() -> Response {
    refusals::NO_SUCH.into_response()
}

/// A path that there is, but not so.
pub(super) async fn wrong_method() -> Response {
    refusals::WRONG_METHOD.into_response()
}

/// Whether the caller may use the API, and whether the path names the caller's account.
fn authenticate(simulator: &Simulator, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    authenticate_anywhere(simulator, headers)?;
    if account == simulator.settings.account.account_sid {
        Ok(())
    } else {
        Err(refusals::NO_SUCH)
    }
}

/// Whether the caller may use the API.
fn authenticate_anywhere(simulator: &Simulator, headers: &HeaderMap) -> Result<(), Refusal> {
    let own = &simulator.settings.account;
    let key = simulator.settings.api_key.as_ref();
    let pairs = [
        Some((own.account_sid.as_str(), own.auth_token.expose())),
        key.map(|(sid, secret)| (sid.as_str(), secret.expose())),
    ];
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok())
        .unwrap_or_default();
    let is_right = pairs.into_iter().flatten().any(|(name, secret)| {
        let expected = format!("{name}:{secret}");
        bool::from(expected.as_bytes().ct_eq(&given))
    });
    if is_right {
        Ok(())
    } else {
        Err(refusals::BAD_CREDENTIALS)
    }
}

fn answer(status: StatusCode, body: &impl serde::Serialize) -> Response {
    (status, Json(body)).into_response()
}

/// This server as the caller named it, for absolute URLs.
fn own_url(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}
