//! The forms of steps: one table that is the parser, the help, and the source of the nearest right form.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::examples::EXAMPLES;
use super::pattern::{self, Miss, Values};
use super::shop;
use super::steps::{Act, Content, LogSide, State};
use super::words::Token;
use super::world;
use crate::gateway::simulator::{Choice, Place, Referral, Sample, Writing};
use Make::{Checked, Sure};

/// A step that expects something waits so long for it.
const WITHIN: Duration = Duration::from_secs(10);
/// A step that expects a standstill watches for so long.
const DURING: Duration = Duration::from_secs(2);
/// More of the same would be a benchmark.
const MOST_TIMES: u64 = 1_000;

/// A form: its pattern, and what it makes of the values.
type Form = (&'static str, Make);

/// What a form makes of its values.
pub(super) enum Make {
    /// Whatever they are.
    Sure(fn(&Values) -> Act),
    /// If they make sense.
    Checked(fn(&Values) -> Result<Act, String>),
}

/// Every form.
#[rustfmt::skip]
pub(super) const FORMS: &[Form] = &[
    ("waybill runs with SETTINGS", Sure(|it| Act::Settings(it.pairs("SETTINGS")))),
    ("phone NAME NUMBER \"name\"", Checked(phone)),
    ("NAME writes \"text\"", Sure(|it| write(it, Writing::default()))),
    ("NAME sends image|audio|video|document|sticker|contact [ \"text\" ]", Sure(media)),
    ("NAME sends location PLACE [ \"label\" ]", Checked(location)),
    ("NAME sends kind \"type\" [ \"text\" ]", Sure(|it| write(it, Writing { kind: it.text_if("type"), ..Writing::default() }))),
    ("NAME taps \"button\"", Sure(|it| write(it, Writing { button: Some(choice(it, "button")), ..Writing::default() }))),
    ("NAME chooses \"item\"", Sure(|it| write(it, Writing { item: Some(choice(it, "item")), ..Writing::default() }))),
    ("NAME replies to last \"text\"", Sure(|it| write(it, Writing { reply_to: Some("last".to_owned()), ..Writing::default() }))),
    ("NAME comes from ad \"headline\" and writes \"text\"", Sure(referral)),
    ("NAME gets \"text\" [ within TIME ]", Sure(|it| Act::Gets { phone: it.text("NAME"), text: it.text("text"), within: within(it) })),
    ("NAME gets nothing [ for TIME ]", Sure(|it| Act::GetsNothing { phone: it.text("NAME"), during: during(it) })),
    ("NAME has N message|messages [ within TIME ]", Sure(|it| Act::Has { phone: it.text("NAME"), count: it.number("N"), within: within(it) })),
    ("NAME goes offline", Sure(|it| change(it, json!({ "online": false })))),
    ("NAME comes online", Sure(|it| change(it, json!({ "online": true })))),
    ("NAME blocks|unblocks us", Sure(|it| change(it, json!({ "blocked": it.said("blocks") })))),
    ("NAME hides|shows read receipts", Sure(|it| change(it, json!({ "readReceipts": it.said("shows") })))),
    ("NAME's clock moves TIME", Checked(travel)),
    ("operator sends NAME [ N times ] \"text\" [ as MESSAGE ]", Checked(send)),
    ("operator sends NAME template TEMPLATE [ VARIABLES ] [ as MESSAGE ]", Checked(send)),
    ("operator cannot send NAME \"text\" REASON", Sure(|it| Act::CannotSend { phone: it.text("NAME"), content: content(it), code: it.text("REASON") })),
    ("operator retries MESSAGE", Sure(|it| Act::Retry { message: it.text("MESSAGE") })),
    ("MESSAGE becomes STATUS [ CODE ] [ within TIME ]", Sure(becomes)),
    ("N of MESSAGE become STATUS [ CODE ] [ within TIME ]", Sure(becomes)),
    ("MESSAGE stays STATUS [ CODE ] [ for TIME ]", Sure(|it| Act::Stays { message: it.text("MESSAGE"), state: state(it), during: during(it) })),
    ("MESSAGE has N attempt|attempts", Sure(|it| Act::Attempts { message: it.text("MESSAGE"), count: it.number("N") })),
    ("timeline of MESSAGE holds STATUS before OTHER", Sure(|it| Act::Timeline { message: it.text("MESSAGE"), first: it.text("STATUS"), then: it.text("OTHER") })),
    ("the log holds N message|messages [ from|to NAME ]", Sure(log)),
    ("twilio answers CODE for next N", Checked(world::answers)),
    ("twilio answers CODE for TIME", Checked(world::answers)),
    ("twilio is busy for next N", Sure(world::busy)),
    ("twilio is busy for TIME", Sure(world::busy)),
    ("twilio refuses next N with CODE", Sure(world::refuses)),
    ("twilio drops next N", Sure(world::breaks)),
    ("twilio drops for TIME", Sure(world::breaks)),
    ("twilio takes and drops|breaks next N", Sure(world::breaks)),
    ("twilio hangs for next N", Sure(world::breaks)),
    ("twilio is well again", Sure(world::well)),
    ("next [ N ] message|messages fail|fails with CODE", Sure(world::outcome)),
    ("next [ N ] message|messages end|ends as undelivered with CODE", Sure(world::outcome)),
    ("next [ N ] message|messages end|ends as sent|delivered|read", Sure(world::outcome)),
    ("callbacks come usual|reversed|shuffled|once|twice|forged", Sure(world::callbacks)),
    ("callbacks skip sent|delivered|read|failed", Sure(world::skip)),
    ("webhooks come once|twice|forged", Sure(world::webhooks)),
    ("webhooks come by get|post", Sure(world::webhooks)),
    ("twilio's window|join|rate|concurrency|optOut rule is on|off", Sure(world::rule)),
    ("twilio's clock is ahead by TIME", Sure(world::clock)),
    ("shop has N of SKU", Sure(shop::stock)),
    ("N of SKU is|are left", Sure(shop::left)),
    ("shop holds N order|orders [ of NAME ]", Sure(shop::orders)),
    ("order of NAME is STEP", Sure(shop::is_at)),
    ("operator advances order of NAME", Sure(shop::advance)),
    ("operator cancels order of NAME [ \"reason\" ]", Sure(shop::cancel)),
    ("operator hands NAME back", Sure(shop::hand_back)),
    ("wait TIME", Sure(|it| Act::Wait(it.time("TIME")))),
];

/// Reads a line.
pub(super) fn read(tokens: &[Token]) -> Result<Act, String> {
    let mut misses: Vec<(&'static str, Miss)> = Vec::new();
    for (pattern, make) in FORMS {
        match pattern::read(pattern, tokens) {
            Ok(values) => {
                return match make {
                    Sure(make) => Ok(make(&values)),
                    Checked(make) => make(&values),
                };
            }
            Err(miss) => misses.push((pattern, miss)),
        }
    }
    let nearest = misses.into_iter().min_by_key(|(_, miss)| {
        let written = tokens.get(miss.at).map(Token::shown).unwrap_or_default();
        let likeness = miss.expected.iter().map(|it| distance(it, &written)).min();
        // As far as possible; among equals what differs least, a fixed word before a name.
        (usize::MAX - miss.at, likeness.unwrap_or(3))
    });
    let (pattern, miss) = nearest.expect("there are forms");
    Err(format!(
        "{}; the nearest form: {}",
        miss.words,
        shown(pattern)
    ))
}

/// The place in the table of the form that a line has.
#[cfg(test)]
pub(super) fn form_of(tokens: &[Token]) -> Option<usize> {
    FORMS
        .iter()
        .position(|it| pattern::read(it.0, tokens).is_ok())
}

/// The forms and examples, for people.
pub(super) fn help() -> String {
    let mut help = String::from(
        "A scenario is a text file, one step a line; # begins a comment.\n\
         NAME is a phone's, MESSAGE a message's name; N a number; TIME e.g. 500ms, 3s, 25h;\n\
         STATUS and REASON are GraphQL's words; CODE is Twilio's, or an HTTP status.\n\
         What stands in brackets may be absent. Expectations wait up to 10 s.\n\nForms:\n",
    );
    for (pattern, _) in FORMS {
        let _ = writeln!(help, "  {}", shown(pattern));
    }
    help.push_str("\nExamples:\n");
    for example in EXAMPLES.lines() {
        let _ = writeln!(help, "  {example}");
    }
    help
}

/// A pattern as people write it.
fn shown(pattern: &str) -> String {
    let pattern = pattern.replace("[ ", "[").replace(" ]", "]");
    pattern
        .replace("[VARIABLES]", "[1=\"value\" …]")
        .replace("SETTINGS", "SETTING=value …")
}

/// How many letters differ.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, wanted) in other.iter().enumerate() {
            let above = row[column + 1];
            let change = diagonal + usize::from(letter != *wanted);
            row[column + 1] = change.min(above + 1).min(row[column] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}

fn phone(values: &Values) -> Result<Act, String> {
    let number = values.text("NUMBER");
    let is_scoped = number
        .strip_prefix("whatsapp:")
        .is_some_and(|it| it.get(2..3) == Some("."));
    let address = if is_scoped {
        number
    } else {
        let parsed = entity::types::Address::parse(&number);
        parsed
            .map_err(|error| format!("{number:?} is {error}"))?
            .as_str()
            .to_owned()
    };
    Ok(Act::Phone {
        name: values.text("NAME"),
        address,
        owner: values.text("name"),
    })
}

fn write(values: &Values, writing: Writing) -> Act {
    let writing = Writing {
        body: values.text("text"),
        ..writing
    };
    Act::Write {
        phone: values.text("NAME"),
        writing: Box::new(writing),
    }
}

fn media(values: &Values) -> Act {
    let kinds = ["image", "audio", "video", "document", "sticker", "contact"];
    let kind = values.which(&kinds);
    let sample = Sample {
        filename: values.text_if("text").filter(|_| kind == "document"),
        ..Sample::default()
    };
    let writing = Writing {
        kind: Some(kind.to_owned()),
        media: Some(sample),
        ..Writing::default()
    };
    write(values, writing)
}

fn location(values: &Values) -> Result<Act, String> {
    let text = values.text("PLACE");
    let pair = text.split_once(',');
    let pair = pair.and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)));
    let (latitude, longitude) =
        pair.ok_or_else(|| format!("{text:?} is not a place, e.g. 27.7172,85.3240"))?;
    let place = Place {
        latitude,
        longitude,
        label: values.text_if("label"),
        address: None,
    };
    let writing = Writing {
        location: Some(place),
        ..Writing::default()
    };
    Ok(write(values, writing))
}

