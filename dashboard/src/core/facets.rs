//! Filters of the plain lists, and their place in the URL: a few named parameters, some with a fixed choice.

use super::{
    query,
    say::{said, say},
};

/// One parameter of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facet {
    /// The name in the URL.
    pub(crate) key: &'static str,
    /// The word on screen.
    pub(crate) label: &'static str,
    /// The word for "all".
    pub(crate) any: &'static str,
    /// `(slug, label)`; none: any text.
    pub(crate) choices: &'static [(&'static str, &'static str)],
}

impl Facet {
    fn takes(&self, value: &str) -> bool {
        self.choices.is_empty() || self.choices.iter().any(|(slug, _)| *slug == value)
    }

    fn shown<'a>(&self, value: &'a str) -> &'a str
    where
        'static: 'a,
    {
        let known = self.choices.iter().find(|(slug, _)| *slug == value);
        known.map_or(value, |(_, label)| said(label))
    }
}

/// What narrows a list; one value for one URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facets {
    table: &'static [Facet],
    /// Every pair of the URL, in order.
    pairs: Vec<(String, String)>,
}

/// One removable part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FacetChip {
    pub(crate) key: String,
    pub(crate) words: String,
    /// Whether nobody understands it: shown, never sent.
    pub(crate) is_invalid: bool,
}

impl Facets {
    /// Reads a query string; whatever it holds, a filter comes out.
    pub(crate) fn parse(table: &'static [Facet], search: &str) -> Self {
        let mut pairs = query::pairs(search);
        pairs.retain(|(_, value)| !value.trim().is_empty());
        Self { table, pairs }
    }

    /// Writes the query string.
    pub(crate) fn to_query(&self) -> String {
        query::join(&self.pairs)
    }

    fn facet(&self, key: &str) -> Option<&'static Facet> {
        self.table.iter().find(|it| it.key == key)
    }

    /// A parameter that is understood.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let facet = self.facet(key)?;
        let pair = self.pairs.iter().find(|(it, _)| it == key);
        pair.map(|(_, value)| value.trim())
            .filter(|it| facet.takes(it))
    }

    /// The same filter with one parameter set, or taken away by an empty value.
    #[must_use]
    pub(crate) fn with(&self, key: &str, value: &str) -> Self {
        let mut next = self.clone();
        next.pairs.retain(|(it, _)| it != key);
        let value = value.trim();
        if !value.is_empty() {
            next.pairs.push((key.to_owned(), value.to_owned()));
        }
        next
    }

    /// Nothing narrowed; the parameters of others stay.
    #[must_use]
    pub(crate) fn cleared(&self) -> Self {
        let mut next = self.clone();
        next.pairs.retain(|(key, _)| self.facet(key).is_none());
        next
    }

    /// Whether anything narrows the list.
    pub(crate) fn is_narrow(&self) -> bool {
        self.chips().iter().any(|it| !it.is_invalid)
    }

    /// The parts a person can take away.
    pub(crate) fn chips(&self) -> Vec<FacetChip> {
        let chip = |(key, value): &(String, String)| {
            let facet = self.facet(key)?;
            let value = value.trim();
            let is_invalid = !facet.takes(value);
            let words = if is_invalid {
                say!("Not understood: {key}={value}", key, value)
            } else {
                format!("{}: {}", said(facet.label), facet.shown(value))
            };
            Some(FacetChip {
                key: key.clone(),
                words,
                is_invalid,
            })
        };
        self.pairs.iter().filter_map(chip).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Facet] = &[
        Facet {
            key: "state",
            label: "State",
            any: "Any state",
            choices: &[("dead", "Given up"), ("pending", "Waiting")],
        },
        Facet {
            key: "actor",
            label: "Actor",
            any: "Anybody",
            choices: &[],
        },
    ];

    fn parse(search: &str) -> Facets {
        Facets::parse(TABLE, search)
    }

    #[test]
    fn a_url_and_its_filter_are_the_same_thing() {
        for url in [
            "",
            "?state=dead",
            "?state=lost&actor=usr_1&z=1",
            "?actor=a%20b",
        ] {
            assert_eq!(parse(url).to_query(), url);
        }
        assert_eq!(parse("?state=").to_query(), "");
    }

    #[test]
    fn a_bad_value_is_a_chip_and_is_not_sent() {
        let it = parse("?state=lost&actor=me");
        assert_eq!(it.get("state"), None);
        assert_eq!(it.get("actor"), Some("me"));
        let words: Vec<_> = it.chips().into_iter().map(|it| it.words).collect();
        assert_eq!(words, ["Not understood: state=lost", "Actor: me"]);
        assert!(!it.with("actor", "").is_narrow());
    }

    #[test]
    fn parts_come_and_go_and_strangers_stay() {
        let it = parse("?z=1").with("state", "dead");
        assert_eq!(it.to_query(), "?z=1&state=dead");
        assert_eq!(it.chips()[0].words, "State: Given up");
        assert_eq!(it.with("state", "pending").get("state"), Some("pending"));
        assert_eq!(it.with("state", "").to_query(), "?z=1");
        assert_eq!(it.cleared().to_query(), "?z=1");
        assert!(it.is_narrow());
    }
}
