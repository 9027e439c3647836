//! What the server narrows messages by.

use crate::{
    core::{
        filter::{Filter, is_id},
        range::When,
        status::Status,
        words::{Direction, Lane, Timestamp},
    },
    schema,
};

/// What the server narrows by.
#[derive(cynic::InputObject, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MessageFilter {
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Vec<Status>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<Direction>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) contact_id: Option<cynic::Id>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<Vec<i32>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) search: Option<String>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) lane: Option<Lane>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) created_from: Option<Timestamp>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) created_to: Option<Timestamp>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<Timestamp>,
}

impl MessageFilter {
    /// Everything the URL says; `-24h` is so long before `now_ms`.
    pub(crate) fn of(filter: &Filter, now_ms: f64) -> Self {
        let end = |it: &Option<When>| it.as_ref().map(|it| Timestamp(it.iso(now_ms)));
        let as_of = filter.as_of.as_deref().and_then(When::parse);
        Self {
            status: some_list(&filter.statuses()),
            error_code: some_list(&filter.code),
            created_from: end(&filter.from),
            created_to: end(&filter.to),
            as_of: end(&as_of),
            ..Self::steady(filter)
        }
    }

    /// Only what never changes in a message: a row that leaves the view still tells us so.
    pub(crate) fn steady(filter: &Filter) -> Self {
        let (id, address) = match &filter.address {
            Some(id) if is_id(id) => (Some(cynic::Id::new(id)), None),
            address => (None, address.clone()),
        };
        Self {
            direction: filter.direction,
            address,
            contact_id: id,
            lane: filter.lane,
            search: filter.search.clone(),
            ..Self::default()
        }
    }

    /// Everything of one customer.
    pub(crate) fn of_contact(id: &cynic::Id) -> Self {
        Self {
            contact_id: Some(id.clone()),
            ..Self::default()
        }
    }

    /// Everything of one number.
    pub(crate) fn with(address: &str) -> Self {
        Self {
            address: Some(address.to_owned()),
            ..Self::default()
        }
    }
}

fn some_list<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
