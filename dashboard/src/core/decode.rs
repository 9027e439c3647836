//! Makes typed data of what the server answered. Does the same as `serde_json::from_value` in far less WASM: it borrows
//! the value, so there is nothing to tidy up on the way, and its error is one sentence without parts.

use std::{
    fmt::{Display, Formatter},
    slice::Iter as Items,
};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Value, map::Iter as Entries};

use super::say::say;

/// An answer that is not of the type that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit;

impl Display for Misfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(say!("the answer has another shape than the schema says"))
    }
}

impl std::error::Error for Misfit {}

impl Error for Misfit {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }
}

/// Reads a whole value.
///
/// # Errors
/// When it is of another type.
pub(crate) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    T::deserialize(Part(value))
}

#[derive(Clone, Copy)]
struct Part<'a>(&'a Value);

impl<'de> Deserializer<'de> for Part<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(it) => visitor.visit_bool(*it),
            Value::Number(it) => match it.as_i64() {
                Some(it) => visitor.visit_i64(it),
                None => visitor.visit_f64(it.as_f64().ok_or(Misfit)?),
            },
            Value::String(it) => visitor.visit_str(it),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_bool(self.0.as_bool().ok_or(Misfit)?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_i64(self.0.as_i64().ok_or(Misfit)?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_f64(self.0.as_f64().ok_or(Misfit)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_str(self.0.as_str().ok_or(Misfit)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(List(self.0.as_array().ok_or(Misfit)?.iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(Object(self.0.as_object().ok_or(Misfit)?.iter(), self.0))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_enum(self.0.as_str().ok_or(Misfit)?.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i64 i128 u8 u16 u32 u64 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

struct List<'a>(Items<'a, Value>);

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        match self.0.next() {
            Some(it) => seed.deserialize(Part(it)).map(Some),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The entries to come, and the value of the one whose name was read.
struct Object<'a>(Entries<'a>, &'a Value);

impl<'de> MapAccess<'de> for Object<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        let Some((name, value)) = self.0.next() else {
            return Ok(None);
        };
        self.1 = value;
        seed.deserialize(name.as_str().into_deserializer())
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        seed.deserialize(Part(self.1))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    enum Kind {
        Text,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Whole {
        id: String,
        count: i32,
        share: f64,
        is_new: bool,
        kind: Kind,
        note: Option<String>,
        parts: Vec<i32>,
        raw: Value,
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        let raw = json!({"a": [1, 2.5, null, "x", true], "b": {}});
        let whole = json!({
            "id": "msg_1", "count": -3, "share": 1, "is_new": true, "kind": "Text", "note": null,
            "parts": [1, 2], "raw": raw, "more": {"of": ["no", "interest"]},
        });
        let read = decode::<Whole>(&whole).unwrap();
        assert_eq!(read.raw, raw);
        assert_eq!(read, serde_json::from_value(whole).unwrap());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let fits = json!({"id": "a", "count": 1, "share": 0.5, "is_new": false, "kind": "Text", "parts": [], "raw": 1});
        assert!(decode::<Whole>(&fits).is_ok());
        for (name, wrong) in [
            ("id", json!(1)),
            ("id", json!(null)),
            ("count", json!("1")),
            ("count", json!(3_000_000_000_u32)),
            ("kind", json!("Other")),
            ("parts", json!({})),
            ("note", json!(5)),
        ] {
            let mut other = fits.clone();
            other[name] = wrong;
            assert_eq!(decode::<Whole>(&other), Err(Misfit), "{name}");
        }
        assert_eq!(decode::<Whole>(&json!({"id": "a"})), Err(Misfit));
    }
}
