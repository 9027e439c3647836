//! Says when the connection is away, and since when the data stands still; when it is back; when it is refused.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    components::{
        icon::{Glyph, Icon},
        when::{Style, written},
    },
    core::say::say,
    state::{live::use_live, session::reload},
};

/// News keep coming in for so long after the line is there again.
const CATCH_UP: Duration = Duration::from_millis(1500);
const SAID_FOR: Duration = Duration::from_secs(5);

/// What the banner says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// Since a time of day.
    Away(String),
    /// With so many updates.
    Back(u32),
    /// For good, with a close code.
    Refused(u16),
}

impl Word {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Away(_) => "away",
            Self::Back(_) => "back",
            Self::Refused(_) => "refused",
        }
    }
}

/// The banner; its place is always there, so that a screen reader hears it.
#[component]
pub(crate) fn ConnectionBanner() -> impl IntoView {
    let word = words();
    view! {
        <div role="status">{move || word.get().map(|it| view! { <Banner word=it /> })}</div>
    }
}

fn words() -> Memo<Option<Word>> {
    let live = use_live();
    let back: RwSignal<Option<u32>> = RwSignal::new(None);
    let since = Memo::new(move |_| live.away_since_ms());
    Effect::new(move |before: Option<(bool, u32)>| {
        let is_away = since.get().is_some();
        let (was_away, heard_then) = before.unwrap_or((false, 0));
        if is_away {
            back.set(None);
            let heard = if was_away { heard_then } else { live.heard() };
            return (true, heard);
        }
        if was_away {
            let tell = move || {
                back.try_set(Some(live.heard().wrapping_sub(heard_then)));
                set_timeout(
                    move || {
                        back.try_set(None);
                    },
                    SAID_FOR,
                );
            };
            set_timeout(tell, CATCH_UP);
        }
        (false, 0)
    });
    Memo::new(move |_| {
        if let Some(code) = live.refused() {
            return Some(Word::Refused(code));
        }
        let away = since.get().map(|it| Word::Away(written(it, Style::Clock)));
        away.or_else(|| back.get().map(Word::Back))
    })
}

#[component]
fn Banner(word: Word) -> impl IntoView {
    let live = use_live();
    let state = word.as_str();
    let (icon, claim, rest) = match &word {
        Word::Away(since) => (
            Icon::WifiOff,
            say!("Offline."),
            say!(
                " What you see is from {since}. Trying again by itself.",
                since
            ),
        ),
        Word::Back(0) => (
            Icon::Check,
            say!("Back."),
            say!(" Nothing has changed.").to_owned(),
        ),
        Word::Back(count) => (
            Icon::Check,
            say!("Back."),
            say!(
                *count,
                " {n} update applied." | " {n} updates applied.",
                n = count
            ),
        ),
        Word::Refused(code) => (
            Icon::TriangleAlert,
            say!("Not live."),
            say!(
                " The server ended this page's connection (code {code}). Reload to begin anew; nothing is lost.",
                code
            ),
        ),
    };
    let act = match word {
        Word::Away(_) => Some((say!("Try now"), Callback::new(move |()| live.wake()))),
        Word::Refused(_) => Some((say!("Reload"), Callback::new(|()| reload()))),
        Word::Back(_) => None,
    };
    view! {
        <div class=format!("banner banner--{state}") data-testid="connection-banner" data-state=state>
            <Glyph icon=icon />
            <p>
                <strong>{claim}</strong>
                {rest}
            </p>
            {act
                .map(|(label, act)| {
                    view! {
                        <button type="button" class="button" on:click=move |_| act.run(())>
                            {label}
                        </button>
                    }
                })}
        </div>
    }
}
