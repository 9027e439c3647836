//! What the simulator's page knows: the phones, the screen of the one in the hand, the trace behind it.

use std::{future::Future, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{
    api::{
        client::Latest,
        error::ApiError,
        events::MessageEvent,
        language,
        live::Heard,
        messages::{MessageFilter, UserError, reasons},
        simulator::{self, PhoneChange, PhoneMessage, Settings, Writing},
    },
    core::{
        persona::{self, MOST_PHONES, Persona},
        say::say,
        world::World,
    },
    state::{
        live::{Listening, Live, use_live},
        session::{Session, use_session},
        storage,
        toasts::{Toasts, use_toasts},
    },
};

const PHONES_KEY: &str = "waybill.phones";
/// Several events in a row are one request.
const CALM: Duration = Duration::from_millis(60);
/// Steps of the trace kept on the page.
const LONGEST_TRACE: usize = 200;

/// The screen of the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Screen {
    Reading,
    On(Vec<PhoneMessage>),
    /// The server has no simulator.
    Off,
}

/// Phones and trace of one page view.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    pub(super) phones: RwSignal<Vec<Persona>>,
    /// The place of the phone in the hand.
    pub(super) held: RwSignal<usize>,
    pub(super) address: Memo<String>,
    pub(super) screen: RwSignal<Screen>,
    /// `None`: the phone was not used yet.
    pub(super) settings: RwSignal<Option<Settings>>,
    pub(super) world: RwSignal<World>,
    pub(super) failure: RwSignal<Option<ApiError>>,
    /// What was refused about the last message written.
    pub(super) refusal: RwSignal<Option<String>>,
    pub(super) trace: RwSignal<Vec<MessageEvent>>,
    pub(super) is_sending: RwSignal<bool>,
    /// Changes of the world or a phone that have no answer yet.
    changing: StoredValue<usize>,
    latest: StoredValue<Latest, LocalStorage>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    timer: StoredValue<Option<TimeoutHandle>>,
    live: Live,
    session: Session,
    toasts: Toasts,
}

impl Stage {
    /// The phones this browser remembers.
    pub(super) fn new() -> Self {
        let phones = RwSignal::new(persona::read(storage::read(PHONES_KEY).as_deref()));
        let held = RwSignal::new(0);
        let address = Memo::new(move |_| {
            phones.with(|it| {
                it.get(held.get())
                    .map(|it| it.address.clone())
                    .unwrap_or_default()
            })
        });
        Effect::new(move |_| {
            storage::write(PHONES_KEY, Some(&phones.with(|it| persona::write(it))));
        });
        let stage = Self {
            phones,
            held,
            address,
            screen: RwSignal::new(Screen::Reading),
            settings: RwSignal::new(None),
            world: RwSignal::new(World::default()),
            failure: RwSignal::new(None),
            refusal: RwSignal::new(None),
            trace: RwSignal::new(Vec::new()),
            is_sending: RwSignal::new(false),
            changing: StoredValue::new(0),
            latest: StoredValue::new_local(Latest::default()),
            listening: StoredValue::new_local(None),
            timer: StoredValue::new(None),
            live: use_live(),
            session: use_session(),
            toasts: use_toasts(),
        };
        stage.live.when_back(move || {
            if stage.failure.with_untracked(Option::is_some) {
                stage.read();
            }
        });
        on_cleanup(move || {
            stage.latest.update_value(Latest::stop);
            stage.timer.update_value(|it| {
                it.take().inspect(TimeoutHandle::clear);
            });
        });
        stage
    }

    /// Who holds the phone in the hand.
    pub(super) fn persona(self) -> Persona {
        let held = self.held.get();
        self.phones
            .with(|it| it.get(held).cloned())
            .unwrap_or_else(|| Persona::default_at(held))
    }

    /// Takes another phone into the hand, counted from one; false when there is none.
    pub(super) fn hold(self, number: usize) -> bool {
        let exists = number > 0 && self.phones.with_untracked(|it| number <= it.len());
        if exists {
            self.held.set(number - 1);
        }
        exists
    }

    /// One more phone, in the hand, of the first default person who has none.
    pub(super) fn add_phone(self) {
        let phones = self.phones.get_untracked();
        let is_free = |it: &Persona| phones.iter().all(|phone| phone.address != it.address);
        let person = (0..MOST_PHONES * 2).map(Persona::default_at).find(is_free);
        if let Some(person) = person {
            self.take(person);
        }
    }

    /// Takes somebody's phone into the hand: one more, or in place of the held one where there is no more room.
    pub(super) fn take(self, person: Persona) {
        let known = self
            .phones
            .with_untracked(|it| it.iter().position(|it| it.address == person.address));
        let count = self.phones.with_untracked(Vec::len);
        match known {
            Some(place) => self.held.set(place),
            None if count < MOST_PHONES => {
                self.phones.update(|it| it.push(person));
                self.held.set(count);
            }
            None => self.rename(person),
        }
    }

    /// Puts the phone in the hand away; one always stays.
    pub(super) fn put_away(self) {
        let held = self.held.get_untracked();
        let count = self.phones.with_untracked(Vec::len);
        if count > 1 {
            // First the hand moves: the place it held is about to go.
            self.held.set(held.saturating_sub(1));
            self.phones.update(|it| {
                it.remove(held);
            });
        }
    }

