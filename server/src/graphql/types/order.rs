//! What customers ordered, how far it is, and how they were told.

mod list;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::order::{self, OrderStatus};
use entity::types::Kind;
use entity::{order_item, order_step, order_template};

use super::contact::Contact;
use super::conversation::Conversation;
use super::message::Message;
use super::money::MoneyObject;
use super::product::Product;
use super::user_error::UserError;
use crate::error::RefusalCode;
use crate::flows::orders::Taken;
use crate::graphql::guard::shown_text;
use crate::graphql::loaders::{
    ContactKey, ConversationKey, ItemsOf, Loader, MessageKey, MessagesOfOrder, OrderKey,
    ProductKey, StepsOf,
};

pub(in crate::graphql) use list::{OrderConnection, OrderFilter};

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "OrderStatus", remote = "OrderStatus")]
pub(in crate::graphql) enum OrderStatusEnum {
    /// Placed; the shop has not looked at it.
    Pending,
    /// The shop takes it.
    Confirmed,
    /// Ready to leave.
    Packed,
    /// On its way.
    Shipped,
    /// With the customer.
    Delivered,
    /// Called off; its pieces are in stock again.
    Canceled,
}

/// What a customer ordered.
#[derive(Clone)]
pub(in crate::graphql) struct Order(pub(in crate::graphql) order::Model);

/// What a customer ordered.
#[Object]
#[expect(clippy::unused_async, reason = "the macro takes async functions only")]
impl Order {
    /// ord_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::Order.encode(self.0.id).into()
    }

    /// What people call it, e.g. 1042.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// How far it is.
    async fn status(&self) -> OrderStatusEnum {
        self.0.status.into()
    }

    /// The step that advanceOrder takes next; null: there is none.
    async fn next_status(&self) -> Option<OrderStatusEnum> {
        self.0.status.next().map(Into::into)
    }

    /// Whether cancelOrder can call it off.
    async fn is_cancelable(&self) -> bool {
        self.0.status.is_cancelable()
    }

    /// The sum of its items, as it was when it was placed.
    async fn total(&self) -> async_graphql::Result<MoneyObject> {
        MoneyObject::of(self.0.total_minor, &self.0.currency)
    }

    /// How many items it has (not pieces).
    async fn item_count(&self) -> i32 {
        self.0.item_count
    }

    /// Its items, as they were when it was placed.
    async fn items(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OrderItem>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(ItemsOf(self.0.id)).await?;
        let found = found.unwrap_or_default().into_iter();
        let item = |row| OrderItem {
            row,
            currency: Some(self.0.currency.clone()),
        };
        Ok(found.map(item).collect())
    }

    /// The steps it took, oldest first.
    async fn steps(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OrderStep>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(StepsOf(self.0.id)).await?;
        Ok(found
            .unwrap_or_default()
            .into_iter()
            .map(OrderStep)
            .collect())
    }

    /// Who ordered.
    async fn contact(&self, ctx: &Context<'_>) -> async_graphql::Result<Contact> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(ContactKey(self.0.contact_id)).await?;
        found
            .map(Contact::from)
            .ok_or_else(|| "the contact was erased a moment ago".into())
    }

    /// The talk in which they did, and are told of its steps.
    async fn conversation(&self, ctx: &Context<'_>) -> async_graphql::Result<Conversation> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let key = ConversationKey(self.0.conversation_id);
        let found = loader.load_one(key).await?;
        found
            .map(Conversation)
            .ok_or_else(|| "the contact was erased a moment ago".into())
    }

    /// The messages that told the customer of its steps, oldest first; those past their retention are left out.
    async fn messages(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Message>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(MessagesOfOrder(self.0.id)).await?;
        let found = found.unwrap_or_default().into_iter();
        Ok(found.map(Message::from).collect())
    }

    /// Why it was called off; null: it was not, or nobody said.
    async fn cancel_reason(&self, ctx: &Context<'_>) -> Option<String> {
        shown_text(ctx, self.0.cancel_reason.as_deref())
    }

    /// Grows with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was placed.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// One line of an order, as it was when the order was placed.
pub(in crate::graphql) struct OrderItem {
    row: order_item::Model,
    /// Its order's, where that is at hand.
    currency: Option<String>,
}

