//! Pages and lists of ids that are larger than one answer takes: seen in the query and its variables, before anything runs.

use std::convert::Infallible;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, ServerError, Value, Variables};

use super::exceeded;
use crate::graphql::page::MOST;

/// Most items of one page, as lists count them.
const MOST_ITEMS: usize = MOST.unsigned_abs() as usize;
/// Arguments that ask for so many items.
const ARGUMENTS: [&str; 4] = ["first", "last", "ids", "codes"];
/// Fields that are no pages and have bounds of their own.
const OTHERS: [&str; 1] = ["webhookRefusals"];

/// Refuses a page with more items, or a list of more ids, than one may have.
pub(in crate::graphql) fn check_pages(
    document: &ExecutableDocument,
    variables: &Variables,
) -> Result<(), ServerError> {
    let reader = Reader {
        document,
        variables,
    };
    let fragments = document.fragments.values();
    let operations = document.operations.iter();
    let sets = fragments
        .map(|it| &it.node.selection_set.node)
        .chain(operations.map(|it| &it.1.node.selection_set.node));
    sets.into_iter().try_for_each(|it| reader.set(it))
}

/// Each fragment is read once, where it is written: what it asks for is the same wherever it is spread.
struct Reader<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
}

impl Reader<'_> {
    fn set(&self, set: &SelectionSet) -> Result<(), ServerError> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }

    fn field(&self, field: &Field) -> Result<(), ServerError> {
        let name = field.name.node.as_str();
        for (argument, given) in &field.arguments {
            let argument = argument.node.as_str();
            if !ARGUMENTS.contains(&argument) || OTHERS.contains(&name) {
                continue;
            }
            // Of a variable only its count is taken along: a query may name a huge one many times.
            let count = |it: Name| {
                self.variable(&it)
                    .and_then(items)
                    .map_or(Value::Null, Value::from)
            };
            let known = given.node.clone();
            let known = known.into_const_with(|it| Ok::<_, Infallible>(count(it)));
            let actual = known.ok().and_then(|it| items(&it)).unwrap_or_default();
            if actual > MOST_ITEMS {
                let message = format!(
                    "{name}({argument}:) asks for {actual} items at once; at most {MOST_ITEMS} are answered: ask for the rest afterwards."
                );
                let mut error = exceeded("PAGE_TOO_LARGE", (MOST_ITEMS, actual), &message);
                error.locations = vec![given.pos];
                return Err(error);
            }
        }
        self.set(&field.selection_set.node)
    }

    /// What a variable holds.
    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name).or_else(|| {
            let operations = self.document.operations.iter();
            let mut all = operations.flat_map(|it| &it.1.node.variable_definitions);
            let its = all.find(|it| it.node.name.node == *name)?;
            Some(&its.node.default_value.as_ref()?.node)
        })
    }
}

/// How many items a value asks for.
fn items(value: &Value) -> Option<usize> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .map(|it| usize::try_from(it).unwrap_or(usize::MAX)),
        Value::List(items) => Some(items.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn actual(query: &str, variables: serde_json::Value) -> Option<usize> {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let error = check_pages(&document, &Variables::from_json(variables)).err()?;
        let extensions = error.extensions.unwrap();
        assert_eq!(extensions.get("code"), Some(&Value::from("PAGE_TOO_LARGE")));
        match extensions.get("actual") {
            Some(Value::Number(number)) => number.as_u64().map(|it| usize::try_from(it).unwrap()),
            _ => None,
        }
    }

    #[test]
    fn a_page_is_too_large_wherever_its_size_is_written() {
        let none = || json!({});
        for (query, variables, expected) in [
            ("{ messages(first: 100) { nodes { id } } }", none(), None),
            (
                "{ messages(first: 101) { nodes { id } } }",
                none(),
                Some(101),
            ),
            (
                "{ messages(last: 5000000000) { nodes { id } } }",
                none(),
                Some(5_000_000_000),
            ),
            ("{ messages(first: -1) { nodes { id } } }", none(), None),
            (
                "query($n: Int) { messages(first: $n) { a } }",
                json!({ "n": 200 }),
                Some(200),
            ),
            ("query($n: Int) { messages(first: $n) { a } }", none(), None),
            (
                "query($n: Int = 300) { messages(first: $n) { a } }",
                none(),
                Some(300),
            ),
            (
                "query($n: Int = 300) { messages(first: $n) { a } }",
                json!({ "n": 3 }),
                None,
            ),
            (
                "{ a { ... on B { messages(first: 101) { a } } } }",
                none(),
                Some(101),
            ),
            (
                "{ ...F } fragment F on Q { a(last: 101) }",
                none(),
                Some(101),
            ),
            (
                "query($i: [ID!]!) { nodes(ids: $i) { id } }",
                json!({ "i": vec!["x"; 101] }),
                Some(101),
            ),
            (
                "query($c: [Int!]!) { twilioErrors(codes: $c) { code } }",
                json!({ "c": vec![63016; 101] }),
                Some(101),
            ),
            ("{ webhookRefusals(first: 500) { reason } }", none(), None),
        ] {
            assert_eq!(actual(query, variables), expected, "{query}");
        }
    }
}
