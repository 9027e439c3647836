//! How a customer can be told of a step of their order: free text, a template, or not at all.

use chrono::{DateTime, Utc};
use entity::order::OrderStatus;
use entity::order_template::Model as Chosen;
use serde_json::{Value, json};

use super::reach::{self, Kind, Standing};
use super::template::Template;
use super::texts::Language;
use crate::error::{Refusal, RefusalCode as Code};

/// What a template of an order is filled with.
pub const VARIABLES: [&str; 3] = ["1", "2", "3"];
/// Longest name in a template, in characters.
const NAME_LIMIT: usize = 40;

/// How a customer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// In words of our own.
    FreeText,
    /// By this template, `HX…`.
    Template(String),
    /// Not, because of this.
    Silence(Refusal),
}

/// How a customer is told of a step now. `chosen`: the templates for this step.
pub fn way(
    standing: Standing,
    chosen: &[Chosen],
    (status, language): (OrderStatus, &str),
    now: DateTime<Utc>,
) -> Way {
    let kind = |is_template| Kind {
        is_template,
        send_at: None,
    };
    let mut broken = reach::refusals(kind(false), standing, now).into_iter();
    let Some(first) = broken.next() else {
        return Way::FreeText;
    };
    if let Some(barred) = reach::refusals(kind(true), standing, now).pop() {
        return Way::Silence(barred);
    }
    match template_for(chosen, language) {
        Some(sid) => Way::Template(sid.to_owned()),
        None => Way::Silence(Refusal {
            message: format!(
                "{}; the customer was not told of {}, because no template is chosen for it in {language}: setOrderTemplate does that",
                closed(&first),
                status.as_str()
            ),
            ..first
        }),
    }
}

/// What a closed window says, without its ways out: they are others here.
fn closed(refusal: &Refusal) -> &str {
    let end = refusal.message.find(", so ");
    &refusal.message[..end.unwrap_or(refusal.message.len())]
}

/// The template in a language, else in its main one (`ne` for `ne-NP`), else in English.
fn template_for<'a>(chosen: &'a [Chosen], language: &str) -> Option<&'a str> {
    let main = language.split('-').next().unwrap_or_default();
    let in_language = |tag: &str| chosen.iter().find(|it| it.language == tag);
    let found = [language, main, "en"].into_iter().find_map(in_language);
    found.map(|it| it.content_sid.as_str())
}

/// Fills a template: 1 is the order's number, 2 its total, 3 the customer's name. None may be empty, or have more than one line.
/// Source: Meta's "Message templates".
pub fn variables(number: i64, total: &str, name: Option<&str>, language: Language) -> Value {
    let words = name.unwrap_or_default().split_whitespace();
    let name: String = words.collect::<Vec<_>>().join(" ");
    let name: String = name
        .chars()
        .filter(|it| !it.is_control())
        .take(NAME_LIMIT)
        .collect();
    let nobody = match language {
        Language::English => "customer",
        Language::Nepali => "ग्राहक",
    };
    let name = if name.is_empty() { nobody } else { &name };
    json!({ "1": number.to_string(), "2": total, "3": name })
}

/// Why a template can't tell of a step, as far as is known of it.
pub fn refusal_of(template: &Template) -> Option<Refusal> {
    let names = template.variables();
    let other = names.into_iter().find(|it| !VARIABLES.contains(it))?;
    let words = format!(
        "the template has {{{{{other}}}}}: an order fills {{{{1}}}} with its number, {{{{2}}}} with its total, {{{{3}}}} with the customer's name"
    );
    Some(Refusal::field(Code::InvalidContent, "contentSid", words))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn the_way_is_free_text_then_a_template_then_silence_with_a_reason() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |hours| Some(now - TimeDelta::hours(hours));
        let chosen = |language: &str| Chosen {
            status: OrderStatus::Shipped,
            language: language.into(),
            content_sid: format!("HX-{language}"),
            updated_at: now,
        };
        let both = [chosen("en"), chosen("ne")];
        let open = Standing {
            last_inbound_at: ago(1),
            ..Standing::default()
        };
        let closed = Standing {
            last_inbound_at: ago(25),
            ..Standing::default()
        };
        let gone = Standing {
            opted_out_at: ago(1),
            ..open
        };
        let blocked = Standing {
            blocked_at: ago(1),
            ..closed
        };
        let step = |language| (OrderStatus::Shipped, language);
        assert_eq!(way(open, &both, step("ne"), now), Way::FreeText);
        for (language, sid) in [("ne", "HX-ne"), ("ne-NP", "HX-ne"), ("hi", "HX-en")] {
            assert_eq!(
                way(closed, &both, step(language), now),
                Way::Template(sid.into())
            );
        }
        for (standing, chosen, code) in [
            (closed, &both[1..], Code::WindowClosed),
            (closed, &[], Code::WindowClosed),
            (Standing::default(), &[], Code::WindowClosed),
            (gone, &both, Code::OptedOut),
            (blocked, &both, Code::ContactBlocked),
        ] {
            let Way::Silence(refusal) = way(standing, chosen, step("hi"), now) else {
                panic!("{standing:?}")
            };
            assert_eq!(refusal.code, code);
            assert_eq!(
                refusal.message.contains("setOrderTemplate"),
                code == Code::WindowClosed
            );
        }
    }

    #[test]
    fn a_template_is_filled_with_one_line_each_and_nothing_empty() {
        let of = |name| variables(1042, "NPR 10.00", name, Language::English)["3"].clone();
        assert_eq!(of(Some("Asha\n\t  Devi     K")), "Asha Devi K");
        assert_eq!(
            (of(None), of(Some(" \n"))),
            (json!("customer"), json!("customer"))
        );
        let body = |body: &str| Template {
            body: Some(body.into()),
            ..Template::default()
        };
        assert_eq!(refusal_of(&body("{{1}} {{3}}")), None);
        assert_eq!(
            refusal_of(&body("{{1}} {{4}}")).unwrap().code,
            Code::InvalidContent
        );
    }
}
