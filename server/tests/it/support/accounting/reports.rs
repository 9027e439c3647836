//! The accounting Twilio's status callbacks: signed, and as orderly as the plan wants.

use std::sync::atomic::Ordering;
use std::time::Duration;

use waybill::gateway::signature;
use waybill::gateway::wire::{IDEMPOTENCY_HEADER, SIGNATURE_HEADER};

use super::{Accounting, Taken, rank};
use crate::support::{ACCOUNT, TOKEN};

/// One more try after a connection that was not made, like the provider.
const RETRY_AFTER: Duration = Duration::from_millis(500);

impl Accounting {
    /// Reports a message's statuses; returns when those are told that come before the create's answer.
    pub(super) async fn report_all(&self, message: &Taken) {
        let (reports, is_early) = self.0.plan.reports(&message.key());
        self.0.reporting.fetch_add(1, Ordering::SeqCst);
        let early = usize::from(is_early);
        for status in &reports[..early] {
            self.report(&message.sid, status).await;
        }
        let (twilio, message) = (self.clone(), message.clone());
        tokio::spawn(async move {
            for (nth, status) in reports[early..].iter().enumerate() {
                tokio::time::sleep(twilio.0.plan.pause(&message.key(), nth)).await;
                twilio.report(&message.sid, status).await;
            }
            twilio.0.reporting.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Moves a message on and posts one callback; the HTTP status of the answer, where there was one.
    pub(crate) async fn report(&self, sid: &str, status: &'static str) -> Option<u16> {
        let message = self.with_message(sid, |it| {
            if rank(status) > rank(it.status) {
                it.status = status;
            }
            it.clone()
        });
        let form = form(&message, status);
        let answer = self.post(&message.callback, &form).await;
        let mut books = self.0.books.lock().unwrap();
        match answer {
            Some(200) => books.told += 1,
            Some(_) => books.refused += 1,
            None => books.unheard += 1,
        }
        drop(books);
        if answer == Some(200) {
            self.with_message(sid, |it| {
                if rank(status) > rank(it.told) {
                    it.told = status;
                }
            });
        }
        answer
    }

    async fn post(&self, url: &str, form: &[(String, String)]) -> Option<u16> {
        let signature = signature::sign(TOKEN, url, form);
        let token = format!("{:032x}", rand::random::<u128>());
        for is_last in [false, true] {
            let request = self
                .0
                .http
                .post(url)
                .header(SIGNATURE_HEADER, &signature)
                .header(IDEMPOTENCY_HEADER, &token)
                .form(form);
            match request.send().await {
                Ok(answer) => return Some(answer.status().as_u16()),
                Err(error) if error.is_connect() && !is_last => {
                    tokio::time::sleep(RETRY_AFTER).await;
                }
                Err(_) => return None,
            }
        }
        None
    }
}

fn form(message: &Taken, status: &str) -> Vec<(String, String)> {
    let pairs = [
        ("SmsSid", message.sid.as_str()),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("To", &message.to),
        ("ChannelPrefix", "whatsapp"),
        ("MessageSid", &message.sid),
        ("AccountSid", ACCOUNT),
        ("From", &message.from),
        ("ApiVersion", "2010-04-01"),
    ];
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
