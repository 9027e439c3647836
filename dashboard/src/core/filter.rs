//! What the log shows, and its place in the URL. The URL is the state: widgets only navigate.

use super::{
    grammar,
    persona::address,
    query,
    range::When,
    say::say,
    status::Status,
    words::{Direction, Lane},
};

/// The log's filter; one value for one URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Any of these; empty is all.
    pub(crate) status: Vec<Status>,
    /// None of these: `status=-read`.
    pub(crate) except: Vec<Status>,
    pub(crate) direction: Option<Direction>,
    pub(crate) lane: Option<Lane>,
    /// Provider error codes, any of these; empty is all.
    pub(crate) code: Vec<i32>,
    /// The customer: a number, E.164, or an id, con_…
    pub(crate) address: Option<String>,
    /// Words of the body, and the keys that only the server knows.
    pub(crate) search: Option<String>,
    /// From this moment on.
    pub(crate) from: Option<When>,
    /// Before this moment.
    pub(crate) to: Option<When>,
    /// As it stood then: a frozen link.
    pub(crate) as_of: Option<String>,
    /// Values nobody understands: shown as removable chips, never sent.
    pub(crate) invalid: Vec<(String, String)>,
    /// Parameters of somebody else: kept and ignored.
    pub(crate) other: Vec<(String, String)>,
}

/// One removable part of a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Chip {
    Status(Status),
    Except(Status),
    Direction,
    Lane,
    Code(i32),
    Address,
    Search,
    From,
    To,
    AsOf,
    Invalid(String, String),
}

/// What a row must offer to be compared with a filter.
pub(crate) trait Facts {
    fn status(&self) -> Status;
    fn direction(&self) -> Direction;
    fn lane(&self) -> Lane;
    fn code(&self) -> Option<i32>;
    fn address(&self) -> &str;
    fn body(&self) -> &str;
}

impl Filter {
    /// Reads a query string; whatever it holds, a filter comes out.
    pub(crate) fn parse(search: &str) -> Self {
        let mut filter = Self::default();
        for (key, value) in query::pairs(search) {
            filter.take(key, value);
        }
        filter
    }

    fn take(&mut self, key: String, value: String) {
        let text = value.trim();
        match key.as_str() {
            "status" => self.take_each(&key, text, |it, word| match word.strip_prefix('-') {
                Some(word) => Status::parse(word).map(|it_is| push_once(&mut it.except, it_is)),
                None => Status::parse(word).map(|it_is| push_once(&mut it.status, it_is)),
            }),
            "lane" => self.take_each(&key, text, |it, word| {
                Lane::parse(word).map(|lane| it.lane = Some(lane))
            }),
            "from" => self.take_each(&key, text, |it, word| {
                When::parse(word).map(|when| it.from = Some(when))
            }),
            "to" if text == "now" => {}
            "to" => self.take_each(&key, text, |it, word| {
                When::parse(word).map(|when| it.to = Some(when))
            }),
            "asOf" => self.take_each(&key, text, |it, word| {
                When::parse(word).map(|when| it.as_of = Some(when.slug()))
            }),
            "code" => self.take_each(&key, text, |it, word| {
                word.parse().ok().map(|code| push_once(&mut it.code, code))
            }),
            "dir" => self.take_each(&key, text, |it, word| {
                Direction::parse(word).map(|direction| it.direction = Some(direction))
            }),
            "address" => match some_text(text).map(|it| number(&it).ok_or(it)) {
                Some(Ok(number)) => self.address = Some(number),
                Some(Err(word)) => self.invalid.push((key, word)),
                None => {}
            },
            "q" => self.search = some_text(text),
            _ => self.other.push((key, value)),
        }
    }

