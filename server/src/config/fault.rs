//! What is wrong with the settings, in words for whoever set them.

use std::fmt;

/// Adds to the environment.
pub(super) const ENV_FILE: &str = ".env";

/// What is wrong with one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The variable; `.env` when the file itself is at fault.
    pub setting: &'static str,
    /// Its value, unless that is a secret.
    pub(super) value: Option<String>,
    pub(super) what: String,
    pub(super) example: &'static str,
}

impl Fault {
    pub(super) fn of_file(what: String) -> Self {
        Self {
            setting: ENV_FILE,
            value: None,
            what,
            example: "PORT=5000",
        }
    }

    /// The variable, its value and what is wrong with it.
    pub fn told(&self) -> String {
        let value = self.value.as_ref();
        let value = value.map_or_else(String::new, |it| format!(" (\"{it}\")"));
        format!("{}{value}: {}", self.setting, self.what)
    }

    /// A right line.
    pub fn right(&self) -> String {
        if self.setting == ENV_FILE {
            return self.example.to_owned();
        }
        format!("{}={}", self.setting, self.example)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; example: {}", self.told(), self.right())
    }
}

/// What is wrong with the settings, a line each: variable, fault, example.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}