fn referral(values: &Values) -> Act {
    let referral = Referral {
        headline: values.text_if("headline"),
        source_type: Some("ad".to_owned()),
        source_id: Some("120000000000000".to_owned()),
        source_url: Some("https://fb.example.test/ad".to_owned()),
        ..Referral::default()
    };
    write(
        values,
        Writing {
            referral: Some(referral),
            ..Writing::default()
        },
    )
}

fn choice(values: &Values, name: &str) -> Choice {
    Choice {
        title: values.text(name),
        ..Choice::default()
    }
}

fn change(values: &Values, change: serde_json::Value) -> Act {
    Act::ChangePhone {
        phone: values.text("NAME"),
        change,
    }
}

fn travel(values: &Values) -> Result<Act, String> {
    let seconds = values.time("TIME").as_secs();
    if seconds > 366 * 86_400 {
        return Err("a clock moves by at most a year, 8784h".to_owned());
    }
    Ok(Act::ChangePhone {
        phone: values.text("NAME's"),
        change: json!({ "travelSeconds": seconds }),
    })
}

fn content(values: &Values) -> Content {
    match values.text_if("TEMPLATE") {
        None => Content::Text(values.text("text")),
        Some(name) => Content::Template {
            name,
            variables: values.pairs("VARIABLES"),
        },
    }
}

fn send(values: &Values) -> Result<Act, String> {
    let times = values.number_if("N").unwrap_or(1);
    if !(1..=MOST_TIMES).contains(&times) {
        return Err(format!("times: from 1 to {MOST_TIMES}"));
    }
    Ok(Act::Send {
        phone: values.text("NAME"),
        content: content(values),
        times,
        name: values.text_if("MESSAGE"),
    })
}

fn becomes(values: &Values) -> Act {
    Act::Becomes {
        message: values.text("MESSAGE"),
        count: values.number_if("N"),
        state: state(values),
        within: within(values),
    }
}

fn log(values: &Values) -> Act {
    let with = values.text_if("NAME").map(|phone| LogSide {
        phone,
        is_from: values.said("from"),
    });
    Act::Log {
        count: values.number("N"),
        with,
    }
}

fn state(values: &Values) -> State {
    State {
        status: values.text("STATUS"),
        code: values.number_if("CODE"),
    }
}

fn within(values: &Values) -> Duration {
    values.time_if("TIME").unwrap_or(WITHIN)
}

fn during(values: &Values) -> Duration {
    values.time_if("TIME").unwrap_or(DURING)
}
