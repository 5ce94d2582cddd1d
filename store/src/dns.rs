//! Questions to name servers: the texts that a domain publishes.

use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{Resolver, TokioResolver};
use std::net::SocketAddr;
use std::time::Duration;

/// Whoever waits for the answer sits before a page.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which name server is asked: the machine's own, or a given one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dns {
    server: Option<SocketAddr>,
}

impl Dns {
    /// Asks this server instead of those that the machine asks.
    pub fn at(server: SocketAddr) -> Self {
        Self { server: Some(server) }
    }

    fn resolver(self) -> Option<TokioResolver> {
        let mut builder = match self.server {
            None => TokioResolver::builder_tokio().ok()?,
            Some(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                Resolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        // Somebody has just changed their record and wants to know.
        options.cache_size = 0;
        options.timeout = Duration::from_secs(2);
        options.attempts = 2;
        builder.build().ok()
    }

    /// The TXT records of a name. A name that is not there, and a server that does not answer,
    /// have none.
    pub async fn texts(self, name: &str) -> Vec<String> {
        let Some(resolver) = self.resolver() else { return Vec::new() };
        // With the dot at its end, no search list is tried.
        let name = format!("{}.", name.trim_end_matches('.'));
        let answer = match tokio::time::timeout(PATIENCE, resolver.txt_lookup(name)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::info!(%error, "a domain's texts could not be read");
                return Vec::new();
            }
            Err(_) => return Vec::new(),
        };
        let mut texts = Vec::new();
        for record in answer.answers() {
            if let RData::TXT(txt) = &record.data {
                texts.push(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned());
            }
        }
        texts
    }
}
