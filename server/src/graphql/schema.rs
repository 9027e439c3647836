//! Puts the schema together, with its limits.

use async_graphql::dataloader::DataLoader;

use super::loaders::Loader;
use super::mutation::Mutation;
use super::query::Query;
use super::subscription::Subscription;
use super::tail::Tail;
use crate::app::App;

/// The whole API.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Deepest nesting of a query: what tools ask to learn the schema takes 15.
const DEPTH: usize = 16;
/// Most fields of a query; a list counts its fields once for each item asked for.
const COMPLEXITY: usize = 5_000;
/// Deepest nesting the parser follows.
const RECURSION: usize = 24;

/// The schema with everything its resolvers need.
pub fn schema(app: App) -> Schema {
    let spawner = {
        let tasks = app.tasks.clone();
        move |task| tasks.spawn(task)
    };
    let loader = DataLoader::new(Loader(app.clone()), spawner).max_batch_size(500);
    let tail = Tail::start(&app);
    builder().data(tail).data(loader).data(app).finish()
}

/// The printed schema: the contract with every client.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_enum_items()
        .sorted_arguments();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query, Mutation::default(), Subscription)
        .limit_depth(DEPTH)
        .limit_complexity(COMPLEXITY)
        .limit_recursive_depth(RECURSION)
}
