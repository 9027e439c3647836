//! Twilio's error codes: meaning, owner, whether trying again can help, and the next step.
//! The one source for the retry policy and for what people are shown.

use Kind::{NeedsAction as A, Permanent as P, Transient as T, Warning as W};
use Owner::{Customer, Meta, Twilio, You};

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ErrorKind")]
pub enum Kind {
    /// Later may work.
    Transient,
    /// Never will work for this message and recipient.
    Permanent,
    /// Works once somebody changed something.
    NeedsAction,
    /// Nothing failed.
    Warning,
}

/// Who can change something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ErrorOwner")]
pub enum Owner {
    /// The operator of this server.
    You,
    /// The recipient.
    Customer,
    /// Twilio.
    Twilio,
    /// Meta (WhatsApp).
    Meta,
}

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code, e.g. 63016.
    pub code: i32,
    /// Whether trying again can help.
    pub kind: Kind,
    /// Who can change something about it.
    pub owner: Owner,
    /// What it means.
    pub meaning: &'static str,
    /// What to do next.
    pub next_step: &'static str,
}

type Row = (i32, Kind, Owner, &'static str, &'static str);

/// By code. Source: Twilio's error dictionary and the pages of the single errors.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    (11200, A, You, "Our webhook answered with an error or not in 15 seconds", "Check the server's logs and its latency"),
    (11205, A, You, "Twilio could not connect to our webhook", "Check the public URL, the firewall and DNS"),
    (14107, T, You, "More than 15 replies to one person in 30 seconds", "Wait half a minute; look for a loop"),
    (20003, A, You, "Twilio refused the credentials", "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
    (20005, A, You, "The Twilio account is not active", "Check billing in Twilio's console"),
    (20008, A, You, "Not open to test credentials", "Use the live credentials"),
    (20404, P, You, "Twilio does not know what was asked for", "Check the account and the id"),
    (20422, A, You, "Twilio refused a parameter", "Report this as a bug"),
    (20429, T, Twilio, "Too many requests at one time", "Lower SEND_CONCURRENCY if it goes on"),
    (20500, T, Twilio, "Twilio had an internal error", "Waybill looks the message up before it tries again"),
    (20503, T, Twilio, "Twilio was unavailable", "Waybill looks the message up before it tries again"),
    (21211, P, You, "The recipient's number is not valid", "Correct the number"),
    (21212, A, You, "The sender's number is not valid", "Correct TWILIO_WHATSAPP_FROM"),
    (21408, A, You, "Sending to this country is switched off", "Enable the country in Twilio's console"),
    (21602, A, You, "The message has no content", "Give it a text, media or a template"),
    (21603, A, You, "The message has no sender", "Set TWILIO_WHATSAPP_FROM"),
    (21604, A, You, "The message has no recipient", "Give it a number"),
    (21606, A, You, "The sender can't reach this destination", "Check the sender in Twilio's console"),
    (21608, A, You, "A trial account reaches verified numbers only", "Verify the number or upgrade the account"),
    (21609, A, You, "Twilio refused the status callback's URL", "Set PUBLIC_URL to an address that Twilio can reach"),
    (21610, P, Customer, "The recipient opted out", "Don't write again before they write START"),
    (21611, T, You, "Twilio's queue for this sender is full", "Slow down: lower SEND_RATE_PER_SENDER"),
    (21612, P, You, "This sender and recipient don't go together", "Use another channel"),
    (21614, P, You, "The number is not a mobile number", "Correct the number"),
    (21617, P, You, "The text is longer than 1,600 characters", "Split it"),
    (21619, A, You, "The message has no content", "Give it a text, media or a template"),
    (21620, P, You, "The media URL is malformed", "Use an absolute https URL"),
    (21623, P, You, "Too many media", "WhatsApp takes one a message"),
    (21654, A, You, "Twilio wants a template here", "Send a template; a trial account may send nothing else"),
    (21655, A, You, "Twilio does not know the template", "Check its id, HX…"),
    (21656, A, You, "The template's variables are malformed", "Send a JSON object of texts"),
    (21701, A, You, "The messaging service is unknown", "Check TWILIO_MESSAGING_SERVICE_SID"),
    (21703, A, You, "The messaging service has no sender", "Add a sender to it in Twilio's console"),
    (21910, A, You, "Sender and recipient are on different channels", "Write both with whatsapp:"),
    (30001, T, You, "Twilio's queue was full", "Slow down"),
    (30002, A, You, "The Twilio account is suspended", "Contact Twilio"),
    (30003, T, Customer, "The phone is off or unreachable", "Try again later"),
    (30004, P, Customer, "The recipient blocked us", "Don't write again"),
    (30005, P, Customer, "The number is unknown", "Correct the number"),
    (30007, P, You, "Filtered as spam", "Change the text"),
    (30008, T, Twilio, "Failed for an unknown reason", "Try once more"),
    (30036, T, Twilio, "It waited too long at Twilio", "Try again"),
    (30410, T, Twilio, "The channel did not answer Twilio", "Try again later"),
    (57012, A, You, "A webhook's signature did not match", "Set PUBLIC_URL to the address configured at Twilio"),
    (63001, A, You, "The channel refused our sender", "Sign the sender in again in Twilio's console"),
    (63003, P, Customer, "The recipient is not on WhatsApp", "Use another channel"),
    (63005, P, You, "The channel did not take the content", "Change the content"),
    (63007, A, You, "The sender is not enabled for WhatsApp", "Check the sender in Twilio's console"),
    (63009, T, Meta, "The channel had an internal error", "Try again later"),
    (63010, T, Twilio, "Twilio had an internal error", "Try again later"),
    (63012, T, Meta, "The channel had an internal error", "Try again later"),
    (63013, P, You, "Against the channel's policy", "Change the text"),
    (63014, P, Customer, "The recipient blocked us", "Don't write again"),
    (63015, A, Customer, "The recipient has not joined the sandbox", "They must write the join phrase; it lasts 3 days"),
    (63016, A, You, "The 24-hour reply window was closed", "Send an approved template, or wait until they write"),
    (63018, T, You, "Over the sender's rate or daily limit", "Slow down; a daily limit takes hours"),
    (63019, P, You, "Twilio could not download the media", "Check its URL, access and type"),
    (63021, P, You, "The content is not valid for the channel", "Change the content"),
    (63024, P, Customer, "The recipient is not on WhatsApp", "Use another channel"),
    (63027, A, You, "The template does not exist in this language", "Check the template"),
    (63028, A, You, "Wrong number of template variables", "Check the variables"),
    (63032, P, Meta, "WhatsApp keeps this person from such messages", "Skip this person"),
    (63037, W, Twilio, "Twilio is uploading the media again", "Wait"),
    (63038, T, You, "The account's daily limit is reached", "Wait for tomorrow or upgrade the account"),
    (63049, P, Meta, "Meta chose not to deliver a marketing message", "Try after a day, or use a utility template"),
    (63051, A, You, "The WhatsApp Business Account is locked", "Appeal in Meta's manager"),
];

