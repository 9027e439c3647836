//! Who calls: the address behind the proxies that are trusted, and what these say of the URL.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use entity::webhook_refusal::RefusalReason;
use ipnet::IpNet;

use super::refusal::Refusal;
use crate::app::App;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// No name of a host is longer. Source: RFC 1035, 3.1.
const LONGEST_HOST: usize = 255;

/// The caller of a request.
#[derive(Debug)]
pub(super) struct Caller {
    /// Who opened the connection, where that is known.
    peer: Option<IpAddr>,
    /// Whether that is one of our proxies, whose word about the rest is believed.
    is_proxy: bool,
    client: Option<IpAddr>,
}

impl Caller {
    pub(super) fn of(app: &App, parts: &Parts) -> Self {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = connection.map(|it| it.0.ip().to_canonical());
        let proxies = &app.config.trusted_proxies;
        Self {
            peer,
            is_proxy: peer.is_some_and(|it| is_among(proxies, &it)),
            client: peer.map(|it| client_address(it, &parts.headers, proxies)),
        }
    }

    /// Who asks, by what is known.
    pub(super) fn client(&self) -> Option<IpAddr> {
        self.client
    }

    /// Who opened the connection.
    pub(super) fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// Whether this is one of our proxies.
    pub(super) fn is_proxy(&self) -> bool {
        self.is_proxy
    }

    /// Refuses whoever is not in the allow-list, where there is one.
    pub(super) fn is_let_in(&self, app: &App) -> Result<(), Refusal> {
        let allowed = &app.config.webhook_ip_allowlist;
        if allowed.is_empty() || self.client.is_some_and(|it| is_among(allowed, &it)) {
            return Ok(());
        }
        let words = "its address is not in WEBHOOK_IP_ALLOWLIST: add it if it is Twilio's; if it is a \
            proxy's, set TRUSTED_PROXIES to it, and the address behind it counts";
        Err(Refusal::new(RefusalReason::NotAllowed, words))
    }
}

/// The address a request comes from, as far as it is known.
pub(in crate::http) fn client_of(app: &App, parts: &Parts) -> Option<IpAddr> {
    Caller::of(app, parts).client()
}

fn is_among(networks: &[IpNet], address: &IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// The client behind trusted proxies: the last address in `X-Forwarded-For` that is none of them.
fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let mut client = peer;
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    for line in lines.filter_map(|it| it.to_str().ok()) {
        for hop in line.rsplit(',') {
            if !is_among(proxies, &client) {
                return client;
            }
            let Some(address) = address(hop.trim()) else {
                return client;
            };
            client = address;
        }
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>();
    let address = address.or_else(|_| text.parse::<SocketAddr>().map(|it| it.ip()));
    address.ok().map(|it| it.to_canonical())
}

/// Scheme and host as a request tells them: from `X-Forwarded-*` where that is there, else from `Host`.
pub(super) struct Told<'a> {
    /// `http` or `https`, where it says so.
    pub(super) scheme: Option<&'static str>,
    /// With its port.
    pub(super) host: Option<String>,
    /// What came as `Host`.
    pub(super) own_host: Option<&'a str>,
}

impl<'a> Told<'a> {
    pub(super) fn by(headers: &'a HeaderMap) -> Self {
        let scheme = first(headers, "x-forwarded-proto").and_then(|it| {
            ["http", "https"]
                .into_iter()
                .find(|known| it.eq_ignore_ascii_case(known))
        });
        let own_host = last(headers, header::HOST.as_str()).filter(|it| is_host(it));
        let host = last(headers, "x-forwarded-host").filter(|it| is_host(it));
        let port = last(headers, "x-forwarded-port").and_then(|it| it.parse::<u16>().ok());
        let host = host.or(own_host).map(|host| match port {
            Some(port) if !has_port(host) && !is_usual(port, scheme) => format!("{host}:{port}"),
            _ => host.to_owned(),
        });
        Self {
            scheme,
            host,
            own_host,
        }
    }
}

