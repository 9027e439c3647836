//! Passwords: chosen, tried too often, changed.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{PASSWORD, ask, cookie, knock, log, set_password, user};
use crate::support::{Backend, TestApp, on_both};

on_both!(
    wrong_passwords_lock_account_and_address_and_a_right_one_must_wait,
    an_unknown_name_and_a_wrong_password_look_the_same,
    a_password_is_chosen_by_who_knows_the_present_one
);

async fn wrong_passwords_lock_account_and_address_and_a_right_one_must_wait(backend: Backend) {
    let app = TestApp::with(backend, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    user(&app, "asha", "OPERATOR").await;
    user(&app, "bikram", "OPERATOR").await;
    let from = async |client: &str, name: &str, password: &str| {
        let body = json!({ "name": name, "password": password });
        let request = app.post("/sign-in").header("x-forwarded-for", client);
        request.json(&body).send().await.unwrap()
    };
    // Right ones in between begin the count anew.
    for _ in 0..2 {
        for _ in 0..4 {
            assert_eq!(from("192.0.2.1", "asha", "wrong").await.status(), 401);
        }
        assert_eq!(from("192.0.2.1", "asha", PASSWORD).await.status(), 204);
    }
    for n in 0..5 {
        assert_eq!(
            from(&format!("192.0.2.{n}"), "asha", "wrong")
                .await
                .status(),
            401
        );
    }
    let locked = from("192.0.2.77", "asha", PASSWORD).await;
    assert_eq!(
        locked.status(),
        429,
        "the account is locked for every address"
    );
    let wait: i64 = locked.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((25..=31).contains(&wait), "{wait}");
    let problem: Value = locked.json().await.unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("try again in"),
        "{problem}"
    );
    assert_eq!(from("192.0.2.77", "bikram", PASSWORD).await.status(), 204);

    for n in 0..5 {
        assert_eq!(
            from("198.51.100.1", &format!("nobody {n}"), "wrong")
                .await
                .status(),
            401
        );
    }
    assert_eq!(
        from("198.51.100.1", "bikram", PASSWORD).await.status(),
        429,
        "the address is locked"
    );
    assert_eq!(from("198.51.100.2", "bikram", PASSWORD).await.status(), 204);
    app.running.stop().await;
}

async fn an_unknown_name_and_a_wrong_password_look_the_same(backend: Backend) {
    let app = TestApp::new(backend).await;
    user(&app, "asha", "OPERATOR").await;
    let mut answers = Vec::new();
    for (name, password) in [
        ("asha", "wrong password"),
        ("nobody", "wrong password"),
        ("", ""),
    ] {
        let answer = knock(&app, name, password).await;
        let status = answer.status();
        answers.push((status, answer.text().await.unwrap()));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    let huge = knock(&app, "asha", &"x".repeat(100_000)).await;
    assert_eq!(huge.status(), StatusCode::UNAUTHORIZED);

    let body = json!({ "name": "asha", "password": PASSWORD });
    let evil = app
        .post("/sign-in")
        .header("sec-fetch-site", "cross-site")
        .json(&body);
    assert_eq!(evil.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    for bad in [
        json!({ "name": 7, "password": PASSWORD }),
        json!({ "name": "asha" }),
    ] {
        let answer = app.post("/sign-in").json(&bad).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(!answer.text().await.unwrap().contains(PASSWORD));
    }
    app.running.stop().await;
}

async fn a_password_is_chosen_by_who_knows_the_present_one(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (_, cookie) = user(&app, "administrator asha", "ADMIN").await;
    let other = self::cookie(&knock(&app, "administrator asha", PASSWORD).await);
    let new = "another long password";
    for (current, wanted, code, field) in [
        (json!(PASSWORD), "short", "WEAK_PASSWORD", "newPassword"),
        (
            json!(PASSWORD),
            "Administrator Asha",
            "WEAK_PASSWORD",
            "newPassword",
        ),
        (Value::Null, new, "WRONG_PASSWORD", "currentPassword"),
        (json!("wrong"), new, "WRONG_PASSWORD", "currentPassword"),
    ] {
        let set = set_password(&app, &cookie, current, wanted).await;
        assert_eq!(
            set["userErrors"],
            json!([{ "code": code, "field": [field] }]),
            "{set}"
        );
    }
    let set = set_password(&app, &cookie, json!(PASSWORD), new).await;
    assert_eq!(set["userErrors"], json!([]), "{set}");
    let gone = ask(&app, &other, "{ viewer { id } }", json!({})).await;
    assert_eq!(gone["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let still = ask(&app, &cookie, "{ viewer { name } }", json!({})).await;
    assert_eq!(still["data"]["viewer"]["name"], "administrator asha");
    assert_eq!(
        knock(&app, "administrator asha", PASSWORD).await.status(),
        401
    );
    assert_eq!(knock(&app, "administrator asha", new).await.status(), 204);
    for _ in 0..5 {
        set_password(&app, &cookie, json!("wrong"), PASSWORD).await;
    }
    let locked = set_password(&app, &cookie, json!(new), PASSWORD).await;
    assert_eq!(
        locked["userErrors"][0]["code"], "TOO_MANY_TRIES",
        "{locked}"
    );
    let entries = json!(log(&app, json!({ "action": "setPassword" })).await).to_string();
    assert!(
        !entries.contains("argon2") && !entries.contains(new),
        "{entries}"
    );
    app.running.stop().await;
}
