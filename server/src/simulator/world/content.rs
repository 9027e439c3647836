//! Stored templates: what they show, and whether they are approved.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::new_sid;
use crate::gateway::simulator::{Choice, Place};

/// A template that was handed in is approved after so long.
const REVIEW: TimeDelta = TimeDelta::seconds(1);
/// The richest first: the channel shows the first one that a template has.
const TYPES: [&str; 8] = [
    "twilio/list-picker",
    "twilio/quick-reply",
    "whatsapp/card",
    "twilio/card",
    "twilio/call-to-action",
    "twilio/location",
    "twilio/media",
    "twilio/text",
];
/// So many are kept.
const LIMIT: usize = 1_000;

/// Templates by `HX…`.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Templates(BTreeMap<String, Template>);

/// A stored template.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Template {
    pub(in crate::simulator) sid: String,
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) language: String,
    /// A sample for each variable.
    pub(in crate::simulator) variables: Map<String, Value>,
    /// What it shows, by type.
    pub(in crate::simulator) types: Map<String, Value>,
    pub(in crate::simulator) made_at: DateTime<Utc>,
    pub(in crate::simulator) approval: Option<Approval>,
}

/// What became of the request to approve it.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Approval {
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) category: String,
    status: &'static str,
    pub(in crate::simulator) rejection_reason: &'static str,
    /// When it was handed in, where that was not before the world began.
    handed_in_at: Option<DateTime<Utc>>,
}

/// What a phone shows of a template.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct Rendered {
    pub(in crate::simulator) body: String,
    /// `text` or `interactive`.
    pub(in crate::simulator) kind: &'static str,
    pub(in crate::simulator) media_url: Option<String>,
    pub(in crate::simulator) buttons: Vec<Choice>,
    pub(in crate::simulator) items: Vec<Choice>,
    pub(in crate::simulator) location: Option<Place>,
    /// Why the channel will not take it.
    pub(in crate::simulator) fault: Option<i32>,
}

impl Approval {
    /// Decided long ago.
    pub(super) fn decided(name: &str, category: &str, status: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            category: category.to_owned(),
            status,
            rejection_reason: "",
            handed_in_at: None,
        }
    }

    /// Handed in now.
    pub(in crate::simulator) fn handed_in(name: &str, category: &str, now: DateTime<Utc>) -> Self {
        Self {
            handed_in_at: Some(now),
            ..Self::decided(name, category, "received")
        }
    }

    pub(super) fn because(self, rejection_reason: &'static str) -> Self {
        Self {
            rejection_reason,
            ..self
        }
    }

    /// `received`, `pending`, `approved` …
    pub(in crate::simulator) fn status(&self, now: DateTime<Utc>) -> &'static str {
        match self.handed_in_at {
            Some(at) if now - at >= REVIEW => "approved",
            Some(_) | None => self.status,
        }
    }
}

impl Templates {
    pub(in crate::simulator) fn keep(&mut self, template: Template) {
        self.0.insert(template.sid.clone(), template);
    }

    pub(in crate::simulator) fn is_full(&self) -> bool {
        self.0.len() >= LIMIT
    }

    pub(in crate::simulator) fn find(&self, sid: &str) -> Option<&Template> {
        self.0.get(sid)
    }

    pub(in crate::simulator) fn find_mut(&mut self, sid: &str) -> Option<&mut Template> {
        self.0.get_mut(sid)
    }

    pub(in crate::simulator) fn remove(&mut self, sid: &str) -> bool {
        self.0.remove(sid).is_some()
    }

    pub(in crate::simulator) fn iter(&self) -> impl Iterator<Item = &Template> {
        self.0.values()
    }
}

impl Template {
    /// With an id of its own.
    pub(in crate::simulator) fn new(
        name: &str,
        language: &str,
        (variables, types): (Map<String, Value>, Map<String, Value>),
        made_at: DateTime<Utc>,
    ) -> Self {
        Self {
            sid: new_sid("HX"),
            name: name.to_owned(),
            language: language.to_owned(),
            variables,
            types,
            made_at,
            approval: None,
        }
    }

