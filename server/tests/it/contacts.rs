//! Contacts: what operators note, whom they block, two that are one, and those who want to be forgotten.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Backend, Socket, Stub, TestApp, on_both};

const ROUTE: &str = "/api/v1/whatsapp/webhook";
const SENDER: &str = "whatsapp:+14155238886";

on_both!(
    a_contact_is_found_by_name_number_and_tag,
    a_blocked_contact_is_kept_unanswered_and_is_sent_nothing,
    two_contacts_become_one_and_stop_still_holds,
    an_erased_contact_leaves_nothing_behind,
    a_list_takes_as_many_statements_for_many_rows_as_for_one,
);

async fn write(app: &TestApp, number: usize, name: &str, sid: usize) {
    let from = format!("whatsapp:+97798{number:08}");
    let sid = format!("SM{sid:032}");
    let form = [
        ("MessageSid", sid.as_str()),
        ("From", from.as_str()),
        ("To", SENDER),
        ("Body", "hello"),
        ("ProfileName", name),
    ];
    assert_eq!(app.signed(ROUTE, &form).await, StatusCode::OK);
}

async fn contact_of(app: &TestApp, number: usize) -> String {
    let query = "query($s: String) { contacts(filter: { search: $s }) { nodes { id } } }";
    let data = app
        .query(query, json!({ "s": format!("+97798{number:08}") }))
        .await;
    let nodes = data["contacts"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 1, "{data}");
    nodes[0]["id"].as_str().unwrap().to_owned()
}

const UPDATE: &str = "mutation($input: UpdateContactInput!) { updateContact(input: $input) {
    contact { note tags language } userErrors { code field } } }";

async fn a_contact_is_found_by_name_number_and_tag(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    write(&app, 1, "आशा", 1).await;
    socket.until(|it| it["status"] == "RECEIVED").await;
    let id = contact_of(&app, 1).await;
    let input = json!({ "id": id, "note": " pays late ", "tags": ["vip", "नेपाल_1", "vip"], "language": "ne" });
    let updated = app.query(UPDATE, json!({ "input": input })).await["updateContact"].take();
    let expected = json!({ "note": "pays late", "tags": ["vip", "नेपाल_1"], "language": "ne" });
    assert_eq!(updated["contact"], expected, "{updated}");
    let only_note = json!({ "input": { "id": id, "note": "" } });
    let updated = app.query(UPDATE, only_note).await["updateContact"].take();
    assert_eq!(updated["contact"]["note"], Value::Null);
    assert_eq!(updated["contact"]["tags"], json!(["vip", "नेपाल_1"]));
    let bad = json!({ "id": id, "note": "x".repeat(4_001), "tags": ["y".repeat(41)], "language": "nepali" });
    let refused = app.query(UPDATE, json!({ "input": bad })).await["updateContact"].take();
    let expected = json!([
        { "code": "TOO_LONG", "field": ["note"] },
        { "code": "TOO_LONG", "field": ["tags"] },
        { "code": "INVALID_LANGUAGE", "field": ["language"] }
    ]);
    assert_eq!(refused["userErrors"], expected);

    let query = "query($f: ContactFilter) { contacts(filter: $f) { nodes { name identities lastInboundAt conversations { state contact { id } } } } }";
    for (filter, count) in [
        (json!({ "search": "आशा" }), 1),
        (json!({ "tag": "नेपाल_1" }), 1),
        (
            json!({ "tag": "vip", "blocked": false, "optedOut": false }),
            1,
        ),
        (json!({ "tag": "vi" }), 0),
        (json!({ "tag": "नेपालX1" }), 0),
        (json!({ "tag": "vip", "blocked": true }), 0),
        (json!({ "search": "nobody" }), 0),
    ] {
        let found = app.query(query, json!({ "f": filter })).await["contacts"]["nodes"].take();
        assert_eq!(found.as_array().unwrap().len(), count, "{filter}: {found}");
        if count == 1 {
            assert_eq!(found[0]["identities"], json!(["whatsapp:+9779800000001"]));
            assert_eq!(found[0]["conversations"][0]["contact"]["id"], json!(id));
        }
    }
    pages(&app).await;
    app.running.stop().await;
}

/// 200 people wrote before the test began.
async fn pages(app: &TestApp) {
    let query = "query($first: Int, $after: String, $last: Int, $before: String) {
        contacts(first: $first, after: $after, last: $last, before: $before) {
            nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let ids = |page: &Value| -> Vec<String> {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.map(|it| it["id"].as_str().unwrap().into()).collect()
    };
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "first": 77, "after": after });
        let page = app.query(query, variables).await["contacts"].take();
        seen.extend(ids(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), 200);
    let mut sorted = seen.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!(seen, sorted);
    let back = json!({ "last": 2, "before": seen[10] });
    let page = app.query(query, back).await["contacts"].take();
    assert_eq!(ids(&page), seen[8..10]);
}

