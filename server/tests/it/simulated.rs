//! The simulated world, driven through GraphQL as the dashboard does: faults, phones, the clock.

use serde_json::{Value, json};

use crate::support::{Backend, Socket, Stub, TestApp, on_both};

on_both!(
    a_phones_clock_moves_on_and_closes_the_window_until_its_owner_writes_again,
    the_world_is_told_what_becomes_of_messages_and_a_wrong_change_is_named,
    a_customer_taps_attaches_and_is_somewhere,
    there_is_no_simulated_world_beside_the_real_one,
);

const ASHA: &str = "+9779800000001";

async fn change_phone(app: &TestApp, change: Value) -> Value {
    let query =
        "mutation($input: ChangeSimulatorPhoneInput!) { changeSimulatorPhone(input: $input) {
        phone { isOnline isBlocking sendsReadReceipts } userErrors { code field } } }";
    let variables = json!({ "input": change });
    app.query(query, variables).await["changeSimulatorPhone"].take()
}

async fn change_world(app: &TestApp, change: Value) -> Value {
    let query = "mutation($change: JSON!) { changeSimulatorWorld(change: $change) { world userErrors { code field message } } }";
    let variables = json!({ "change": change });
    app.query(query, variables).await["changeSimulatorWorld"].take()
}

/// Asha writes, and is answered: the answer is the one message that waits for nothing.
async fn writes(app: &TestApp, socket: &mut Socket) {
    app.write_as(ASHA, "hi").await;
    socket.until(|it| it["status"] == "RECEIVED").await;
    socket.until(|it| it["kind"] == "ACCEPTED").await;
}

async fn a_phones_clock_moves_on_and_closes_the_window_until_its_owner_writes_again(
    backend: Backend,
) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    writes(&app, &mut socket).await;
    let input = json!({ "to": ASHA, "body": "Your order is packed." });
    assert_eq!(app.send(input.clone()).await["userErrors"], json!([]));
    let day = json!({ "address": ASHA, "travelSeconds": 86_400 });
    let changed = change_phone(&app, day).await;
    assert_eq!(changed["userErrors"], json!([]), "{changed}");
    let refused = app.send(input.clone()).await;
    assert_eq!(refused["userErrors"][0]["code"], "WINDOW_CLOSED");
    writes(&app, &mut socket).await;
    assert_eq!(app.send(input).await["userErrors"], json!([]));
    let century = json!({ "address": ASHA, "travelSeconds": 2_000_000_000_u32 });
    let refused = change_phone(&app, century).await;
    assert_eq!(
        refused["userErrors"],
        json!([{ "code": "TOO_FAR", "field": ["travelSeconds"] }])
    );
    let refused = change_phone(&app, json!({ "address": "asha", "isOnline": false })).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_NUMBER");
    app.running.stop().await;
}

async fn the_world_is_told_what_becomes_of_messages_and_a_wrong_change_is_named(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut socket = Socket::follow(&app, Some("e0")).await;
    writes(&app, &mut socket).await;
    let outcome = json!({ "outcome": { "status": "undelivered", "errorCode": 63024, "next": 1 } });
    let changed = change_world(&app, outcome).await;
    assert_eq!(changed["world"]["outcome"]["errorCode"], 63024);
    let input = json!({ "to": ASHA, "body": "Are you there?" });
    let id = app.send(input).await["message"]["id"].clone();
    socket
        .until(|it| it["message"]["id"] == id && it["status"] == "UNDELIVERED")
        .await;
    let refused = change_world(&app, json!({ "outcome": { "status": "lost" } })).await;
    assert_eq!(refused["world"], Value::Null);
    let error = &refused["userErrors"][0];
    assert!(
        error["message"].as_str().unwrap().contains("lost"),
        "{error}"
    );
    let told =
        app.query("{ simulator { world } }", json!({})).await["simulator"]["world"]["outcome"]
            .take();
    assert_eq!(told, Value::Null, "the one message is over");
    app.running.stop().await;
}

async fn a_customer_taps_attaches_and_is_somewhere(backend: Backend) {
    let app = TestApp::new(backend).await;
    let phone = async |more: Value| {
        let mut input = json!({ "from": ASHA, "name": "Asha" });
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let query = "mutation($input: SimulatorSendInput!) { simulatorSend(input: $input) {
            message { kind place mediaType } userErrors { code field } } }";
        app.query(query, json!({ "input": input })).await["simulatorSend"].take()
    };
    let sent = phone(json!({ "attach": "IMAGE", "body": "look" })).await;
    assert_eq!(sent["message"]["mediaType"], "image/jpeg", "{sent}");
    let place = json!({ "latitude": 27.7154, "longitude": 85.3123, "label": "Thamel" });
    let sent = phone(json!({ "location": place })).await;
    assert_eq!(sent["message"]["place"], "Thamel", "{sent}");
    let nowhere = json!({ "latitude": 127.0, "longitude": 0.0 });
    let refused = phone(json!({ "location": nowhere })).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_CONTENT");
    let refused = phone(json!({ "button": "Yes" })).await;
    assert_eq!(
        refused["userErrors"][0]["code"], "INVALID_CONTENT",
        "nobody offered it"
    );
    let refused = phone(json!({ "body": "  " })).await;
    assert_eq!(
        refused["userErrors"],
        json!([{ "code": "EMPTY", "field": ["body"] }])
    );
    app.running.stop().await;
}

async fn there_is_no_simulated_world_beside_the_real_one(backend: Backend) {
    let stub = Stub::new(&[]).await;
    let app = TestApp::with_stub(backend, &stub).await;
    for answer in [
        change_world(&app, json!({})).await,
        change_phone(&app, json!({ "address": ASHA, "travelSeconds": 86_400 })).await,
    ] {
        assert_eq!(answer["userErrors"][0]["code"], "SIMULATOR_OFF", "{answer}");
    }
    app.running.stop().await;
}
