//! A template's text with its variables in it, and the rules that WhatsApp has for both.

use serde_json::Value;

use crate::error::{Refusal, RefusalCode as Code};

/// Longest text after substitution, in UTF-16 code units. Source: Twilio's error 63021.
pub const LIMIT: usize = 1_024;
const VARIABLES: &str = "contentVariables";

/// A template as the provider has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// `HX` and 32 hex digits.
    pub sid: String,
    /// Its name at the provider.
    pub name: String,
    /// BCP 47 language.
    pub language: String,
    /// The provider's words for its kinds, e.g. `twilio/text`.
    pub types: Vec<String>,
    /// Its text, with `{{1}}` where variables go; `None` for kinds without text.
    pub body: Option<String>,
    /// Sample values by variable: what is shown where a value is missing.
    pub samples: Vec<(String, String)>,
    /// WhatsApp's approval: `approved`, `pending`, `rejected`, `unsubmitted` …
    pub approval: String,
    /// `UTILITY`, `MARKETING`, `AUTHENTICATION`; `None` before it was submitted.
    pub category: Option<String>,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
}

impl Template {
    /// Whether it may be sent outside of the reply window.
    pub fn is_approved(&self) -> bool {
        self.approval == "approved"
    }

    /// Its text with the variables in it; the samples where values are missing, as the provider does it.
    pub fn render(&self, variables: Option<&Value>) -> Option<String> {
        let value = |name: &str| {
            let given = variables
                .and_then(|it| it.get(name))
                .and_then(Value::as_str);
            given.or_else(|| {
                let sample = self.samples.iter().find(|(key, _)| key == name);
                sample.map(|(_, value)| value.as_str())
            })
        };
        let mut text = String::new();
        let mut rest = self.body.as_deref()?;
        while let Some((before, name, after)) = next_variable(rest) {
            text.push_str(before);
            match value(name) {
                Some(value) => text.push_str(value),
                None => text.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }

    /// Names of its variables, in the order of their appearance, each once.
    pub fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut rest = self.body.as_deref().unwrap_or_default();
        while let Some((_, name, after)) = next_variable(rest) {
            if !names.contains(&name) {
                names.push(name);
            }
            rest = after;
        }
        names
    }

    /// Variables without a value: the provider sends their samples.
    pub fn missing(&self, variables: Option<&Value>) -> Vec<&str> {
        let is_given = |name: &&str| variables.and_then(|it| it.get(name)).is_some();
        let mut names = self.variables();
        names.retain(|it| !is_given(it));
        names
    }

    /// Every rule that a send with these variables breaks.
    pub fn refusals(&self, variables: Option<&Value>) -> Vec<Refusal> {
        let mut broken = Vec::new();
        let given = variables.and_then(Value::as_object);
        for (name, value) in given.into_iter().flatten() {
            if self.body.is_some() && !self.variables().contains(&name.as_str()) {
                let message = format!("the template has no {{{{{name}}}}}");
                broken.push(Refusal::field(Code::InvalidContent, VARIABLES, message));
            }
            if value.as_str().is_some_and(breaks_a_line) {
                let message = format!(
                    "{{{{{name}}}}} holds a line break, a tab or more than 4 spaces in a row, which WhatsApp refuses"
                );
                broken.push(Refusal::field(Code::InvalidContent, VARIABLES, message));
            }
        }
        let length = self
            .render(variables)
            .map_or(0, |it| it.encode_utf16().count());
        if length > LIMIT {
            let message = format!("{length} characters with its variables: WhatsApp takes {LIMIT}");
            broken.push(Refusal::field(Code::TooLong, VARIABLES, message));
        }
        broken
    }
}

fn breaks_a_line(value: &str) -> bool {
    value.contains(['\n', '\r', '\t']) || value.contains("     ")
}

/// What is before the next variable, its name, what is after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|it| it + from) {
        let inner = &text[open + 2..];
        let close = inner.find("}}")?;
        let name = inner[..close].trim();
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if is_name {
            return Some((&text[..open], name, &inner[close + 2..]));
        }
        from = open + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(body: &str) -> Template {
        Template {
            body: Some(body.into()),
            samples: vec![("2".into(), "tomorrow".into())],
            ..Template::default()
        }
    }

    #[test]
    fn variables_are_filled_in_once_and_samples_stand_in() {
        let hi = template("Hi {{1}}, see you {{ 2 }}. {{x y}} {{");
        assert_eq!(hi.variables(), ["1", "2"]);
        let render = |variables| hi.render(Some(&variables)).unwrap();
        assert_eq!(
            render(json!({"1": "आशा"})),
            "Hi आशा, see you tomorrow. {{x y}} {{"
        );
        assert_eq!(
            render(json!({"1": "{{2}}", "2": "now"})),
            "Hi {{2}}, see you now. {{x y}} {{"
        );
        assert_eq!(
            hi.render(None).unwrap(),
            "Hi {{1}}, see you tomorrow. {{x y}} {{"
        );
        assert_eq!(Template::default().render(None), None);
    }

    #[test]
    fn what_whatsapp_would_refuse_is_told_before() {
        let hi = template("Hi {{1}}, your order {{2}} left.");
        let codes = |variables| {
            let broken = hi.refusals(Some(&variables));
            broken.iter().map(|it| it.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(json!({"1": "A", "2": "B"})), []);
        assert_eq!(codes(json!({"1": "A"})), []);
        assert_eq!(hi.missing(Some(&json!({"1": "A"}))), ["2"]);
        assert_eq!(
            codes(json!({"1": "A", "2": "B", "3": "C"})),
            [Code::InvalidContent]
        );
        assert_eq!(
            codes(json!({"1": "A\nB", "2": "a     b"})),
            [Code::InvalidContent; 2]
        );
        assert_eq!(
            codes(json!({"1": "A", "2": "x".repeat(1_024)})),
            [Code::TooLong]
        );
    }
}
