//! `X-Twilio-Signature`: an HMAC over the public URL and every form parameter.
//! Source: Twilio's "Security" page, its page on shared keys, and the request validators of its official libraries.

#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// A key and its value, decoded and untrimmed.
pub type Pair = (String, String);

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The rule: the auth token signs with it.
    HmacSha1,
    /// Shared keys may sign with it.
    HmacSha256,
}

impl Algorithm {
    /// Reads the provider's name of it: `HMAC_SHA1`, `HMAC_SHA256`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "HMAC_SHA1" => Some(Self::HmacSha1),
            "HMAC_SHA256" => Some(Self::HmacSha256),
            _ => None,
        }
    }

    /// Characters of its signatures: 20 or 32 bytes in base64.
    const fn length(self) -> usize {
        match self {
            Self::HmacSha1 => 28,
            Self::HmacSha256 => 44,
        }
    }
}

/// A secret, and what it signs with.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    secret: &'a str,
    algorithm: Algorithm,
}

impl<'a> Key<'a> {
    /// An auth token.
    pub const fn token(secret: &'a str) -> Self {
        Self {
            secret,
            algorithm: Algorithm::HmacSha1,
        }
    }

    /// A shared key.
    pub const fn shared(secret: &'a str, algorithm: Algorithm) -> Self {
        Self { secret, algorithm }
    }

    fn sign(self, url: &str, sorted: &[&Pair]) -> Signature {
        match self.algorithm {
            Algorithm::HmacSha1 => mac::<Hmac<Sha1>>(self.secret, url, sorted),
            Algorithm::HmacSha256 => mac::<Hmac<Sha256>>(self.secret, url, sorted),
        }
    }
}

/// A signature as text, without an allocation.
struct Signature {
    text: [u8; Algorithm::HmacSha256.length()],
    length: usize,
}

impl Signature {
    fn as_bytes(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

fn mac<M: Mac + KeyInit>(secret: &str, url: &str, sorted: &[&Pair]) -> Signature {
    let mut mac =
        <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (key, value) in sorted {
        mac.update(key.as_bytes());
        mac.update(value.as_bytes());
    }
    let mut text = [0; Algorithm::HmacSha256.length()];
    let length = STANDARD
        .encode_slice(mac.finalize().into_bytes(), &mut text)
        .expect("the longest digest fits");
    Signature { text, length }
}

/// In the order in which they are signed, each once.
fn sorted(pairs: &[Pair]) -> Vec<&Pair> {
    let mut sorted: Vec<&Pair> = pairs.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Signs a request with an auth token: `url` as configured at the provider (no fragment), `pairs` decoded and untrimmed.
pub fn sign(token: &str, url: &str, pairs: &[Pair]) -> String {
    sign_with(Key::token(token), url, pairs)
}

/// The same with any key.
pub fn sign_with(key: Key<'_>, url: &str, pairs: &[Pair]) -> String {
    let signature = key.sign(url, &sorted(pairs));
    String::from_utf8_lossy(signature.as_bytes()).into_owned()
}

/// What came with a signature: asked of several URLs and keys, sorted once.
pub struct Signed<'a> {
    signature: &'a str,
    sorted: Vec<&'a Pair>,
}

impl<'a> Signed<'a> {
    /// `signature` as it stands in the header; `pairs` of the form, none where the body is no form.
    pub fn new(signature: &'a str, pairs: &'a [Pair]) -> Self {
        Self {
            signature,
            sorted: sorted(pairs),
        }
    }

    /// Whether any of `keys` signed this for `url`, in any form of the URL's port that the provider may have signed.
    pub fn is_for(&self, url: &str, keys: &[Key<'_>]) -> bool {
        self.is_exactly_for(url, keys)
            || other_form(url).is_some_and(|it| self.is_exactly_for(&it, keys))
    }

    fn is_exactly_for(&self, url: &str, keys: &[Key<'_>]) -> bool {
        // How long a signature is, is no secret.
        let mut possible = keys
            .iter()
            .filter(|key| key.algorithm.length() == self.signature.len());
        possible.any(|key| {
            let expected = key.sign(url, &self.sorted);
            bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes()))
        })
    }
}

/// The URL without its port, or with the port of its scheme where it has none.
fn other_form(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (user, host) = authority
        .rsplit_once('@')
        .map_or(("", authority), |(_, host)| {
            (&authority[..authority.len() - host.len()], host)
        });
    let colon = host
        .rfind(':')
        .filter(|at| host[at + 1..].bytes().all(|b| b.is_ascii_digit()));
    Some(if let Some(at) = colon {
        format!("{scheme}://{user}{}{tail}", &host[..at])
    } else {
        let port = if scheme == "https" { 443 } else { 80 };
        format!("{scheme}://{user}{host}:{port}{tail}")
    })
}
