//! The socket: `graphql-transport-ws` over `web_sys::WebSocket`. Does what `core::reconnect` says.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use cynic::GraphQlResponse;
use leptos::prelude::{TimeoutHandle, set_interval, set_timeout_with_handle};
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, Event, WebSocket};

use super::{
    events::{MessageEvent, MessageEvents, subscribe_frame},
    messages::MessageFilter,
};
use crate::core::{
    decode::decode,
    reconnect::{Action, Beat, Input, Machine, Phase, Pulse, jittered_ms},
};

const PROTOCOL: &str = "graphql-transport-ws";
const SOCKET_PATH: &str = "/graphql/ws";
const ACK_WITHIN: Duration = Duration::from_secs(5);
const PING_EVERY: Duration = Duration::from_secs(15);

/// What a subscriber hears.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    Event(Box<MessageEvent>),
    /// The server would not resume from the cursor, or ended the stream: read the page again.
    Lost,
}

/// What the rest of the dashboard does for the socket.
pub(crate) struct Hooks {
    pub(crate) on_phase: Box<dyn Fn(Phase)>,
    /// Asks the server who we are; the answer comes back through [`Socket::session_is_good`].
    pub(crate) ask_session: Box<dyn Fn()>,
}

/// Hears each frame of an operation, and nothing when the server ended it.
pub(crate) type TellFrame = Rc<dyn Fn(Option<&str>)>;

enum Subscriber {
    /// Events of messages; resumed by cursor.
    Messages {
        filter: Box<MessageFilter>,
        cursor: Option<String>,
        tell: Rc<dyn Fn(Heard)>,
    },
    /// Any other operation, as JSON. It has no cursor: after a reconnect it begins anew.
    Other { operation: Rc<str>, tell: TellFrame },
}

impl Subscriber {
    fn frame(&self, id: u32) -> String {
        match self {
            Self::Messages { filter, cursor, .. } => {
                subscribe_frame(&id.to_string(), filter, cursor.as_deref())
            }
            Self::Other { operation, .. } => {
                format!(r#"{{"type":"subscribe","id":"{id}","payload":{operation}}}"#)
            }
        }
    }
}

struct Inner {
    machine: Machine,
    pulse: Pulse,
    hooks: Hooks,
    socket: Option<WebSocket>,
    timer: Option<TimeoutHandle>,
    subscribers: BTreeMap<u32, Subscriber>,
    last_id: u32,
    is_paused: bool,
}

/// The one connection of this tab; clones share it.
#[derive(Clone)]
pub(crate) struct Socket(Rc<RefCell<Inner>>);

/// The part of a frame that says what it is.
#[derive(Deserialize)]
struct Head {
    r#type: String,
    #[serde(default)]
    id: Option<String>,
}

#[derive(Deserialize)]
struct Next {
    payload: GraphQlResponse<serde_json::Value>,
}

/// What a frame carries, unless it is an error.
pub(crate) fn payload<T: DeserializeOwned>(frame: &str) -> Option<T> {
    let data = serde_json::from_str::<Next>(frame).ok()?.payload.data?;
    decode(&data).ok()
}

impl Socket {
    /// A socket that does nothing until [`Socket::start`].
    pub(crate) fn new(hooks: Hooks) -> Self {
        let socket = Self(Rc::new(RefCell::new(Inner {
            machine: Machine::default(),
            pulse: Pulse::default(),
            hooks,
            socket: None,
            timer: None,
            subscribers: BTreeMap::new(),
            last_id: 0,
            is_paused: false,
        })));
        let pulse = socket.clone();
        set_interval(move || pulse.beat(), PING_EVERY);
        socket
    }

    /// Connects.
    pub(crate) fn start(&self) {
        self.step(Input::Start);
    }

    /// The network is back or the page is visible: no more waiting.
    pub(crate) fn wake(&self) {
        self.step(Input::Woken);
    }

    /// The session was asked about and stands.
    pub(crate) fn session_is_good(&self) {
        self.step(Input::SessionIsGood);
    }

