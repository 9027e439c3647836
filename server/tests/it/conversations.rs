//! Conversations: who answers, in what order they are listed, and how people see each other's deeds.

use std::collections::HashSet;

use chrono::{TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Backend, Socket, Stub, TestApp, on_both};

const ROUTE: &str = "/api/v1/whatsapp/webhook";

on_both!(
    the_bot_is_silent_while_a_person_has_a_conversation,
    who_writes_again_opens_a_resolved_conversation,
    conversations_come_by_their_newest_activity_in_both_directions,
    nodes_are_found_together_in_the_order_of_their_ids,
);

async fn write(app: &TestApp, number: usize, sid: usize) {
    let from = format!("whatsapp:+97798{number:08}");
    let sid = format!("SM{sid:032}");
    let form = [
        ("MessageSid", sid.as_str()),
        ("From", from.as_str()),
        ("To", "whatsapp:+14155238886"),
        ("Body", "hello"),
    ];
    assert_eq!(app.signed(ROUTE, &form).await, StatusCode::OK);
}

async fn talk_of(app: &TestApp, number: usize) -> Value {
    let query = "query($s: String) { conversations(filter: { search: $s }) { nodes { id state assignee { name } botSilentUntil lastMessage { body } windowClosesAt eventCursor } } }";
    let mut data = app
        .query(query, json!({ "s": format!("+97798{number:08}") }))
        .await;
    data["conversations"]["nodes"][0].take()
}

async fn deed(app: &TestApp, name: &str, id: &Value) -> Value {
    let query = format!(
        "mutation($id: ID!) {{ {name}(id: $id) {{ conversation {{ state assignee {{ name }} }} userErrors {{ code message }} }} }}"
    );
    app.query(&query, json!({ "id": id })).await[name].take()
}

/// Waits until a message of this person is stored.
async fn heard(app: &TestApp, number: usize, sid: usize) {
    let mut socket = Socket::follow(app, None).await;
    // The subscription begins where the log is when it reaches the server: a query behind it comes later.
    app.messages().await;
    write(app, number, sid).await;
    let sid = format!("SM{sid:032}");
    let query = "query($sid: ID!) { message(id: $sid) { id } }";
    while app.query(query, json!({ "sid": sid })).await["message"].is_null() {
        tokio::time::timeout(std::time::Duration::from_millis(200), socket.next())
            .await
            .ok();
    }
}

async fn the_bot_is_silent_while_a_person_has_a_conversation(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let id = talk_of(&app, 1).await["id"].take();
    let claimed = deed(&app, "claimConversation", &id).await;
    assert_eq!(claimed["conversation"]["state"], "PERSON", "{claimed}");
    heard(&app, 1, 1).await;
    let talk = talk_of(&app, 1).await;
    assert_eq!(talk["lastMessage"]["body"], "hello");
    assert!(talk["windowClosesAt"].is_string());
    let released = deed(&app, "releaseConversation", &id).await;
    assert_eq!(released["conversation"]["state"], "PERSON");
    heard(&app, 1, 2).await;
    let later = Utc::now() + TimeDelta::hours(1);
    let hand_back = "mutation($id: ID!, $at: DateTime) { handBackConversation(id: $id, botFrom: $at) { conversation { state botSilentUntil } userErrors { code } } }";
    let silent = app.query(hand_back, json!({ "id": id, "at": later })).await;
    assert_eq!(
        silent["handBackConversation"]["conversation"]["state"],
        "BOT"
    );
    heard(&app, 1, 3).await;
    let past = json!({ "id": id, "at": "2020-01-01T00:00:00Z" });
    let past = app.query(hand_back, past).await;
    assert_eq!(
        past["handBackConversation"]["userErrors"][0]["code"],
        "IN_THE_PAST"
    );
    assert_eq!(stub.requests(), 0, "the bot was silent");
    let mut socket = Socket::follow(&app, Some("e0")).await;
    deed(&app, "handBackConversation", &id).await;
    write(&app, 1, 4).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(stub.requests(), 1);
    app.running.stop().await;
}

