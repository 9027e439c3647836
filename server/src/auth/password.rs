//! Passwords as they are kept: Argon2id. Slow by intent, so only so many at one time, away from the threads that serve.
//! Source: OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane).

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, Fault, Result};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Most bytes of a password.
pub const LONGEST: usize = 1_024;
/// Computed at one time: sign-ins leave the rest of the machine to messages.
const AT_A_TIME: usize = 2;
/// Who waits longer for a turn is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of salt.
const SALT: usize = 16;

/// Computes hashes, a few at a time.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_A_TIME)))
    }
}

impl Passwords {
    /// The form of a password that is kept.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait already; or a fault.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.in_turn(move || hashed(&password)).await?
    }

    /// Whether a password is the one of `kept`. Without one the answer is no, and takes as long.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many wait already; or a fault.
    pub async fn is_right(&self, password: String, kept: Option<String>) -> Result<bool> {
        self.in_turn(move || {
            if let Some(kept) = kept {
                return PasswordHash::new(&kept)
                    .is_ok_and(|it| argon2().verify_password(password.as_bytes(), &it).is_ok());
            }
            // The time is all that counts.
            let _ = hashed(&password);
            false
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Error::Unavailable(
                "too many people sign in at this moment: try again in a minute",
            ));
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await
            .map_err(|error| Error::Fault(Fault::Other(format!("a password's hash: {error}"))))
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hashed(password: &str) -> Result<String> {
    let broken = |error: argon2::password_hash::Error| {
        Error::Fault(Fault::Other(format!("a password's hash: {error}")))
    };
    let salt: [u8; SALT] = rand::random();
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(broken)?.to_string())
}

/// Why a password won't do for a user of this name; `None` if it will. Long ones need no rules about their letters.
/// Source: NIST SP 800-63B, 5.1.1.2.
pub fn fault_of(password: &str, name: &str) -> Option<&'static str> {
    if password.chars().count() < SHORTEST {
        return Some("at least 12 characters");
    }
    if password.len() > LONGEST {
        return Some("at most 1,024 bytes");
    }
    let is_name = password.trim().to_lowercase() == name.to_lowercase();
    is_name.then_some("not the user's own name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_kept_by_owasps_measure() {
        let passwords = Passwords::default();
        let kept = passwords.hash("सही घोडा ब्याट्री".to_owned()).await.unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        for (text, is_right) in [("सही घोडा ब्याट्री", true), ("सही घोडा ब्याट्रि", false)]
        {
            let found = passwords
                .is_right(text.to_owned(), Some(kept.clone()))
                .await;
            assert_eq!(found.unwrap(), is_right);
        }
        let nobody = passwords.is_right("x".repeat(20), None).await;
        assert!(!nobody.unwrap());
    }

    #[test]
    fn short_huge_and_obvious_passwords_are_refused() {
        for (password, is_good) in [
            ("", false),
            ("eleven char", false),
            ("twelve chars", true),
            ("Administrator", false),
            ("घोडा ब्याट्री स्टेपल", true),
        ] {
            assert_eq!(
                fault_of(password, "administrator").is_none(),
                is_good,
                "{password}"
            );
        }
        assert!(fault_of(&"x".repeat(1_025), "a").is_some());
        assert!(fault_of(&"x".repeat(1_024), "a").is_none());
    }
}
