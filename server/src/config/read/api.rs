//! The settings of the API: who may call it from a page, and what tokens may run.

use std::collections::HashMap;

use axum::http::HeaderValue;

use super::Reader;

impl Reader<'_> {
    pub(super) fn origins(&mut self) -> Vec<HeaderValue> {
        const NAME: &str = "CORS_ALLOWED_ORIGINS";
        let mut origins = Vec::new();
        for part in self.text(NAME).unwrap_or_default().split(',') {
            let part = part.trim();
            let host = part
                .strip_prefix("https://")
                .or_else(|| part.strip_prefix("http://"));
            let is_origin = host
                .is_some_and(|it| !it.is_empty() && !it.contains(['/', '*', '?', '#', '@', ' ']));
            match part.parse() {
                _ if part.is_empty() => {}
                Ok(origin) if is_origin => origins.push(origin),
                _ => self.fault(
                    NAME,
                    &format!("\"{part}\" is not an origin: scheme and host, no path, no *"),
                ),
            }
        }
        origins
    }

    pub(super) fn operations(&mut self) -> Option<HashMap<String, String>> {
        const NAME: &str = "PERSISTED_OPERATIONS";
        let path = self.text(NAME)?;
        let read = std::fs::read(&path)
            .map_err(|error| error.to_string())
            .and_then(|it| serde_json::from_slice(&it).map_err(|error| error.to_string()));
        read.inspect_err(|error| {
            self.fault(
                NAME,
                &format!("not a JSON file of {{hash or name: query}}: {error}"),
            );
        })
        .ok()
    }
}