    /// Listens to the events of `filter` from after a cursor; returns the number to leave by.
    pub(crate) fn subscribe(
        &self,
        filter: MessageFilter,
        cursor: Option<String>,
        tell: Rc<dyn Fn(Heard)>,
    ) -> u32 {
        self.add(Subscriber::Messages {
            filter: Box::new(filter),
            cursor,
            tell,
        })
    }

    /// Follows any other operation, given as JSON. `tell` hears each frame, and nothing when the server ended it.
    pub(crate) fn follow(&self, operation: &str, tell: TellFrame) -> u32 {
        self.add(Subscriber::Other {
            operation: operation.into(),
            tell,
        })
    }

    fn add(&self, subscriber: Subscriber) -> u32 {
        let id = {
            let mut inner = self.0.borrow_mut();
            inner.last_id += 1;
            let id = inner.last_id;
            inner.subscribers.insert(id, subscriber);
            id
        };
        self.send_subscription(id);
        id
    }

    /// Stops listening.
    pub(crate) fn unsubscribe(&self, id: u32) {
        if self.0.borrow_mut().subscribers.remove(&id).is_some() {
            self.send(&complete_frame(id));
        }
    }

    /// Live off: no events until it is on again; then nothing was missed, thanks to the cursors.
    pub(crate) fn set_paused(&self, is_paused: bool) {
        if std::mem::replace(&mut self.0.borrow_mut().is_paused, is_paused) == is_paused {
            return;
        }
        for id in self.subscriber_ids() {
            if is_paused {
                self.send(&complete_frame(id));
            } else {
                self.send_subscription(id);
            }
        }
    }

    fn subscriber_ids(&self) -> Vec<u32> {
        self.0.borrow().subscribers.keys().copied().collect()
    }

    fn step(&self, input: Input) {
        let action = self.0.borrow_mut().machine.step(input);
        match action {
            Action::Nothing => return,
            Action::Open => self.open(),
            Action::Greet => {
                self.send(r#"{"type":"connection_init"}"#);
            }
            Action::Subscribe => {
                self.0
                    .borrow_mut()
                    .timer
                    .take()
                    .inspect(TimeoutHandle::clear);
                for id in self.subscriber_ids() {
                    self.send_subscription(id);
                }
            }
            Action::Pause(ceiling_ms) => {
                self.forget();
                let pause_ms = jittered_ms(ceiling_ms, js_sys::Math::random());
                self.later(Duration::from_secs_f64(pause_ms / 1000.0), Input::Woken);
            }
            Action::AskSession => {
                self.forget();
                (self.0.borrow().hooks.ask_session)();
                self.later(ACK_WITHIN, Input::Woken);
            }
            Action::Stop => self.forget(),
        }
        let inner = self.0.borrow();
        (inner.hooks.on_phase)(inner.machine.phase());
    }

    fn open(&self) {
        let Some(url) = address() else { return };
        let Ok(socket) = WebSocket::new_with_str(&url, PROTOCOL) else {
            self.later(ACK_WITHIN, Input::Silence);
            return;
        };
        self.listen(&socket);
        {
            let mut inner = self.0.borrow_mut();
            inner.pulse = Pulse::default();
            inner.socket = Some(socket);
        }
        self.later(ACK_WITHIN, Input::Silence);
    }

    /// The closures live as long as the socket: JavaScript frees them with it.
    fn listen(&self, socket: &WebSocket) {
        let it = self.clone();
        let opened = Closure::once_into_js(move || it.step(Input::Opened));
        let it = self.clone();
        let message =
            Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
                if let Some(text) = event.data().as_string() {
                    it.hear(&text);
                }
            });
        let it = self.clone();
        let closed = Closure::once_into_js(move |event: Event| {
            let code = event.dyn_into::<CloseEvent>().map_or(1006, |it| it.code());
            it.step(Input::Closed(code));
        });
        socket.set_onopen(Some(opened.unchecked_ref()));
        socket.set_onmessage(Some(message.into_js_value().unchecked_ref()));
        socket.set_onclose(Some(closed.unchecked_ref()));
    }

