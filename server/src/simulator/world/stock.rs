//! Templates that are there from the start, with ids that stay. `docs/simulator.md` lists them.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::content::{Approval, Template, Templates};

/// Every one.
pub(super) fn templates() -> Templates {
    let mut templates = Templates::default();
    let all = [
        order_update(),
        appointment_reminder(),
        sale(),
        survey(),
        win_back(),
        topics(),
    ];
    for (number, template) in all.into_iter().enumerate() {
        templates.keep(Template {
            sid: format!("HX{:032x}", number + 1),
            ..template
        });
    }
    templates
}

fn order_update() -> Template {
    let body = "Hello {{1}}, your order {{2}} has left our shop and is on its way to you.";
    let types = json!({ "twilio/text": { "body": body } });
    let samples = json!({ "1": "Asha", "2": "1042" });
    let approval = Approval::decided("order_update", "UTILITY", "approved");
    template(samples, types, Some(approval))
}

fn appointment_reminder() -> Template {
    let types = json!({ "twilio/quick-reply": {
        "body": "Hello {{1}}, we expect you on {{2}} at {{3}}. Will you come?",
        "actions": [{ "id": "yes", "title": "Yes" }, { "id": "no", "title": "No" }],
    } });
    let samples = json!({ "1": "Asha", "2": "Sunday", "3": "14:00" });
    let approval = Approval::decided("appointment_reminder", "UTILITY", "approved");
    template(samples, types, Some(approval))
}

fn sale() -> Template {
    let body = "Dear {{1}}, everything is {{2}} % cheaper this week. Come and see!";
    let types = json!({ "twilio/text": { "body": body } });
    let samples = json!({ "1": "Asha", "2": "20" });
    let approval = Approval::decided("sale", "MARKETING", "approved");
    template(samples, types, Some(approval))
}

fn survey() -> Template {
    let types = json!({ "twilio/quick-reply": {
        "body": "Hello {{1}}, did your order arrive well?",
        "actions": [{ "id": "well", "title": "It did" }, { "id": "not_well", "title": "It did not" }],
    } });
    let approval = Approval::decided("delivery_survey", "UTILITY", "pending");
    template(json!({ "1": "Asha" }), types, Some(approval))
}

fn win_back() -> Template {
    let types = json!({ "twilio/text": { "body": "{{1}}!!! Come back, {{2}} off!" } });
    let approval = Approval::decided("win_back", "MARKETING", "rejected")
        .because("Variables can't be at the beginning or end of the template");
    template(json!({ "1": "Asha", "2": "half" }), types, Some(approval))
}

/// A list can't begin a talk, so nobody approves it.
fn topics() -> Template {
    let types = json!({ "twilio/list-picker": {
        "body": "What is it about, {{1}}?",
        "button": "Choose",
        "items": [
            { "id": "order", "item": "My order", "description": "Where it is, when it comes" },
            { "id": "return", "item": "Send something back", "description": "Within 14 days" },
            { "id": "other", "item": "Something else", "description": "" },
        ],
    } });
    let mut template = template(json!({ "1": "Asha" }), types, None);
    "topics".clone_into(&mut template.name);
    template
}

fn template(samples: Value, types: Value, approval: Option<Approval>) -> Template {
    let name = approval.as_ref().map(|it| it.name.clone());
    let made_at = DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
    Template {
        approval,
        ..Template::new(
            &name.unwrap_or_default(),
            "en",
            (map(samples), map(types)),
            made_at,
        )
    }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
