//! Counters and times for `/metrics`. Names and units follow Prometheus; no label holds a person's data.

pub mod depths;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use depths::Cache;

const SECONDS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// A message may wait long for its turn.
const WAITS: [f64; 12] = [
    0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1_800.0, 7_200.0,
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

/// What a status callback did.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct CallbackLabels {
    /// `changed`: it moved its message; `unchanged`: it was late, or told before.
    pub effect: &'static str,
}

/// Everything that is counted; depths are read when asked for.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Requests to the provider.
    pub attempts: Family<AttemptLabels, Counter>,
    /// From request to answer of the provider.
    pub send_seconds: Histogram,
    /// From the time when a message was due to the begin of its attempt.
    pub queue_wait_seconds: Histogram,
    /// Webhook requests.
    pub webhooks: Family<WebhookLabels, Counter>,
    /// From request to our answer, the durable write included.
    pub webhook_seconds: Histogram,
    /// Events whose processing failed.
    pub webhook_failures: Counter,
    /// Customers' messages on which the bot failed.
    pub bot_failures: Counter,
    /// Orders placed.
    pub orders: Counter,
    /// Unconfirmed messages settled by the provider's list or record.
    pub reconciled: Counter,
    /// Status callbacks that were taken in.
    pub callbacks: Family<CallbackLabels, Counter>,
    /// Inbound messages whose webhook never came, found in the provider's list.
    pub recovered: Counter,
    /// Webhook events that neither the database nor the spool could take.
    pub lost: Counter,
    /// What waits on disk for the database, in bytes.
    pub spool_bytes: Gauge,
    /// What waits, at most half a second old.
    pub depths: Cache,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut it = Self {
            registry: Registry::with_prefix("waybill"),
            attempts: Family::default(),
            send_seconds: Histogram::new(SECONDS),
            queue_wait_seconds: Histogram::new(WAITS),
            webhooks: Family::default(),
            webhook_seconds: Histogram::new(SECONDS),
            webhook_failures: Counter::default(),
            bot_failures: Counter::default(),
            orders: Counter::default(),
            reconciled: Counter::default(),
            callbacks: Family::default(),
            recovered: Counter::default(),
            lost: Counter::default(),
            spool_bytes: Gauge::default(),
            depths: Cache::default(),
        };
        it.register_sending();
        it.register_receiving();
        it
    }
}

impl Metrics {
    fn register_sending(&mut self) {
        let it = &mut self.registry;
        add(
            it,
            "delivery_attempts",
            "Requests to Twilio by outcome and code",
            &self.attempts,
        );
        add(
            it,
            "send_duration_seconds",
            "From request to Twilio's answer",
            &self.send_seconds,
        );
        add(
            it,
            "queue_wait_seconds",
            "From a message's due time to the begin of its attempt",
            &self.queue_wait_seconds,
        );
        add(
            it,
            "messages_reconciled",
            "Messages settled by asking Twilio",
            &self.reconciled,
        );
    }

    fn register_receiving(&mut self) {
        let it = &mut self.registry;
        add(
            it,
            "webhook_requests",
            "Webhook requests by kind and result",
            &self.webhooks,
        );
        add(
            it,
            "webhook_duration_seconds",
            "From webhook request to answer",
            &self.webhook_seconds,
        );
        add(
            it,
            "webhook_failures",
            "Kept events whose processing failed",
            &self.webhook_failures,
        );
        add(
            it,
            "webhook_events_lost",
            "Webhook events that no store could take",
            &self.lost,
        );
        add(
            it,
            "status_callbacks",
            "Status callbacks by what they did",
            &self.callbacks,
        );
        add(
            it,
            "messages_recovered",
            "Inbound messages whose webhook never came, found in Twilio's list",
            &self.recovered,
        );
        add(
            it,
            "bot_failures",
            "Customers' messages on which the bot failed",
            &self.bot_failures,
        );
        add(it, "orders", "Orders placed by customers", &self.orders);
        add(
            it,
            "spool_bytes",
            "What waits on disk for the database, in bytes",
            &self.spool_bytes,
        );
    }

    /// The text form, without the end mark, so that gauges can follow.
    pub fn encode(&self) -> String {
        encode(&self.registry)
    }
}

/// The text form of a registry, without the end mark.
pub fn encode(registry: &Registry) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = text::encode_registry(&mut text, registry);
    text
}

fn add(registry: &mut Registry, name: &str, help: &str, metric: &(impl Metric + Clone)) {
    registry.register(name, help, metric.clone());
}
