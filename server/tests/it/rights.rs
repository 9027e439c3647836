//! Who may ask what: every field of the schema's roots has a row here with the role it needs, and is asked by every role.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use entity::api_token::Scope;
use entity::user::Role;
use serde_json::{Value, json};

use crate::access::{ask, token};
use crate::support::{Backend, Socket, TestApp, on_both};

on_both!(
    every_operation_is_open_to_the_roles_of_the_table_and_to_nobody_else,
    a_viewer_sees_masked_numbers_everywhere_and_an_operator_whole_ones,
);

use Role::{Admin as A, Operator as O, Viewer as V};

/// A field of a root, the role it needs, and how it is asked. What it is asked for need not be there.
type Row = (&'static str, Role, &'static str);

#[rustfmt::skip]
const QUERIES: &[Row] = &[
    ("auditLog", A, "{ nodes { id } }"),
    ("bulkJob", V, "(id: \"job_00000000000000000000000000\") { id }"),
    ("bulkJobs", V, "{ nodes { id } }"),
    ("contact", V, "(id: \"con_00000000000000000000000000\") { id }"),
    ("contacts", V, "{ nodes { id } }"),
    ("conversation", V, "(id: \"cvs_00000000000000000000000000\") { id }"),
    ("conversations", V, "{ nodes { id } }"),
    ("deliveryStats", V, STATS),
    ("failureGroups", V, "(from: \"2026-01-01T00:00:00Z\", to: \"2026-01-02T00:00:00Z\") { count }"),
    ("health", O, "{ __typename }"),
    ("message", V, "(id: \"msg_00000000000000000000000000\") { id }"),
    ("messages", V, "{ nodes { id } }"),
    ("node", V, "(id: \"msg_00000000000000000000000000\") { id }"),
    ("nodes", V, "(ids: []) { id }"),
    ("order", V, "(id: \"ord_00000000000000000000000000\") { id }"),
    ("orderTemplates", V, "{ language }"),
    ("orders", V, "{ nodes { id } }"),
    ("product", V, "(id: \"prd_00000000000000000000000000\") { id }"),
    ("products", V, "{ nodes { id } }"),
    ("queueMetrics", V, "{ __typename }"),
    ("savedViews", V, "{ id }"),
    ("sessions", V, "{ id }"),
    ("simulator", V, "{ __typename }"),
    ("templates", V, "{ __typename }"),
    ("tokens", A, "{ id }"),
    ("twilioErrors", V, "{ __typename }"),
    ("users", A, "{ id }"),
    ("viewer", V, "{ id }"),
    ("webhookEvent", V, "(id: \"whe_00000000000000000000000000\") { id }"),
    ("webhookEvents", V, "{ nodes { id } }"),
    ("webhookRefusals", O, "{ __typename }"),
];

const STATS: &str =
    "(bucket: HOUR, from: \"2026-01-01T00:00:00Z\", to: \"2026-01-02T00:00:00Z\") { __typename }";

