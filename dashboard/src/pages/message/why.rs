//! Why it failed: the code, what it means, who has to act, this message's own facts, and the button that helps.

use leptos::{prelude::*, task::spawn_local};

use super::template::TemplateDialog;
use crate::{
    api::{
        messages::{MessageDetail, TwilioError},
        stats,
    },
    components::{
        copy::Copyable,
        icon::{Glyph, Icon},
        when::{Style, written},
    },
    core::{
        filter::Filter,
        period::Bounds,
        range::When,
        say::say,
        status::{Status, Tone},
        time::{parse_ms, span},
        words::{ErrorKind, bare_address},
    },
    route::Route,
    state::{clock::use_clock, session::use_session},
};

/// Free text came too late: only a template may go.
const WINDOW_CLOSED: i32 = 63016;
const DAY_MS: f64 = 86_400_000.0;

/// The panel; absent where nothing went wrong.
#[component]
pub(super) fn Why(message: Memo<Option<MessageDetail>>) -> impl IntoView {
    let cause = Memo::new(move |_| {
        let message = message.get()?;
        let is_bad = matches!(message.status, Status::Failed | Status::Undelivered);
        let code = message
            .error
            .as_ref()
            .map(|it| it.code)
            .or(message.error_code);
        (is_bad || code.is_some()).then(|| (code, message.error.clone(), message))
    });
    // A later event of the same message does not draw the panel anew while somebody reads it.
    let shown = Memo::new(move |_| {
        cause.with(|it| it.as_ref().map(|it| (it.0, it.2.status, it.2.id.clone())))
    });
    move || {
        shown.get()?;
        let (code, error, message) = cause.get_untracked()?;
        Some(view! { <Reason code=code error=error message=message /> })
    }
}

#[component]
fn Reason(code: Option<i32>, error: Option<TwilioError>, message: MessageDetail) -> impl IntoView {
    let tone = match error.as_ref().map(|it| it.kind) {
        Some(ErrorKind::Transient | ErrorKind::Warning) => Tone::Warn,
        Some(ErrorKind::Permanent | ErrorKind::NeedsAction) | None => Tone::Danger,
    };
    let last_words = message
        .attempts
        .iter()
        .rev()
        .find_map(|it| it.error_message.clone());
    let meaning = match (&error, code, last_words) {
        (Some(error), _, _) => error.meaning.clone(),
        (None, _, Some(words)) => words,
        (None, Some(_), None) => {
            say!("Twilio gave a code that is not in Waybill's catalogue.").to_owned()
        }
        (None, None, None) => {
            say!("No error code came with it. The timeline below tells what is known.").to_owned()
        }
    };
    let docs = code.map(|it| format!("https://www.twilio.com/docs/api/errors/{it}"));
    view! {
        <section
            class=format!("why why--{}", tone.as_str())
            aria-labelledby="why-title"
            tabindex="-1"
            data-testid="why"
            data-code=code
        >
            <h2 id="why-title" class="why__title">
                <Glyph icon=Icon::TriangleAlert />
                <span class="hidden">{say!("Why: ")}</span>
                {code.map(|it| view! { <code class="code">{it}</code> })}
                <span>{meaning}</span>
            </h2>
            {error
                .map(|it| {
                    view! {
                        <dl class="why__facts">
                            <dt>{say!("Next step")}</dt>
                            <dd>{it.next_step}</dd>
                            <dt>{say!("Who acts")}</dt>
                            <dd>{it.owner.label()}</dd>
                            <dt>{say!("Trying again")}</dt>
                            <dd>{it.kind.label()}</dd>
                        </dl>
                    }
                })}
            <Circumstances message=message.clone() />
            <Fix code=code message=message />
            <p class="why__links">
                {code.map(|it| view! { <Others code=it /> })}
                {docs
                    .map(|docs| {
                        view! {
                            <a href=docs rel="external noreferrer" target="_blank">
                                {say!("Twilio's page")}
                                <Glyph icon=Icon::ExternalLink />
                                <span class="hidden">{say!("(opens a new tab)")}</span>
                            </a>
                        }
                    })}
            </p>
        </section>
    }
}