impl From<order_item::Model> for OrderItem {
    fn from(row: order_item::Model) -> Self {
        Self {
            row,
            currency: None,
        }
    }
}

/// One line of an order, as it was when the order was placed.
#[Object]
impl OrderItem {
    /// itm_…
    pub(in crate::graphql) async fn id(&self) -> ID {
        Kind::OrderItem.encode(self.row.id).into()
    }

    /// Its place in the order, from 1.
    async fn position(&self) -> i32 {
        self.row.position
    }

    /// The product as it is now; null when it is gone.
    async fn product(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Product>> {
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let found = loader.load_one(ProductKey(self.row.product_id)).await?;
        Ok(found.map(Product))
    }

    /// The product's SKU then.
    async fn sku(&self) -> &str {
        &self.row.sku
    }

    /// The product's name then, in the customer's language.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Pieces.
    async fn quantity(&self) -> i32 {
        self.row.quantity
    }

    /// What one piece cost then.
    async fn unit_price(&self, ctx: &Context<'_>) -> async_graphql::Result<MoneyObject> {
        self.price(ctx).await
    }

    /// What all its pieces cost.
    async fn total(&self, ctx: &Context<'_>) -> async_graphql::Result<MoneyObject> {
        let price = self.price(ctx).await?.0;
        let total = price.times(i64::from(self.row.quantity));
        Ok(MoneyObject(total.ok_or("more than can be counted")?))
    }
}

impl OrderItem {
    async fn price(&self, ctx: &Context<'_>) -> async_graphql::Result<MoneyObject> {
        let minor = self.row.unit_price_minor;
        if let Some(currency) = &self.currency {
            return MoneyObject::of(minor, currency);
        }
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        let order = loader.load_one(OrderKey(self.row.order_id)).await?;
        let order = order.ok_or("the order was erased a moment ago")?;
        MoneyObject::of(minor, &order.currency)
    }
}

/// A step of an order, taken once, and how the customer was told.
pub(in crate::graphql) struct OrderStep(order_step::Model);

/// A step of an order, taken once, and how the customer was told.
#[Object]
impl OrderStep {
    /// The status it came to.
    async fn status(&self) -> OrderStatusEnum {
        self.0.status.into()
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who did it, by their name then; null: the customer.
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// The message that told the customer; null: none did, or it is past its retention.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Message>> {
        let Some(id) = self.0.message_id else {
            return Ok(None);
        };
        let loader = ctx.data_unchecked::<DataLoader<Loader>>();
        Ok(loader.load_one(MessageKey(id)).await?.map(Message::from))
    }

    /// Why the customer could not be told, e.g. because the reply window was closed and no template was chosen; null: they were, or there was nothing to tell.
    async fn not_told_because(&self) -> Option<RefusalCode> {
        RefusalCode::parse(self.0.not_told_because.as_deref()?)
    }
}

/// What became of a step of an order: the order or errors, never both.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OrderPayload {
    /// The order as it is now; null when there are errors.
    order: Option<Order>,
    /// The message that tells the customer, as it was queued; null: none does.
    message: Option<Message>,
    /// Why the customer is not told although the step was taken, and what can be done; null: they are, or there are errors.
    hint: Option<UserError>,
    /// Every broken rule.
    user_errors: Vec<UserError>,
}

impl OrderPayload {
    pub(in crate::graphql) fn of((taken, user_errors): (Option<Taken>, Vec<UserError>)) -> Self {
        let (order, message, hint) = match taken {
            Some(it) => (Some(Order(it.order)), it.message, it.hint),
            None => (None, None, None),
        };
        Self {
            order,
            message: message.map(Message::from),
            hint: hint.map(UserError::from),
            user_errors,
        }
    }
}

/// Which template tells of a step of an order where free text may not be sent: 24 hours after the customer wrote.
pub(in crate::graphql) struct OrderTemplate(pub(in crate::graphql) order_template::Model);

/// Which template tells of a step of an order where free text may not be sent: 24 hours after the customer wrote.
#[Object]
impl OrderTemplate {
    /// The status the order came to.
    async fn status(&self) -> OrderStatusEnum {
        self.0.status.into()
    }

    /// BCP 47 tag of the customers' language.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// The template, HX…
    async fn content_sid(&self) -> &str {
        &self.0.content_sid
    }

    /// When it was chosen.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
