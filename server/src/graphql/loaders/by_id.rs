//! Things by their ids, as `node` and `nodes` ask for them.

use std::sync::Arc;

use async_graphql::dataloader::Loader as Batched;
use entity::{api_token, audit_entry, bulk_job, session, webhook_event};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{Loaded, Loader};
use crate::store;

/// An entry of the audit log by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct AuditKey(pub(in crate::graphql) Uuid);

/// A background job by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct JobKey(pub(in crate::graphql) Uuid);

/// A session by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct SessionKey(pub(in crate::graphql) Uuid);

/// A token by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct TokenKey(pub(in crate::graphql) Uuid);

/// A webhook event by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct WebhookEventKey(pub(in crate::graphql) Uuid);

impl Batched<AuditKey> for Loader {
    type Value = audit_entry::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[AuditKey]) -> Loaded<AuditKey, Self::Value> {
        let found = store::audit::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found.into_iter().map(|it| (AuditKey(it.id), it)).collect())
    }
}

impl Batched<JobKey> for Loader {
    type Value = bulk_job::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[JobKey]) -> Loaded<JobKey, Self::Value> {
        let found = store::bulk_jobs::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found.into_iter().map(|it| (JobKey(it.id), it)).collect())
    }
}

impl Batched<SessionKey> for Loader {
    type Value = session::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[SessionKey]) -> Loaded<SessionKey, Self::Value> {
        let found =
            store::people::sessions_by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found
            .into_iter()
            .map(|it| (SessionKey(it.id), it))
            .collect())
    }
}

impl Batched<TokenKey> for Loader {
    type Value = api_token::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[TokenKey]) -> Loaded<TokenKey, Self::Value> {
        let found =
            store::people::tokens_by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found.into_iter().map(|it| (TokenKey(it.id), it)).collect())
    }
}

impl Batched<WebhookEventKey> for Loader {
    type Value = webhook_event::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[WebhookEventKey]) -> Loaded<WebhookEventKey, Self::Value> {
        let found =
            store::webhook_events::by_ids(self.0.db.read(), keys.iter().map(|it| it.0)).await?;
        Ok(found
            .into_iter()
            .map(|it| (WebhookEventKey(it.id), it))
            .collect())
    }
}
