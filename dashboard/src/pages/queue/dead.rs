//! What reached nobody, by cause. The order stands still while somebody reads.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    View,
    group::Group,
    waiting::{Bones, is_being_read},
};
use crate::{
    api::{
        messages::MessageFilter,
        stats::{self, FailureGroup},
    },
    components::{icon::Icon, keyed::Keyed, notice::Empty},
    core::{
        canary::in_old_order,
        period::{Bounds, Period},
        say::say,
    },
    pages::{range::Range, trouble::Trouble},
    state::{clock::use_clock, live::use_live, queue::use_queue, source::Source},
};

/// Long enough that nothing is missed over a weekend.
const USUAL: Period = Period::Back(7 * 24 * 60);

/// The groups of a period.
#[component]
pub(super) fn DeadLetters(view: Memo<View>) -> impl IntoView {
    let (queue, clock, live) = (use_queue(), use_clock(), use_live());
    let search = use_location().search;
    let period = Memo::new(move |_| search.with(|it| Period::parse(it, USUAL)));
    let source = Source::<Vec<FailureGroup>>::new();
    let order = RwSignal::new(Vec::<String>::new());
    let bounds = RwSignal::new(period.get_untracked().at(clock.server_now_ms()));
    let read = move || {
        let fresh = period.get_untracked().at(clock.server_now_ms());
        bounds.set(fresh);
        source.read(
            move |abort| Box::pin(stats::groups(fresh.whole_minutes(), abort)),
            move || {
                let new: Vec<_> = source
                    .data
                    .with_untracked(|it| it.iter().flatten().map(|it| key(it.code)).collect());
                order.update(|old| {
                    *old = if is_being_read() {
                        in_old_order(old, &new)
                    } else {
                        new
                    };
                });
            },
        );
    };
    let dead = Memo::new(move |_| queue.with(|it| it.dead_messages));
    Effect::new(move |before: Option<(Period, Option<i32>)>| {
        let now = (period.get(), dead.get());
        let is_asked = before.is_none_or(|it| it.0 != now.0);
        if is_asked || (before.is_some_and(|it| it.1 != now.1) && !untrack(|| live.is_paused())) {
            read();
        }
        now
    });
    let is_empty = move || order.with(Vec::is_empty) && source.data.with(Option::is_some);
    let keys = Signal::derive(move || order.get());
    let row = Callback::new(move |key: String| {
        let code = key.parse().ok();
        let groups = source.data;
        view! { <Group code=code groups=groups view=view bounds=bounds /> }.into_any()
    });
    view! {
        <div class="queue__range">
            <p class="queue__words">
                {say!(
                    "Grouped by what Twilio said. Mend the cause, try one message, then the rest."
                )}
            </p>
            <Range period=period base="/queue?tab=dead&" />
        </div>
        <Trouble failure=source.failure on_retry=Callback::new(move |()| read()) />
        <section
            class="panel"
            aria-label=say!("Dead letters")
            aria-busy=move || source.is_busy.get().to_string()
        >
            {move || source.is_cold().then(|| view! { <Bones /> })}
            {move || is_empty().then(|| view! {
                <Empty
                    icon=Icon::CheckCheck
                    title=say!("Nothing failed in this time").to_owned()
                >
                    <p>
                        {say!(
                            "Messages that Twilio or WhatsApp refused will stand here, one group a cause, with what to do."
                        )}
                    </p>
                </Empty>
            })}
            <ul data-rows="">
                <Keyed keys=keys row=row />
            </ul>
        </section>
    }
}

/// The word of a code, in the URL and as a key.
pub(super) fn key(code: Option<i32>) -> String {
    code.map_or_else(|| "none".to_owned(), |it| it.to_string())
}

/// The messages of a group that a retry is about.
pub(super) fn selection(code: i32, bounds: Bounds) -> MessageFilter {
    use crate::core::{period::moment, status::Status, words::Timestamp};
    MessageFilter {
        status: Some(vec![Status::Failed, Status::Undelivered]),
        error_code: Some(vec![code]),
        created_from: Some(Timestamp(moment(bounds.from_ms))),
        as_of: Some(Timestamp(moment(bounds.to_ms))),
        ..MessageFilter::default()
    }
}
