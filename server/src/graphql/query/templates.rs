//! The templates there are, as Twilio has them.

use async_graphql::{Context, Object};
use entity::user::Role;

use crate::flows::outbound;
use crate::graphql::guard::{app, published, viewer};
use crate::graphql::types::preview::Template;

/// Templates: a part of the root of queries.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Templates;

/// What can be read of templates.
#[Object(name = "TemplateQuery")]
impl Templates {
    /// Every template of the Twilio account with WhatsApp's approval, at most half a minute old.
    #[graphql(complexity = "5 + crate::graphql::page::cost(None, child_complexity)")]
    async fn templates(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Template>> {
        viewer(ctx, Role::Viewer)?;
        let found = outbound::templates(app(ctx)).await.map_err(published)?;
        Ok(found.into_iter().map(Template).collect())
    }
}
