//! Every component in every state, for the eyes and for axe. Compiled into development builds only
//! (`debug_assertions`): what is shipped does not weigh a byte more.

mod lists;
mod parts;

use leptos::prelude::*;

use crate::state::page::use_title;

/// The page at `/gallery`.
#[component]
pub(crate) fn GalleryPage() -> impl IntoView {
    use_title(|| "Gallery".to_owned());
    view! {
        <div class="head" data-testid="gallery">
            <h1 tabindex="-1">"Gallery"</h1>
            <p class="head__count">"Every component in every state; development builds only."</p>
        </div>
        <div class="checks">
            {section("Buttons", parts::buttons())}
            {section("Badges", parts::badges())}
            {section("Fields", parts::fields())}
            {section("Faces", parts::faces())}
            {section("Connection", parts::banners())}
            {section("Layers", parts::layers())}
            {section("Values", parts::values())}
            {section("Events", lists::events())}
            {section("Bubbles", lists::bubbles())}
            {section("Filters", lists::filters())}
            {section("Lists", lists::lists())}
        </div>
    }
}

fn section(title: &'static str, content: AnyView) -> AnyView {
    let id = format!("gallery-{}", title.to_lowercase());
    let label = id.clone();
    view! {
        <section class="panel" aria-labelledby=label>
            <h2 class="panel__title" id=id>
                {title}
            </h2>
            <div class="form panel__form">{content}</div>
        </section>
    }
    .into_any()
}
