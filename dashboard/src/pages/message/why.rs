//! Why it failed: the code, what it means, who has to act, what to do next.

use leptos::prelude::*;

use crate::{
    api::messages::TwilioError,
    components::icon::{Glyph, Icon},
    core::{filter::Filter, status::Tone, words::ErrorKind},
    route::Route,
};

/// The panel; absent where nothing went wrong.
#[component]
pub(super) fn Why(error: Option<TwilioError>, code: Option<i32>) -> impl IntoView {
    let code = error.as_ref().map(|it| it.code).or(code);
    code.map(|code| {
        let tone = match error.as_ref().map(|it| it.kind) {
            Some(ErrorKind::Transient | ErrorKind::Warning) => Tone::Warn,
            Some(ErrorKind::Permanent | ErrorKind::NeedsAction) | None => Tone::Danger,
        };
        let meaning = error.as_ref().map_or_else(
            || "Twilio gave a code that is not in Waybill's catalogue.".to_owned(),
            |it| it.meaning.clone(),
        );
        let same = Filter {
            code: vec![code],
            ..Filter::default()
        };
        let docs = format!("https://www.twilio.com/docs/api/errors/{code}");
        view! {
            <section
                class=format!("why why--{}", tone.as_str())
                aria-labelledby="why-title"
                data-testid="why"
            >
                <h2 id="why-title" class="why__title">
                    <Glyph icon=Icon::TriangleAlert />
                    <span class="hidden">"Why: error "</span>
                    <code class="code">{code}</code>
                    <span>{meaning}</span>
                </h2>
                {error
                    .map(|it| {
                        view! {
                            <dl class="why__facts">
                                <dt>"Next step"</dt>
                                <dd>{it.next_step}</dd>
                                <dt>"Who acts"</dt>
                                <dd>{it.owner.label()}</dd>
                                <dt>"Trying again"</dt>
                                <dd>{it.kind.label()}</dd>
                            </dl>
                        }
                    })}
                <p class="why__links">
                    <a href=Route::Messages(same).href()>"All messages with this error"</a>
                    <a href=docs rel="external noreferrer" target="_blank">
                        "Twilio's page"
                        <Glyph icon=Icon::ExternalLink />
                        <span class="hidden">"(opens a new tab)"</span>
                    </a>
                </p>
            </section>
        }
    })
}
