//! Words by which a person wants no more messages, or wants them again. A whole message, in any case, with or without marks
//! around it. WhatsApp has no such words of its own, so they are ours to honour.
//! Words that mean something to a shop ("cancel", "end", "yes") are left out on purpose.

/// What a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
}

/// English, Nepali, Hindi, Bengali, Urdu, Arabic, Spanish, Portuguese, French, German, Italian, Indonesian, Turkish, Russian.
const STOP: &[&str] = &[
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "opt out",
    "optout",
    "opt-out",
    "revoke",
    "quit",
    "रोक",
    "रोक्नुहोस्",
    "नपठाउनुहोस्",
    "सन्देश रोक्नुहोस्",
    "बन्द",
    "बन्द गर्नुहोस्",
    "बंद",
    "बंद करो",
    "बंद करें",
    "रोकें",
    "रोको",
    "रुको",
    "বন্ধ",
    "বন্ধ করুন",
    "بند",
    "بند کریں",
    "إيقاف",
    "توقف",
    "الغاء الاشتراك",
    "إلغاء الاشتراك",
    "parar",
    "baja",
    "detener",
    "sair",
    "arrêt",
    "arret",
    "arrêter",
    "arreter",
    "désabonner",
    "stopp",
    "abmelden",
    "ferma",
    "basta",
    "berhenti",
    "dur",
    "durdur",
    "стоп",
    "отписаться",
];
const START: &[&str] = &[
    "start",
    "unstop",
    "subscribe",
    "opt in",
    "optin",
    "opt-in",
    "resume",
    "सुरु",
    "सुरु गर्नुहोस्",
    "सुरू",
    "शुरू",
    "शुरू करें",
    "शुरु",
    "শুরু",
    "শুরু করুন",
    "شروع",
    "شروع کریں",
    "ابدأ",
    "اشتراك",
    "alta",
    "empezar",
    "iniciar",
    "começar",
    "démarrer",
    "demarrer",
    "reprendre",
    "anmelden",
    "inizia",
    "mulai",
    "başla",
    "başlat",
    "старт",
    "подписаться",
];

/// What a whole message says about it; `None`: nothing, as nearly always.
pub fn read(text: &str) -> Option<Wish> {
    // Longer than every word: no need to look.
    if text.len() > 120 {
        return None;
    }
    let is_mark = |c: char| c.is_whitespace() || "*_~`\"'“”«».,!?।॥؟…-".contains(c);
    let word = text.trim_matches(is_mark).to_lowercase();
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    if STOP.contains(&word.as_str()) {
        Some(Wish::Stop)
    } else if START.contains(&word.as_str()) {
        Some(Wish::Start)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_message_in_any_case_counts_and_a_part_of_one_does_not() {
        for text in [
            "STOP",
            " stop. ",
            "*Stop!*",
            "Opt  Out",
            "रोक्नुहोस्",
            "बन्द गर्नुहोस्।",
            "ARRÊT",
            "стоп",
            "«BAJA»",
        ] {
            assert_eq!(read(text), Some(Wish::Stop), "{text}");
        }
        for text in ["START", "unstop", "सुरु गर्नुहोस्", "Alta", "ابدأ"]
        {
            assert_eq!(read(text), Some(Wish::Start), "{text}");
        }
        for text in [
            "",
            "please stop",
            "stop by the shop",
            "cancel",
            "yes",
            "end",
            "starter",
            "नमस्ते",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"stop ".repeat(1_000)), None);
    }

    #[test]
    fn the_words_are_written_as_they_are_compared_and_mean_one_thing() {
        for word in STOP.iter().chain(START) {
            assert_eq!(word.to_lowercase(), *word);
        }
        assert!(STOP.iter().all(|it| !START.contains(it)));
    }
}
