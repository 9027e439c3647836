//! Every shortcut there is: what to press, what it does, where. The sheet on `?` is drawn from this one table; the
//! places that `g` leads to stand with their pages.

use super::say::key;

/// After `g`, the next key counts for so long, in milliseconds.
const PATIENCE_MS: f64 = 1500.0;

/// Where a shortcut works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// On every page.
    Everywhere,
    /// On the page of this path; `/messages/*`: on every page below.
    Page(&'static str),
}

impl Scope {
    /// Whether it works at `path`.
    pub(crate) fn covers(self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        match self {
            Self::Everywhere => true,
            Self::Page(own) => match own.strip_suffix('*') {
                Some(above) => path.starts_with(above),
                None => path == own,
            },
        }
    }
}

/// One line of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shortcut {
    /// As they are printed on the keys; alternatives.
    pub(crate) keys: &'static [&'static str],
    /// What it does, as a phrase.
    pub(crate) does: &'static str,
    pub(crate) scope: Scope,
}

const fn on(scope: Scope, keys: &'static [&'static str], does: &'static str) -> Shortcut {
    Shortcut { keys, does, scope }
}

const ALL: Scope = Scope::Everywhere;
const LOG: Scope = Scope::Page("/messages");
const MESSAGE: Scope = Scope::Page("/messages/*");
const WEBHOOKS: Scope = Scope::Page("/webhooks");
const SIMULATOR: Scope = Scope::Page("/simulator");

/// The key map. A page that takes a key writes it down here.
pub(crate) const SHORTCUTS: &[Shortcut] = &[
    on(ALL, &["Ctrl K", "⌘ K"], key!("Search, or run a command")),
    on(ALL, &["?"], key!("These shortcuts")),
    on(ALL, &["t"], key!("Theme: system, light, dark")),
    on(ALL, &["l"], key!("Live on or off")),
    on(ALL, &["F6"], key!("To the notes at the corner, and back")),
    on(ALL, &["Esc"], key!("Close what is on top")),
    on(LOG, &["/"], key!("To the search box")),
    on(LOG, &["j", "↓"], key!("Next row")),
    on(LOG, &["k", "↑"], key!("Previous row")),
    on(LOG, &["PgUp", "PgDn"], key!("Twenty rows on")),
    on(LOG, &["Home", "End"], key!("The first or the last row")),
    on(LOG, &["⏎"], key!("Open the message")),
    on(LOG, &["Space"], key!("Look at it beside the rows")),
    on(LOG, &["w"], key!("Why it failed")),
    on(LOG, &["x", "⇧ X"], key!("Select, or select up to here")),
    on(LOG, &["r"], key!("Retry the selected, or this one")),
    on(LOG, &["y", "⇧ Y"], key!("Copy its link, or it as GraphQL")),
    on(LOG, &["."], key!("Show the new rows")),
    on(
        MESSAGE,
        &["[", "]"],
        key!("The message before, the one after"),
    ),
    on(MESSAGE, &["w"], key!("Why it failed")),
    on(MESSAGE, &["r"], key!("Retry")),
    on(
        MESSAGE,
        &["y", "⇧ Y"],
        key!("Copy its link, or it as GraphQL"),
    ),
    on(WEBHOOKS, &["j", "↓"], key!("Next row")),
    on(WEBHOOKS, &["k", "↑"], key!("Previous row")),
    on(WEBHOOKS, &["."], key!("Show the new rows")),
    on(SIMULATOR, &["Alt 1…4"], key!("Take another phone")),
    on(SIMULATOR, &["Ctrl ⏎"], key!("Send")),
];

/// The lines for a page: its own first.
pub(crate) fn of_page(path: &str) -> Vec<Shortcut> {
    let (everywhere, own): (Vec<_>, Vec<_>) = SHORTCUTS
        .iter()
        .copied()
        .filter(|it| it.scope.covers(path))
        .partition(|it| it.scope == Scope::Everywhere);
    own.into_iter().chain(everywhere).collect()
}

/// What a key means while a sequence may be going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `g`: the next key says where.
    Begun,
    /// The key after `g`.
    Go(char),
    /// A key for somebody else.
    Other,
}

/// Remembers a `g`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sequence {
    begun_at_ms: Option<f64>,
}

impl Sequence {
    /// Takes one key at `now_ms`.
    pub(crate) fn press(&mut self, key: &str, now_ms: f64) -> Step {
        let is_on = self
            .begun_at_ms
            .take()
            .is_some_and(|it| now_ms - it <= PATIENCE_MS);
        let mut letters = key.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if is_on => Step::Go(letter),
            (Some('g'), None) => {
                self.begun_at_ms = Some(now_ms);
                Step::Begun
            }
            // A held shift is not yet a key.
            _ if is_on && key == "Shift" => {
                self.begun_at_ms = Some(now_ms);
                Step::Other
            }
            _ => Step::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_two_keys_in_time() {
        let mut it = Sequence::default();
        assert_eq!(it.press("m", 0.0), Step::Other);
        assert_eq!(it.press("g", 0.0), Step::Begun);
        assert_eq!(it.press("m", 900.0), Step::Go('m'));
        assert_eq!(it.press("m", 901.0), Step::Other);
        assert_eq!(it.press("g", 1000.0), Step::Begun);
        assert_eq!(it.press("m", 2501.0), Step::Other);
        assert_eq!(it.press("g", 3000.0), Step::Begun);
        assert_eq!(it.press("g", 3001.0), Step::Go('g'));
        assert_eq!(it.press("g", 3002.0), Step::Begun);
        assert_eq!(it.press("Escape", 3003.0), Step::Other);
        assert_eq!(it.press("m", 3004.0), Step::Other);
    }

    #[test]
    fn a_page_lists_its_own_keys_first() {
        let lines = of_page("/messages");
        assert_eq!(lines.first().map(|it| it.does), Some("To the search box"));
        assert!(lines.iter().any(|it| it.does == "These shortcuts"));
        assert!(!of_page("/doctor").iter().any(|it| it.scope == LOG));
    }

    #[test]
    fn scopes_are_paths() {
        for (scope, path, covers) in [
            (Scope::Page("/messages"), "/messages/", true),
            (Scope::Page("/messages"), "/messages/msg_1", false),
            (Scope::Page("/messages/*"), "/messages/msg_1", true),
            (Scope::Page("/messages/*"), "/messages", false),
            (Scope::Everywhere, "/", true),
        ] {
            assert_eq!(scope.covers(path), covers, "{scope:?} {path}");
        }
    }

    #[test]
    fn no_key_means_two_things_on_one_page() {
        for it in SHORTCUTS {
            for other in SHORTCUTS {
                let overlap = it.scope == other.scope
                    || it.scope == Scope::Everywhere
                    || other.scope == Scope::Everywhere;
                let shared = it.keys.iter().any(|key| other.keys.contains(key));
                assert!(it == other || !(overlap && shared), "{it:?} {other:?}");
            }
        }
    }
}
