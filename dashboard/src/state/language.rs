//! The reader's language: what this browser remembers, else what it prefers and we have. English is built in; another
//! language's catalogue is fetched before anything is shown.
//!
//! A new language is a file in `dashboard/texts`, a line `copy-file` for it in `index.html`, and its tag in [`OURS`].

use std::collections::BTreeMap;

use js_sys::{Array, Intl, Object};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response};

use crate::core::say::Catalogue;
use crate::state::storage;

/// Languages with a catalogue in `dashboard/texts`, beside English.
const OURS: &[&str] = &[];
/// Nobody waits longer for texts, in milliseconds.
const PATIENCE_MS: u32 = 3_000;
/// Written from right to left.
const LEFTWARDS: [&str; 4] = ["ar", "fa", "he", "ur"];

/// The language whose catalogue is to be fetched; `None`: English.
pub(crate) fn chosen() -> Option<String> {
    let kept = storage::read("waybill.language").filter(|it| is_tag(it));
    let chosen = kept.or_else(|| {
        let preferred = window().navigator().languages().into_iter();
        let preferred = preferred.filter_map(|it| it.as_string());
        let own = |tag: &String| tag == "en" || OURS.contains(&tag.as_str());
        preferred.map(|it| primary(&it).to_owned()).find(own)
    });
    chosen.filter(|it| it != "en")
}

/// Fetches the language's catalogue, so that what is said from now on is said in it. Where that fails, English stays.
pub(crate) async fn speak(tag: &str) {
    match texts(tag).await {
        Ok(texts) => install(tag, texts),
        Err(why) => web_sys::console::warn_2(&format!("no texts in {tag}").into(), &why),
    }
}

async fn texts(tag: &str) -> Result<BTreeMap<String, String>, JsValue> {
    let options = RequestInit::new();
    options.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let path = format!("/texts/{tag}.json");
    let answer = JsFuture::from(window().fetch_with_str_and_init(&path, &options)).await?;
    let answer: Response = answer.dyn_into()?;
    if !answer.ok() {
        return Err(answer.status().into());
    }
    let text = JsFuture::from(answer.text()?).await?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| error.to_string().into())
}

fn install(tag: &str, texts: BTreeMap<String, String>) {
    let rules = Intl::PluralRules::new(&Array::of1(&tag.into()), &Object::new());
    let catalogue = Catalogue {
        language: tag.to_owned(),
        texts,
        category: Box::new(move |count| rules.select(count).into()),
    };
    catalogue.install();
    let is_leftwards = LEFTWARDS.contains(&primary(tag));
    let direction = if is_leftwards { "rtl" } else { "ltr" };
    let root = document().document_element();
    for (name, value) in [("lang", tag), ("dir", direction)] {
        if root
            .as_ref()
            .is_none_or(|it| it.set_attribute(name, value).is_err())
        {
            leptos::logging::debug_warn!("the page has no root");
        }
    }
}

/// `ne` of `ne-NP`.
fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// Whether it may stand in an address and be a language's tag (BCP 47).
fn is_tag(text: &str) -> bool {
    (1..=12).contains(&text.len())
        && text
            .bytes()
            .all(|it| it.is_ascii_alphabetic() || it == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_letters_and_hyphens() {
        assert!(is_tag("ne") && is_tag("zh-Hant-TW"));
        assert!(!is_tag("../en") && !is_tag("en_GB") && !is_tag("abcdefghijklm") && !is_tag(""));
        assert_eq!(primary("ne-NP"), "ne");
    }
}