    /// Has the server write in the language of who holds the phone, and says so when that is new.
    pub(super) fn speak(self) {
        let persona = untrack(|| self.persona());
        let language = persona.tongue().name;
        if !untrack(|| self.session.may_act()) {
            return;
        }
        spawn_local(async move {
            let answer = language::speak(persona.address, persona.language).await;
            match answer {
                Ok(Ok(true)) => self.toasts.say(
                    say!(
                        "The bot writes to {name} in {language} now.",
                        name = persona.name,
                        language
                    ),
                    None,
                ),
                Ok(Ok(false)) => {}
                Ok(Err(errors)) => self.toasts.say(reasons(errors), None),
                Err(error) => self.session.note(&error),
            }
        });
    }

    /// Whether another phone has this number.
    pub(super) fn is_taken(self, address: &str) -> bool {
        let held = self.held.get_untracked();
        self.phones.with_untracked(|it| {
            let mut others = it.iter().enumerate().filter(|(place, _)| *place != held);
            others.any(|(_, it)| it.address == address)
        })
    }

    /// Changes who holds the phone.
    pub(super) fn rename(self, persona: Persona) {
        let held = self.held.get_untracked();
        self.phones.update(|it| {
            if let Some(place) = it.get_mut(held) {
                *place = persona;
            }
        });
    }

    /// Reads the screen of the phone in the hand and listens from there.
    pub(super) fn open(self) {
        self.listening.set_value(None);
        self.trace.set(Vec::new());
        self.refusal.set(None);
        self.screen.set(Screen::Reading);
        self.read();
    }

    fn read(self) {
        let Some(address) = self.address.try_get_untracked() else {
            return;
        };
        // What is read now may be older than the change; the end of the change reads.
        if self.changing.get_value() > 0 {
            return;
        }
        let abort = self.latest.try_update_value(Latest::renew).flatten();
        spawn_local(async move {
            match simulator::screen(address.clone(), abort).await {
                Ok(Some(screen)) => {
                    self.failure.set(None);
                    self.settings.set(screen.settings);
                    self.world.set(screen.world);
                    self.screen.set(Screen::On(screen.messages));
                    self.listen(&address, screen.event_cursor);
                }
                Ok(None) => self.screen.set(Screen::Off),
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    self.session.note(&error);
                    self.failure.set(Some(error));
                }
            }
        });
    }

    fn listen(self, address: &str, after: String) {
        if self.listening.try_with_value(Option::is_some) != Some(false) {
            return;
        }
        let hear = move |heard| match heard {
            Heard::Event(event) => {
                self.trace.update(|it| {
                    it.push(*event);
                    let over = it.len().saturating_sub(LONGEST_TRACE);
                    it.drain(..over);
                });
                self.read_soon();
            }
            Heard::Lost => {
                self.listening.set_value(None);
                self.read_soon();
            }
        };
        let filter = MessageFilter::with(address);
        self.listening
            .set_value(Some(self.live.subscribe(filter, Some(after), hear)));
    }

    fn read_soon(self) {
        let timer = set_timeout_with_handle(move || self.read(), CALM).ok();
        self.timer.update_value(|it| {
            if let Some(before) = std::mem::replace(it, timer) {
                before.clear();
            }
        });
    }

    /// Writes to the business as the customer; `then` hears whether it was taken.
    pub(super) fn send(self, writing: Writing, then: impl FnOnce() + 'static) {
        let is_empty = matches!(&writing, Writing::Text(it) if it.trim().is_empty());
        if is_empty || self.is_sending.get_untracked() {
            return;
        }
        let persona = untrack(|| self.persona());
        self.is_sending.set(true);
        self.refusal.set(None);
        spawn_local(async move {
            let sent = simulator::send(persona.address, persona.name, writing).await;
            // The page may have been left meanwhile.
            if self.held.is_disposed() {
                return;
            }
            match sent {
                Ok(Ok(_)) => {
                    then();
                    self.speak();
                }
                Ok(Err(errors)) => {
                    self.refusal.set(Some(reasons(errors)));
                }
                Err(error) => {
                    self.session.note(&error);
                    self.refusal
                        .set(Some(say!("Not sent. {cause}", cause = error.cause())));
                }
            }
            self.is_sending.set(false);
            self.read_soon();
        });
    }

    /// Changes how the simulated Twilio behaves.
    pub(super) fn change_world(self, change: serde_json::Value) {
        self.change(async move { simulator::change_world(change).await });
    }

    /// Changes the phone in the hand.
    pub(super) fn change_phone(self, change: PhoneChange) {
        let address = untrack(|| self.persona()).address;
        let travels = change.travel_seconds.is_some();
        self.change(async move {
            let change = PhoneChange { address, ..change };
            let changed = simulator::change_phone(change).await;
            if travels && matches!(changed, Ok(Ok(()))) {
                self.toasts.say(say!("The phone's clock moved on."), None);
            }
            changed
        });
    }

    fn change(
        self,
        change: impl Future<Output = Result<Result<(), Vec<UserError>>, ApiError>> + 'static,
    ) {
        self.refusal.set(None);
        self.changing.update_value(|it| *it += 1);
        self.latest.update_value(Latest::stop);
        spawn_local(async move {
            let changed = change.await;
            self.changing.try_update_value(|it| *it -= 1);
            match changed {
                Ok(Ok(())) => {}
                Ok(Err(errors)) => {
                    self.refusal.set(Some(reasons(errors)));
                }
                Err(error) => {
                    self.session.note(&error);
                    let cause = say!("Not changed. {cause}", cause = error.cause());
                    self.refusal.set(Some(cause));
                }
            }
            self.read_soon();
        });
    }
}
