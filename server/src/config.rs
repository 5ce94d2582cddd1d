//! Settings: defaults, then a file, then `VORTEIL_…` of the environment, then the command line.
//!
//! `docs/operations.md` lists them all.

use domain::view::Links;
use ipnet::IpNet;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that browsers use. With `https://`, cookies are bound to it.
    #[serde(default)]
    pub public_url: Option<String>,
    /// The master key ring's file.
    pub key_ring: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks.
    #[serde(default, deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Where a company learns how to become a member.
    #[serde(default)]
    pub membership_url: Option<String>,
    /// The portal that some companies are still managed in.
    #[serde(default)]
    pub predecessor_url: Option<String>,
    /// The name server that is asked for the proof of a domain, instead of the machine's own.
    #[serde(default)]
    pub dns_server: Option<SocketAddr>,
    /// The mail server, like `smtps://user:password@mail.example.com`.
    #[serde(default)]
    pub smtp_url: Option<SecretString>,
    /// From whom mails come, like `Vorteil <benefits@example.com>`.
    #[serde(default)]
    pub mail_from: Option<String>,
    /// Load sample data into a new database.
    pub demo: bool,
    /// In a demo only: a file with the number of seconds that its clock is ahead.
    #[serde(default)]
    pub demo_clock: Option<PathBuf>,
    /// Stylesheet, script and WebAssembly. Default: `site` beside the program, or the build's.
    #[serde(default)]
    pub site: Option<PathBuf>,
    /// `text` or `json`.
    pub log: LogFormat,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Networks, and single addresses as networks of one.
fn networks<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let parse = |text: &String| {
        let text = text.trim();
        text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            serde::de::Error::custom(format!(
                "trusted_proxies: {text} is neither an address nor a network like 10.0.0.0/8"
            ))
        })
    };
    Vec::<String>::deserialize(deserializer)?.iter().map(parse).collect()
}

/// What is wrong with the settings, and what to do. Said to whoever starts the service.
#[derive(Debug, thiserror::Error)]
pub enum ConfigProblem {
    #[error("The settings cannot be used: {0}. See docs/operations.md for the names and their values.")]
    Unreadable(String),
    #[error(
        "public_url has to begin with https:// (or http:// on a loopback address), like https://benefits.example.com; it is {0}."
    )]
    PublicUrl(String),
    #[error(
        "smtp_url cannot be used. It looks like smtps://USER:PASSWORD@HOST (TLS) or smtp://USER:PASSWORD@HOST:587?tls=required (STARTTLS)."
    )]
    SmtpUrl,
    #[error(
        "smtp_url has no TLS: passwords and mails would travel in clear. Begin with smtps://, or add ?tls=required; without TLS only a mail server on this machine can be used."
    )]
    SmtpInClear,
    #[error("mail_from is not an address, like Vorteil <benefits@example.com>; it is {0}.")]
    MailFrom(String),
    #[error("{0} has to begin with https://; it is {1}.")]
    Link(&'static str, String),
    #[error(
        "Listening on {0} without public_url = \"https://…\": passwords would travel in clear. Set public_url to the address of your TLS proxy, or listen on 127.0.0.1."
    )]
    InClear(SocketAddr),
    #[error(
        "public_url is https, so a proxy stands in front, but trusted_proxies is empty: everybody would come from the proxy's address, and one person's failed sign-ins would slow all others. Set trusted_proxies to the proxy's address, like [\"127.0.0.1\"]."
    )]
    NoProxy,
}

