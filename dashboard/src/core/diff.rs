//! What of a thing changed, from two copies of it: field by field, in words.

use serde_json::Value;

use super::say::say;

/// One field that differs, or was told of only once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Change {
    /// `role`, or `address.city` for what lies within.
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// Lists what differs between two copies. A field that stayed is left out, and so is one that the later copy does not
/// tell of: it may be as it was.
pub(crate) fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let mut found = Vec::new();
    let null = Value::Null;
    walk(
        "",
        before.unwrap_or(&null),
        after.unwrap_or(&null),
        &mut found,
    );
    found
}

fn walk(path: &str, before: &Value, after: &Value, found: &mut Vec<Change>) {
    let fields = |it: &Value| {
        it.as_object()
            .map(|it| it.keys().cloned().collect::<Vec<_>>())
    };
    let (old, new) = (fields(before), fields(after));
    let is_object = (old.is_some() || before.is_null()) && (new.is_some() || after.is_null());
    if is_object && (old.is_some() || new.is_some()) {
        let mut keys = old.unwrap_or_default();
        keys.extend(new.unwrap_or_default());
        keys.sort_unstable();
        keys.dedup();
        let is_told = |key: &str| after.get(key).is_some() || after.is_null();
        for key in keys.into_iter().filter(|it| is_told(it)) {
            let name = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            walk(&name, &before[&key], &after[&key], found);
        }
    } else if before != after {
        found.push(Change {
            field: if path.is_empty() { say!("value") } else { path }.to_owned(),
            before: words(before),
            after: words(after),
        });
    }
}

/// A value as one reads it: texts without quotes, nothing for null.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Some(value.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(before: Option<Value>, after: Option<Value>) -> Vec<String> {
        changes(before.as_ref(), after.as_ref())
            .into_iter()
            .map(|it| {
                let side = |it: Option<String>| it.unwrap_or_else(|| "—".to_owned());
                format!("{}: {} → {}", it.field, side(it.before), side(it.after))
            })
            .collect()
    }

    #[test]
    fn only_what_differs_is_told() {
        assert_eq!(
            shown(
                Some(json!({ "role": "VIEWER", "name": "Mina" })),
                Some(json!({ "role": "ADMIN", "name": "Mina" })),
            ),
            ["role: VIEWER → ADMIN"]
        );
    }

    #[test]
    fn what_the_later_copy_does_not_tell_is_not_gone() {
        assert_eq!(
            shown(
                Some(json!({ "name": "Mina", "hasPassword": false, "note": "a" })),
                Some(json!({ "hasPassword": true, "note": null })),
            ),
            ["hasPassword: false → true", "note: a → —"]
        );
    }

    #[test]
    fn a_new_thing_and_a_gone_one_are_told_whole() {
        assert_eq!(
            shown(
                None,
                Some(json!({ "scope": "READ", "limits": { "rate": 9 } }))
            ),
            ["limits.rate: — → 9", "scope: — → READ"]
        );
        assert_eq!(
            shown(Some(json!({ "tags": ["a"] })), None),
            [r#"tags: ["a"] → —"#]
        );
        assert_eq!(shown(None, None), Vec::<String>::new());
        assert_eq!(shown(Some(json!(1)), Some(json!(2))), ["value: 1 → 2"]);
    }
}
