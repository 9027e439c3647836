//! Users and their sessions.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use waybill::clock::Clock;

use super::{PASSWORD, admin, ask, closes, cookie, knock, log, user};
use crate::support::{Backend, EVENTS, Settings, Socket, TestApp, on_both, run};

on_both!(
    a_disabled_user_is_out_at_once_with_their_open_sockets,
    a_person_signs_in_by_password_and_sees_and_ends_their_sessions,
    the_last_administrator_can_be_neither_demoted_nor_disabled,
    a_session_in_use_gets_a_new_secret_after_a_day
);

async fn a_disabled_user_is_out_at_once_with_their_open_sockets(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (id, cookie) = user(&app, "asha", "OPERATOR").await;
    let mut socket = Socket::with_cookie(&app, &cookie).await;
    socket.ask(EVENTS, json!({ "after": "e0" })).await;
    let admin = admin(&app).await;
    let disable = "mutation($id: ID!) { updateUser(id: $id, input: { isDisabled: true }) { user { disabledAt } userErrors { code } } }";
    let done = ask(&app, &admin, disable, json!({ "id": id })).await;
    assert!(
        done["data"]["updateUser"]["user"]["disabledAt"].is_string(),
        "{done}"
    );
    closes(socket).await;
    let refused = ask(&app, &cookie, "{ viewer { id } }", json!({})).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
    assert_eq!(
        knock(&app, "asha", PASSWORD).await.status(),
        StatusCode::UNAUTHORIZED
    );
    let entries = log(&app, json!({ "action": "updateUser" })).await;
    assert_eq!(entries[0]["before"]["isDisabled"], false);
    assert_eq!(entries[0]["after"]["isDisabled"], true);
    app.running.stop().await;
}

