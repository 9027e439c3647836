//! Making tokens, and taking them back.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, TimeDelta, Utc};
use entity::types::Kind;
use entity::user::Role;
use serde_json::json;

use crate::error::{Refusal, RefusalCode, Result};
use crate::flows::access::{self, Desk, TokenWish};
use crate::flows::once::Once;
use crate::flows::tokens;
use crate::graphql::guard::{actor, app, refusable, target};
use crate::graphql::types::access::{CreateTokenPayload, RevokeTokenPayload, ScopeEnum, Token};

/// A token that works longer works for ever.
const LONGEST: TimeDelta = TimeDelta::days(36_500);

/// Tokens: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Tokens;

/// A token to be made.
#[derive(Debug, InputObject)]
struct CreateTokenInput {
    /// What it is for; at most 100 characters.
    name: String,
    /// What it may do.
    scope: ScopeEnum,
    /// When it ends by itself; never without it.
    expires_at: Option<DateTime<Utc>>,
    /// A key of your own, at most 255 bytes: the same key and content makes one token, however often it is asked for in 30 days.
    idempotency_key: Option<String>,
}

/// Tokens.
#[Object(name = "TokenMutation")]
impl Tokens {
    /// Makes a token. Its secret is in this answer and nowhere else. For administrators only.
    async fn create_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token")] input: CreateTokenInput,
    ) -> async_graphql::Result<CreateTokenPayload> {
        let by = actor(ctx, Role::Admin)?;
        let app = app(ctx);
        let made = create(&Desk::of(app, &by), input).await;
        let (made, user_errors) = refusable(made)?;
        let (token, secret) = made.unzip();
        Ok(CreateTokenPayload {
            token: token.map(Token),
            secret: secret.flatten(),
            user_errors,
        })
    }

    /// Takes a token back at once: what it opened closes within a second. For administrators only.
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "tok_…")] id: ID,
    ) -> async_graphql::Result<RevokeTokenPayload> {
        let by = actor(ctx, Role::Admin)?;
        let app = app(ctx);
        let revoked = revoke(&Desk::of(app, &by), &id).await;
        crate::auth::taken_back(app);
        let (token, user_errors) = refusable(revoked)?;
        Ok(RevokeTokenPayload {
            token: token.map(Token),
            user_errors,
        })
    }
}

async fn create(
    desk: &Desk<'_>,
    mut input: CreateTokenInput,
) -> Result<(entity::api_token::Model, Option<String>)> {
    let once = input.idempotency_key.take().map(|key| Once {
        action: "createToken",
        key,
        content: json!([input.name, format!("{:?}", input.scope), input.expires_at]),
    });
    let wish = wish(input, desk.clock.now())?;
    if let Some(once) = once {
        return tokens::create_once(desk, wish, &once).await;
    }
    let (token, secret) = access::create_token(desk, wish).await?;
    Ok((token, Some(secret)))
}

fn wish(input: CreateTokenInput, now: DateTime<Utc>) -> std::result::Result<TokenWish, Refusal> {
    let life = input.expires_at.map(|it| it - now);
    if life.is_some_and(|it| it <= TimeDelta::zero()) {
        let message = format!("this moment has passed; it is {}", now.to_rfc3339());
        return Err(Refusal::field(RefusalCode::InThePast, "expiresAt", message));
    }
    if life.is_some_and(|it| it > LONGEST) {
        let message = "more than a hundred years ahead: leave it out for a token without an end";
        return Err(Refusal::field(RefusalCode::TooFar, "expiresAt", message));
    }
    Ok(TokenWish {
        name: input.name,
        scope: input.scope.into(),
        life,
    })
}

async fn revoke(desk: &Desk<'_>, id: &ID) -> Result<entity::api_token::Model> {
    let id = target(Kind::ApiToken, id)?;
    let revoked = access::revoke_token(desk, id).await?;
    let words = "no token has this id, or it was taken back before";
    Ok(revoked.ok_or_else(|| Refusal::field(RefusalCode::NotFound, "id", words))?)
}
