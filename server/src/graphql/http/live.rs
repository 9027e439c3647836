//! What the door must know of a subscription before it is let in: that it is one, and where it says from where it goes on.
//! Judges nothing: that is the guardrail's, which reads the text again by itself.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{OperationType, Selection, SelectionSet};
use async_graphql::{Name, Request, Value};
use axum::http::HeaderMap;

use crate::graphql::choice;
use crate::graphql::limits;
use crate::graphql::persisted::Persisted;

/// A subscription.
#[derive(Debug)]
pub(super) struct Live {
    /// The variable that its field's argument `after` takes.
    after: Option<Name>,
}

impl Live {
    /// `None`: another operation, or a text that the limits do not let be looked at.
    pub(super) fn of(persisted: &Persisted, request: &Request) -> Option<Self> {
        let text = persisted.text_of(request)?;
        if !text.contains("subscription") || limits::scan(&text).is_err() {
            return None;
        }
        // Not kept with the request: it may come to run another text than its own.
        let document = parse_query(&*text).ok()?;
        let name = request.operation_name.as_deref();
        let operation = choice::of(&document, name, OperationType::Subscription).next()?;
        let after = after(&operation.selection_set.node);
        Some(Self { after })
    }

    /// A browser that lost its stream says where it was; the operation takes that as its argument `after`.
    pub(super) fn go_on(self, request: &mut Request, headers: &HeaderMap) {
        let last = headers
            .get("last-event-id")
            .and_then(|it| it.to_str().ok())
            .filter(|it| !it.is_empty());
        if let Some((last, after)) = last.zip(self.after) {
            let value = Value::String(last.to_owned());
            request.variables.insert(after, value);
        }
    }
}

/// The variable that its one field takes as `after`; the guardrail lets no other subscription in.
fn after(root: &SelectionSet) -> Option<Name> {
    let Selection::Field(field) = &root.items.first()?.node else {
        return None;
    };
    let taken = field.node.get_argument("after")?;
    // What is written out is a constant, and has no name.
    taken.node.clone().into_const_with(Err).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_known_with_the_variable_that_says_where_it_goes_on() {
        for (query, name, expected) in [
            ("{ subscription }", None, None),
            ("subscription { m { a } }", None, Some(None)),
            (
                "subscription($x: String) { m(after: $x) { a } }",
                None,
                Some(Some("x")),
            ),
            (
                "subscription($after: String) { m(first: $after) { a } }",
                None,
                Some(None),
            ),
            ("subscription { m(after: \"e1\") { a } }", None, Some(None)),
            (
                "query A { b } subscription C($x: String) { m(after: $x) { a } }",
                Some("A"),
                None,
            ),
            (
                "query A { b } subscription C($x: String) { m(after: $x) { a } }",
                Some("C"),
                Some(Some("x")),
            ),
            ("subscription {", None, None),
        ] {
            let mut request = Request::new(query);
            request.operation_name = name.map(str::to_owned);
            let live = Live::of(&Persisted::default(), &request);
            let live = live.map(|it| it.after.map(|it| it.to_string()));
            assert_eq!(live, expected.map(|it| it.map(str::to_owned)), "{query}");
        }
    }
}
