//! `X-Twilio-Signature`: HMAC-SHA1 over the public URL and every form parameter.
//! Source: Twilio's "Security" page and the request validators of its official libraries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

/// Signs a request: `url` as configured at the provider (no fragment), `pairs` decoded and untrimmed.
pub fn sign(token: &str, url: &str, pairs: &[(String, String)]) -> String {
    let mut pairs: Vec<&(String, String)> = pairs.iter().collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut mac =
        Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (key, value) in pairs {
        mac.update(key.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Whether `signature` is right for any of `tokens` and any form of the URL's port that the provider may have signed.
pub fn is_valid(signature: &str, tokens: &[&str], url: &str, pairs: &[(String, String)]) -> bool {
    let is_of = |form: &str| {
        tokens.iter().any(|token| {
            let expected = sign(token, form, pairs);
            bool::from(expected.as_bytes().ct_eq(signature.as_bytes()))
        })
    };
    is_of(url) || other_form(url).is_some_and(|it| is_of(&it))
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

#[cfg(test)]
mod tests {
    //! Vectors made with the official Python library, 9.13.0.
    use super::*;
    use crate::gateway::wire::Form;

    const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    fn signed(url: &str, body: &str) -> String {
        sign(TOKEN, url, Form::decode(body.as_bytes()).pairs())
    }

    #[test]
    fn unicode_blank_values_and_trailing_spaces_are_signed_as_they_are() {
        let body = "SmsMessageSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90&NumMedia=0&ProfileName=Zo%C3%AB+%F0%9F%A6%8A&MessageType=text&SmsSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90&WaId=351910000001&SmsStatus=received&Body=Ol%C3%A1+%F0%9F%91%8B%F0%9F%8F%BD+50%25+%2B+10%E2%82%AC+%26+mais%0Alinha+2+&To=whatsapp%3A%2B14155238886&NumSegments=1&ReferralNumMedia=0&MessageSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90&AccountSid=AC00112233445566778899aabbccddeeff&From=whatsapp%3A%2B351910000001&ApiVersion=2010-04-01&ButtonText=";
        let url = "https://hooks.example.test/twilio/inbound?tenant=42";
        assert_eq!(signed(url, body), "nv7lbbc5gKhitwsNAuxfLglO++E=");
    }

    #[test]
    fn repeated_keys_are_sorted_and_told_once() {
        let body = "Tag=b&Tag=a&Tag=b&MessageStatus=delivered&MessageSid=SM00000000000000000000000000000000&mediaUrl=x&MediaUrl10=ten&MediaUrl2=two&ErrorCode=";
        assert_eq!(
            signed("https://hooks.example.test/twilio/status", body),
            "zw+KRkFItuNywIcOwiwYCwivacU="
        );
    }

    #[test]
    fn a_url_in_a_get_request_is_signed_alone() {
        let url = "https://hooks.example.test/twilio/inbound?From=whatsapp%3A%2B351910000001&Body=hi+there&MessageSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90";
        assert_eq!(signed(url, ""), "RiLfs5fgtk6uGN5jTi4uhyNaRyg=");
    }

    #[test]
    fn both_forms_of_the_port_are_accepted_and_no_other() {
        let body = format!("MessageSid=SM{}&MessageStatus=read", "0".repeat(32));
        let form = Form::decode(body.as_bytes());
        let accepts =
            |url: &str, signature| is_valid(signature, &["other", TOKEN], url, form.pairs());
        let (bare, https_port, other_port) = (
            "Ru87AsTFa8YqOUbrdW2G2VExgEM=",
            "rqv2ZlZukfHHNirCreRk6Q9OSWM=",
            "ppMr2KHrhg+erSroWtiW/iGnQ2w=",
        );
        let url = |port| format!("https://hooks.example.test{port}/twilio/status");
        assert!(
            accepts(&url(""), bare)
                && accepts(&url(""), https_port)
                && !accepts(&url(""), other_port)
        );
        assert!(accepts(&url(":443"), bare) && accepts(&url(":443"), https_port));
        assert!(
            accepts(&url(":8443"), bare)
                && accepts(&url(":8443"), other_port)
                && !accepts(&url(":8443"), https_port)
        );
        let http = "http://hooks.example.test/twilio/status";
        assert!(
            accepts(http, "JW67hlZ2PMDAPGYMOvxg2OkTYOM=")
                && accepts(http, "TEkEWS5qNy0uVVk+GVZW20NZwpw=")
        );
        assert!(!accepts(http, "") && !accepts(http, bare));
    }

    #[test]
    fn credentials_in_the_url_are_part_of_it() {
        assert_eq!(
            other_form("https://me:pass@h.example:8443/in?a=b").as_deref(),
            Some("https://me:pass@h.example/in?a=b")
        );
    }
}
