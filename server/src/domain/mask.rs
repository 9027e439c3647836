//! Phone numbers as they are shown to who may not see whole ones: country code and two last digits.

/// Stands for everything that is hidden, whatever its length.
const HIDDEN: &str = "•••••";
/// Digits that stay at the front.
const FRONT: usize = 3;
/// Characters that stay at the end.
const END: usize = 2;
/// Fewer digits in a row are no phone number. Source: E.164 in use; the shortest have seven.
const SHORTEST: usize = 7;

/// An address, channel included: `whatsapp:+9779800000000` as `whatsapp:+977•••••00`, an opaque one as `whatsapp:•••••`.
pub fn address(address: &str) -> String {
    let (channel, rest) = match address.split_once(':') {
        Some((channel, rest)) => (format!("{channel}:"), rest),
        None => (String::new(), address),
    };
    let digits = rest.strip_prefix('+').unwrap_or(rest);
    if is_number(digits) {
        let plus = if rest.starts_with('+') { "+" } else { "" };
        return format!("{channel}{plus}{}", number(digits));
    }
    format!("{channel}{HIDDEN}")
}

/// A text with every number in it that may be somebody's phone masked, in any script, however it is grouped.
pub fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_numeric) {
        let (before, from) = rest.split_at(start);
        shown.push_str(before);
        let groups = from.find(|it: char| !it.is_numeric() && !" -–_./()\u{a0}".contains(it));
        let run =
            from[..groups.unwrap_or(from.len())].trim_end_matches(|it: char| !it.is_numeric());
        let digits: Vec<char> = run.chars().filter(|it| it.is_numeric()).collect();
        if digits.len() >= SHORTEST {
            shown.extend(&digits[..FRONT]);
            shown.push_str(HIDDEN);
            shown.extend(&digits[digits.len() - END..]);
        } else {
            shown.push_str(run);
        }
        rest = &from[run.len()..];
    }
    shown.push_str(rest);
    shown
}

/// Whether the hits of a search would tell of somebody's number, if only a digit at a time.
pub fn tells_of_numbers(search: &str) -> bool {
    search.chars().any(char::is_numeric)
}

fn is_number(digits: &str) -> bool {
    digits.len() >= SHORTEST && digits.bytes().all(|it| it.is_ascii_digit())
}

fn number(digits: &str) -> String {
    let (front, end) = (&digits[..FRONT], &digits[digits.len() - END..]);
    format!("{front}{HIDDEN}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_channel_its_country_and_two_digits() {
        for (whole, masked) in [
            ("whatsapp:+9779800000042", "whatsapp:+977•••••42"),
            ("+14155238886", "+141•••••86"),
            ("9779800000042", "977•••••42"),
            ("whatsapp:US.opaque42", "whatsapp:•••••"),
            ("whatsapp:+12", "whatsapp:•••••"),
            ("whatsapp:+९७७९८००००००४२", "whatsapp:•••••"),
            ("", "•••••"),
        ] {
            assert_eq!(address(whole), masked);
        }
    }

    #[test]
    fn numbers_are_masked_wherever_they_stand_in_a_text() {
        for (whole, masked) in [
            (
                "The 'To' number whatsapp:+9779800000042 is none",
                "The 'To' number whatsapp:+977•••••42 is none",
            ),
            ("code 63016 after 120 s", "code 63016 after 120 s"),
            ("आशा 9800000042.pdf", "आशा 980•••••42.pdf"),
            ("9800000042", "980•••••42"),
            ("", ""),
        ] {
            assert_eq!(text(whole), masked);
        }
        assert_eq!(
            text("call 980-000-0042, or ९८०००००००४२"),
            "call 980•••••42, or ९८०•••••४२"
        );
        assert!(tells_of_numbers("98") && tells_of_numbers("९"));
        assert!(!tells_of_numbers("order"));
    }
}
