//! What was asked for, out of a body or URL: each parameter has one right type, and a wrong one is named.

use async_graphql::{Request, Variables};
use serde_json::{Map, Value};

/// One operation, or several at once.
#[derive(Debug)]
pub(in crate::graphql) enum Wanted {
    /// The usual.
    One(Box<Request>),
    /// An array of them.
    Batch(Vec<Request>),
}

/// Reads a JSON body.
pub(in crate::graphql) fn of_body(body: &[u8]) -> Result<Wanted, String> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| format!("The body is not JSON in UTF-8: {error}."))?;
    match body {
        Value::Array(items) if items.is_empty() => Err("The batch is empty.".to_owned()),
        Value::Array(items) => items
            .into_iter()
            .map(one)
            .collect::<Result<_, _>>()
            .map(Wanted::Batch),
        single => one(single).map(Box::new).map(Wanted::One),
    }
}

/// Reads the query of a URL, in which variables and extensions are JSON.
pub(in crate::graphql) fn of_url(query: &str) -> Result<Wanted, String> {
    let mut fields = Map::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = match key.as_ref() {
            "variables" | "extensions" if !value.is_empty() => serde_json::from_str(&value)
                .map_err(|error| format!("{key} in the URL is not JSON: {error}."))?,
            "operationName" | "variables" | "extensions" if value.is_empty() => Value::Null,
            _ => Value::String(value.into_owned()),
        };
        fields.insert(key.into_owned(), value);
    }
    one(Value::Object(fields)).map(Box::new).map(Wanted::One)
}

/// Reads one operation.
pub(in crate::graphql) fn one(value: Value) -> Result<Request, String> {
    let Value::Object(mut fields) = value else {
        return Err(
            "An operation is an object with a query: {\"query\": \"{ viewer { name } }\"}."
                .to_owned(),
        );
    };
    let mut extensions = object(&mut fields, "extensions")?;
    if let Some(id) = string(&mut fields, "documentId")? {
        extensions.insert("documentId".to_owned(), Value::String(id));
    }
    let is_named = ["persistedQuery", "documentId"]
        .iter()
        .any(|it| extensions.contains_key(*it));
    let query = match string(&mut fields, "query")? {
        Some(query) => query,
        None if is_named => String::new(),
        None => return Err("The parameter query is missing.".to_owned()),
    };
    let mut request = Request::new(query);
    request.operation_name = string(&mut fields, "operationName")?;
    request.variables = Variables::from_json(Value::Object(object(&mut fields, "variables")?));
    for (key, value) in extensions {
        let value = async_graphql::Value::from_json(value).unwrap_or_default();
        request.extensions.0.insert(key, value);
    }
    Ok(request)
}

fn string(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("The parameter {name} is not a string.")),
    }
}

fn object(fields: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(format!("The parameter {name} is not an object.")),
    }
}
