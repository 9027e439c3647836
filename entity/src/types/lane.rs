//! The queue's lanes, in strict priority.

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

/// How urgent a message is. The stored number is the order in which lanes are served.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lane {
    /// Answers to a person: the first attempt is made at once, not by the queue.
    #[sea_orm(num_value = 0)]
    Immediate,
    /// Ordinary messages.
    #[default]
    #[sea_orm(num_value = 1)]
    Normal,
    /// Broadcasts.
    #[sea_orm(num_value = 2)]
    Bulk,
}

impl Lane {
    /// Every lane, most urgent first.
    pub const ALL: [Self; 3] = [Self::Immediate, Self::Normal, Self::Bulk];

    /// The name used in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Normal => "normal",
            Self::Bulk => "bulk",
        }
    }
}
