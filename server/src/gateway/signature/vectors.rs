//! Worked signatures, made with the official Python library, 9.13.0.

use sha2::Digest as _;

use super::*;
use crate::gateway::wire::Form;

const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const KEYS: [Key<'_>; 2] = [Key::token("other"), Key::token(TOKEN)];

fn signed(url: &str, body: &str) -> String {
    sign(TOKEN, url, Form::decode(body.as_bytes()).pairs())
}

fn report() -> Form {
    Form::decode(format!("MessageSid=SM{}&MessageStatus=read", "0".repeat(32)).as_bytes())
}

#[test]
fn unicode_blank_values_and_trailing_spaces_are_signed_as_they_are() {
    let body = "SmsMessageSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90&NumMedia=0&ProfileName=Zo%C3%AB+%F0%9F%A6%8A&MessageType=text&SmsSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90&WaId=351910000001&SmsStatus=received&Body=Ol%C3%A1+%F0%9F%91%8B%F0%9F%8F%BD+50%25+%2B+10%E2%82%AC+%26+mais%0Alinha+2+&To=whatsapp%3A%2B14155238886&NumSegments=1&ReferralNumMedia=0&MessageSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90&AccountSid=AC00112233445566778899aabbccddeeff&From=whatsapp%3A%2B351910000001&ApiVersion=2010-04-01&ButtonText=";
    let url = "https://hooks.example.test/twilio/inbound?tenant=42";
    assert_eq!(signed(url, body), "nv7lbbc5gKhitwsNAuxfLglO++E=");

    let form = Form::decode(body.as_bytes());
    let pairs = sorted(form.pairs()).into_iter();
    let text: String = std::iter::once(url.to_owned())
        .chain(pairs.map(|(key, value)| format!("{key}{value}")))
        .collect();
    let digest = "637eda50a88695e9b1b4301278e607918e475df74646152063ece3f6384f7306";
    assert_eq!(text.len(), 456);
    assert_eq!(hex::encode(Sha256::digest(&text)), digest);
    assert!(text.ends_with("Towhatsapp:+14155238886WaId351910000001"));
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
fn a_json_body_is_signed_by_its_digest_in_the_url() {
    let url = "https://hooks.example.test/twilio/events?src=es&bodySHA256=e004a4cbebd8d1f7b228efcbd3f67ee101d18072a1f92b93b032b8b57ec37f1f";
    assert_eq!(signed(url, ""), "I6JvsW28sVSa5XTcRO64yVeqNFk=");
}

#[test]
fn a_url_in_a_get_request_is_signed_alone() {
    let url = "https://hooks.example.test/twilio/inbound?From=whatsapp%3A%2B351910000001&Body=hi+there&MessageSid=SMa1b2c3d4e5f60718293a4b5c6d7e8f90";
    assert_eq!(signed(url, ""), "RiLfs5fgtk6uGN5jTi4uhyNaRyg=");
}

#[test]
fn both_forms_of_the_port_are_accepted_and_no_other() {
    let form = report();
    let accepts = |url: &str, signature| Signed::new(signature, form.pairs()).is_for(url, &KEYS);
    let (bare, https_port, other_port) = (
        "Ru87AsTFa8YqOUbrdW2G2VExgEM=",
        "rqv2ZlZukfHHNirCreRk6Q9OSWM=",
        "ppMr2KHrhg+erSroWtiW/iGnQ2w=",
    );
    let url = |port| format!("https://hooks.example.test{port}/twilio/status");
    for (port, right, wrong) in [
        ("", [bare, https_port], other_port),
        (":443", [bare, https_port], other_port),
        (":8443", [bare, other_port], https_port),
    ] {
        for signature in right {
            assert!(accepts(&url(port), signature), "{port} {signature}");
        }
        assert!(!accepts(&url(port), wrong), "{port} {wrong}");
    }
    let http = "http://hooks.example.test/twilio/status";
    for signature in [
        "JW67hlZ2PMDAPGYMOvxg2OkTYOM=",
        "TEkEWS5qNy0uVVk+GVZW20NZwpw=",
    ] {
        assert!(accepts(http, signature), "{signature}");
    }
    for signature in ["", bare, " JW67hlZ2PMDAPGYMOvxg2OkTYOM="] {
        assert!(!accepts(http, signature), "{signature:?}");
    }
}

#[test]
fn a_shared_key_signs_with_sha_256() {
    let form = report();
    let url = "https://hooks.example.test/twilio/status";
    let signature = "vi39fHuGWLrIlsi8gS9/JaP7Y0NCExJgbbrb3hmCuUY=";
    let secret = "sharedkey-secret-made-up-1";
    let is_by = |key| Signed::new(signature, form.pairs()).is_for(url, &[key]);
    let key = Key::shared(secret, Algorithm::HmacSha256);
    assert_eq!(sign_with(key, url, form.pairs()), signature);
    assert!(is_by(key));
    assert!(!is_by(Key::shared(secret, Algorithm::HmacSha1)));
    assert!(!is_by(Key::shared(TOKEN, Algorithm::HmacSha256)));
}

#[test]
fn credentials_and_ports_stay_apart_in_the_other_form_of_a_url() {
    for (url, other) in [
        (
            "https://me:pass@h.example:8443/in?a=b",
            "https://me:pass@h.example/in?a=b",
        ),
        (
            "https://me:8443@h.example/in",
            "https://me:8443@h.example:443/in",
        ),
        ("http://[::1]:5000/in", "http://[::1]/in"),
        ("https://[::1]/in?a=b:1", "https://[::1]:443/in?a=b:1"),
        ("http://h.example?to=a@b:1", "http://h.example:80?to=a@b:1"),
    ] {
        assert_eq!(other_form(url).as_deref(), Some(other));
    }
    assert_eq!(other_form("no url"), None);
}
