//! Badges: a tone, an icon and a word, never a color alone.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::core::{
    content::ContentKind,
    status::{Status, Tone},
    words::{Environment, Outcome},
};

/// The picture of a status.
pub(crate) fn icon_of(status: Status) -> Icon {
    match status {
        Status::Scheduled => Icon::CalendarClock,
        Status::Queued => Icon::Clock,
        Status::Sending => Icon::Loader,
        Status::Unconfirmed => Icon::MailWarning,
        Status::Accepted => Icon::Send,
        Status::Sent => Icon::Check,
        Status::Delivered | Status::Read => Icon::CheckCheck,
        Status::Undelivered => Icon::TriangleAlert,
        Status::Failed => Icon::CircleX,
        Status::Canceled => Icon::Ban,
        Status::Received => Icon::In,
    }
}

/// The picture of what a message is made of.
pub(crate) fn icon_of_content(kind: ContentKind) -> Icon {
    match kind {
        ContentKind::Image | ContentKind::Video | ContentKind::Sticker | ContentKind::Media => {
            Icon::Image
        }
        ContentKind::Audio => Icon::Mic,
        ContentKind::Document => Icon::File,
        ContentKind::Location => Icon::MapPin,
        ContentKind::Contact => Icon::User,
        ContentKind::ButtonReply | ContentKind::ListReply => Icon::Check,
        ContentKind::Template => Icon::Template,
        ContentKind::Text => Icon::Message,
        ContentKind::Other => Icon::Braces,
    }
}

/// An icon and a word in a tone.
#[component]
pub(crate) fn Badge(
    /// The family of colors.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The picture.
    #[prop(into)]
    icon: Signal<Icon>,
    /// The word.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <span class=move || format!("badge badge--{}", tone.get().as_str())>
            <Glyph icon=icon />
            <span class="badge__label">{label}</span>
        </span>
    }
}

/// A message's status. When it changes while on screen it is tinted for a moment.
#[component]
pub(crate) fn StatusBadge(
    /// The status; may change.
    #[prop(into)]
    status: Signal<Status>,
) -> impl IntoView {
    let is_fresh = Memo::new(move |seen: Option<&(Status, bool)>| {
        let now = status.get();
        (
            now,
            seen.is_some_and(|(before, was_fresh)| *before != now || *was_fresh),
        )
    });
    view! {
        <span class="status" class:is-fresh=move || is_fresh.get().1>
            <Badge
                tone=Signal::derive(move || status.get().tone())
                icon=Signal::derive(move || icon_of(status.get()))
                label=Signal::derive(move || status.get().label().to_owned())
            />
        </span>
    }
}

/// How an attempt ended.
#[component]
pub(crate) fn OutcomeBadge(
    /// The outcome.
    outcome: Outcome,
) -> impl IntoView {
    let (tone, icon) = match outcome {
        Outcome::Pending => (Tone::Info, Icon::Loader),
        Outcome::Accepted => (Tone::Success, Icon::Check),
        Outcome::Refused => (Tone::Danger, Icon::CircleX),
        Outcome::Busy => (Tone::Neutral, Icon::Clock),
        Outcome::Unclear => (Tone::Warn, Icon::MailWarning),
    };
    view! { <Badge tone=tone icon=icon label=outcome.label().to_owned() /> }
}

/// What the server is connected to; always on screen, so that nobody sends to a person by accident.
#[component]
pub(crate) fn EnvironmentBadge(
    /// The environment, once known.
    #[prop(into)]
    environment: Signal<Option<Environment>>,
) -> impl IntoView {
    view! {
        <span
            class=move || {
                let kind = environment.get().map_or("unknown", |it| match it {
                    Environment::Live => "live",
                    Environment::TestNumber => "test",
                    Environment::Simulated => "simulated",
                });
                format!("environment environment--{kind}")
            }
            data-testid="environment-badge"
            data-environment=move || environment.get().map(Environment::name)
            title=move || environment.get().map(Environment::meaning)
        >
            {move || environment.get().map_or("…", Environment::label)}
        </span>
    }
}