#[rustfmt::skip]
// Users may also end their own sessions; what is asked here comes from tokens, which have none.
const MUTATIONS: &[Row] = &[
    ("adjustStock", O, "(id: \"x\", delta: 1) { userErrors { code } }"),
    ("advanceOrder", O, "(id: \"x\") { userErrors { code } }"),
    ("archiveProduct", O, "(id: \"x\") { userErrors { code } }"),
    ("blockContact", O, "(id: \"x\") { userErrors { code } }"),
    ("cancelBulkJob", O, "(id: \"x\") { userErrors { code } }"),
    ("cancelMessage", O, "(id: \"x\") { userErrors { code } }"),
    ("cancelMessages", O, "(filter: {}, dryRun: true) { userErrors { code } }"),
    ("cancelOrder", O, "(id: \"x\") { userErrors { code } }"),
    ("changeSimulatorPhone", O, "(input: { address: \"x\" }) { userErrors { code } }"),
    ("changeSimulatorWorld", O, "(change: {}) { userErrors { code } }"),
    ("claimConversation", O, "(id: \"x\") { userErrors { code } }"),
    ("createProduct", O, "(input: { sku: \"\", names: [], price: \"\", currency: NPR }) { userErrors { code } }"),
    ("createSignInLink", A, "(id: \"x\") { userErrors { code } }"),
    ("createToken", A, "(input: { name: \"\", scope: READ }) { userErrors { code } }"),
    ("createUser", A, "(input: { name: \"\", role: VIEWER }) { userErrors { code } }"),
    ("deleteView", V, "(id: \"x\") { userErrors { code } }"),
    ("eraseContact", A, "(id: \"x\") { userErrors { code } }"),
    ("handBackConversation", O, "(id: \"x\") { userErrors { code } }"),
    ("importProducts", O, "(csv: \"\") { userErrors { code } }"),
    ("mergeContacts", O, "(from: \"x\", into: \"y\") { userErrors { code } }"),
    ("optInContact", O, "(id: \"x\") { userErrors { code } }"),
    ("optOutContact", O, "(id: \"x\") { userErrors { code } }"),
    ("pauseQueue", O, "(lane: BULK, until: \"2020-01-01T00:00:00Z\") { userErrors { code } }"),
    ("previewMessage", O, "(input: { to: \"x\" }) { userErrors { code } }"),
    ("releaseConversation", O, "(id: \"x\") { userErrors { code } }"),
    ("removeOrderTemplate", O, "(status: SHIPPED, language: \"en\") { isRemoved }"),
    ("replayWebhookEvent", O, "(id: \"x\") { userErrors { code } }"),
    ("replayWebhookEvents", O, "(filter: {}, dryRun: true) { userErrors { code } }"),
    ("resetPassword", A, "(id: \"x\") { userErrors { code } }"),
    ("resolveConversation", O, "(id: \"x\") { userErrors { code } }"),
    ("resumeQueue", O, "(lane: BULK) { userErrors { code } }"),
    ("retryMessage", O, "(id: \"x\") { userErrors { code } }"),
    ("retryMessages", O, "(filter: {}, dryRun: true) { userErrors { code } }"),
    ("revokeSession", A, "(id: \"x\") { userErrors { code } }"),
    ("revokeToken", A, "(id: \"x\") { userErrors { code } }"),
    ("saveView", V, "(input: { name: \"\", query: \"\" }) { userErrors { code } }"),
    ("sendMessage", O, "(input: { to: \"x\" }) { userErrors { code } }"),
    ("sendMessages", O, "(input: { messages: [] }) { userErrors { code } }"),
    ("setOrderTemplate", O, "(input: { status: SHIPPED, language: \"\", contentSid: \"\" }) { userErrors { code } }"),
    ("showTyping", O, "(messageId: \"x\") { userErrors { code } }"),
    ("signOutEverywhere", A, "(userId: \"x\") { userErrors { code } }"),
    ("simulatorSend", O, "(input: { from: \"x\", body: \"x\" }) { userErrors { code } }"),
    ("unarchiveProduct", O, "(id: \"x\") { userErrors { code } }"),
    ("unblockContact", O, "(id: \"x\") { userErrors { code } }"),
    ("updateContact", O, "(input: { id: \"x\" }) { userErrors { code } }"),
    ("updateProduct", O, "(input: { id: \"x\", version: 1 }) { userErrors { code } }"),
    ("updateUser", A, "(id: \"x\", input: {}) { userErrors { code } }"),
];

/// One's own password needs a person: a token, whatever its scope, is refused.
const FOR_PERSONS: &[&str] = &["setPassword"];

#[rustfmt::skip]
const SUBSCRIPTIONS: &[Row] = &[
    ("bulkJob", V, "(id: \"job_00000000000000000000000000\") { id }"),
    ("conversationEvents", V, "(after: \"x\") { cursor }"),
    ("healthChanged", O, "{ status }"),
    ("messageEvents", V, "(after: \"e0\") { cursor }"),
    ("queueMetrics", V, "{ __typename }"),
];

/// The fields of a root of `schema.graphql`.
fn fields(root: &str) -> BTreeSet<String> {
    let document = parse_schema(waybill::graphql::sdl()).unwrap();
    let of_root = document.definitions.into_iter().find_map(|it| match it {
        TypeSystemDefinition::Type(it) if it.node.name.node == root => Some(it.node.kind),
        _ => None,
    });
    let Some(TypeKind::Object(object)) = of_root else {
        panic!("no type {root}");
    };
    let names = object.fields.iter();
    names.map(|it| it.node.name.node.to_string()).collect()
}

fn named(rows: &[Row], more: &[&str]) -> BTreeSet<String> {
    let names = rows.iter().map(|it| it.0).chain(more.iter().copied());
    names.map(str::to_owned).collect()
}

#[test]
fn every_field_of_the_roots_has_a_row_that_says_who_may_ask() {
    for (root, rows, more) in [
        ("Query", QUERIES, &[][..]),
        ("Mutation", MUTATIONS, FOR_PERSONS),
        ("Subscription", SUBSCRIPTIONS, &[]),
    ] {
        let (there, decided) = (fields(root), named(rows, more));
        let new: Vec<_> = there.difference(&decided).collect();
        assert!(new.is_empty(), "{root}: decide who may ask for {new:?}");
        let gone: Vec<_> = decided.difference(&there).collect();
        assert!(gone.is_empty(), "{root}: these are no more: {gone:?}");
    }
}

fn is_forbidden(answer: &Value) -> bool {
    let codes = answer["errors"].as_array().into_iter().flatten();
    let mut codes = codes.map(|it| &it["extensions"]["code"]);
    codes.any(|it| it == "FORBIDDEN")
}

