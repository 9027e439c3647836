//! Tables for the settings: defaults, and each fault by its name.

use std::collections::HashMap;

use super::from_variables;

const SID: &str = "AC00112233445566778899aabbccddeeff";

fn variables(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

#[test]
fn nothing_set_is_sandbox_mode_on_port_5000() {
    let config = from_variables(&HashMap::new()).unwrap();
    assert!(config.is_sandbox() && config.is_sqlite());
    assert_eq!((config.port, config.send_rate_per_sender), (5000, 80));
    assert_eq!(config.senders[0].as_str(), "whatsapp:+14155238886");
}

#[test]
fn a_malformed_value_stops_the_start_with_its_name_and_an_example() {
    for (name, value) in [
        ("PORT", "70000"),
        ("HOST", "localhost"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "waybill=loud"),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("PUBLIC_URL", "wa.example.com"),
        ("TWILIO_WHATSAPP_FROM", "14155238886"),
        ("TWILIO_ACCOUNT_SID", SID),
        ("TWILIO_AUTH_TOKEN", "x"),
        ("TWILIO_MESSAGING_SERVICE_SID", "MG12"),
        ("TWILIO_SHARED_KEYS", "KY1=secret, KY2"),
        ("TWILIO_SHARED_KEYS", "=secret"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example, *"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example/path"),
        ("CORS_ALLOWED_ORIGINS", "a.example"),
        ("API_RATE_PER_VIEWER", "-1"),
        ("PERSISTED_OPERATIONS", "/nowhere/operations.json"),
        ("PERSISTED_OPERATIONS", "Cargo.toml"),
        ("WEBHOOK_IP_ALLOWLIST", "10.0.0.0/8, nonsense"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("SEND_RATE_PER_SENDER", "0"),
        ("SEND_CONCURRENCY", "many"),
        ("SEND_MAX_ATTEMPTS", "-1"),
        ("RETENTION_DAYS", "0"),
        ("UNCONFIRMED_GRACE_SECONDS", "99999"),
    ] {
        let errors = from_variables(&variables(&[(name, value)])).unwrap_err();
        let other = match name {
            "TWILIO_ACCOUNT_SID" => "TWILIO_AUTH_TOKEN",
            "TWILIO_AUTH_TOKEN" => "TWILIO_ACCOUNT_SID",
            same => same,
        };
        assert!(
            errors.0.iter().any(|line| line.starts_with(other)),
            "{name}: {errors}"
        );
        assert!(errors.to_string().contains("example"), "{errors}");
    }
}

#[test]
fn a_secret_stands_in_no_error_and_no_debug_text() {
    let errors =
        from_variables(&variables(&[("DATABASE_URL", "mysql://me:hunter2@db/x")])).unwrap_err();
    assert!(!errors.to_string().contains("hunter2"));
    let config = from_variables(&variables(&[
        ("TWILIO_ACCOUNT_SID", SID),
        ("TWILIO_AUTH_TOKEN", "hunter2"),
        ("PUBLIC_URL", "https://wa.example.com/"),
        ("WHATSAPP_PHONE_NUMBER", "+14155238886"),
    ]))
    .unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(config.public_url.as_deref(), Some("https://wa.example.com"));
}

#[test]
fn shared_keys_are_told_apart_and_may_hold_any_sign_but_a_comma() {
    let wish = [("TWILIO_SHARED_KEYS", "KY1=a=b==, KY2 = c ,")];
    let keys = from_variables(&variables(&wish)).unwrap().shared_keys;
    let told: Vec<_> = keys
        .iter()
        .map(|it| (it.id.as_str(), it.secret.expose()))
        .collect();
    assert_eq!(told, [("KY1", "a=b=="), ("KY2", "c")]);
}

#[test]
fn an_ipv4_network_may_be_written_as_ipv6() {
    let wish = [(
        "TRUSTED_PROXIES",
        "::ffff:10.0.0.0/104, ::ffff:192.0.2.1, 2001:db8::/32",
    )];
    let networks = from_variables(&variables(&wish)).unwrap().trusted_proxies;
    let told: Vec<_> = networks.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"]);
}

#[test]
fn every_fault_is_told_at_once() {
    let errors = from_variables(&variables(&[("PORT", "x"), ("HOST", "y")])).unwrap_err();
    assert_eq!(errors.0.len(), 2, "{errors}");
}

#[test]
fn beside_a_fault_everything_else_is_read() {
    let (config, faults) = super::inspect(&variables(&[
        ("PORT", "8080"),
        ("TWILIO_WHATSAPP_FROM", "12"),
        ("DATABASE_URL", "mysql://me:hunter2@db/x"),
    ]));
    let settings: Vec<&str> = faults.iter().map(|it| it.setting).collect();
    assert_eq!(settings, ["DATABASE_URL", "TWILIO_WHATSAPP_FROM"]);
    assert_eq!((config.port, config.senders.len()), (8080, 0));
    assert!(config.is_sqlite(), "what is wrong is not tried");
    assert!(faults[1].told().contains("\"12\"") && !faults[0].told().contains("hunter2"));
    assert!(faults[1].right().starts_with("TWILIO_WHATSAPP_FROM="));
}