    fn take_each(&mut self, key: &str, text: &str, take: impl Fn(&mut Self, &str) -> Option<()>) {
        for word in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            if take(self, word).is_none() {
                self.invalid.push((key.to_owned(), word.to_owned()));
            }
        }
    }

    /// Writes the query string: `?status=failed&q=…`, or nothing.
    pub(crate) fn to_query(&self) -> String {
        let mut pairs = Vec::new();
        let mut put = |key: &str, value: String| {
            if !value.is_empty() {
                pairs.push((key.to_owned(), value));
            }
        };
        put(
            "status",
            self.joined(
                "status",
                self.status
                    .iter()
                    .map(|it| it.slug())
                    .chain(self.except.iter().map(|it| format!("-{}", it.slug()))),
            ),
        );
        put(
            "dir",
            self.joined("dir", self.direction.iter().map(|it| it.slug().to_owned())),
        );
        put(
            "lane",
            self.joined("lane", self.lane.iter().map(|it| it.slug().to_owned())),
        );
        put(
            "code",
            self.joined("code", self.code.iter().map(ToString::to_string)),
        );
        put(
            "address",
            self.joined("address", self.address.iter().cloned()),
        );
        put("q", self.search.clone().unwrap_or_default());
        for (key, when) in [("from", &self.from), ("to", &self.to)] {
            put(key, self.joined(key, when.iter().map(When::slug)));
        }
        put("asOf", self.joined("asOf", self.as_of.iter().cloned()));
        pairs.extend(self.other.iter().cloned());
        query::join(&pairs)
    }

    fn joined(&self, key: &str, valid: impl Iterator<Item = String>) -> String {
        let invalid = self
            .invalid
            .iter()
            .filter(|(it, _)| it == key)
            .map(|(_, value)| value.clone());
        valid.chain(invalid).collect::<Vec<_>>().join(",")
    }

    /// Whether anything narrows the log; what nobody understands does not.
    pub(crate) fn is_narrow(&self) -> bool {
        self.chips()
            .iter()
            .any(|it| !matches!(it, Chip::Invalid(..)))
    }

    /// The parts a person can take away, in the order shown.
    pub(crate) fn chips(&self) -> Vec<Chip> {
        let mut chips: Vec<Chip> = self.status.iter().map(|it| Chip::Status(*it)).collect();
        chips.extend(self.except.iter().map(|it| Chip::Except(*it)));
        chips.extend(self.direction.map(|_| Chip::Direction));
        chips.extend(self.lane.map(|_| Chip::Lane));
        chips.extend(self.code.iter().map(|it| Chip::Code(*it)));
        chips.extend(self.address.as_ref().map(|_| Chip::Address));
        chips.extend(self.search.as_ref().map(|_| Chip::Search));
        chips.extend(self.from.as_ref().map(|_| Chip::From));
        chips.extend(self.to.as_ref().map(|_| Chip::To));
        chips.extend(self.as_of.as_ref().map(|_| Chip::AsOf));
        chips.extend(
            self.invalid
                .iter()
                .map(|(key, value)| Chip::Invalid(key.clone(), value.clone())),
        );
        chips
    }

    /// The words on a chip.
    pub(crate) fn describe(&self, chip: &Chip) -> String {
        match chip {
            Chip::Status(status) => say!("Status: {status}", status = status.label()),
            Chip::Except(status) => say!("Not: {status}", status = status.label()),
            Chip::Lane => say!("Lane: {lane}", lane = self.lane.map_or("", Lane::label)),
            Chip::From => say!(
                "Since: {time}",
                time = self.from.as_ref().map_or(String::new(), When::label)
            ),
            Chip::To => say!(
                "Until: {time}",
                time = self.to.as_ref().map_or(String::new(), When::label)
            ),
            Chip::AsOf => say!(
                "As of: {time}",
                time = self.as_of.as_deref().unwrap_or_default()
            ),
            Chip::Direction => match self.direction {
                Some(Direction::Inbound) => say!("Direction: in").to_owned(),
                Some(Direction::Outbound) | None => say!("Direction: out").to_owned(),
            },
            Chip::Code(code) => say!("Error: {code}", code),
            Chip::Address => match self.address.as_deref().unwrap_or_default() {
                id if is_id(id) => say!("One contact").to_owned(),
                address => say!("Contact: {address}", address),
            },
            Chip::Search => say!(
                "Text: “{text}”",
                text = self.search.as_deref().unwrap_or_default()
            ),
            Chip::Invalid(key, value) => say!("Not understood: {key}={value}", key, value),
        }
    }

    /// The same filter less one part.
    #[must_use]
    pub(crate) fn without(&self, chip: &Chip) -> Self {
        let mut rest = self.clone();
        match chip {
            Chip::Status(status) => rest.status.retain(|it| it != status),
            Chip::Except(status) => rest.except.retain(|it| it != status),
            Chip::Direction => rest.direction = None,
            Chip::Lane => rest.lane = None,
            Chip::From => rest.from = None,
            Chip::To => rest.to = None,
            Chip::AsOf => rest.as_of = None,
            Chip::Code(code) => rest.code.retain(|it| it != code),
            Chip::Address => rest.address = None,
            Chip::Search => rest.search = None,
            Chip::Invalid(key, value) => rest.invalid.retain(|it| (&it.0, &it.1) != (key, value)),
        }
        rest
    }

    /// The same filter with a status added, or taken away when it was there.
    #[must_use]
    pub(crate) fn toggled(&self, status: Status) -> Self {
        let mut next = self.clone();
        if next.status.contains(&status) {
            next.status.retain(|it| *it != status);
        } else {
            next.status.push(status);
        }
        next
    }

    /// Nothing narrowed; the parameters of others stay.
    #[must_use]
    pub(crate) fn cleared(&self) -> Self {
        Self {
            other: self.other.clone(),
            ..Self::default()
        }
    }

    /// Whether it looks at the past only: nothing new can belong to it.
    pub(crate) fn is_frozen(&self) -> bool {
        self.to.is_some() || self.as_of.is_some()
    }

    /// The statuses to ask for; empty is all.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        if self.except.is_empty() {
            return self.status.clone();
        }
        let is_meant = |it: &Status| self.status.is_empty() || self.status.contains(it);
        let left = Status::ALL.into_iter().filter(is_meant);
        left.filter(|it| !self.except.contains(it)).collect()
    }

    /// Whether a row belongs to the view. The server decides for pages; this decides for live rows.
    pub(crate) fn matches(&self, row: &impl Facts) -> bool {
        (self.status.is_empty() || self.status.contains(&row.status()))
            && !self.except.contains(&row.status())
            && self.lane.is_none_or(|it| it == row.lane())
            && self.direction.is_none_or(|it| it == row.direction())
            && (self.code.is_empty() || row.code().is_some_and(|it| self.code.contains(&it)))
            && self
                .address
                .as_ref()
                .is_none_or(|it| is_id(it) || digits(it) == digits(row.address()))
            && self
                .search
                .as_ref()
                .is_none_or(|it| grammar::words(it).all(|word| has_word(row, &word)))
    }
}

