//! Scenarios: stories of phones, an operator and a misbehaving Twilio, one step a line, told through HTTP only.

mod examples;
mod forms;
mod pattern;
mod play;
mod server;
mod shop;
mod steps;
mod words;
mod world;

use std::collections::HashSet;
use std::fmt;

use crate::config::SETTINGS;
pub use play::{Failure, Played, Stage, play};
pub use server::Server;
use steps::Act;

/// A scenario that was read.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Settings of the server that plays it.
    settings: Vec<(String, String)>,
    steps: Vec<Step>,
}

/// One line that does or expects something.
#[derive(Clone, Debug)]
struct Step {
    line: usize,
    /// As it is written.
    text: String,
    act: Act,
}

/// Why a file is no scenario: the line, the fault, and the right form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// In words.
    pub words: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.words)
    }
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut scenario = Self {
            settings: Vec::new(),
            steps: Vec::new(),
        };
        let mut known = Known::default();
        for (number, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let fault = |words| Fault {
                line: number + 1,
                words,
            };
            let tokens = words::split(text).map_err(fault)?;
            if tokens.is_empty() {
                continue;
            }
            let act = forms::read(&tokens).map_err(fault)?;
            known
                .check(&act, scenario.steps.is_empty())
                .map_err(fault)?;
            match act {
                Act::Settings(settings) => scenario.settings.extend(settings),
                act => scenario.steps.push(Step {
                    line: number + 1,
                    text: text.trim().to_owned(),
                    act,
                }),
            }
        }
        if scenario.steps.is_empty() {
            let words = "nothing happens here; begin with: phone asha +9779800000001 \"Asha\"";
            return Err(Fault {
                line: 1,
                words: words.to_owned(),
            });
        }
        Ok(scenario)
    }

    /// Settings that the server is to be started with, beside the usual ones.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }
}

/// Every form of a step, for people.
pub fn help() -> String {
    forms::help()
}

/// Forms begin with these, so nobody is called so.
const RESERVED: [&str; 10] = [
    "callbacks",
    "next",
    "operator",
    "phone",
    "the",
    "timeline",
    "twilio",
    "wait",
    "waybill",
    "webhooks",
];

/// Names that were introduced so far.
#[derive(Debug, Default)]
struct Known {
    phones: HashSet<String>,
    messages: HashSet<String>,
}

impl Known {
    fn check(&mut self, act: &Act, is_first: bool) -> Result<(), String> {
        if matches!(act, Act::Settings(_)) && !is_first {
            return Err(
                "settings come before every step: the server is started with them".to_owned(),
            );
        }
        if let Act::Settings(settings) = act {
            let is_known = |name: &str| SETTINGS.iter().any(|it| it.name == name);
            if let Some((name, _)) = settings.iter().find(|it| !is_known(&it.0)) {
                return Err(format!(
                    "{name} is not a setting; waybill config shows them"
                ));
            }
        }
        if let Some(phone) = act.phone().filter(|it| !self.phones.contains(*it)) {
            let form = format!("phone {phone} +9779800000001 \"Name\"");
            return Err(format!(
                "nobody is called {phone} yet; write before: {form}"
            ));
        }
        if let Some(message) = act.message().filter(|it| !self.messages.contains(*it)) {
            let form = format!("operator sends NAME \"text\" as {message}");
            return Err(format!(
                "no message is called {message} yet; write before: {form}"
            ));
        }
        let made = match act {
            Act::Phone { name, .. } => Some(name),
            Act::Send { name, .. } => name.as_ref(),
            _ => None,
        };
        if let Some(name) = made.filter(|it| RESERVED.contains(&it.as_str())) {
            return Err(format!(
                "{name} is a word of the language; take another name"
            ));
        }
        if let Act::Phone { name, .. } = act {
            self.phones.insert(name.clone());
        }
        if let Act::Send {
            name: Some(name), ..
        } = act
        {
            self.messages.insert(name.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "phone asha +9779800000001 \"Asha\"\n";

    fn fault(text: &str) -> String {
        Scenario::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn every_form_of_the_help_is_read_as_it_stands_there() {
        for example in examples::EXAMPLES.lines() {
            let text = format!("{PHONE}operator sends asha \"x\" as note\n{example}");
            if !example.starts_with("waybill runs") {
                Scenario::parse(&text).unwrap_or_else(|fault| panic!("{example}: {fault}"));
            }
        }
        let used: HashSet<usize> = examples::EXAMPLES
            .lines()
            .filter_map(|it| forms::form_of(&words::split(it).unwrap()))
            .collect();
        assert_eq!(used.len(), forms::FORMS.len(), "each form has an example");
    }

    #[test]
    fn comments_blank_lines_and_settings_are_no_steps() {
        let text = format!(
            "\u{feff}# a story\n\nwaybill runs with SEND_RATE_PER_SENDER=2 LOG_LEVEL=warn\n{PHONE}asha writes \"a # b\" # c\n"
        );
        let scenario = Scenario::parse(&text).unwrap();
        assert_eq!(scenario.settings().len(), 2);
        assert_eq!(scenario.steps.len(), 2);
        assert_eq!(
            (scenario.steps[1].line, scenario.steps[1].text.as_str()),
            (5, "asha writes \"a # b\" # c")
        );
    }

    #[test]
    fn a_fault_names_its_line_and_the_nearest_right_form() {
        for (text, expected) in [
            ("", "1: nothing happens here"),
            ("# only words\n", "1: nothing happens here"),
            (
                "asha writes \"hi\"",
                "1: nobody is called asha yet; write before: phone asha",
            ),
            (
                "phone asha 12 \"Asha\"",
                "1: \"12\" is not a number in international form",
            ),
            (
                "phone asha +9779800000001 \"Asha",
                "1: a quotation mark is missing at the end",
            ),
        ] {
            assert!(fault(text).starts_with(expected), "{text}: {}", fault(text));
        }
        for (step, expected) in [
            (
                "asha writs \"hi\"",
                "2: \"writs\" is not expected here; the nearest form: NAME writes \"text\"",
            ),
            (
                "asha writes hi",
                "2: a text in quotation marks is expected, not \"hi\"; the nearest form: NAME writes \"text\"",
            ),
            (
                "asha writes",
                "2: a text in quotation marks is missing at the end; the nearest form: NAME writes",
            ),
            (
                "asha gets \"x\" within soon",
                "2: \"soon\" is not a time, e.g. 3s, 500ms, 25h; the nearest form: NAME gets",
            ),
            (
                "asha gets \"x\" quickly",
                "2: \"quickly\" is not expected here; the nearest form: NAME gets",
            ),
            ("note becomes READ", "2: no message is called note yet"),
            (
                "operator sends asha \"x\" as note\nnote becomes GREAT",
                "3: \"GREAT\" is not a status",
            ),
            ("next 3 messages fail with x", "2: \"x\" is not a number"),
            (
                "waybill runs with A=b",
                "2: settings come before every step",
            ),
            (
                "twilio answers 200 for 3s",
                "2: answers: an HTTP status from 400 to 599",
            ),
            (
                "asha's clock moves 9000h",
                "2: a clock moves by at most a year",
            ),
        ] {
            let fault = fault(&format!("{PHONE}{step}"));
            assert!(fault.starts_with(expected), "{step}: {fault}");
        }
    }
}
