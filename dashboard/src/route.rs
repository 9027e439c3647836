//! Every address of the dashboard, in one place.

use crate::core::{filter::Filter, pressure::QueueTab, query::encode, words::Lane};

/// A place one can link to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a route lives for one line: as long as its address is written"
)]
pub(crate) enum Route {
    Overview,
    Messages(Filter),
    /// By id or by Twilio SID.
    Message(String),
    Queue(QueueTab),
    QueueLane(QueueTab, Option<Lane>),
    /// Dead letters of one cause: its code, or `none`.
    QueueGroup(String),
    /// A bulk job.
    Job(String),
    Simulator,
    Webhooks,
    Webhook(String),
    Doctor,
    Tokens,
    Users,
    User(String),
    Audit,
    /// One's own name, password and sessions.
    Account,
    /// A page of the server, outside this program.
    GraphiQl,
}

impl Route {
    /// The address to link to.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Overview => "/".to_owned(),
            Self::Queue(QueueTab::Live) => "/queue".to_owned(),
            Self::Queue(tab) | Self::QueueLane(tab, None) => format!("/queue?tab={}", tab.slug()),
            Self::QueueLane(tab, Some(lane)) => {
                format!("/queue?tab={}&lane={}", tab.slug(), lane.slug())
            }
            Self::QueueGroup(code) => format!("/queue?tab=dead&group={}", encode(code)),
            Self::Messages(filter) => format!("/messages{}", filter.to_query()),
            Self::Message(id) => format!("/messages/{}", encode(id)),
            Self::Job(id) => format!("/jobs/{}", encode(id)),
            Self::Simulator => "/simulator".to_owned(),
            Self::Webhooks => "/webhooks".to_owned(),
            Self::Webhook(id) => format!("/webhooks/{}", encode(id)),
            Self::Doctor => "/doctor".to_owned(),
            Self::Tokens => "/tokens".to_owned(),
            Self::Users => "/users".to_owned(),
            Self::User(id) => format!("/users/{}", encode(id)),
            Self::Audit => "/audit".to_owned(),
            Self::Account => "/account".to_owned(),
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
            (Route::Overview, "/"),
            (Route::Queue(QueueTab::Live), "/queue"),
            (Route::Queue(QueueTab::Dead), "/queue?tab=dead"),
            (
                Route::QueueLane(QueueTab::Retrying, Some(Lane::Bulk)),
                "/queue?tab=retrying&lane=bulk",
            ),
            (
                Route::QueueGroup("63016".to_owned()),
                "/queue?tab=dead&group=63016",
            ),
            (Route::Job("job_01j".to_owned()), "/jobs/job_01j"),
            (Route::Simulator, "/simulator"),
            (Route::Webhooks, "/webhooks"),
            (Route::Webhook("whe_01j".to_owned()), "/webhooks/whe_01j"),
            (Route::Doctor, "/doctor"),
            (Route::Tokens, "/tokens"),
            (Route::Users, "/users"),
            (Route::Audit, "/audit"),
            (Route::Account, "/account"),
            (Route::GraphiQl, "/graphiql"),
        ] {
            assert_eq!(route.href(), href);
        }
    }
}
