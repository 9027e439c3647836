//! An address nobody lives at.

use leptos::prelude::*;

use crate::{
    components::{icon::Icon, notice::Empty},
    core::{filter::Filter, say::say},
    route::Route,
    state::page::use_title,
};

/// Says so, and leads home.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    use_title(|| say!("Page not found").to_owned());
    view! {
        <h1 tabindex="-1">{say!("Page not found")}</h1>
        <Empty icon=Icon::Search title=say!("Nothing lives at this address").to_owned()>
            <p>
                {say!(
                    "The link may be mistyped, or the page is not part of this version of Waybill."
                )}
            </p>
            <p>
                <a class="button button--primary" href=Route::Messages(Filter::default()).href()>
                    {say!("Go to Messages")}
                </a>
            </p>
        </Empty>
    }
}