/// What is true of this message and this customer.
#[component]
fn Circumstances(message: MessageDetail) -> impl IntoView {
    let clock = use_clock();
    let name = message.contact.title().to_owned();
    let sent_ms = parse_ms(&message.created_at.0);
    let heard_ms = message
        .contact
        .last_inbound_at
        .as_ref()
        .and_then(|it| parse_ms(&it.0));
    let closes_ms = message
        .contact
        .window_expires_at
        .as_ref()
        .and_then(|it| parse_ms(&it.0));
    let window = match (heard_ms, sent_ms) {
        (None, _) => say!(
            "{name} never wrote to this server: only templates may be sent.",
            name
        ),
        (Some(heard), Some(sent)) if heard <= sent => say!(
            "{name} last wrote {time} before this message ({moment}).",
            name,
            time = span(sent - heard),
            moment = written(heard, Style::DateAndTime)
        ),
        (Some(heard), _) => say!(
            "{name} has written since ({moment}).",
            name,
            moment = written(heard, Style::DateAndTime)
        ),
    };
    let now_ms = untrack(|| clock.now_ms());
    let state = closes_ms.map(|it| {
        if it > now_ms {
            say!(
                "Free text may be sent for another {time}.",
                time = span(it - now_ms)
            )
        } else {
            say!(
                "The reply window closed {time} ago.",
                time = span(now_ms - it)
            )
        }
    });
    let consent = match (&message.contact.opted_out_at, &message.contact.blocked_at) {
        (Some(_), _) => Some(say!(
            "They want no messages (STOP): only they can change that, by writing START."
        )),
        (None, Some(_)) => Some(say!("They are blocked here: nothing is sent to them.")),
        (None, None) => None,
    };
    view! {
        <ul class="why__list">
            <li data-testid="why-window">{window} " " {state}</li>
            {consent.map(|it| view! { <li>{it}</li> })}
        </ul>
    }
}

/// The button that helps, and the link that lets the customer help.
#[component]
fn Fix(code: Option<i32>, message: MessageDetail) -> impl IntoView {
    let session = use_session();
    let is_open = RwSignal::new(false);
    let is_window = code == Some(WINDOW_CLOSED);
    let sender = bare_address(&message.from).to_owned();
    let digits: String = sender.chars().filter(char::is_ascii_digit).collect();
    let ask = format!("https://wa.me/{digits}");
    is_window.then(|| {
        view! {
            <div class="why__fix">
                <button
                    type="button"
                    class="button button--primary"
                    data-testid="fix-template"
                    disabled=session.is_barred()
                    title=session.bar()
                    on:click=move |_| is_open.set(true)
                >
                    <Glyph icon=Icon::Template />
                    {say!("Send a template instead")}
                </button>
                <span class="why__ask">
                    {say!("Or ask them to write: ")}
                    <Copyable value=ask what=say!("the link that opens the chat") />
                </span>
            </div>
            <TemplateDialog is_open=is_open from=sender to=bare_address(&message.to).to_owned() />
        }
    })
}

/// How many failed in the same way within a day, and the way to them.
#[component]
fn Others(code: i32) -> impl IntoView {
    let clock = use_clock();
    let count = RwSignal::new(None);
    spawn_local(async move {
        let now_ms = clock.server_now_ms();
        let day = Bounds {
            from_ms: now_ms - DAY_MS,
            to_ms: now_ms + 1000.0,
        };
        if let Ok(groups) = stats::groups(day, None).await {
            let found = groups.iter().find(|it| it.code == Some(code));
            count.try_set(Some(found.map_or(0, |it| it.count)));
        }
    });
    let same = Filter {
        code: vec![code],
        from: Some(When::Ago(1440)),
        ..Filter::default()
    };
    let words = move || match count.get() {
        None => say!("All messages with this error").to_owned(),
        Some(0 | 1) => say!("No other failed this way in the last 24 hours").to_owned(),
        Some(it) => say!(
            it - 1,
            "{n} other failed this way in the last 24 hours"
                | "{n} others failed this way in the last 24 hours",
            n = it - 1
        ),
    };
    view! {
        <a href=Route::Messages(same).href() data-testid="why-others">
            {words}
        </a>
    }
}
