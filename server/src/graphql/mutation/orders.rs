//! An order goes its way, or is called off; and which templates tell of it.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::types::Kind;
use entity::user::Role;

use crate::flows::orders;
use crate::graphql::guard::{actor, app, published, refusable, target};
use crate::graphql::types::order::{OrderPayload, OrderStatusEnum, OrderTemplate};
use crate::graphql::types::user_error::UserError;

/// Orders: a part of the root of mutations.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Orders;

/// Which template is to tell of a step.
#[derive(Debug, InputObject)]
struct SetOrderTemplateInput {
    /// The status the order came to.
    status: OrderStatusEnum,
    /// BCP 47 tag of the customers' language, e.g. en or ne.
    language: String,
    /// The template, HX… Of its variables {{1}} becomes the order's number, {{2}} its total, {{3}} the customer's name.
    content_sid: String,
}

/// What became of setOrderTemplate: the choice or errors, never both.
#[derive(SimpleObject)]
struct SetOrderTemplatePayload {
    /// The choice; null when there are errors.
    template: Option<OrderTemplate>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

/// What became of removeOrderTemplate.
#[derive(SimpleObject)]
struct RemoveOrderTemplatePayload {
    /// Whether there was a choice.
    is_removed: bool,
    /// Always empty: to take away what is not there is no error.
    user_errors: Vec<UserError>,
}

/// Orders.
#[Object(name = "OrderMutation")]
impl Orders {
    /// Takes an order one step further, and tells the customer of it once: in words of our own while they may be sent, else by the
    /// template chosen for the step, else not, with a hint. An order that is at `to` already stays there, and nobody is told again.
    async fn advance_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ord_…")] id: ID,
        #[graphql(
            desc = "The step that is meant; without it the next one, whatever it is. With it, asking twice takes one step"
        )]
        to: Option<OrderStatusEnum>,
    ) -> async_graphql::Result<OrderPayload> {
        let by = actor(ctx, Role::Operator)?;
        let taken = match target(Kind::Order, &id) {
            Ok(id) => orders::advance(app(ctx), &by, id, to.map(Into::into)).await,
            Err(error) => Err(error),
        };
        Ok(OrderPayload::of(refusable(taken)?))
    }

    /// Calls an order off that is PENDING, CONFIRMED or PACKED: its pieces are in stock again, and the customer is told, as by
    /// advanceOrder. One that is called off stays so.
    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ord_…")] id: ID,
        #[graphql(desc = "Why, for the customer; at most 300 characters")] reason: Option<String>,
    ) -> async_graphql::Result<OrderPayload> {
        let by = actor(ctx, Role::Operator)?;
        let taken = match target(Kind::Order, &id) {
            Ok(id) => orders::cancel(app(ctx), &by, id, reason.as_deref()).await,
            Err(error) => Err(error),
        };
        Ok(OrderPayload::of(refusable(taken)?))
    }

    /// Chooses the template that tells of a step where free text may not be sent, in the place of the one before.
    async fn set_order_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The choice")] input: SetOrderTemplateInput,
    ) -> async_graphql::Result<SetOrderTemplatePayload> {
        let by = actor(ctx, Role::Operator)?;
        let step = (input.status.into(), input.language.as_str());
        let chosen = orders::set_template(app(ctx), &by, step, &input.content_sid).await;
        let (template, user_errors) = refusable(chosen)?;
        Ok(SetOrderTemplatePayload {
            template: template.map(OrderTemplate),
            user_errors,
        })
    }

    /// Takes the choice of a template away: nobody is told of this step any more where free text may not be sent.
    async fn remove_order_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The status the order came to")] status: OrderStatusEnum,
        #[graphql(desc = "BCP 47 tag of the customers' language")] language: String,
    ) -> async_graphql::Result<RemoveOrderTemplatePayload> {
        let by = actor(ctx, Role::Operator)?;
        let step = (status.into(), language.as_str());
        let removed = orders::remove_template(app(ctx), &by, step).await;
        Ok(RemoveOrderTemplatePayload {
            is_removed: removed.map_err(published)?,
            user_errors: Vec::new(),
        })
    }
}