async fn a_person_signs_in_by_password_and_sees_and_ends_their_sessions(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (_, first) = user(&app, "आशा", "VIEWER").await;
    let answer = knock(&app, "आशा", PASSWORD).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let second = cookie(&answer);
    let form = [("name", "आशा"), ("password", PASSWORD)];
    let answer = app.post("/sign-in").form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let sessions = "{ sessions { id isCurrent client lastUsedAt } }";
    let listed = ask(&app, &second, sessions, json!({})).await["data"]["sessions"].take();
    assert_eq!(listed.as_array().unwrap().len(), 3, "{listed}");
    assert_eq!(listed[1]["isCurrent"], true, "{listed}");
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["client"] == "127.0.0.1")
    );
    let revoke = "mutation($id: ID!) { revokeSession(id: $id) { endedCount userErrors { code } } }";
    let ended = ask(&app, &second, revoke, json!({ "id": listed[2]["id"] })).await;
    assert_eq!(ended["data"]["revokeSession"]["endedCount"], 1, "{ended}");
    let gone = ask(&app, &first, sessions, json!({})).await;
    assert_eq!(gone["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let everywhere = "mutation { signOutEverywhere { endedCount } }";
    let ended = ask(&app, &second, everywhere, json!({})).await;
    assert_eq!(
        ended["data"]["signOutEverywhere"]["endedCount"], 2,
        "{ended}"
    );
    let gone = ask(&app, &second, sessions, json!({})).await;
    assert_eq!(gone["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");

    // Nobody ends a stranger's session.
    let (_, theirs) = user(&app, "bikram", "OPERATOR").await;
    let id = ask(&app, &theirs, sessions, json!({})).await["data"]["sessions"][0]["id"].take();
    let own = cookie(&knock(&app, "आशा", PASSWORD).await);
    let refused = ask(&app, &own, revoke, json!({ "id": id })).await;
    assert_eq!(
        refused["data"]["revokeSession"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    app.running.stop().await;
}

async fn the_last_administrator_can_be_neither_demoted_nor_disabled(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (first, _) = user(&app, "first", "ADMIN").await;
    let (second, _) = user(&app, "second", "ADMIN").await;
    let admin = admin(&app).await;
    let update = "mutation($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { user { role } userErrors { code field } } }";
    let change = async |id: &str, input: Value| {
        let variables = json!({ "id": id, "input": input });
        ask(&app, &admin, update, variables).await["data"]["updateUser"].take()
    };
    // Both at one time: one of them stays.
    let (one, two) = tokio::join!(
        change(&first, json!({ "role": "VIEWER" })),
        change(&second, json!({ "isDisabled": true }))
    );
    let refused = json!([{ "code": "LAST_ADMIN", "field": ["id"] }]);
    assert_eq!(
        [&one, &two]
            .iter()
            .filter(|it| it["userErrors"] == refused)
            .count(),
        1,
        "{one} {two}"
    );
    let last = if one["userErrors"] == refused {
        &first
    } else {
        &second
    };
    for input in [json!({ "role": "OPERATOR" }), json!({ "isDisabled": true })] {
        assert_eq!(change(last, input).await["userErrors"], refused);
    }
    let renamed = change(last, json!({ "name": "renamed" })).await;
    assert_eq!(renamed["user"]["role"], "ADMIN", "{renamed}");
    let taken = change(&first, json!({ "name": "renamed" })).await;
    let other = if last == &first { &second } else { &first };
    let taken = if last == &first {
        change(other, json!({ "name": "renamed" })).await
    } else {
        taken
    };
    assert_eq!(
        taken["userErrors"],
        json!([{ "code": "NAME_TAKEN", "field": ["name"] }])
    );
    app.running.stop().await;
}

async fn a_session_in_use_gets_a_new_secret_after_a_day(backend: Backend) {
    let start = Clock::system().now();
    let clock = Clock::held_at(start);
    let app = TestApp::with_clock(backend, &[("ADMIN_PASSWORD", PASSWORD)], clock.clone()).await;
    let old = cookie(&knock(&app, "admin", PASSWORD).await);
    let page = async |cookie: &str| {
        let request = app.get("/messages").header("cookie", cookie);
        request.header("accept", "text/html").send().await.unwrap()
    };
    assert!(
        page(&old).await.headers().get("set-cookie").is_none(),
        "not on the first day"
    );
    clock.advance(TimeDelta::hours(25));
    let answer = page(&old).await;
    let new = cookie(&answer);
    assert_ne!(old, new);
    assert!(
        page(&old).await.headers().get("set-cookie").is_none(),
        "only once"
    );
    let whoami = "{ viewer { name role } }";
    for cookie in [&old, &new] {
        let viewer = ask(&app, cookie, whoami, json!({})).await;
        assert_eq!(
            viewer["data"]["viewer"],
            json!({ "name": "admin", "role": "ADMIN" }),
            "{viewer}"
        );
    }
    clock.advance(TimeDelta::minutes(2));
    let ended = ask(&app, &old, whoami, json!({})).await;
    assert_eq!(ended["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let viewer = ask(&app, &new, whoami, json!({})).await;
    assert_eq!(viewer["data"]["viewer"]["name"], "admin");
    app.running.stop().await;
}

#[tokio::test]
async fn users_are_kept_from_the_command_line_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let settings = Settings::from([("DATA_DIR".into(), data)]);
    let said = async |arguments: &[&str]| {
        let output = run(arguments, &settings).await;
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    let (is_done, link) = said(&["user", "create", "आशा", "--role", "admin"]).await;
    assert!(is_done && link.contains("/sign-in/"), "{link}");
    let (is_done, taken) = said(&["user", "create", "आशा", "--role", "viewer"]).await;
    assert!(
        !is_done && taken.contains("another user has this name"),
        "{taken}"
    );
    let (is_done, refused) = said(&["user", "disable", "आशा"]).await;
    assert!(
        !is_done && refused.contains("last administrator"),
        "{refused}"
    );
    said(&["user", "create", "bikram", "--role", "viewer"]).await;
    assert!(said(&["user", "disable", "bikram"]).await.0);
    let (is_done, refused) = said(&["user", "link", "bikram"]).await;
    assert!(!is_done && refused.contains("is disabled"), "{refused}");
    let (_, listed) = said(&["user", "list"]).await;
    let rows: Vec<&str> = listed.lines().filter(|it| it.starts_with("usr_")).collect();
    assert!(
        rows[0].contains("disabled") && rows[0].ends_with("bikram"),
        "{listed}"
    );
    assert!(
        rows[1].contains("links only") && rows[1].ends_with("आशा"),
        "{listed}"
    );
    assert!(said(&["user", "enable", "bikram"]).await.0);
    let (is_done, unknown) = said(&["user", "link", "nobody"]).await;
    assert!(
        !is_done && unknown.contains("waybill user list"),
        "{unknown}"
    );
}