    /// Lets go of the socket without hearing of it again.
    fn forget(&self) {
        let (socket, timer) = {
            let mut inner = self.0.borrow_mut();
            (inner.socket.take(), inner.timer.take())
        };
        timer.inspect(TimeoutHandle::clear);
        if let Some(socket) = socket {
            socket.set_onopen(None);
            socket.set_onmessage(None);
            socket.set_onclose(None);
            if socket.close().is_err() {
                web_sys::console::debug_1(&"the socket was closed already".into());
            }
        }
    }

    fn later(&self, pause: Duration, input: Input) {
        let it = self.clone();
        let timer = set_timeout_with_handle(move || it.step(input), pause).ok();
        if let Some(previous) = std::mem::replace(&mut self.0.borrow_mut().timer, timer) {
            previous.clear();
        }
    }

    fn beat(&self) {
        if self.0.borrow().machine.phase() != Phase::Live {
            return;
        }
        let beat = self.0.borrow_mut().pulse.beat();
        match beat {
            Beat::Ping => {
                self.send(r#"{"type":"ping"}"#);
            }
            Beat::Dead => self.step(Input::Silence),
        }
    }

    fn send_subscription(&self, id: u32) {
        let inner = self.0.borrow();
        if inner.is_paused || inner.machine.phase() != Phase::Live {
            return;
        }
        if let Some(it) = inner.subscribers.get(&id) {
            let frame = it.frame(id);
            drop(inner);
            self.send(&frame);
        }
    }

    /// A frame that cannot leave is not queued: after reconnecting everything is said again.
    fn send(&self, frame: &str) {
        let socket = self.0.borrow().socket.clone();
        if let Some(socket) = socket.filter(|it| it.ready_state() == WebSocket::OPEN)
            && socket.send_with_str(frame).is_err()
        {
            web_sys::console::debug_1(&"a frame was not sent".into());
        }
    }

    fn hear(&self, text: &str) {
        self.0.borrow_mut().pulse.heard();
        let Ok(head) = serde_json::from_str::<Head>(text) else {
            return;
        };
        let id = head.id.and_then(|it| it.parse::<u32>().ok());
        match (head.r#type.as_str(), id) {
            ("connection_ack", _) => self.step(Input::Acknowledged),
            ("ping", _) => self.send(r#"{"type":"pong"}"#),
            ("next", Some(id)) => self.next(id, text),
            ("error" | "complete", Some(id)) => self.lose(id),
            _ => {}
        }
    }

    fn next(&self, id: u32, text: &str) {
        let other = match self.0.borrow().subscribers.get(&id) {
            Some(Subscriber::Other { tell, .. }) => Some(Rc::clone(tell)),
            Some(Subscriber::Messages { .. }) => None,
            None => return,
        };
        if let Some(tell) = other {
            tell(Some(text));
            return;
        }
        let Some(event) = payload::<MessageEvents>(text).map(|it| it.message_events) else {
            self.lose(id);
            return;
        };
        let tell = match self.0.borrow_mut().subscribers.get_mut(&id) {
            Some(Subscriber::Messages { cursor, tell, .. }) => {
                *cursor = Some(event.cursor.clone());
                Rc::clone(tell)
            }
            Some(Subscriber::Other { .. }) | None => return,
        };
        tell(Heard::Event(Box::new(event)));
    }

    fn lose(&self, id: u32) {
        // A server may echo the `complete` of a pause: that is no loss.
        let lost = {
            let mut inner = self.0.borrow_mut();
            if inner.is_paused {
                None
            } else {
                inner.subscribers.remove(&id)
            }
        };
        match lost {
            Some(Subscriber::Messages { tell, .. }) => tell(Heard::Lost),
            Some(Subscriber::Other { tell, .. }) => tell(None),
            None => {}
        }
    }
}

fn complete_frame(id: u32) -> String {
    format!(r#"{{"type":"complete","id":"{id}"}}"#)
}

/// `wss:` where the page came over `https:`.
fn address() -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!("{scheme}://{}{SOCKET_PATH}", location.host().ok()?))
}