/// The recipient opted out.
pub const OPTED_OUT: i32 = 21610;
/// Free text outside of the reply window.
pub const WINDOW_CLOSED: i32 = 63016;

/// Whether a code says that the recipient wants no messages: they opted out at the provider, or blocked us.
pub const fn is_opt_out(code: i32) -> bool {
    matches!(code, OPTED_OUT | 63014 | 63033)
}

/// What is known about `code`.
pub fn find(code: i32) -> Option<Entry> {
    let at = ROWS.binary_search_by_key(&code, |row| row.0).ok()?;
    Some(entry(ROWS[at]))
}

/// Whether a code says that messages come too fast: their sender is slowed.
pub const fn is_about_speed(code: i32) -> bool {
    matches!(code, 14107 | 20429 | 21611 | 30001 | 63018)
}

/// Every code, in order.
pub fn all() -> impl Iterator<Item = Entry> {
    ROWS.iter().copied().map(entry)
}

fn entry((code, kind, owner, meaning, next_step): Row) -> Entry {
    Entry {
        code,
        kind,
        owner,
        meaning,
        next_step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_once_each_and_tell_what_to_do() {
        assert!(ROWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(all().all(|it| !it.meaning.is_empty() && !it.next_step.is_empty()));
        assert_eq!(find(63016).map(|it| (it.kind, it.owner)), Some((A, You)));
        assert_eq!(find(1), None);
    }
}