async fn a_blocked_contact_is_kept_unanswered_and_is_sent_nothing(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let pause = "mutation { pauseQueue(lane: BULK) { userErrors { code } } }";
    app.query(pause, json!({})).await;
    let waits = app
        .send(json!({ "to": "+9779800000001", "body": "sale!", "lane": "BULK" }))
        .await;
    let id = contact_of(&app, 1).await;
    let block = "mutation($id: ID!) { blockContact(id: $id) { contact { blockedAt } userErrors { code } } }";
    let first = app.query(block, json!({ "id": id })).await;
    let again = app.query(block, json!({ "id": id })).await;
    assert_eq!(first, again, "who is blocked stays so since then");
    assert!(first["blockContact"]["contact"]["blockedAt"].is_string());
    let refused = app
        .send(json!({ "to": "+9779800000001", "body": "hi" }))
        .await;
    let expected = json!([{ "code": "CONTACT_BLOCKED", "field": ["to"] }]);
    assert_eq!(refused["userErrors"], expected);
    let mut socket = Socket::follow(&app, Some("e0")).await;
    let resume = "mutation { resumeQueue(lane: BULK) { userErrors { code } } }";
    app.query(resume, json!({})).await;
    socket.until(|it| it["status"] == "FAILED").await;
    let waits = app.message(waits["message"]["id"].as_str().unwrap()).await;
    assert_eq!(
        (&waits["attemptCount"], &waits["errorCode"]),
        (&json!(0), &Value::Null)
    );
    write(&app, 1, "Asha", 1).await;
    socket.until(|it| it["status"] == "RECEIVED").await;
    let unblock = "mutation($id: ID!) { unblockContact(id: $id) { contact { blockedAt } userErrors { code } } }";
    let open = app.query(unblock, json!({ "id": id })).await;
    assert_eq!(open["unblockContact"]["contact"]["blockedAt"], Value::Null);
    write(&app, 1, "Asha", 2).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    assert_eq!(
        stub.requests(),
        1,
        "only after the block was there an answer"
    );
    let nobody = "con_01h455vb4pex5vsknk084sn02q";
    let unknown = app.query(block, json!({ "id": nobody })).await;
    assert_eq!(
        unknown["blockContact"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    app.running.stop().await;
}

async fn two_contacts_become_one_and_stop_still_holds(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    write(&app, 1, "Asha", 1).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    let stop = [
        ("MessageSid", "SM00000000000000000000000000000009"),
        ("From", "whatsapp:+9779800000002"),
        ("To", SENDER),
        ("Body", "STOP"),
    ];
    app.signed(ROUTE, &stop).await;
    socket.until(|it| it["status"] == "ACCEPTED").await;
    let (into, from) = (contact_of(&app, 1).await, contact_of(&app, 2).await);
    let tag = |id: &str, tag: &str| json!({ "input": { "id": id, "tags": [tag], "note": tag } });
    app.query(UPDATE, tag(&into, "old")).await;
    app.query(UPDATE, tag(&from, "new")).await;
    let merge = "mutation($from: ID!, $into: ID!) { mergeContacts(from: $from, into: $into) {
        contact { id identities tags note optedOutAt conversations { messages { nodes { body contact { id } } } } } userErrors { code field } } }";
    let same = json!({ "from": into, "into": into });
    let same = app.query(merge, same).await["mergeContacts"].take();
    assert_eq!(
        same["userErrors"],
        json!([{ "code": "SAME", "field": ["into"] }])
    );
    let pair = json!({ "from": from, "into": into });
    let merged = app.query(merge, pair.clone()).await["mergeContacts"].take();
    let contact = &merged["contact"];
    assert_eq!(contact["tags"], json!(["old", "new"]), "{merged}");
    assert_eq!(contact["note"], "old\nnew");
    assert!(contact["optedOutAt"].is_string());
    let both = json!(["whatsapp:+9779800000001", "whatsapp:+9779800000002"]);
    assert_eq!(contact["identities"], both);
    let talks = contact["conversations"].as_array().unwrap();
    assert_eq!(talks.len(), 1, "one sender, one conversation: {merged}");
    let messages = talks[0]["messages"]["nodes"].as_array().unwrap();
    assert_eq!(messages.len(), 4);
    assert!(messages.iter().all(|it| it["contact"]["id"] == json!(into)));
    let again = app.query(merge, pair).await["mergeContacts"].take();
    let expected = json!([{ "code": "NOT_FOUND", "field": ["from"] }]);
    assert_eq!(again["userErrors"], expected);
    for number in [1, 2] {
        let to = format!("+977980000000{number}");
        let refused = app.send(json!({ "to": to, "body": "hi" })).await;
        assert_eq!(refused["userErrors"][0]["code"], "OPTED_OUT", "{to}");
    }
    app.running.stop().await;
}