async fn every_operation_is_open_to_the_roles_of_the_table_and_to_nobody_else(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (role, scope) in [(V, Scope::Read), (O, Scope::Send), (A, Scope::Manage)] {
        let secret = token(&app, scope).await.1;
        for (word, rows) in [("query", QUERIES), ("mutation", MUTATIONS)] {
            for (field, needed, rest) in rows {
                let query = format!("{word} {{ {field}{rest} }}");
                let answer = ask(&app, &secret, &query, json!({})).await;
                let errors = answer["errors"].as_array().into_iter().flatten();
                assert!(
                    errors.clone().all(|it| it.get("path").is_some()),
                    "the row does not fit the schema: {query}: {answer}"
                );
                let is_let_in = !is_forbidden(&answer);
                assert_eq!(is_let_in, role >= *needed, "{role:?}: {query}: {answer}");
            }
        }
        for field in FOR_PERSONS {
            let query =
                format!("mutation {{ {field}(newPassword: \"x\") {{ userErrors {{ code }} }} }}");
            assert!(
                is_forbidden(&ask(&app, &secret, &query, json!({})).await),
                "{query}"
            );
        }
        for (field, needed, rest) in SUBSCRIPTIONS {
            let query = format!("subscription {{ {field}{rest} }}");
            let mut socket = Socket::open(&app, json!({ "authorization": secret }))
                .await
                .0;
            socket.ask(&query, json!({})).await;
            if *field == "messageEvents" {
                app.send(json!({ "to": "+9779800000001", "body": "x" }))
                    .await;
            }
            let heard = socket.listen().await.unwrap();
            // Refused before it began, the errors are the payload itself.
            let is_let_in = !is_forbidden(&heard["payload"])
                && !is_forbidden(&json!({ "errors": heard["payload"] }));
            assert_eq!(is_let_in, role >= *needed, "{role:?}: {query}: {heard}");
        }
    }
    // Nobody signed in: nothing, whatever it is.
    for (field, _, rest) in QUERIES.iter().chain(MUTATIONS) {
        let query = json!({ "query": format!("{{ {field}{rest} }}") });
        let answer = app.post("/graphql").json(&query).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{field}");
    }
    app.running.stop().await;
}

async fn a_viewer_sees_masked_numbers_everywhere_and_an_operator_whole_ones(backend: Backend) {
    let app = TestApp::new(backend).await;
    let reader = token(&app, Scope::Read).await.1;
    app.write_as("+9779800000042", "hi").await;
    app.send(json!({ "to": "+9779800000043", "body": "x" }))
        .await;
    let pause = "mutation { pauseQueue(lane: BULK, reason: \"+977 98000 00044 asked for it\") { userErrors { code } } }";
    app.query(pause, json!({})).await;
    let query = "{ queueMetrics { lanes { pause { reason } } }
        messages(first: 10) { nodes { from to contact { address } quoted { sender } unknownFields
        media { fileName } attempts { errorMessage } timeline { detail message { from to } } } }
        simulator { phones { address } } webhookEvents { nodes { dedupeKey error } } }";
    let seen = ask(&app, &reader, query, json!({})).await;
    assert!(seen.get("errors").is_none(), "{seen}");
    let text = seen.to_string();
    assert!(!text.contains("98000"), "{text}");
    assert!(text.contains("+977•••••44 asked for it"), "{text}");
    assert!(text.contains("whatsapp:+977•••••42") && text.contains("whatsapp:+977•••••43"));
    assert!(
        text.contains("whatsapp:+14155238886"),
        "our own sender is no secret"
    );
    let whole = app.query(query, json!({})).await.to_string();
    assert!(
        whole.contains("whatsapp:+9779800000042") && !whole.contains('•'),
        "{whole}"
    );

    let mut socket = Socket::open(&app, json!({ "authorization": reader }))
        .await
        .0;
    let events =
        "subscription { messageEvents(after: \"e0\") { message { from to contact { address } } } }";
    socket.ask(events, json!({})).await;
    let live = socket.next().await.to_string();
    assert!(live.contains('•') && !live.contains("98000000"), "{live}");

    let body = "{ webhookEvents { nodes { body } } }";
    assert!(is_forbidden(&ask(&app, &reader, body, json!({})).await));
    for (search, is_refused) in [("9800", true), ("९८००", true), ("hi", false)] {
        let query =
            "query($search: String) { messages(filter: { search: $search }) { nodes { id } } }";
        let answer = ask(&app, &reader, query, json!({ "search": search })).await;
        assert_eq!(is_forbidden(&answer), is_refused, "{search}: {answer}");
    }
    // Guessed again and again, an exact filter would tell the number behind the mask.
    for query in [
        "{ messages(filter: { address: \"+9779800000042\" }) { nodes { id } } }",
        "{ messages(filter: { address: \"whatsapp:+9779800000042\" }) { totalCount { value } } }",
        "{ messages(filter: { address: \"whatsapp:somebody\" }) { nodes { id } } }",
    ] {
        let answer = ask(&app, &reader, query, json!({})).await;
        assert!(is_forbidden(&answer), "{query}: {answer}");
    }
    app.running.stop().await;
}
