//! What one request may ask for: every limit with its name and number. All of them are checked before anything runs, and
//! those that protect the parser before it.

mod measure;
mod pages;
mod rate;
mod scan;
mod seats;

use async_graphql::{ErrorExtensionValues, ServerError, Value, Variables};

pub(super) use measure::measure;
pub(super) use pages::check_pages;
pub(super) use rate::Points;
pub use rate::Rates;
pub(super) use scan::scan;
pub(super) use seats::Seat;

/// Deepest nesting of fields: what tools ask to learn the schema takes 15.
pub(super) const DEPTH: usize = 16;
/// Most fields of a query; a list counts its fields once for each item asked for.
pub(super) const COMPLEXITY: usize = 5_000;
/// Longest query, in bytes.
pub(super) const QUERY_BYTES: usize = 128 * 1_024;
/// Most words and signs of a query.
const TOKENS: usize = 10_000;
/// Most fields that are given another name.
const ALIASES: usize = 100;
/// Most fields of the outermost level.
const ROOT_FIELDS: usize = 64;
/// Deepest nesting of brackets of any kind, and of fragments, that is read at all.
const NESTING: usize = 64;
/// About the most entries of an answer about the schema; the question that tools ask takes a fifth of it.
const INTROSPECTION: usize = 1_000_000;
/// Most values in the variables: 1,000 messages with everything take half of it.
const VARIABLES: usize = 50_000;
/// Most values that all uses of variables stand for: one variable may be used many times.
const VALUES: usize = 4 * VARIABLES;
/// Most errors that one answer tells.
pub(super) const ERRORS: usize = 50;
/// Most operations of one HTTP request.
pub(super) const BATCH: usize = 10;

/// A limit that a request is over: its name, its number, and what was asked for.
pub(super) fn exceeded(code: &str, (limit, actual): (usize, usize), message: &str) -> ServerError {
    let mut error = named(code, message.to_owned());
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("limit", limit);
    extensions.set("actual", actual);
    error
}

/// An error with a code for programs.
pub(super) fn named(code: &str, message: String) -> ServerError {
    let mut error = ServerError::new(message, None);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code);
    error.extensions = Some(extensions);
    error
}

/// The error with the id of the request that it ends.
pub(super) fn of_request(mut error: ServerError, id: &str) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("requestId", id);
    error
}

/// The code of an error, where it has one.
pub(super) fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Refuses variables with more values than any operation needs.
pub(super) fn check_variables(variables: &Variables) -> Result<(), ServerError> {
    let actual = variables.values().map(values).sum();
    if actual <= VARIABLES {
        return Ok(());
    }
    Err(exceeded(
        "VARIABLES_TOO_LARGE",
        (VARIABLES, actual),
        &format!(
            "The variables hold {actual} values; at most {VARIABLES} are taken: send less at once."
        ),
    ))
}

fn values(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(values).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// Refuses what costs more fields than one query may have.
pub(super) fn check_complexity(actual: usize) -> Result<(), ServerError> {
    if actual <= COMPLEXITY {
        return Ok(());
    }
    Err(exceeded(
        "QUERY_TOO_COMPLEX",
        (COMPLEXITY, actual),
        &format!(
            "The query is too complex: it may return {actual} fields, {COMPLEXITY} are allowed. Ask for fewer items (first:) or fields."
        ),
    ))
}

fn too_deep(actual: usize) -> ServerError {
    exceeded(
        "QUERY_TOO_DEEP",
        (DEPTH, actual),
        &format!("The query is nested too deep: {actual} levels, {DEPTH} are allowed."),
    )
}
