//! How long an open stream or socket may stay open.

use std::time::Duration;

use crate::app::App;
use crate::auth::{self, Credential};
use crate::error::Error;

/// How often an open stream's credential is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Waits until a credential has ended.
pub(super) async fn until_unwelcome(app: &App, credential: &Credential) {
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        // A database that is away for a moment signs nobody out.
        if let Err(Error::Unauthenticated) = auth::viewer(app, credential).await {
            return;
        }
    }
}
