//! English.

pub(super) fn main_menu(name: Option<&str>) -> String {
    let greeting = name.map_or_else(
        || "*Welcome*".to_owned(),
        |name| format!("*Welcome, {name}!*"),
    );
    format!(
        "{greeting}\n\
         This is the shop's message service. Write to us here at any time; a person reads along.\n\n\
         Write *help* to see what you can ask for."
    )
}

pub(super) const fn help_message() -> &'static str {
    "*Help*\n\
     • Write anything to see the menu.\n\
     • Write *help* to see this text again.\n\n\
     A person of the shop reads along and answers what the menu can't."
}

pub(super) const OPTED_OUT: &str =
    "You will get no more messages from us. Write *START* if you want them again.";

pub(super) const OPTED_IN: &str = "Welcome back! You get our messages again. Write *help* to see what you can ask for, or *STOP* to end them.";