impl Config {
    /// Reads everything but the command line.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigProblem> {
        let unreadable = |e: config::ConfigError| ConfigProblem::Unreadable(e.to_string());
        let mut builder = config::Config::builder();
        for (key, value) in [
            ("database_url", "sqlite://var/vorteil.db"),
            ("listen", "127.0.0.1:3000"),
            ("key_ring", "var/keys/ring.toml"),
            ("log", "text"),
        ] {
            builder = builder.set_default(key, value).map_err(unreadable)?;
        }
        builder = builder.set_default("demo", false).map_err(unreadable)?;
        builder = match file {
            Some(file) => builder.add_source(config::File::from(file).format(config::FileFormat::Toml)),
            None => builder.add_source(config::File::new("vorteil.toml", config::FileFormat::Toml).required(false)),
        };
        let environment = config::Environment::with_prefix("VORTEIL")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("trusted_proxies")
            // These are read elsewhere: secrets do not belong into the settings.
            .source(Some(
                std::env::vars_os()
                    .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                    .filter(|(name, _)| {
                        ![
                            "VORTEIL_KEY_RING_TOML",
                            "VORTEIL_CACHE",
                            "VORTEIL_TEST_POSTGRES",
                            "VORTEIL_PG_FOLDER",
                            "VORTEIL_CONFIG",
                            "VORTEIL_LOG_FILTER",
                        ]
                        .contains(&name.as_str())
                    })
                    .collect(),
            ));
        let config: Self =
            builder.add_source(environment).build().and_then(config::Config::try_deserialize).map_err(unreadable)?;
        Ok(config)
    }

    /// Checks what only the whole can tell.
    pub fn check(&self) -> Result<(), ConfigProblem> {
        if let Some(url) = &self.public_url {
            let loopback_http = url.strip_prefix("http://").is_some_and(|rest| {
                let host =
                    rest.trim_end_matches('/').rsplit_once(':').map_or(rest.trim_end_matches('/'), |(host, _)| host);
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            });
            if !(loopback_http || url.starts_with("https://") && url.len() > "https://".len()) {
                return Err(ConfigProblem::PublicUrl(url.clone()));
            }
        }
        for (name, url) in [("membership_url", &self.membership_url), ("predecessor_url", &self.predecessor_url)] {
            if let Some(url) = url.as_ref().filter(|url| !url.starts_with("https://")) {
                return Err(ConfigProblem::Link(name, url.clone()));
            }
        }
        if !self.is_secure() && !self.listen.ip().is_loopback() {
            return Err(ConfigProblem::InClear(self.listen));
        }
        self.check_mail()?;
        // This program speaks no TLS itself.
        if self.is_secure() && self.trusted_proxies.is_empty() {
            return Err(ConfigProblem::NoProxy);
        }
        Ok(())
    }

    fn check_mail(&self) -> Result<(), ConfigProblem> {
        self.sender()?;
        let Some(url) = &self.smtp_url else { return Ok(()) };
        let url = url.expose_secret();
        crate::mail::builder(url).map_err(|_| ConfigProblem::SmtpUrl)?;
        let (scheme, rest) = url.split_once("://").ok_or(ConfigProblem::SmtpUrl)?;
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let bare = host
            .strip_prefix('[')
            .and_then(|h| h.split_once(']'))
            .map_or_else(|| host.rsplit_once(':').map_or(host, |(host, _)| host), |(host, _)| host);
        let is_near = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let has_tls =
            scheme == "smtps" || url.split_once('?').is_some_and(|(_, q)| q.split('&').any(|p| p == "tls=required"));
        if !has_tls && !is_near {
            return Err(ConfigProblem::SmtpInClear);
        }
        Ok(())
    }

    /// From whom mails come; by default from this portal's own host.
    pub fn sender(&self) -> Result<Mailbox, ConfigProblem> {
        let of_host = || {
            let url = self.public_url.as_deref().unwrap_or_default();
            let host = url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
            // A mail needs a domain; a machine without one has this, which no mail server takes for real.
            let host =
                if host.contains('.') && host.parse::<IpAddr>().is_err() { host } else { "localhost.localdomain" };
            format!("Vorteil <no-reply@{host}>")
        };
        let text = self.mail_from.clone().unwrap_or_else(of_host);
        text.parse().map_err(|_| ConfigProblem::MailFrom(text))
    }

    /// Links out of the portal; a demo has examples.
    pub fn links(&self) -> Links {
        let or_example = |url: &Option<String>, example: &str| {
            url.clone().or_else(|| self.demo.then(|| format!("https://programme.example/{example}")))
        };
        Links {
            membership: or_example(&self.membership_url, "membership"),
            predecessor: or_example(&self.predecessor_url, "predecessor"),
        }
    }

    /// Whether browsers come over https.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Result<Config, ConfigProblem> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.toml");
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file))?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn defaults_are_safe_and_a_typo_is_named() {
        let config = from("").unwrap();
        assert!(config.listen.ip().is_loopback() && !config.demo && !config.is_secure());
        let problem = from("databse_url = 'x'").unwrap_err().to_string();
        assert!(problem.contains("databse_url"), "{problem}");
        let problem = from("listen = 'here'").unwrap_err().to_string();
        assert!(problem.contains("socket address"), "{problem}");
        assert!(from("trusted_proxies = ['10.0.0.0/8', '192.0.2.1']").unwrap().trusted_proxies.len() == 2);
        assert!(from("trusted_proxies = ['proxy']").unwrap_err().to_string().contains("proxy is neither"));
    }

    #[test]
    fn links_lead_to_https() {
        assert!(matches!(from("membership_url = 'javascript:x'"), Err(ConfigProblem::Link("membership_url", _))));
        let config = from("predecessor_url = 'https://old.example/'").unwrap();
        assert_eq!(config.links().predecessor.as_deref(), Some("https://old.example/"));
        assert_eq!(config.links().membership, None);
        assert!(from("dns_server = '127.0.0.1:5353'").unwrap().dns_server.is_some());
    }

    #[test]
    fn mail_goes_out_by_tls_or_stays_on_the_machine() {
        for good in [
            "smtps://u:p@mail.example.com",
            "smtp://u:p@mail.example.com:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://[::1]:2525",
            "smtp://localhost",
        ] {
            let config = from(&format!("smtp_url = '{good}'")).unwrap();
            assert!(!format!("{config:?}").contains("u:p"), "the password is not printed");
        }
        for clear in
            ["smtp://u:p@mail.example.com", "smtp://mail.example.com?tls=opportunistic", "smtp://u:p@127.0.0.1.example"]
        {
            assert!(matches!(from(&format!("smtp_url = '{clear}'")), Err(ConfigProblem::SmtpInClear)), "{clear}");
        }
        for bad in ["mail.example.com", "http://mail.example.com", "smtp://h?tls=maybe"] {
            assert!(matches!(from(&format!("smtp_url = '{bad}'")), Err(ConfigProblem::SmtpUrl)), "{bad}");
        }
        assert!(matches!(from("mail_from = 'me'"), Err(ConfigProblem::MailFrom(_))));
        let own = from("public_url = 'https://b.example'\ntrusted_proxies = ['10.0.0.1']").unwrap();
        assert_eq!(own.sender().unwrap().to_string(), "Vorteil <no-reply@b.example>");
    }

    #[test]
    fn passwords_never_travel_in_clear() {
        assert!(matches!(from("listen = '0.0.0.0:3000'"), Err(ConfigProblem::InClear(_))));
        assert!(
            from("listen = '0.0.0.0:3000'\npublic_url = 'https://b.example'\ntrusted_proxies = ['10.0.0.1']")
                .unwrap()
                .is_secure()
        );
        assert!(matches!(from("public_url = 'https://b.example'"), Err(ConfigProblem::NoProxy)));
        assert!(from("public_url = 'http://127.0.0.1:3000'").is_ok());
        for bad in ["http://b.example", "https://", "ftp://b.example", "b.example", "http://localhost.evil.example"] {
            assert!(matches!(from(&format!("public_url = '{bad}'")), Err(ConfigProblem::PublicUrl(_))), "{bad}");
        }
    }
}