    /// The type that is shown.
    pub(in crate::simulator) fn shown_type(&self) -> &str {
        let known = TYPES.iter().find(|it| self.types.contains_key(**it));
        let other = || {
            self.types
                .keys()
                .next()
                .map_or("twilio/text", String::as_str)
        };
        known.copied().unwrap_or_else(other)
    }

    /// Why it can't begin a talk; `None`: it can.
    pub(in crate::simulator) fn fault_outside_window(&self, now: DateTime<Utc>) -> Option<i32> {
        if matches!(self.shown_type(), "twilio/list-picker" | "twilio/location") {
            return Some(63016);
        }
        match self.approval.as_ref().map(|it| it.status(now)) {
            Some("approved") => None,
            Some("rejected") => Some(63040),
            Some("paused") => Some(63041),
            Some("disabled") => Some(63042),
            Some(_) | None => Some(63016),
        }
    }

    /// What the phone shows, with `given` in the places of the variables, samples where one is missing.
    pub(in crate::simulator) fn render(&self, given: &Map<String, Value>) -> Rendered {
        let content = self.types.get(self.shown_type()).unwrap_or(&Value::Null);
        let fill = |text: &Value| self.fill(text.as_str().unwrap_or_default(), given);
        let choices = |list: &str, title: &str| {
            let all = content[list].as_array().cloned().unwrap_or_default();
            let choice = |it: &Value| Choice {
                id: fill(&it["id"]),
                title: fill(&it[title]),
                description: fill(&it["description"]),
            };
            all.iter().map(choice).collect::<Vec<_>>()
        };
        let body = match &content["body"] {
            Value::String(_) => fill(&content["body"]),
            _ => fill(&content["title"]),
        };
        let media = content["media"].as_array().and_then(|it| it.first());
        let (buttons, items) = (choices("actions", "title"), choices("items", "item"));
        let is_plain = buttons.is_empty() && items.is_empty();
        Rendered {
            fault: fault_of(&body, given),
            body,
            kind: if is_plain { "text" } else { "interactive" },
            media_url: media.map(fill),
            buttons,
            items,
            location: self.place(content),
        }
    }

    fn place(&self, content: &Value) -> Option<Place> {
        let degrees = |it: &Value| match it {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        let is_place = self.shown_type() == "twilio/location";
        is_place.then(|| Place {
            latitude: degrees(&content["latitude"]).unwrap_or_default(),
            longitude: degrees(&content["longitude"]).unwrap_or_default(),
            label: content["label"].as_str().map(str::to_owned),
            address: content["address"].as_str().map(str::to_owned),
        })
    }

    fn fill(&self, text: &str, given: &Map<String, Value>) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, tail)) = after.split_once("}}") else {
                break;
            };
            filled.push_str(before);
            let value = given.get(name.trim()).or(self.variables.get(name.trim()));
            match value.and_then(Value::as_str) {
                Some(value) => filled.push_str(value),
                None => filled.extend(["{{", name, "}}"]),
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }
}

/// Source: the error pages of 63013 and 63021.
fn fault_of(body: &str, given: &Map<String, Value>) -> Option<i32> {
    let is_spaced = |it: &Value| {
        let text = it.as_str().unwrap_or_default();
        text.contains("     ") || text.contains(['\n', '\t'])
    };
    if given.values().any(is_spaced) {
        Some(63013)
    } else if body.encode_utf16().count() > 1_024 {
        Some(63021)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn variables_are_filled_in_once_and_samples_stand_in() {
        let types = json!({ "twilio/text": { "body": "Hi {{1}}, {{ 2 }} and {{3}} {{" } });
        let variables = json!({ "2": "sample" });
        let template = Template::new("x", "en", (map(variables), map(types)), DateTime::default());
        let shown = template.render(&map(json!({ "1": "{{2}} Zoë" })));
        assert_eq!(shown.body, "Hi {{2}} Zoë, sample and {{3}} {{");
        assert_eq!(shown.fault, None);
        let spaced = template.render(&map(json!({ "1": "a     b" })));
        assert_eq!(spaced.fault, Some(63013));
    }
}
