//! The settings of the shop and its bot.

use std::time::Duration;

use chrono::FixedOffset;
use entity::types::Address;

use super::{Reader, is_sid};

impl Reader<'_> {
    pub(super) fn is_on(&mut self, name: &'static str, without: bool) -> bool {
        match self.text(name).as_deref() {
            None => without,
            Some("on") => true,
            Some("off") => false,
            Some(_) => {
                self.fault(name, "neither on nor off");
                without
            }
        }
    }

    pub(super) fn bot_silence(&mut self) -> Duration {
        Duration::from_hours(self.within("BOT_SILENCE_HOURS", 12, 1, 720))
    }

    pub(super) fn alert_to(&mut self) -> Vec<Address> {
        let mut people = Vec::new();
        for part in self.text("SHOP_ALERT_TO").unwrap_or_default().split(',') {
            match Address::parse(part) {
                _ if part.trim().is_empty() => {}
                Ok(address) if address.e164().is_some() => people.push(address),
                _ => self.fault("SHOP_ALERT_TO", "not a number in international form"),
            }
        }
        people
    }

    pub(super) fn alert_template(&mut self) -> Option<String> {
        let sid = self.text("SHOP_ALERT_TEMPLATE")?;
        if !is_sid(&sid, "HX") {
            self.fault("SHOP_ALERT_TEMPLATE", "not HX and 32 hex digits");
        }
        Some(sid)
    }

    pub(super) fn utc_offset(&mut self) -> FixedOffset {
        let utc = FixedOffset::east_opt(0).expect("no offset is within a day");
        let Some(text) = self.text("SHOP_UTC_OFFSET") else {
            return utc;
        };
        text.parse().unwrap_or_else(|_| {
            self.fault("SHOP_UTC_OFFSET", "not hours and minutes east of UTC");
            utc
        })
    }
}