fn has_word(row: &impl Facts, word: &str) -> bool {
    row.body().to_lowercase().contains(&word.to_lowercase()) || row.address().contains(word)
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// A number as typed, or an address of the provider or an id as it stands.
fn number(text: &str) -> Option<String> {
    let as_it_stands = || text.starts_with("whatsapp:") || is_id(text);
    address(text).or_else(|| as_it_stands().then(|| text.to_owned()))
}

/// Whether a customer is told by an id: the server compares it, and it tells nobody a number.
pub(crate) fn is_id(customer: &str) -> bool {
    customer.starts_with("con_")
}

fn some_text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn digits(address: &str) -> String {
    address.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(Status, &'static str);
    impl Facts for Row {
        fn status(&self) -> Status {
            self.0
        }
        fn direction(&self) -> Direction {
            Direction::Outbound
        }
        fn lane(&self) -> Lane {
            Lane::Normal
        }
        fn code(&self) -> Option<i32> {
            Some(63016)
        }
        fn address(&self) -> &'static str {
            "+9779800000001"
        }
        fn body(&self) -> &str {
            self.1
        }
    }

    #[test]
    fn a_url_and_its_filter_are_the_same_thing() {
        for url in [
            "",
            "?status=failed",
            "?status=failed,undelivered&dir=out&code=63016,30003&address=%2B9779800000001&q=order%20%231042",
            "?status=failed,lost&dir=sideways&q=x&cols=time",
            "?address=hello",
            "?status=-read,-sent&lane=bulk&from=-24h&to=2026-11-22&asOf=2026-11-22T07:26:12Z",
            "?from=soon&peek=msg_1",
        ] {
            assert_eq!(Filter::parse(url).to_query(), url);
        }
    }

    #[test]
    fn a_bad_value_is_a_chip_and_not_a_blank_page() {
        let filter = Filter::parse("?status=failed,lost&code=abc&address=hello");
        assert_eq!(filter.status, [Status::Failed]);
        let bad: Vec<_> = filter
            .chips()
            .into_iter()
            .filter(|it| matches!(it, Chip::Invalid(..)))
            .collect();
        assert_eq!(bad.len(), 3);
        let rest = bad.iter().fold(filter, |filter, chip| filter.without(chip));
        assert_eq!(rest.to_query(), "?status=failed");
    }

    #[test]
    fn every_chip_can_be_taken_away() {
        let mut filter = Filter::parse(
            "?status=failed,-sent&dir=in&lane=bulk&code=1&address=%2B15550001111&q=a&from=-1h&to=-1m&asOf=2026-11-22&z=1",
        );
        for chip in filter.chips() {
            filter = filter.without(&chip);
        }
        assert!(!filter.is_narrow());
        assert_eq!(filter.to_query(), "?z=1");
        assert_eq!(Filter::parse("?q=a&z=1").cleared().to_query(), "?z=1");
    }

    #[test]
    fn what_is_excluded_is_asked_for_as_the_rest() {
        assert_eq!(Filter::parse("?status=-read").statuses().len(), 11);
        let both = Filter::parse("?status=failed,read,-read").statuses();
        assert_eq!(both, [Status::Failed]);
        assert!(Filter::default().statuses().is_empty());
    }

    #[test]
    fn a_status_toggles() {
        let filter = Filter::default().toggled(Status::Failed);
        assert_eq!(filter.to_query(), "?status=failed");
        assert!(!filter.toggled(Status::Failed).is_narrow());
    }

    #[test]
    fn live_rows_are_judged_like_the_page() {
        let row = Row(Status::Failed, "Your ORDER is packed");
        for (url, belongs) in [
            ("", true),
            ("?status=failed,sent", true),
            ("?status=sent", false),
            ("?dir=in", false),
            ("?status=-failed", false),
            ("?status=-read", true),
            ("?lane=bulk", false),
            ("?q=packed%20order%20to:%2B977", true),
            ("?code=63016", true),
            ("?code=1", false),
            ("?address=whatsapp:%2B977%209800000001", true),
            ("?address=%2B15550001111", false),
            ("?q=order", true),
            ("?q=basket", false),
            ("?q=98000", true),
        ] {
            assert_eq!(Filter::parse(url).matches(&row), belongs, "{url}");
        }
    }
}
