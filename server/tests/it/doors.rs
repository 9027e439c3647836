//! What the doors say besides answers: paces, headers, whose request it was, and from which site it came.

use entity::api_token::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::access::{ask, token, user};
use crate::support::{Backend, Socket, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doors_beside_graphql_share_its_pace_and_say_how_to_sign_in() {
    let app = TestApp::with(Backend::Sqlite, &[("API_RATE_PER_VIEWER", "1")]).await;
    let get = || app.get("/api/v1/messages/msg_01h455vb4pex5vsknk084sn02q");
    let stranger = get().send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(stranger.headers()["www-authenticate"], "Bearer");
    let mut statuses = Vec::new();
    let late = loop {
        let answer = get().bearer_auth(&app.token).send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        statuses.push(answer.status());
        assert!(statuses.len() < 30, "ten seconds' worth is used up soon");
    };
    assert!(statuses.len() >= 10, "{statuses:?}");
    assert_eq!(late.headers()["retry-after"], "1");
    assert_eq!(late.headers()["content-type"], "application/problem+json");
    let problem: Value = late.json().await.unwrap();
    let words = problem["detail"].as_str().unwrap();
    assert!(words.contains("API_RATE_PER_VIEWER"), "{problem}");
    let send = app.post("/api/v1/whatsapp/send").bearer_auth(&app.token);
    let send = send.json(&json!({ "to": "+9779800000001", "message": "x" }));
    let send = send.send().await.unwrap();
    assert_eq!(send.status(), StatusCode::TOO_MANY_REQUESTS);
    let answer = app.query_raw("{ viewer { name } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sent_without_graphql_may_have_an_end_too() {
    let app = TestApp::new(Backend::Sqlite).await;
    let now = app.running.app.now();
    let send = |end: chrono::DateTime<chrono::Utc>| {
        let body = json!({ "to": "+9779800000001", "message": "x", "notAfter": end });
        let request = app.post("/api/v1/whatsapp/send").bearer_auth(&app.token);
        request.json(&body).send()
    };
    let late = send(now - chrono::TimeDelta::hours(1)).await.unwrap();
    let late: Value = late.json().await.unwrap();
    assert_eq!(late["errors"][0]["code"], "IN_THE_PAST", "{late}");
    let end = now + chrono::TimeDelta::hours(1);
    let kept: Value = send(end).await.unwrap().json().await.unwrap();
    let query = "query($id: ID!) { message(id: $id) { notAfter } }";
    let kept = app.query(query, json!({ "id": kept["id"] })).await;
    let kept: chrono::DateTime<chrono::Utc> =
        serde_json::from_value(kept["message"]["notAfter"].clone()).unwrap();
    assert_eq!(kept, end);
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_tells_a_browser_what_it_may_not() {
    let app = TestApp::new(Backend::Sqlite).await;
    let alive = app.get("/healthz").send().await.unwrap();
    let devices = alive.headers()["permissions-policy"].to_str().unwrap();
    assert!(devices.contains("camera=()"), "{devices}");
    assert!(!alive.headers().contains_key("strict-transport-security"));
    let used = app.get("/sign-in/used-long-ago").send().await.unwrap();
    assert_eq!(used.status(), StatusCode::GONE);
    let policy = used.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    app.running.stop().await;
    let settings = [("PUBLIC_URL", "https://wa.example.com")];
    let app = TestApp::with(Backend::Sqlite, &settings).await;
    let alive = app.get("/healthz").send().await.unwrap();
    assert_eq!(
        alive.headers()["strict-transport-security"],
        "max-age=31536000"
    );
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_valid_cookie_is_worth_nothing_on_another_sites_page() {
    let app = TestApp::new(Backend::Sqlite).await;
    let cookie = user(&app, "asha", "OPERATOR").await.1;
    let host = app.url.replace("http://", "");
    let own = format!("http://{host}");
    for (headers, is_ours) in [
        (vec![("origin", own.as_str())], true),
        (vec![("origin", "https://evil.example")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "same-site")], false),
    ] {
        let mut with_cookie = headers.clone();
        with_cookie.push(("cookie", cookie.as_str()));
        let refused = Socket::refusal(&app, &with_cookie).await;
        let expected = if is_ours { None } else { Some(4403) };
        assert_eq!(refused, expected, "socket: {headers:?}");
        let body =
            json!({ "query": "mutation { pauseQueue(lane: BULK) { userErrors { code } } }" });
        let mut post = app.post("/graphql").header("cookie", &cookie).json(&body);
        for (name, value) in &headers {
            post = post.header(*name, *value);
        }
        let answer = post.send().await.unwrap();
        let expected = if is_ours {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status(), expected, "post: {headers:?}");
    }
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_names_its_request_whatever_door_it_left_by() {
    let app = TestApp::new(Backend::Sqlite).await;
    let is_named = |it: &Value| it["extensions"]["requestId"].as_str().map(str::len) == Some(36);
    let put = waybill::gateway::http_client().put(format!("{}/graphql", app.url));
    let answer: Value = put.send().await.unwrap().json().await.unwrap();
    assert!(is_named(&answer["errors"][0]), "{answer}");

    let mut socket = Socket::greeted(&app.url, &app.token).await;
    let forever = json!({ "query": "subscription { messageEvents { cursor } }" });
    for n in 0..=100 {
        socket.wish(&n.to_string(), &forever).await;
    }
    let full = socket.listen().await.unwrap();
    let error = &full["payload"][0];
    assert_eq!(error["extensions"]["code"], "TOO_MANY_OPERATIONS", "{full}");
    assert!(is_named(error), "{full}");

    let (id, guest) = token(&app, Scope::Read).await;
    let follow = app.post("/graphql").bearer_auth(&guest).json(&forever);
    let follow = follow.header("accept", "text/event-stream");
    let stream = follow.send().await.unwrap();
    let admin = token(&app, Scope::Manage).await.1;
    let revoke = "mutation($id: ID!) { revokeToken(id: $id) { userErrors { code } } }";
    ask(&app, &admin, revoke, json!({ "id": id })).await;
    let text = stream.text().await.unwrap();
    let last = text.lines().rev().find_map(|it| it.strip_prefix("data: "));
    let last: Value = serde_json::from_str(last.unwrap()).unwrap();
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert!(is_named(&last["errors"][0]), "{text}");
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_asks_for_no_route_is_told_so_in_its_own_form() {
    let app = TestApp::new(Backend::Sqlite).await;
    for request in [
        app.get("/api/v1/nothing"),
        app.get("/api/v2/messages.csv"),
        app.post("/api/v1/messages/x/y"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let id = answer.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], 404);
        assert_eq!(problem["requestId"], json!(id), "{problem}");
    }
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_too_large_is_refused_by_name_and_a_search_tells_the_place() {
    let app = TestApp::new(Backend::Sqlite).await;
    let ids = vec!["msg_01h455vb4pex5vsknk084sn02q"; 101];
    for (query, variables, actual) in [
        (
            "query($n: Int) { messages(first: $n) { nodes { id } } }",
            json!({ "n": 101 }),
            101,
        ),
        (
            "{ contacts(last: 1000) { nodes { id } } }",
            json!({}),
            1_000,
        ),
        (
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
            101,
        ),
    ] {
        let answer = app.query_raw(query, variables).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "PAGE_TOO_LARGE", "{answer}");
        assert_eq!(
            (&extensions["limit"], &extensions["actual"]),
            (&json!(100), &json!(actual))
        );
        assert!(answer.get("data").is_none(), "{answer}");
    }
    let query = "{ messages(filter: { search: \"hi statis:failed\" }) { nodes { id } } }";
    let answer = app.query_raw(query, json!({})).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["position"]),
        (&json!("BAD_USER_INPUT"), &json!(4))
    );
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_only_read_sees_a_number_masked_without_graphql_too() {
    let app = TestApp::new(Backend::Sqlite).await;
    let sent = app
        .send(json!({ "to": "+9779800000042", "body": "x" }))
        .await;
    let path = format!(
        "/api/v1/messages/{}",
        sent["message"]["id"].as_str().unwrap()
    );
    let reader = token(&app, Scope::Read).await.1;
    for (credential, to) in [
        (&reader, "whatsapp:+977•••••42"),
        (&app.token, "whatsapp:+9779800000042"),
    ] {
        let answer = app.get(&path).bearer_auth(credential).send().await.unwrap();
        let message: Value = answer.json().await.unwrap();
        assert_eq!(message["to"], to);
        assert_eq!(
            message["from"], "whatsapp:+14155238886",
            "ours is no secret"
        );
    }
    app.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn things_are_found_by_their_ids_by_who_may_see_them() {
    let app = TestApp::new(Backend::Sqlite).await;
    let (asha, cookie) = user(&app, "asha", "VIEWER").await;
    let (bina, _) = user(&app, "bina", "VIEWER").await;
    let admin = token(&app, Scope::Manage).await.1;
    let (own, reader) = token(&app, Scope::Read).await;
    let log = "{ auditLog(first: 1) { nodes { id } } }";
    let log = ask(&app, &admin, log, json!({})).await;
    let entry = log["data"]["auditLog"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let sessions = ask(&app, &cookie, "{ sessions { id } }", json!({})).await;
    let session = sessions["data"]["sessions"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ids = json!([asha, bina, own, session, entry]);
    for (who, seen) in [
        (&admin, [true, true, true, true, true]),
        (&cookie, [true, false, false, true, false]),
        (&reader, [false, false, true, false, false]),
    ] {
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let answer = ask(&app, who, query, json!({ "ids": ids })).await;
        let nodes = answer["data"]["nodes"].as_array().unwrap();
        for (n, is_seen) in seen.into_iter().enumerate() {
            let expected = if is_seen { ids[n].clone() } else { Value::Null };
            assert_eq!(
                nodes[n].get("id").cloned().unwrap_or_default(),
                expected,
                "{n}: {answer}"
            );
        }
    }
    app.running.stop().await;
}
