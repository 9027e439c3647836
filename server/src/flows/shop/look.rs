//! What a wish needs before it can be answered.

use std::collections::HashMap;

use entity::{order, order_item, product};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::Customer;
use crate::app::App;
use crate::domain::bot::{Desk, Item, Line, OrderCard, PAGE, RECENT, Shelf, Wish};
use crate::domain::money::{Currency, Money};
use crate::domain::texts::Language;
use crate::error::Result;
use crate::store;

/// Lays it on the desk.
pub(super) async fn up(
    app: &App,
    tx: &impl ConnectionTrait,
    customer: Customer<'_>,
    wish: &Wish,
) -> Result<Desk> {
    let whose = customer.contact.id;
    let language = Language::from_tag(&customer.contact.language);
    let looking = Looking { app, language };
    let mut desk = Desk {
        name: customer.contact.name.clone(),
        ..Desk::clear(language)
    };
    desk.basket = looking.basket(tx, whose, wish).await?;
    match wish {
        Wish::Products { page } => desk.shelf = looking.shelf(tx, "", *page).await?,
        Wish::Find { words, page } => desk.shelf = looking.shelf(tx, words, *page).await?,
        Wish::Look(id) | Wish::Add(id, _) | Wish::Set(id, _) => {
            let found = store::shelf::by_ids(tx, [*id]).await?.pop();
            desk.item = found.and_then(|it| looking.item(it));
        }
        Wish::Orders => desk.orders = looking.orders(tx, whose, RECENT as u64).await?,
        Wish::Order(id) | Wish::Again(id) => {
            if let Some((order, items)) = store::checkout::one_of(tx, whose, *id).await? {
                let products = items.iter().map(|it| it.product_id);
                let products = store::shelf::by_ids(tx, products).await?;
                desk.shelf.items = products
                    .into_iter()
                    .filter_map(|it| looking.item(it))
                    .collect();
                desk.orders.extend(looking.card(&order, items));
            }
        }
        Wish::Confirm { .. } => {
            desk.orders = looking.orders(tx, whose, 1).await?;
            desk.next_number = store::checkout::next_number(tx).await?;
        }
        Wish::Menu
        | Wish::Help
        | Wish::Basket
        | Wish::Empty
        | Wish::Summary
        | Wish::Drop
        | Wish::Person
        | Wish::Switch(_)
        | Wish::Stale
        | Wish::Unclear
        | Wish::Unreadable => {}
    }
    Ok(desk)
}

struct Looking<'a> {
    app: &'a App,
    language: Language,
}

impl Looking<'_> {
    /// A basket, its products held where it is about to be ordered.
    async fn basket(
        &self,
        tx: &impl ConnectionTrait,
        whose: Uuid,
        wish: &Wish,
    ) -> Result<Vec<Line>> {
        let chosen = store::baskets::of(tx, whose).await?;
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let ids = chosen.iter().map(|it| it.product_id);
        let products = if matches!(wish, Wish::Confirm { .. }) {
            store::shelf::hold(tx, ids).await?
        } else {
            store::shelf::by_ids(tx, ids).await?
        };
        let mut products: HashMap<Uuid, product::Model> =
            products.into_iter().map(|it| (it.id, it)).collect();
        let line = |it: entity::basket_item::Model| {
            Some(Line {
                item: self.item(products.remove(&it.product_id)?)?,
                quantity: u32::try_from(it.quantity).ok()?,
            })
        };
        Ok(chosen.into_iter().filter_map(line).collect())
    }

    async fn shelf(&self, tx: &impl ConnectionTrait, words: &str, page: u32) -> Result<Shelf> {
        let (page, products, total) =
            store::shelf::page(tx, words, page.into(), PAGE as u64).await?;
        Ok(Shelf {
            page: u32::try_from(page).unwrap_or_default(),
            items: products
                .into_iter()
                .filter_map(|it| self.item(it))
                .collect(),
            total: usize::try_from(total).unwrap_or(usize::MAX),
        })
    }

    async fn orders(
        &self,
        tx: &impl ConnectionTrait,
        whose: Uuid,
        limit: u64,
    ) -> Result<Vec<OrderCard>> {
        let orders = store::checkout::recent(tx, whose, limit).await?;
        Ok(orders
            .into_iter()
            .filter_map(|it| self.card(&it, Vec::new()))
            .collect())
    }

    /// A product in the customer's language; `None`: its price is in a currency that this version does not know.
    fn item(&self, it: product::Model) -> Option<Item> {
        let price = Money {
            minor: it.price_minor,
            currency: Currency::parse(&it.currency)?,
        };
        Some(Item {
            id: it.id,
            name: self.words(&it.names).unwrap_or(&it.sku).to_owned(),
            description: self.words(&it.descriptions).unwrap_or_default().to_owned(),
            price,
            stock: it.stock,
            image_url: it.image_url.map(|it| self.app.public(&it)),
            is_offered: it.is_active && it.archived_at.is_none(),
            sku: it.sku,
        })
    }

    /// The text in the customer's language, else in the shop's first one.
    fn words<'a>(&self, by_language: &'a serde_json::Value) -> Option<&'a str> {
        let all = by_language.as_object()?;
        let own = all.get(self.language.tag()).and_then(|it| it.as_str());
        let first = || {
            Language::ALL
                .iter()
                .find_map(|it| all.get(it.tag())?.as_str())
        };
        own.or_else(first)
            .or_else(|| all.values().find_map(|it| it.as_str()))
    }

    fn card(&self, order: &order::Model, items: Vec<order_item::Model>) -> Option<OrderCard> {
        let currency = Currency::parse(&order.currency)?;
        let money = |minor| Money { minor, currency };
        let lines = items.into_iter().map(|it| {
            let pieces = u32::try_from(it.quantity).unwrap_or_default();
            (it.product_id, it.name, pieces, money(it.unit_price_minor))
        });
        Some(OrderCard {
            id: order.id,
            number: order.number,
            status: order.status,
            total: money(order.total_minor),
            placed_at: order
                .created_at
                .with_timezone(&self.app.config.shop_utc_offset),
            lines: lines.collect(),
        })
    }
}
