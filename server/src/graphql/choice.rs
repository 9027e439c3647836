//! Which operation of a document runs: the door and the guardrail must agree.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};

/// Those of a kind that may be the one that is named; without a name each may be.
pub(super) fn of<'a>(
    document: &'a ExecutableDocument,
    name: Option<&'a str>,
    wanted: OperationType,
) -> impl Iterator<Item = &'a OperationDefinition> {
    let all = document.operations.iter();
    all.filter(move |(it, operation)| {
        let is_other = name.is_some() && it.is_some_and(|it| Some(it.as_str()) != name);
        !is_other && operation.node.ty == wanted
    })
    .map(|(_, it)| &it.node)
}