/// The first of a list: how the client called, before the proxies spoke with each other.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let line = headers.get(name)?.to_str().ok()?;
    line.split(',').next().map(str::trim)
}

/// The last of a list: what the proxy before us wrote. What stands before it may be the caller's own.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let line = headers.get(name)?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

fn is_host(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b".-_:[]".contains(&it);
    !text.is_empty() && text.len() <= LONGEST_HOST && text.bytes().all(is_part)
}

fn has_port(host: &str) -> bool {
    let port = host.rsplit_once(':').map(|(_, port)| port);
    port.is_some_and(|it| it.bytes().all(|b| b.is_ascii_digit()))
}

fn is_usual(port: u16, scheme: Option<&str>) -> bool {
    port == if scheme == Some("http") { 80 } else { 443 }
}

/// Reads all that a stranger may have written into headers.
#[cfg(test)]
pub(super) fn fuzzed(headers: &HeaderMap) {
    let proxies = ["0.0.0.0/0", "::/0"].map(|it| it.parse().expect("a network"));
    client_address([10, 0, 0, 1].into(), headers, &proxies);
    let told = Told::by(headers);
    assert!(
        told.host
            .is_none_or(|it| it.len() <= LONGEST_HOST + ":65535".len())
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_trusted_proxies_may_name_the_client() {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"]
            .map(|it| it.parse().unwrap())
            .into();
        for (peer, forwarded, client) in [
            // A stranger's word.
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
            // A forged first hop.
            ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
            // With ports, brackets, and IPv4 in the clothes of IPv6.
            ("10.0.0.1", "198.51.100.1:5678", "198.51.100.1"),
            ("fd00::1", "[2001:db8::7]:80", "2001:db8::7"),
            ("fd00::1", "[2001:db8::7]", "2001:db8::7"),
            ("fd00::1", "2001:db8::7,fd00::2", "2001:db8::7"),
            ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"),
        ] {
            let forwarded_for = headers(&[(FORWARDED_FOR, forwarded)]);
            let found = client_address(peer.parse().unwrap(), &forwarded_for, &proxies);
            assert_eq!(found.to_string(), client, "{peer} {forwarded}");
        }
        let lines = headers(&[
            (FORWARDED_FOR, "1.2.3.4"),
            (FORWARDED_FOR, "198.51.100.1"),
            ("forwarded", "for=192.0.2.60"),
        ]);
        let found = client_address("10.0.0.1".parse().unwrap(), &lines, &proxies);
        assert_eq!(found.to_string(), "198.51.100.1", "the last line counts");
    }

    #[test]
    fn scheme_and_host_are_read_as_proxies_write_them() {
        let told = |pairs: &[(&'static str, &str)]| {
            let headers = headers(pairs);
            let told = Told::by(&headers);
            (told.scheme.unwrap_or("-"), told.host.unwrap_or_default())
        };
        let host = ("host", "inner:5000");
        let with = |name, value| [host, ("x-forwarded-host", "wa.example.com"), (name, value)];
        assert_eq!(told(&[host]), ("-", "inner:5000".into()));
        for (name, value, scheme, expected) in [
            ("x-forwarded-proto", "https", "https", "wa.example.com"),
            (
                "x-forwarded-proto",
                "HTTPS, http",
                "https",
                "wa.example.com",
            ),
            ("x-forwarded-proto", "gopher", "-", "wa.example.com"),
            ("x-forwarded-port", "8443", "-", "wa.example.com:8443"),
            ("x-forwarded-port", "443", "-", "wa.example.com"),
            ("x-forwarded-port", "port", "-", "wa.example.com"),
        ] {
            assert_eq!(
                told(&with(name, value)),
                (scheme, expected.into()),
                "{value}"
            );
        }
        let forged = [("x-forwarded-host", "evil.example, wa.example.com")];
        assert_eq!(told(&forged).1, "wa.example.com", "the proxy's own word");
        let evil = [host, ("x-forwarded-host", "a/b?c")];
        assert_eq!(told(&evil).1, "inner:5000", "no host");
    }
}
