//! Every address of the dashboard, in one place.

use crate::core::{filter::Filter, query::encode};

/// A place one can link to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a route lives for one line: as long as its address is written"
)]
pub(crate) enum Route {
    Messages(Filter),
    /// By id or by Twilio SID.
    Message(String),
    /// A bulk job.
    Job(String),
    Simulator,
    /// A page of the server, outside this program.
    GraphiQl,
}

impl Route {
    /// The address to link to.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Messages(filter) => format!("/messages{}", filter.to_query()),
            Self::Message(id) => format!("/messages/{}", encode(id)),
            Self::Job(id) => format!("/jobs/{}", encode(id)),
            Self::Simulator => "/simulator".to_owned(),
            Self::GraphiQl => "/graphiql".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_fixed() {
        for (route, href) in [
            (Route::Messages(Filter::default()), "/messages"),
            (
                Route::Messages(Filter::parse("status=failed")),
                "/messages?status=failed",
            ),
            (Route::Message("msg_01j".to_owned()), "/messages/msg_01j"),
            (Route::Message("a/b".to_owned()), "/messages/a%2Fb"),
            (Route::Job("job_01j".to_owned()), "/jobs/job_01j"),
            (Route::Simulator, "/simulator"),
            (Route::GraphiQl, "/graphiql"),
        ] {
            assert_eq!(route.href(), href);
        }
    }
}