async fn who_writes_again_opens_a_resolved_conversation(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let talk = talk_of(&app, 1).await;
    let query = "subscription($id: ID, $after: String) { conversationEvents(conversationId: $id, after: $after) { cursor kind actorName conversation { state } } }";
    let variables = json!({ "id": talk["id"], "after": talk["eventCursor"] });
    let mut socket = Socket::subscribe(&app, query, variables.clone()).await;
    for (name, state) in [
        ("claimConversation", "PERSON"),
        ("resolveConversation", "RESOLVED"),
    ] {
        let done = deed(&app, name, &talk["id"]).await;
        assert_eq!(done["conversation"]["state"], state, "{done}");
    }
    // What is so already is not told again; what happens elsewhere is not told here.
    deed(&app, "resolveConversation", &talk["id"]).await;
    let other = talk_of(&app, 2).await;
    deed(&app, "claimConversation", &other["id"]).await;
    write(&app, 1, 1).await;
    let mut kinds = Vec::new();
    let mut cursors = HashSet::new();
    for _ in 0..3 {
        let event = socket.next().await["conversationEvents"].take();
        cursors.insert(event["cursor"].as_str().unwrap().to_owned());
        kinds.push((event["kind"].clone(), event["actorName"].clone()));
    }
    let expected = [
        (json!("CLAIMED"), json!("test")),
        (json!("RESOLVED"), json!("test")),
        (json!("REOPENED"), Value::Null),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(cursors.len(), 3);
    let mut late = Socket::subscribe(&app, query, variables).await;
    let first = late.next().await["conversationEvents"].take();
    assert_eq!(first["kind"], "CLAIMED", "a cursor resumes without a gap");
    assert_eq!(talk_of(&app, 1).await["state"], "BOT");
    let unknown = deed(
        &app,
        "claimConversation",
        &json!("cvs_01h455vb4pex5vsknk084sn02q"),
    )
    .await;
    assert_eq!(unknown["userErrors"][0]["code"], "NOT_FOUND");
    app.running.stop().await;
}

async fn conversations_come_by_their_newest_activity_in_both_directions(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    for (sid, number) in [7, 3, 5].into_iter().enumerate() {
        write(&app, number, sid + 1).await;
        socket.until(|it| it["status"] == "ACCEPTED").await;
    }
    let query = "query($first: Int, $after: String, $last: Int, $before: String, $filter: ConversationFilter) {
        conversations(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            nodes { id contact { address } } pageInfo { hasNextPage endCursor } } }";
    let addresses = |page: &Value| -> Vec<String> {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes
            .map(|it| it["contact"]["address"].as_str().unwrap().into())
            .collect()
    };
    // Two hundred more wrote at one and the same moment.
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "first": 41, "after": after });
        let page = app.query(query, variables).await["conversations"].take();
        seen.extend(addresses(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let newest = [5, 3, 7].map(|it| format!("whatsapp:+97798{it:08}"));
    assert_eq!(seen[..3], newest);
    assert_eq!(seen.len(), 200);
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 200);
    let back = json!({ "last": 3, "before": after });
    let page = app.query(query, back).await["conversations"].take();
    assert_eq!(addresses(&page), seen[196..199]);
    let talk = talk_of(&app, 3).await;
    deed(&app, "claimConversation", &talk["id"]).await;
    for (filter, count) in [
        (json!({ "state": ["PERSON"] }), 1),
        (json!({ "state": ["PERSON"], "unassigned": true }), 1),
        (json!({ "state": ["PERSON"], "unassigned": false }), 0),
        (json!({ "state": ["RESOLVED"] }), 0),
    ] {
        let page = app.query(query, json!({ "filter": filter })).await["conversations"].take();
        assert_eq!(addresses(&page).len(), count, "{filter}");
    }
    for bad in [
        json!({ "after": "1.x" }),
        json!({ "after": "msg_x" }),
        json!({ "filter": { "assigneeId": "con_x" } }),
    ] {
        let answer = app.query_raw(query, bad).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{answer}"
        );
    }
    app.running.stop().await;
}

async fn nodes_are_found_together_in_the_order_of_their_ids(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let sent = app
        .send(json!({ "to": "+9779800000001", "body": "x" }))
        .await["message"]["id"]
        .take();
    let talk = talk_of(&app, 1).await["id"].take();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    let ids = json!([talk, "con_01h455vb4pex5vsknk084sn02q", sent, talk]);
    let nodes = app.query(query, json!({ "ids": ids })).await["nodes"].take();
    assert_eq!(
        nodes[0],
        json!({ "id": talk, "__typename": "Conversation" })
    );
    assert_eq!(nodes[1], Value::Null);
    assert_eq!(nodes[2]["__typename"], "Message");
    assert_eq!(nodes[3], nodes[0]);
    let many: Vec<_> = (0..101).map(|_| talk.clone()).collect();
    for (ids, words) in [(json!(many), "at most 100"), (json!(["x"]), "not an id")] {
        let answer = app.query_raw(query, json!({ "ids": ids })).await;
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{answer}");
    }
    app.running.stop().await;
}
