//! What a message holds besides its text, inside its bubble.

use leptos::prelude::*;

use crate::{
    api::{
        content::{Location, Medium},
        messages::MessageDetail,
    },
    components::{
        badge::icon_of_content,
        icon::{Glyph, Icon},
    },
    core::{
        content::{ContentKind, Show, place},
        say::say,
    },
    route::Route,
};

/// What stands above the text: what is answered, the kind, media, a place, the tap.
#[component]
pub(super) fn Above(message: MessageDetail) -> impl IntoView {
    let kind = message.content_kind;
    let shown = message
        .media
        .iter()
        .any(|it| Show::of(&it.url, it.content_type.as_deref()) != Show::File);
    let label = kind.label().filter(|_| !shown);
    view! {
        {message
            .quoted
            .map(|it| {
                view! {
                    <a class="bubble__quote" href=Route::Message(it.sid).href()>
                        {say!("In answer to an earlier message")}
                    </a>
                }
            })}
        {message.is_forwarded.then(|| view! { <span class="bubble__kind">{say!("Forwarded")}</span> })}
        {label
            .map(|label| {
                view! {
                    <span class="bubble__kind">
                        <Glyph icon=icon_of_content(kind) />
                        {label}
                    </span>
                }
            })}
        {message.media.into_iter().map(|it| view! { <MediumView medium=it kind=kind /> }).collect_view()}
        {message.location.map(|it| view! { <Place location=it /> })}
    }
}

#[component]
fn MediumView(medium: Medium, kind: ContentKind) -> impl IntoView {
    let Medium {
        url,
        content_type,
        file_name,
    } = medium;
    let label = kind.label().unwrap_or_else(|| say!("Media"));
    let picture = url.clone();
    match Show::of(&url, content_type.as_deref()) {
        Show::Image => view! {
            <a href=picture target="_blank" rel="noopener">
                <img class="bubble__picture" src=url alt=say!("{label} from the customer", label) loading="lazy" />
            </a>
        }
        .into_any(),
        Show::Audio => view! {
            <audio class="bubble__sound" src=url controls preload="metadata" aria-label=say!("Voice message")></audio>
        }
        .into_any(),
        Show::Video => view! {
            <video class="bubble__picture" src=url controls preload="metadata" aria-label=say!("Video")></video>
        }
        .into_any(),
        Show::File => {
            let name = file_name.unwrap_or_else(|| say!("Open the file").to_owned());
            view! {
                <a class="bubble__file" href=url target="_blank" rel="noopener noreferrer">
                    <Glyph icon=Icon::ExternalLink />
                    <span dir="auto">{name}</span>
                    {content_type.map(|it| view! { <span class="faint">{it}</span> })}
                </a>
            }
            .into_any()
        }
    }
}

#[component]
fn Place(location: Location) -> impl IntoView {
    let (words, map) = place(location.latitude, location.longitude);
    view! {
        <span class="bubble__place">
            {location.label.map(|it| view! { <strong dir="auto">{it}</strong> })}
            {location.address.map(|it| view! { <span dir="auto">{it}</span> })}
            <a href=map target="_blank" rel="noopener noreferrer">
                {words}
            </a>
        </span>
    }
}

/// What stands below the text: where the customer came from, and what this server does not know.
#[component]
pub(super) fn Below(message: MessageDetail) -> impl IntoView {
    let choice = message.choice.map(|it| {
        let id = it.choice_id.map(|id| say!("id {id}", id));
        [it.description, id]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    });
    let unknown = message.unknown_fields.and_then(|it| {
        let fields = it.0.as_object()?.clone();
        Some(
            fields
                .into_iter()
                .map(|(name, value)| {
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    view! {
                        <dt>{name}</dt>
                        <dd dir="auto">{text}</dd>
                    }
                })
                .collect_view(),
        )
    });
    view! {
        {choice.filter(|it| !it.is_empty()).map(|it| view! { <span class="bubble__kind">{it}</span> })}
        {message
            .referral
            .map(|it| {
                let headline = it.headline.unwrap_or_else(|| say!("an advertisement").to_owned());
                view! {
                    <span class="bubble__kind">
                        {say!("Came by: ")}
                        {match it.source_url.filter(|it| it.starts_with("https://") || it.starts_with("http://")) {
                            Some(url) => view! {
                                <a href=url target="_blank" rel="noopener noreferrer">{headline}</a>
                            }.into_any(),
                            None => view! { <span dir="auto">{headline}</span> }.into_any(),
                        }}
                    </span>
                }
            })}
        {unknown
            .map(|fields| {
                view! {
                    <details class="bubble__raw">
                        <summary>{say!("Fields that Waybill does not know")}</summary>
                        <dl class="facts">{fields}</dl>
                    </details>
                }
            })}
    }
}
