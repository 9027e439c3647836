//! A message's text with WhatsApp's marks, built of nodes: never HTML.

use leptos::prelude::*;

use crate::core::whatsapp::{Span, spans};

/// Draws a body as the phone would.
#[component]
pub(crate) fn Body(
    /// The text as it was sent.
    text: String,
) -> impl IntoView {
    let runs = spans(&text).into_iter().map(run).collect_view();
    view! { <span class="body" dir="auto">{runs}</span> }
}

fn run(span: Span) -> impl IntoView {
    let look = span.look;
    let mut class = String::new();
    for (is_on, name) in [
        (look.is_bold, "is-bold "),
        (look.is_italic, "is-italic "),
        (look.is_struck, "is-struck "),
        (look.is_mono, "is-mono "),
    ] {
        if is_on {
            class.push_str(name);
        }
    }
    view! { <span class=class>{span.text}</span> }
}
