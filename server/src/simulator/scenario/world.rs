//! Steps that change the world, as changes of its controls.

use serde_json::{Value, json};

use super::pattern::Values;
use super::steps::Act;

/// Everything as usual. The clock too.
pub(super) fn well(_: &Values) -> Act {
    Act::World(json!({
        "outcome": null, "answer": null, "createDelayMs": null, "callbacks": null, "webhooks": null,
        "clockOffsetSeconds": null, "rules": null,
    }))
}

/// `twilio answers 503 for 3s`
pub(super) fn answers(values: &Values) -> Result<Act, String> {
    let status = values.number("CODE");
    if !(400..=599).contains(&status) {
        return Err(
            "answers: an HTTP status from 400 to 599; others are answered as usual".to_owned(),
        );
    }
    let kind = match status {
        429 => "busy",
        400..=499 => "refuse",
        _ => "error",
    };
    let mut answer = json!({ "kind": kind, "status": status });
    if status == 401 {
        answer["code"] = 20003.into();
    }
    Ok(answering(values, answer))
}

/// `twilio refuses next 1 with 21211`
pub(super) fn refuses(values: &Values) -> Act {
    answering(
        values,
        json!({ "kind": "refuse", "code": values.number("CODE") }),
    )
}

/// `twilio is busy for next 5`
pub(super) fn busy(values: &Values) -> Act {
    answering(values, json!({ "kind": "busy", "retryAfterSeconds": 1 }))
}

/// `twilio drops next 2`, `twilio hangs for 3s`
pub(super) fn breaks(values: &Values) -> Act {
    let takes = values.said("takes");
    let kind = match values.which(&["drops", "breaks", "hangs"]) {
        "drops" if takes => "takeThenDrop",
        "drops" => "drop",
        "breaks" => "takeThenError",
        _ => "timeout",
    };
    answering(values, json!({ "kind": kind }))
}

/// For the next ones, or for a time.
fn answering(values: &Values, mut answer: Value) -> Act {
    if let Some(next) = values.number_if("N") {
        answer["next"] = next.into();
    }
    if let Some(time) = values.time_if("TIME") {
        answer["forSeconds"] = time.as_secs_f64().into();
    }
    Act::World(json!({ "answer": answer }))
}

/// `next 10 messages fail with 63018`
pub(super) fn outcome(values: &Values) -> Act {
    let status = match values.which(&["fail", "fails", "undelivered", "sent", "delivered", "read"])
    {
        "fail" | "fails" => "failed",
        other => other,
    };
    let mut outcome = json!({ "status": status, "next": values.number_if("N").unwrap_or(1) });
    if let Some(code) = values.number_if("CODE") {
        outcome["errorCode"] = code.into();
    }
    Act::World(json!({ "outcome": outcome }))
}

/// `callbacks come reversed`
pub(super) fn callbacks(values: &Values) -> Act {
    let change = match values.which(&["usual", "reversed", "shuffled", "once", "twice", "forged"]) {
        "once" => json!({ "copies": 1 }),
        "twice" => json!({ "copies": 2 }),
        "forged" => json!({ "badSignature": true }),
        order => json!({ "order": order }),
    };
    Act::World(json!({ "callbacks": change }))
}

/// `callbacks skip delivered`
pub(super) fn skip(values: &Values) -> Act {
    let status = values.which(&["sent", "delivered", "read", "failed"]);
    Act::World(json!({ "callbacks": { "skip": [status] } }))
}

/// `webhooks come twice`
pub(super) fn webhooks(values: &Values) -> Act {
    let change = match values.which(&["once", "twice", "forged"]) {
        "once" => json!({ "copies": 1 }),
        "twice" => json!({ "copies": 2 }),
        "forged" => json!({ "badSignature": true }),
        _ => json!({ "method": values.which(&["get", "post"]).to_uppercase() }),
    };
    Act::World(json!({ "webhooks": change }))
}

/// `twilio's window rule is off`
pub(super) fn rule(values: &Values) -> Act {
    let rule = values.which(&["window", "join", "rate", "concurrency", "optOut"]);
    Act::World(json!({ "rules": { rule: values.said("on") } }))
}

/// `twilio's clock is off by 2h`
pub(super) fn clock(values: &Values) -> Act {
    let seconds = values.time("TIME").as_secs();
    Act::World(json!({ "clockOffsetSeconds": seconds }))
}
