//! Steps about the operator's messages: what is sent, what becomes of it, what the log holds.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::look::{
    LOOK_EVERY, Look, has_become, has_ended_otherwise, is_at, look, shown, summary, until,
};
use super::{Done, Failure, Play};
use crate::simulator::scenario::server::Seen;
use crate::simulator::scenario::steps::{Content, LogSide, State};

/// What the log holds is waited for so long.
const PATIENCE: Duration = Duration::from_secs(10);

impl Play<'_> {
    /// What the server is asked to send.
    async fn input(&self, phone: &str, content: &Content) -> Result<Value, Failure> {
        let to = self.address(phone);
        Ok(match content {
            Content::Text(text) => json!({ "to": to, "body": text }),
            Content::Template { name, variables } => {
                let pairs = variables.iter().cloned();
                let variables: serde_json::Map<String, Value> =
                    pairs.map(|(key, value)| (key, value.into())).collect();
                let sid = self.template(name).await?;
                json!({ "to": to, "contentSid": sid, "contentVariables": variables })
            }
        })
    }

    /// The id of a template, by its name or id.
    async fn template(&self, name: &str) -> Result<String, Failure> {
        let url = format!("{}/v1/Content?PageSize=1000", self.stage.simulator_url);
        let account = &self.stage.account;
        let request = self.stage.http.get(url);
        let request = request.basic_auth(&account.account_sid, Some(account.auth_token.expose()));
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let page: Value = answer.json().await.map_err(|error| error.to_string())?;
        let all = page["contents"].as_array().cloned().unwrap_or_default();
        let found = all
            .iter()
            .find(|it| it["friendly_name"] == name || it["sid"] == name);
        let sid = found.and_then(|it| it["sid"].as_str());
        sid.map(str::to_owned).ok_or_else(|| {
            let names: Vec<&str> = all
                .iter()
                .filter_map(|it| it["friendly_name"].as_str())
                .collect();
            Failure::new(
                format!("a template {name}"),
                format!("only {}", names.join(", ")),
            )
        })
    }

    pub(super) async fn send(
        &mut self,
        phone: &str,
        content: &Content,
        times: u64,
        name: Option<&str>,
    ) -> Done {
        let input = self.input(phone, content).await?;
        let mut ids = Vec::new();
        for _ in 0..times {
            let sent = self.stage.server.send(input.clone()).await?;
            let id = sent.map_err(|codes| {
                Failure::new(
                    "that the server takes the message",
                    format!("it refused: {}", codes.join(", ")),
                )
            })?;
            ids.push(id);
        }
        if let Some(name) = name {
            self.messages.insert(name.to_owned(), ids);
        }
        Ok(())
    }

    pub(super) async fn cannot(&self, phone: &str, content: &Content, code: &str) -> Done {
        let input = self.input(phone, content).await?;
        let expected = format!("a refusal with {code}");
        match self.stage.server.send(input).await? {
            Ok(_) => Err(Failure::new(expected, "the server took the message")),
            Err(codes) if codes.iter().any(|it| it == code) => Ok(()),
            Err(codes) => Err(Failure::new(expected, codes.join(", "))),
        }
    }

    fn ids(&self, message: &str) -> &[String] {
        self.messages
            .get(message)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) async fn retry(&self, message: &str) -> Done {
        for id in self.ids(message) {
            let retried = self.stage.server.retry(id).await?;
            retried.map_err(|codes| {
                Failure::new(
                    "that the server sends it again",
                    format!("it refused: {}", codes.join(", ")),
                )
            })?;
        }
        Ok(())
    }

    async fn seen(&self, message: &str) -> Result<Vec<Seen>, Failure> {
        Ok(self.stage.server.messages(self.ids(message)).await?)
    }

    pub(super) async fn becomes(
        &self,
        message: &str,
        count: Option<u64>,
        state: &State,
        within: Duration,
    ) -> Done {
        let all = self.ids(message).len();
        let count = count.map_or(all, |it| usize::try_from(it).unwrap_or(usize::MAX));
        let expected = match (count, all) {
            (_, 1) => format!("{message}: {}", shown(state)),
            (count, all) => format!("{count} of {all} {message}: {}", shown(state)),
        };
        until(within, &expected, async || {
            let seen = self.seen(message).await?;
            let those = seen.iter().filter(|it| has_become(it, state)).count();
            let lost = seen.iter().filter(|it| has_ended_otherwise(it, state));
            Ok(if those == count {
                Look::Right
            } else if seen.len() - lost.count() < count {
                Look::Wrong(summary(&seen))
            } else {
                Look::NotYet(summary(&seen))
            })
        })
        .await
    }

    pub(super) async fn stays(&self, message: &str, state: &State, during: Duration) -> Done {
        let deadline = Instant::now() + during;
        loop {
            let seen = self.seen(message).await?;
            if !seen.iter().all(|it| is_at(it, state)) {
                let expected = format!("{message} at {} for {during:?}", shown(state));
                return Err(Failure::new(expected, summary(&seen)));
            }
            if Instant::now() >= deadline {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(super) async fn attempts(&self, message: &str, count: u64) -> Done {
        let seen = self.seen(message).await?;
        let attempts: Vec<String> = seen.iter().map(|it| it.attempts.to_string()).collect();
        if seen.iter().all(|it| it.attempts == count) {
            Ok(())
        } else {
            Err(Failure::new(
                format!("{count} attempts"),
                attempts.join(", "),
            ))
        }
    }

    pub(super) async fn timeline(&self, message: &str, first: &str, then: &str) -> Done {
        let expected = format!("{first} before {then} in the timeline of {message}");
        until(PATIENCE, &expected, async || {
            let seen = self.seen(message).await?;
            let is_so = |it: &Seen| {
                let place = |status: &str| it.timeline.iter().position(|it| it == status);
                place(first)
                    .zip(place(then))
                    .is_some_and(|(first, then)| first < then)
            };
            let timelines: Vec<String> = seen.iter().map(|it| it.timeline.join(" ")).collect();
            let is_right = seen.iter().all(is_so);
            Ok(if is_right {
                Look::Right
            } else {
                Look::NotYet(timelines.join("; "))
            })
        })
        .await
    }

    pub(super) async fn log(&self, count: u64, with: Option<&LogSide>) -> Done {
        let address = with.map(|it| (self.address(&it.phone), it.is_from));
        let expected = format!("{count} messages in the log");
        until(PATIENCE, &expected, async || {
            let with = address.as_ref().map(|it| (it.0.as_str(), it.1));
            Ok(look(self.stage.server.count(with).await?, count))
        })
        .await
    }
}
