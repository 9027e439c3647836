//! Reading background jobs.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object};
use entity::types::Kind;
use entity::user::Role;
use uuid::Uuid;

use crate::graphql::guard::{app, fault, id_of, viewer};
use crate::graphql::loaders::{JobKey, Loader};
use crate::graphql::page::Asked;
use crate::graphql::types::bulk_job::{BulkJob, BulkJobConnection};
use crate::store;

/// Background jobs: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Jobs;

/// Background jobs.
#[Object(name = "BulkJobQuery")]
impl Jobs {
    /// One background job; null when there is none.
    async fn bulk_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "job_…")] id: ID,
    ) -> async_graphql::Result<Option<BulkJob>> {
        viewer(ctx, Role::Viewer)?;
        by_id(ctx, id_of(Kind::BulkJob, &id)?).await
    }

    /// Background jobs, newest first, in pages of at most 100.
    #[graphql(complexity = "5 + crate::graphql::page::cost(first.or(last), child_complexity)")]
    async fn bulk_jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the newest on, 50 without it")] first: Option<i32>,
        #[graphql(desc = "Only what is older than this cursor")] after: Option<String>,
        #[graphql(desc = "Items from the oldest on")] last: Option<i32>,
        #[graphql(desc = "Only what is newer than this cursor")] before: Option<String>,
    ) -> async_graphql::Result<BulkJobConnection> {
        viewer(ctx, Role::Viewer)?;
        let asked = Asked {
            first,
            after,
            last,
            before,
        };
        let window = asked.window(Kind::BulkJob)?;
        let rows = store::bulk_jobs::page(app(ctx).db.read(), window.side(), window.limit())
            .await
            .map_err(fault)?;
        Ok(BulkJobConnection(window.page(rows, |it| it.id)))
    }
}

/// One job, for a caller who may read.
pub(super) async fn by_id(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<BulkJob>> {
    let loader = ctx.data_unchecked::<DataLoader<Loader>>();
    Ok(loader.load_one(JobKey(id)).await?.map(BulkJob))
}
