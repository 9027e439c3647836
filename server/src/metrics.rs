//! Counters and times for `/metrics`. Names and units follow Prometheus; no label holds a person's data.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

const SECONDS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// How a request to the provider ended.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct AttemptLabels {
    /// `accepted`, `refused`, `busy`, `unclear` or `not_made`.
    pub outcome: &'static str,
    /// The provider's error code; 0 without one.
    pub code: i64,
}

/// What a webhook request carried and how it was taken.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct WebhookLabels {
    /// `inbound` or `status`.
    pub kind: &'static str,
    /// `new`, `duplicate`, `spooled`, `lost` or `refused`.
    pub result: &'static str,
}

/// Everything that is counted; depths are read when asked for.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Requests to the provider.
    pub attempts: Family<AttemptLabels, Counter>,
    /// From request to answer of the provider.
    pub send_seconds: Histogram,
    /// Webhook requests.
    pub webhooks: Family<WebhookLabels, Counter>,
    /// From request to our answer, the durable write included.
    pub webhook_seconds: Histogram,
    /// Events whose processing failed.
    pub webhook_failures: Counter,
    /// From a message's due time to its claim.
    pub queue_wait_seconds: Histogram,
    /// What neither the database nor the disk took.
    pub lost: Counter,
    /// Inbound messages whose webhook never came, found in the provider's list.
    pub recovered: Counter,
    /// What waits on disk for the database.
    pub spool_bytes: Gauge,
    /// Unconfirmed messages settled by the provider's list or record.
    pub reconciled: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("waybill");
        let it = Self {
            attempts: Family::default(),
            send_seconds: Histogram::new(SECONDS),
            webhooks: Family::default(),
            webhook_seconds: Histogram::new(SECONDS),
            webhook_failures: Counter::default(),
            queue_wait_seconds: Histogram::new(SECONDS),
            lost: Counter::default(),
            recovered: Counter::default(),
            spool_bytes: Gauge::default(),
            reconciled: Counter::default(),
            registry: Registry::default(),
        };
        registry.register(
            "delivery_attempts",
            "Requests to Twilio by outcome and code",
            it.attempts.clone(),
        );
        registry.register(
            "send_duration_seconds",
            "From request to Twilio's answer",
            it.send_seconds.clone(),
        );
        registry.register(
            "webhook_requests",
            "Webhook requests by kind and result",
            it.webhooks.clone(),
        );
        registry.register(
            "webhook_duration_seconds",
            "From webhook request to answer",
            it.webhook_seconds.clone(),
        );
        registry.register(
            "webhook_failures",
            "Kept events whose processing failed",
            it.webhook_failures.clone(),
        );
        registry.register(
            "messages_reconciled",
            "Messages settled by asking Twilio",
            it.reconciled.clone(),
        );
        registry.register(
            "queue_wait_seconds",
            "From a message's due time to its claim",
            it.queue_wait_seconds.clone(),
        );
        registry.register(
            "webhook_events_lost",
            "Events that neither the database nor the disk took",
            it.lost.clone(),
        );
        registry.register(
            "messages_recovered",
            "Inbound messages found in Twilio's list whose webhook never came",
            it.recovered.clone(),
        );
        registry.register(
            "spool_bytes",
            "What waits on disk for the database",
            it.spool_bytes.clone(),
        );
        Self { registry, ..it }
    }
}

impl Metrics {
    /// The text form, without the end mark, so that gauges can follow.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String can't fail.
        let _ = text::encode_registry(&mut text, &self.registry);
        text
    }
}
