//! The log's filter in the words of the export's address: the keys of a search.

use super::{
    filter::{Filter, is_id},
    query,
    range::When,
    words::bare_address,
};

/// The query of `/api/v1/messages.csv` for the very filter, relative times resolved at `now_ms`.
pub(crate) fn export_query(filter: &Filter, now_ms: f64) -> String {
    let mut pairs = Vec::new();
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            pairs.push((key.to_owned(), value));
        }
    };
    let statuses: Vec<_> = filter.statuses().iter().map(|it| it.slug()).collect();
    put("status", statuses.join(","));
    put(
        "direction",
        filter.direction.map_or("", |it| it.slug()).to_owned(),
    );
    put("lane", filter.lane.map_or("", |it| it.slug()).to_owned());
    let codes: Vec<_> = filter.code.iter().map(ToString::to_string).collect();
    put("code", codes.join(","));
    let end = |it: &Option<When>| it.as_ref().map(|it| it.iso(now_ms)).unwrap_or_default();
    put("after", end(&filter.from));
    put("before", end(&filter.to));
    let as_of = filter.as_of.as_deref().and_then(When::parse);
    if filter.to.is_none() {
        put("before", end(&as_of));
    }
    let (id, number) = match filter.address.as_deref() {
        Some(id) if is_id(id) => (Some(id), None),
        number => (None, number),
    };
    put("contactId", id.unwrap_or_default().to_owned());
    // A number within a search stands for both sides of the talk.
    let number = number.map(bare_address);
    let words = [filter.search.as_deref(), number];
    let words: Vec<_> = words.into_iter().flatten().collect();
    put("search", words.join(" "));
    query::join(&pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_the_filter_in_the_words_of_the_search() {
        for (url, query) in [
            ("", ""),
            (
                "?status=failed,undelivered&dir=out&lane=bulk&code=63016",
                "?status=failed,undelivered&direction=out&lane=bulk&code=63016",
            ),
            ("?from=-1h", "?after=1970-01-01T01:00:00.000Z"),
            ("?to=2026-11-22", "?before=2026-11-22T00:00:00Z"),
            ("?address=con_01k", "?contactId=con_01k"),
            (
                "?q=order&address=%2B9779800000001",
                "?search=order%20%2B9779800000001",
            ),
        ] {
            assert_eq!(
                export_query(&Filter::parse(url), 7_200_000.0),
                query,
                "{url}"
            );
        }
    }
}
