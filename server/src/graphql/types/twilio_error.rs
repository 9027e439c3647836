//! An error code of Twilio, explained.

use async_graphql::Object;

use crate::domain::catalogue::{Entry, Kind, Owner, Phase};

/// An error code of Twilio, explained.
pub(in crate::graphql) struct TwilioError(pub(in crate::graphql) Entry);

/// An error code of Twilio, explained.
#[Object]
impl TwilioError {
    /// Twilio's code, e.g. 63016.
    async fn code(&self) -> i32 {
        self.0.code
    }

    /// What it means.
    async fn meaning(&self) -> &str {
        self.0.meaning
    }

    /// Who can change something about it.
    async fn owner(&self) -> Owner {
        self.0.owner
    }

    /// When it comes, as a rule.
    async fn phase(&self) -> Phase {
        self.0.phase
    }

    /// Whether trying again can help.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What to do next.
    async fn next_step(&self) -> &str {
        self.0.next_step
    }
}
