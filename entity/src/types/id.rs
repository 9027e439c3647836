//! Public ids: `TypeID`s such as `msg_01j…`, a prefix that names the kind and a `UUIDv7` inside.

use std::str::FromStr;

use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

/// The kind of thing an id names; its prefix stands in logs, URLs and GraphQL ids alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `msg_…`
    Message,
    /// `att_…`
    DeliveryAttempt,
    /// `con_…`
    Contact,
    /// `cvs_…`
    Conversation,
    /// `whe_…`
    WebhookEvent,
    /// `usr_…`
    User,
    /// `ses_…`
    Session,
    /// `tok_…`
    ApiToken,
    /// `job_…`
    BulkJob,
    /// `aud_…`
    AuditEntry,
    /// `prd_…`
    Product,
    /// `ord_…`
    Order,
    /// `itm_…`
    OrderItem,
    /// `view_…`
    SavedView,
}

/// Why a text is not an id of the kind expected. Its message is fit for the person who sent the text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IdError {
    /// Well formed, but it names another kind of thing.
    #[error(
        "expected an id that begins with \"{expected}_\", got one that begins with \"{found}_\""
    )]
    WrongKind {
        /// The prefix asked for.
        expected: &'static str,
        /// The prefix found.
        found: String,
    },
    /// Not a `TypeID` at all.
    #[error("not an id: expected \"{expected}_\" and 26 letters or digits")]
    Malformed {
        /// The prefix asked for.
        expected: &'static str,
    },
}

impl Kind {
    /// Every kind, for a lookup by prefix.
    pub const ALL: [Self; 14] = [
        Self::Message,
        Self::DeliveryAttempt,
        Self::Contact,
        Self::Conversation,
        Self::WebhookEvent,
        Self::User,
        Self::Session,
        Self::ApiToken,
        Self::BulkJob,
        Self::AuditEntry,
        Self::Product,
        Self::Order,
        Self::OrderItem,
        Self::SavedView,
    ];

    /// The prefix, without the underscore.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Message => "msg",
            Self::DeliveryAttempt => "att",
            Self::Contact => "con",
            Self::Conversation => "cvs",
            Self::WebhookEvent => "whe",
            Self::User => "usr",
            Self::Session => "ses",
            Self::ApiToken => "tok",
            Self::BulkJob => "job",
            Self::AuditEntry => "aud",
            Self::Product => "prd",
            Self::Order => "ord",
            Self::OrderItem => "itm",
            Self::SavedView => "view",
        }
    }

    /// The public form of `id`, e.g. `msg_01jq8v…`. A page writes hundreds, so it goes the short way; reading, which has to
    /// be careful, is the library's.
    pub fn encode(self, id: Uuid) -> String {
        let mut text = String::with_capacity(self.prefix().len() + 1 + DIGITS);
        text.push_str(self.prefix());
        text.push('_');
        for digit in (0..DIGITS).rev() {
            let value = (id.as_u128() >> (digit * 5)) & 31;
            text.push(char::from(ALPHABET[value as usize]));
        }
        text
    }

    /// Reads the public form back.
    ///
    /// # Errors
    /// [`IdError::WrongKind`] names both prefixes; [`IdError::Malformed`] is everything else.
    pub fn parse(self, text: &str) -> Result<Uuid, IdError> {
        let expected = self.prefix();
        let id = TypeSafeId::<DynamicType>::from_str(text)
            .map_err(|_| IdError::Malformed { expected })?;
        if id.type_prefix() == expected {
            return Ok(id.uuid());
        }
        Err(IdError::WrongKind {
            expected,
            found: id.type_prefix().to_owned(),
        })
    }

    /// The kind and the id of any public id.
    pub fn parse_any(text: &str) -> Option<(Self, Uuid)> {
        Self::ALL
            .into_iter()
            .find_map(|kind| kind.parse(text).ok().map(|id| (kind, id)))
    }
}

/// Digits of an id: 128 bits by fives. Source: the TypeID specification.
const DIGITS: usize = 26;
/// Crockford's base 32, in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_way_out_and_in() {
        let id = Uuid::from_u128(0x0192_f2c4_7d3a_7cc1_8000_1234_5678_9abc);
        let text = Kind::Message.encode(id);
        assert!(text.starts_with("msg_"), "{text}");
        assert_eq!(Kind::Message.parse(&text), Ok(id));
        assert_eq!(Kind::parse_any(&text), Some((Kind::Message, id)));
    }

    #[test]
    fn an_id_is_written_as_the_library_would() {
        for number in [
            0,
            1,
            31,
            32,
            u128::MAX,
            u128::MAX / 3,
            1 << 127,
            0x0192_f2c4 << 96,
        ] {
            let id = Uuid::from_u128(number);
            let theirs = TypeSafeId::from_type_and_uuid(DynamicType::new("msg").unwrap(), id);
            assert_eq!(Kind::Message.encode(id), theirs.to_string());
        }
    }

    #[test]
    fn a_wrong_kind_is_refused_by_name() {
        let contact = Kind::Contact.encode(Uuid::from_u128(7));
        let error = Kind::Message.parse(&contact).unwrap_err();
        assert_eq!(
            error,
            IdError::WrongKind {
                expected: "msg",
                found: "con".into()
            }
        );
        for bad in [
            "",
            "msg",
            "msg_",
            "msg_zz",
            "मेसेज",
            "01h455vb4pex5vsknk084sn02q",
        ] {
            assert!(Kind::Message.parse(bad).is_err(), "{bad}");
        }
    }
}