async fn an_erased_contact_leaves_nothing_behind(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    for (number, sid) in [(1, 1), (1, 2), (11, 3)] {
        write(&app, number, "Asha", sid).await;
        socket.until(|it| it["status"] == "ACCEPTED").await;
    }
    let id = contact_of(&app, 1).await;
    let erase = "mutation($id: ID!) { eraseContact(id: $id) { erased { contacts messages attempts webhookEvents files } userErrors { code } } }";
    let refused = app.query_raw(erase, json!({ "id": id })).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let admin = app.with_rights_of_an_admin().await;
    let erased = admin.query(erase, json!({ "id": id })).await["eraseContact"].take();
    let expected =
        json!({ "contacts": 1, "messages": 4, "attempts": 2, "webhookEvents": 2, "files": 0 });
    assert_eq!(erased["erased"], expected, "{erased}");
    let again = admin.query(erase, json!({ "id": id })).await["eraseContact"].take();
    let nothing =
        json!({ "contacts": 0, "messages": 0, "attempts": 0, "webhookEvents": 0, "files": 0 });
    assert_eq!(again["erased"], nothing, "{again}");
    let left = admin.messages().await;
    assert_eq!(left.len(), 2, "the other person's: {left:?}");
    assert_eq!(admin.rows().await.0, 1);
    let node = admin
        .query(
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(node["node"], Value::Null);
    admin.running.stop().await;
}

/// The least of some runs: what the server reads by itself meanwhile comes on top.
async fn statements(app: &TestApp, query: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..8 {
        let before = app.running.app.db.asked();
        app.query(query, json!({})).await;
        least = least.min(app.running.app.db.asked() - before);
    }
    least
}

async fn a_list_takes_as_many_statements_for_many_rows_as_for_one(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    for n in 0..12 {
        let sent = app
            .send(json!({ "to": format!("+97798000000{n:02}"), "body": "x", "lane": "IMMEDIATE" }))
            .await;
        assert_eq!(sent["message"]["status"], "ACCEPTED", "{sent}");
    }
    for list in [
        "contacts(first: N) { nodes { name identities conversations { lastMessage { body } assignee { name } } } }",
        "conversations(first: N) { nodes { contact { name identities } assignee { name } lastMessage { body attempts { id } } } }",
        "messages(first: N) { nodes { contact { name identities } attempts { id } timeline { cursor } conversation { state } } }",
        "conversations(first: N) { nodes { eventCursor messages(first: 2) { eventCursor nodes { body contact { name } } } } }",
        "contacts(first: N) { nodes { messages(last: 2) { nodes { body conversation { sender } } } } }",
        "contacts(first: N) { nodes { messages(first: 1) { totalCount { value isExact } facets { status { count } } } } }",
    ] {
        let of = |count: &str| format!("{{ {} }}", list.replace('N', count));
        let one = statements(&app, &of("1")).await;
        let many = statements(&app, &of("12")).await;
        assert!(one > 1, "{list} reads nothing");
        assert_eq!(one, many, "{list}");
    }
    let page = "{ messages(first: 12) { nodes { id contact { id } conversation { id } } } }";
    let page = app.query(page, json!({})).await["messages"]["nodes"].take();
    let mut views = Vec::new();
    for n in 0..12 {
        let save =
            "mutation($n: String!) { saveView(input: { name: $n, query: \"\" }) { view { id } } }";
        let kept = app.query(save, json!({ "n": format!("view {n}") })).await;
        views.push(kept["saveView"]["view"]["id"].clone());
    }
    let ids = |count: usize| -> String {
        let rows = page.as_array().unwrap().iter().zip(&views).take(count);
        let of = |(it, view): (&Value, &Value)| {
            [
                view.clone(),
                it["id"].clone(),
                it["contact"]["id"].clone(),
                it["conversation"]["id"].clone(),
            ]
        };
        json!(rows.flat_map(of).collect::<Vec<_>>()).to_string()
    };
    let of = |count| format!("{{ nodes(ids: {}) {{ id }} }}", ids(count));
    assert_eq!(
        statements(&app, &of(1)).await,
        statements(&app, &of(12)).await
    );
    app.running.stop().await;
}
