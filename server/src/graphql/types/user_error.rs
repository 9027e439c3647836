//! A broken rule, for the person who broke it.

use async_graphql::SimpleObject;

use crate::error::{Refusal, RefusalCode};

/// A broken rule.
#[derive(Clone, Debug, SimpleObject)]
pub(in crate::graphql) struct UserError {
    /// Which rule.
    code: RefusalCode,
    /// Path of the input field at fault; null when it is the request as a whole.
    field: Option<Vec<String>>,
    /// What is wrong and what would be right.
    message: String,
}

impl From<Refusal> for UserError {
    fn from(it: Refusal) -> Self {
        Self {
            code: it.code,
            field: it.field.map(|field| vec![field.to_owned()]),
            message: it.message,
        }
    }
}
