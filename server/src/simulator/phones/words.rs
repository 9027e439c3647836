//! The words that Twilio itself understands where the account lets it: a whole message in any letters.
//! Source: Twilio's support page on STOP filtering, and its "Advanced Opt-Out".

/// What a word makes of a person's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// No more messages from this sender.
    Stop,
    /// Messages again.
    Start,
    /// Nothing: a question.
    Help,
}

impl Word {
    /// Reads a message.
    pub(super) fn read(body: &str) -> Option<Self> {
        match body.trim().to_uppercase().as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE"
            | "OPTOUT" => Some(Self::Stop),
            "START" | "YES" | "UNSTOP" => Some(Self::Start),
            "HELP" | "INFO" => Some(Self::Help),
            _ => None,
        }
    }

    /// As the webhook is told it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Start => "START",
            Self::Help => "HELP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_message_is_a_word() {
        for (body, word) in [
            (" stop\n", Some("STOP")),
            ("OptOut", Some("STOP")),
            ("yes", Some("START")),
            ("Info", Some("HELP")),
            ("stop it", None),
            ("arrêt", None),
            ("", None),
        ] {
            assert_eq!(Word::read(body).map(Word::as_str), word, "{body:?}");
        }
    }
}
