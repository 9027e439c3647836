//! What the provider's form tells of the status of one outbound message, typed. Source: Twilio's "Track the message status of
//! outbound messages".

use entity::types::{Kind, MessageStatus};
use uuid::Uuid;

use super::{Form, outbound_status};

/// One status callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// `SM…` or `MM…`
    pub sid: String,
    /// How it stands.
    pub status: MessageStatus,
    /// The code of a failure.
    pub error_code: Option<i32>,
    /// Our message, by the callback's URL.
    pub message: Option<Uuid>,
    /// The attempt that the URL names.
    pub attempt: Option<i32>,
}

impl Report {
    /// Reads a form, and the query of the URL to which it came. `None`: a word that says nothing about our statuses.
    ///
    /// # Errors
    /// The name of a field that is missing.
    pub fn read(form: &Form, query: &Form) -> Result<Option<Self>, &'static str> {
        let either = |new, old| form.get(new).or_else(|| form.get(old)).ok_or(new);
        let sid = either("MessageSid", "SmsSid")?;
        let word = either("MessageStatus", "SmsStatus")?;
        let Some(status) = outbound_status(word) else {
            return Ok(None);
        };
        Ok(Some(Self {
            sid: sid.to_owned(),
            status,
            error_code: form.get("ErrorCode").and_then(|it| it.parse().ok()),
            message: named(query),
            attempt: query.get("attempt").and_then(|it| it.parse().ok()),
        }))
    }
}

/// Our message that a callback's URL names.
pub fn named(query: &Form) -> Option<Uuid> {
    Kind::Message.parse(query.get("message")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str, query: &str) -> Result<Option<Report>, &'static str> {
        let decode = |it: &str| Form::decode(it.as_bytes());
        Report::read(&decode(form), &decode(query))
    }

    #[test]
    fn a_report_is_read_by_its_new_names_and_its_old_ones() {
        let query = "message=msg_01h455vb4pex5vsknk084sn02q&attempt=2";
        let new = "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=63018";
        let old = "SmsSid=SM1&SmsStatus=undelivered&ErrorCode=63018";
        let report = read(new, query).unwrap().unwrap();
        assert_eq!(
            (report.status, report.error_code, report.attempt),
            (MessageStatus::Undelivered, Some(63018), Some(2))
        );
        assert!(report.message.is_some());
        assert_eq!(read(old, query).unwrap().unwrap(), report);
    }

    #[test]
    fn what_is_missing_is_named_and_what_is_odd_is_left_out() {
        assert_eq!(read("MessageStatus=sent", ""), Err("MessageSid"));
        assert_eq!(read("MessageSid=SM1", ""), Err("MessageStatus"));
        assert_eq!(read("MessageSid=SM1&MessageStatus=dreamt", ""), Ok(None));
        let odd = "MessageSid=SM1&MessageStatus=failed&ErrorCode=many";
        let report = read(odd, "message=con_1&attempt=-x").unwrap().unwrap();
        let told = (report.error_code, report.message, report.attempt);
        assert_eq!(told, (None, None, None));
    }
}
