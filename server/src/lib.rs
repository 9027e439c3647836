//! Waybill: a self-hosted WhatsApp messaging server on Twilio.
//!
//! **Doors call flows; a flow tells one story in one transaction; rules never wait; the database is the truth; Redis and
//! events are only hints; the dashboard knows nothing but `schema.graphql`.**
//!
//! # Rooms
//!
//! | room | what it is |
//! | --- | --- |
//! | [`cli`] | one command a file; `main` only picks one |
//! | [`config`] | every setting, checked as a whole before anything starts |
//! | [`app`], [`start`] | what every part is handed, and how the parts are put together and stopped |
//! | [`domain`] | the rules, pure: backoff, error catalogue, drafts, reply window, consent, templates, products, money, bot steps, texts |
//! | [`store`] | the SQL, one noun a file; every function takes a connection or transaction first |
//! | [`gateway`] | the way out to Twilio: its words, its signature, its client, a breaker |
//! | [`media`] | what customers sent besides words, kept on disk |
//! | [`cluster`] | hints between nodes: "there is work", "the log grew"; each sender's pace |
//! | [`presence`] | which processes run |
//! | [`doctor`] | is everything in order, and what to do if not; looks, never changes |
//! | [`gather`] | one transaction for all who wait at a moment |
//! | [`intake`] | webhook events, durable before they are answered (database, else disk), then handed to their flow |
//! | [`flows`] | the stories: a person wrote, a message goes out, a status came, what a crash left open |
//! | [`queue`] | the engine: lanes, claims, and what time does to a queue |
//! | [`auth`] | from a cookie or token to a viewer; passwords; who is shown out when a right ends |
//! | [`http`], [`graphql`] | the doors |
//! | [`simulator`] | a Twilio to talk to, reached over HTTP only; its phones, its world, scenarios |
//!
//! Tables and value types are in the crate `entity`, the schema's steps in `migration`.
//!
//! # The journeys
//!
//! 1. **Inbound message → bot reply:** `http::webhook` → [`intake::door::Intake::keep`] → [`flows::inbound::receive_all`] →
//!    [`flows::shop::serve`] → [`domain::bot::step`] → [`flows::outbound::deliver_and_record`].
//! 2. **`sendMessage` → provider:** `graphql::mutation` → [`flows::outbound::send`] → `flows::outbound::accept` →
//!    `queue::claim` → [`flows::outbound::deliver`] → [`flows::outbound::record`].
//! 3. **Status callback → subscription:** `http::webhook` → [`intake`] → [`flows::receipts::apply_all`] →
//!    [`cluster::Cluster::log_grew`] → `graphql::tail` → `graphql::subscription`.
//! 4. **The same with the database away:** [`intake`] and [`flows::outbound::send`] put on disk what belongs into it; the
//!    intake takes it up when it is back. What nobody could keep, [`flows::recover`] fetches from Twilio's list.
//!
//! # Invariants
//!
//! 1. Only `flows`, `queue` and `intake` write; a door never does. (`auth` notes when a token or session was last used.)
//! 2. A fact and the work it causes are one transaction: a message row *is* its place in the queue.
//! 3. Nothing but the database is awaited inside a transaction.
//! 4. Live events are hints: the event log is the truth, a cursor resumes it without a gap.
//! 5. Redis may be emptied at any moment and no message is lost; without it one process does everything.
//! 6. A guarded update checks how many rows changed; zero is a named outcome, never silence.
//! 7. Only the newest attempt may settle a message. One left in `SENDING` by a crash or an unclear answer becomes
//!    `UNCONFIRMED` and is not tried again before its callback or Twilio's list has spoken.
//!    One that Twilio took comes back into the queue only by Twilio's word that the newest attempt failed (`flows::comeback`).
//! 8. A webhook is verified before it is read, durable before it is answered, processed after; a repeat changes nothing.
//! 9. Time, ids and chance come from [`clock`]. Money is integers with a currency.
//! 10. Bodies, secrets and whole phone numbers never reach a log, a metric label or an error.
//! 11. The simulator shares words with the client, never a function call.

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod doctor;
pub mod domain;
pub mod error;
pub mod flows;
pub mod gateway;
pub mod gather;
pub mod graphql;
pub mod http;
pub mod intake;
pub mod media;
pub mod metrics;
pub mod presence;
pub mod queue;
pub mod simulator;
pub mod start;
pub mod store;
pub mod telemetry;
