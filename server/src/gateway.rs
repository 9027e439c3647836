//! The way out to the provider: its words, its signature, its client, and a breaker for when it is down.

pub mod breaker;
pub mod reach;
pub mod signature;
pub mod simulator;
pub mod twilio;
pub mod wire;

use std::sync::Once;
use std::time::Duration;

/// An HTTP client with our deadlines: 5 s to connect, 10 s in all. Follows no redirect, so credentials stay with one host.
///
/// # Panics
/// Never: its TLS provider is compiled in.
pub fn http_client() -> reqwest::Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        // A second call in one process finds the first one's provider, which is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("waybill/", env!("CARGO_PKG_VERSION")))
        .build()
        .expect("the TLS provider is compiled in")
}
