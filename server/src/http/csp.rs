//! Content security policies. Inline scripts are allowed by the hash of what was built, so no other can run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// For the dashboard: own files, WASM, and the inline scripts of `page`.
pub(super) fn dashboard(page: &str) -> String {
    let hashes = hashes(page);
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// For GraphiQL, whose editor makes style sheets of its own.
pub(super) fn graphiql(page: &str) -> String {
    let hashes = hashes(page);
    format!(
        "default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

/// For a page of ours without scripts or files: its own style sheets, and nothing else.
pub(super) fn plain(page: &str) -> String {
    let styles = page.split("<style>").skip(1);
    let styles = styles.filter_map(|rest| Some(rest.split_once("</style>")?.0));
    let hashes = styles.fold(String::new(), |hashes, text| hashes + &hash(text));
    format!(
        "default-src 'none'; style-src{hashes}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// A text that is allowed, with a blank before it.
fn hash(text: &str) -> String {
    format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn hashes(page: &str) -> String {
    let scripts = page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !text.is_empty()).then_some(text)
    });
    scripts.fold(String::new(), |hashes, text| hashes + &hash(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_allowed_by_their_hash_and_files_by_their_origin() {
        let page = r#"<head><script src="/theme.js"></script><script type="module">alert(1)</script></head>"#;
        let policy = dashboard(page);
        assert_eq!(policy.matches("sha256-").count(), 1);
        assert!(
            policy.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"),
            "{policy}"
        );
        assert!(!dashboard("").contains("sha256"));
    }
}
