//! The jobs tray: what works in the background, wherever one is. Each leads to its page.

use leptos::prelude::*;

use crate::{
    api::bulk::{Job, JobState},
    components::icon::{Glyph, Icon},
    core::say::say,
    pages::job::JobBar,
    route::Route,
    state::{jobs::use_jobs, session::use_session},
};

/// The tray; absent while there is nothing.
#[component]
pub(crate) fn JobsTray() -> impl IntoView {
    let jobs = use_jobs();
    let session = use_session();
    Effect::new(move |before: Option<bool>| {
        let is_known = session.viewer().is_some();
        if is_known && before != Some(true) {
            jobs.begin();
        }
        is_known
    });
    let one = move |job: Job| {
        let id = job.id.inner().to_owned();
        let of = id.clone();
        let now = Memo::new(move |_| jobs.get(&of));
        let is_ended =
            move || now.with(|it| it.as_ref().is_some_and(|it| it.state != JobState::Running));
        let href = Route::Job(id.clone()).href();
        view! {
            <li class="tray__job" data-testid="tray-job">
                <a href=href>{say!("Retry of messages")}</a>
                {move || now.get().map(|job| view! { <JobBar job=job /> })}
                <Show when=is_ended>
                    <button
                        type="button"
                        class="icon-button"
                        on:click={
                            let id = id.clone();
                            move |_| jobs.dismiss(&id)
                        }
                    >
                        <Glyph icon=Icon::X />
                        <span class="hidden">{say!("Dismiss")}</span>
                    </button>
                </Show>
            </li>
        }
    };
    view! {
        <Show when=move || !jobs.list().is_empty()>
            <section class="tray" aria-label=say!("Background jobs") data-testid="jobs-tray">
                <ul>
                    <For each=move || jobs.list() key=|it| it.id.inner().to_owned() children=one />
                </ul>
            </section>
        </Show>
    }
}
