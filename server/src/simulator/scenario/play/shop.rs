//! Steps about the shop, played through the server's GraphQL API.

use std::time::Duration;

use serde_json::{Value, json};

use super::look::{Look, until};
use super::{Done, Failure, Play};
use crate::simulator::scenario::shop::Trade;

/// What the shop comes to is waited for so long.
const PATIENCE: Duration = Duration::from_secs(10);

impl Play<'_> {
    pub(super) async fn trade(&self, trade: &Trade) -> Done {
        match trade {
            Trade::Stock { sku, count } => self.stock(sku, *count).await,
            Trade::Left { sku, count } => self.left(sku, *count).await,
            Trade::Advance { phone } => {
                let order = self.newest(phone).await?;
                let query = "mutation($id: ID!) { it: advanceOrder(id: $id) { userErrors { code message } } }";
                self.change(query, json!({ "id": order["id"] })).await
            }
            Trade::Cancel { phone, reason } => {
                let order = self.newest(phone).await?;
                let query = "mutation($id: ID!, $reason: String) { it: cancelOrder(id: $id, reason: $reason) { userErrors { code message } } }";
                let variables = json!({ "id": order["id"], "reason": reason });
                self.change(query, variables).await
            }
            Trade::IsAt { phone, step } => {
                let expected = format!("the order of {phone} at {step}");
                until(PATIENCE, &expected, async || {
                    let order = self.newest(phone).await?;
                    let status = order["status"].as_str().unwrap_or_default();
                    Ok(if status == step {
                        Look::Right
                    } else {
                        Look::NotYet(status.to_owned())
                    })
                })
                .await
            }
            Trade::Orders { count, phone } => {
                until(PATIENCE, &format!("{count} orders"), async || {
                    let seen = self.orders(phone.as_deref()).await?.len() as u64;
                    Ok(if seen == *count {
                        Look::Right
                    } else {
                        Look::NotYet(seen.to_string())
                    })
                })
                .await
            }
            Trade::HandBack { phone } => {
                let contact = self.contact(phone).await?;
                let query = "mutation($id: ID!) { it: handBackConversation(id: $id) { userErrors { code message } } }";
                let talk = &contact["conversations"][0]["id"];
                self.change(query, json!({ "id": talk })).await
            }
        }
    }

    /// Does something to which the server must not object.
    async fn change(&self, query: &str, variables: Value) -> Done {
        let data = self.stage.server.ask(query, variables).await?;
        match data["it"]["userErrors"][0]["message"].as_str() {
            None => Ok(()),
            Some(words) => Err(Failure::new("that the server does it", words)),
        }
    }

    async fn product(&self, sku: &str) -> Result<Value, Failure> {
        let query =
            "query($sku: String!) { products(filter: { skus: [$sku] }) { nodes { id stock } } }";
        let data = self.stage.server.ask(query, json!({ "sku": sku })).await?;
        match &data["products"]["nodes"][0] {
            Value::Null => Err(Failure::new(format!("a product {sku}"), "there is none")),
            found => Ok(found.clone()),
        }
    }

    async fn stock(&self, sku: &str, count: u64) -> Done {
        let product = self.product(sku).await?;
        let is = product["stock"].as_i64().unwrap_or_default();
        let by = i64::try_from(count).unwrap_or(i64::MAX) - is;
        let query = "mutation($id: ID!, $delta: Int!) { it: adjustStock(id: $id, delta: $delta) { userErrors { code message } } }";
        self.change(query, json!({ "id": product["id"], "delta": by }))
            .await
    }

    async fn left(&self, sku: &str, count: u64) -> Done {
        until(PATIENCE, &format!("{count} of {sku}"), async || {
            let product = self.product(sku).await?;
            Ok(if product["stock"].as_u64() == Some(count) {
                Look::Right
            } else {
                Look::NotYet(product["stock"].to_string())
            })
        })
        .await
    }

    async fn contact(&self, phone: &str) -> Result<Value, Failure> {
        let query = "query($search: String!) { contacts(first: 1, filter: { search: $search }) { nodes { id conversations { id } } } }";
        let variables = json!({ "search": self.address(phone) });
        let data = self.stage.server.ask(query, variables).await?;
        match &data["contacts"]["nodes"][0] {
            Value::Null => Err(Failure::new(format!("that {phone} is known"), "a stranger")),
            found => Ok(found.clone()),
        }
    }

    /// Orders, newest first.
    async fn orders(&self, phone: Option<&str>) -> Result<Vec<Value>, Failure> {
        let filter = match phone {
            Some(phone) => json!({ "contactId": self.contact(phone).await?["id"] }),
            None => json!({}),
        };
        let query = "query($filter: OrderFilter) { orders(first: 100, filter: $filter) { nodes { id status } } }";
        let data = self
            .stage
            .server
            .ask(query, json!({ "filter": filter }))
            .await?;
        Ok(data["orders"]["nodes"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    async fn newest(&self, phone: &str) -> Result<Value, Failure> {
        let newest = self.orders(Some(phone)).await?.into_iter().next();
        newest.ok_or_else(|| Failure::new(format!("an order of {phone}"), "there is none"))
    }
}
