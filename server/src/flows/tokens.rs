//! A token is made once for a client's key. Its secret is told once too: who asks again learns which token it was.

use entity::api_token;
use entity::types::Kind;

use super::access::{self, Desk, TokenWish};
use super::once::Once;
use crate::error::{Error, Result};
use crate::store::{self, people};

/// Makes a token, or finds the one that was made with the key before; then without its secret.
///
/// # Errors
/// A name or key that is none; a key that was used for another token; or a fault of the database.
pub async fn create_once(
    desk: &Desk<'_>,
    wish: TokenWish,
    once: &Once,
) -> Result<(api_token::Model, Option<String>)> {
    let (row, secret) = access::blank_token(desk, &wish)?;
    let tx = store::begin(desk.db).await?;
    let id = Kind::ApiToken.encode(row.id);
    if let Some(known) = once.take(desk, &tx, &id).await? {
        let id = Kind::ApiToken.parse(&known);
        let id = id.map_err(|_| Error::NotFound("token"))?;
        let token = people::token(&tx, id).await?;
        return Ok((token.ok_or(Error::NotFound("token"))?, None));
    }
    access::keep_token(desk, &tx, &row).await?;
    tx.commit().await?;
    Ok((row, Some(secret)))
}
