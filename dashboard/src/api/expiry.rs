//! A session that ended while a page is open: requests wait here until somebody has signed in again.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    static WAITING: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
    static HOOK: RefCell<Option<Rc<dyn Fn() -> bool>>> = const { RefCell::new(None) };
}

/// What is done when a request is refused for want of a session. True: somebody will be asked to sign in, so wait.
pub(crate) fn on_expiry(hook: impl Fn() -> bool + 'static) {
    HOOK.set(Some(Rc::new(hook)));
}

/// Waits until somebody has signed in again; false when nobody was asked to, or did not.
pub(super) async fn signed_in_again() -> bool {
    let Some(hook) = HOOK.with_borrow(Clone::clone) else {
        return false;
    };
    if !hook() {
        return false;
    }
    let promise = Promise::new(&mut |resolve, _| WAITING.with_borrow_mut(|it| it.push(resolve)));
    JsFuture::from(promise).await.is_ok_and(|it| it.is_truthy())
}

/// Lets the waiting requests go on: with a session again, or to fail.
pub(crate) fn settle(is_signed_in: bool) {
    for resolve in WAITING.take() {
        let answer = JsValue::from_bool(is_signed_in);
        if resolve.call1(&JsValue::UNDEFINED, &answer).is_err() {
            web_sys::console::debug_1(&"a request stopped waiting".into());
        }
    }
}
