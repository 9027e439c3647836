//! GraphQL over HTTP: POST for everything, GET for queries. Source: the GraphQL-over-HTTP specification.

use async_graphql::http::parse_query_string;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, ServerError};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::{Extension, Json};
use serde_json::json;

use super::Schema;
use crate::app::App;
use crate::http::{Caller, Problem};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// Queries, mutations.
pub async fn post(
    State(_): State<App>,
    schema: Extension<Schema>,
    caller: Result<Caller, Problem>,
    headers: HeaderMap,
    body: Bytes,
) -> HttpResponse {
    let caller = match caller {
        Ok(caller) => caller,
        Err(problem) => return refused(&problem),
    };
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    if !kind.starts_with("application/json") {
        return wrong(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json");
    }
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) => run(&schema, request, caller, &headers).await,
        Err(error) => wrong(
            StatusCode::BAD_REQUEST,
            &format!("not a GraphQL request: {error}"),
        ),
    }
}

/// Queries only.
pub async fn get(
    State(_): State<App>,
    schema: Extension<Schema>,
    caller: Result<Caller, Problem>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> HttpResponse {
    let caller = match caller {
        Ok(caller) => caller,
        Err(problem) => return refused(&problem),
    };
    let Ok(mut request) = parse_query_string(&query.unwrap_or_default()) else {
        return wrong(
            StatusCode::BAD_REQUEST,
            "not a GraphQL request: the query string can't be read",
        );
    };
    let name = request.operation_name.clone();
    let is_query = request.parsed_query().is_ok_and(|document| {
        let mut operations = document.operations.iter();
        operations.all(|(it, operation)| {
            let is_other = name.is_some() && it.map(async_graphql::Name::as_str) != name.as_deref();
            is_other || operation.node.ty == OperationType::Query
        })
    });
    if !is_query {
        return wrong(
            StatusCode::METHOD_NOT_ALLOWED,
            "GET is for queries: send mutations by POST",
        );
    }
    run(&schema, request, caller, &headers).await
}

async fn run(
    schema: &Schema,
    request: Request,
    caller: Caller,
    headers: &HeaderMap,
) -> HttpResponse {
    let answer = schema.execute(request.data(caller.0)).await;
    let wants_new = headers
        .get(header::ACCEPT)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.contains(GRAPHQL_RESPONSE));
    let never_ran = answer.is_err() && answer.data == async_graphql::Value::Null && !ran(&answer);
    let status = if wants_new && never_ran {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let kind = if wants_new {
        GRAPHQL_RESPONSE
    } else {
        "application/json"
    };
    (
        status,
        [(header::CONTENT_TYPE, kind)],
        Json(answer).into_response().into_body(),
    )
        .into_response()
}

/// An error that has a path came from a field, so the query ran.
fn ran(answer: &Response) -> bool {
    answer.errors.iter().any(|error| !error.path.is_empty())
}

fn refused(problem: &Problem) -> HttpResponse {
    let status = problem.status();
    let code = match status {
        StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        _ => "INTERNAL",
    };
    let error = json!({ "message": problem.detail(), "extensions": { "code": code } });
    (status, Json(json!({ "errors": [error] }))).into_response()
}

fn wrong(status: StatusCode, message: &str) -> HttpResponse {
    let error = ServerError::new(message, None);
    (status, Json(Response::from_errors(vec![error]))).into_response()
}
