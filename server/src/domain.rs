//! The rules, pure: no waiting, no database, no clock.

pub mod backoff;
pub mod bot;
pub mod catalogue;
pub mod consent;
pub mod contact_card;
pub mod content;
pub mod csv;
pub mod draft;
pub mod mask;
pub mod money;
pub mod order_news;
pub mod pace;
pub mod product;
pub mod product_table;
pub mod product_texts;
pub mod reach;
pub mod search;
pub mod template;
pub mod texts;
pub mod window;
