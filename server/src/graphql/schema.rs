//! Puts the schema together, with its limits.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{MergedObject, MergedSubscription, ValidationMode};

use super::guardrail::Guardrail;
use super::limits::Rates;
use super::loaders::Loader;
use super::mutation::{self, Mutation};
use super::persisted::Persisted;
use super::query::{self, Query};
use super::subscription::{self, Subscription};
use super::tail::Tail;
use super::types::queue::Looked;
use crate::app::App;
use crate::doctor;

/// The whole API.
pub type Schema = async_graphql::Schema<Queries, Mutations, Subscriptions>;

/// What can be read.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "Query")]
pub struct Queries(
    Query,
    query::access::Access,
    query::bulk_jobs::Jobs,
    query::contacts::Contacts,
    query::health::Health,
    query::saved_views::SavedViews,
    query::shop::Shop,
    query::stats::Stats,
    query::templates::Templates,
    query::webhook_events::WebhookEvents,
    query::webhook_refusals::WebhookRefusals,
);

/// What can be changed. Bad input is a userErrors entry; errors are for a broken query, no right, or a fault.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "Mutation")]
pub struct Mutations(
    Mutation,
    mutation::queue::QueueMutation,
    mutation::bulk_jobs::Jobs,
    mutation::passwords::Own,
    mutation::tokens::Tokens,
    mutation::users::Users,
    mutation::cancel::Cancel,
    mutation::contacts::Contacts,
    mutation::conversations::Conversations,
    mutation::orders::Orders,
    mutation::products::Products,
    mutation::saved_views::SavedViews,
    mutation::simulator::Simulator,
    mutation::webhook_events::WebhookEvents,
    mutation::writing::Writing,
);

/// What can be followed live.
#[derive(Debug, Default, MergedSubscription)]
#[graphql(name = "Subscription")]
pub struct Subscriptions(
    Subscription,
    subscription::bulk_job::Jobs,
    subscription::health::Health,
    subscription::conversations::Conversations,
);

/// Deepest nesting that a check of the parser's follows; the limits before it are tighter, and name what they refuse.
const RECURSION: usize = 128;

/// The schema with everything its resolvers need.
pub fn schema(app: &App, rates: Arc<Rates>, persisted: Arc<Persisted>) -> Schema {
    let tail = Tail::start(app);
    let health = doctor::Cache::default();
    let looked = Arc::new(Looked::default());
    let furnished = || {
        let spawner = {
            let tasks = app.tasks.clone();
            move |task| tasks.spawn(task)
        };
        let loader = DataLoader::new(Loader(app.clone()), spawner).max_batch_size(500);
        builder()
            .data(health.clone())
            .data(tail.clone())
            .data(looked.clone())
            .data(loader)
            .data(app.clone())
    };
    let guardrail = Guardrail {
        rates,
        persisted,
        inner: furnished().validation_mode(ValidationMode::Fast).finish(),
    };
    furnished().extension(guardrail).finish()
}

/// The printed schema: the contract with every client.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_enum_items()
        .sorted_arguments();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Queries, Mutations, Subscriptions> {
    let (queries, mutations) = (Queries::default(), Mutations::default());
    async_graphql::Schema::build(queries, mutations, Subscriptions::default())
        .limit_recursive_depth(RECURSION)
}
