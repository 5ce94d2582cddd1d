//! From the settings to a listening server; and why not, in words.

use crate::config::{Config, ConfigProblem};
use crate::mail::{Mailer, work};
use crate::router::{AppState, router};
use crate::schedule;
use axum::serve::ListenerExt;
use leptos::config::LeptosOptions;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::people::password::Passwords;
use store::people::setup::{InstallError, is_demo, issue_setup_token, needs_setup, open_installation};
use store::secrets::RingProblem;
use store::{Clock, Db, Dns, Store, StoreError, demo};
use tokio::net::TcpListener;

/// So long the end waits for a job.
const JOB_PATIENCE: Duration = Duration::from_secs(20);

/// So long after the database stopped telling of changes it is asked again.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartProblem {
    #[error(transparent)]
    Config(#[from] ConfigProblem),
    #[error(transparent)]
    Ring(#[from] RingProblem),
    #[error(
        "The database {url} cannot be opened: {why}. Check the address, that it runs, and that this user may read and write it."
    )]
    Database { url: String, why: String },
    #[error("demo_clock moves the clock of a demo. Remove the setting, or start with --demo.")]
    DemoClock,
    #[error("The database {0} is read-only or its folder is. Make both writable for this user; nothing was changed.")]
    ReadOnly(String),
    #[error(
        "The database {0} belongs to a real installation. Sample data is loaded into a new database only: set another database_url, or start without --demo."
    )]
    NotADemo(String),
    #[error(
        "The database {0} holds the demo's accounts, whose password is public. Start with --demo, or set another database_url."
    )]
    IsADemo(String),
    #[error("The demo could not be loaded: {0}")]
    Demo(#[from] demo::DemoError),
    #[error("{0} is in use by another program. Stop it, or set listen to another port.")]
    PortInUse(SocketAddr),
    #[error(
        "Another program serves the database {0}. An SQLite file is served by one at a time: stop the other, or use PostgreSQL."
    )]
    Served(String),
    #[error("Cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("Stylesheet and script are missing in {0}. Build them with `make build`, or set site to their folder.")]
    NoSite(PathBuf),
    #[error("Something went wrong: {0}")]
    Store(#[from] StoreError),
    #[error("The server stopped: {0}")]
    Serve(std::io::Error),
}

impl From<InstallError> for StartProblem {
    fn from(error: InstallError) -> Self {
        match error {
            InstallError::Ring(problem) => problem.into(),
            InstallError::Store(error) => error.into(),
        }
    }
}

/// The address without a password.
fn shown(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

/// Opens the database, checks the key ring against it, and brings the schema up to date, in
/// this order: a wrong ring changes nothing.
pub async fn open(config: &Config, clock: Clock) -> Result<Store, StartProblem> {
    let url = &config.database_url;
    let failed = |error: StoreError| match &error {
        StoreError::UnknownDatabase => StartProblem::Store(error),
        e if e.to_string().contains("readonly") || e.to_string().contains("read-only") => {
            StartProblem::ReadOnly(shown(url))
        }
        e => StartProblem::Database { url: shown(url), why: e.to_string() },
    };
    if let Some(folder) = url.strip_prefix("sqlite://").and_then(|path| Path::new(path).parent()) {
        std::fs::create_dir_all(folder).map_err(|e| StartProblem::Database { url: shown(url), why: e.to_string() })?;
    }
    let db = Db::connect(url).await.map_err(failed)?;
    let from_environment = std::env::var("VORTEIL_KEY_RING_TOML").ok();
    let open = || open_installation(&db, &config.key_ring, from_environment.as_deref(), config.demo, clock.now());
    let ring = if db.has_installation().await.map_err(failed)? {
        match (is_demo(&db).await?, config.demo) {
            (Some(false), true) => return Err(StartProblem::NotADemo(shown(url))),
            (Some(true), false) => return Err(StartProblem::IsADemo(shown(url))),
            _ => {}
        }
        let ring = open().await?;
        db.migrate().await.map_err(failed)?;
        ring
    } else {
        db.migrate().await.map_err(failed)?;
        open().await?
    };
    let mut store = Store::new(db, clock, ring);
    if config.demo {
        store.passwords = Passwords::of_demo();
    }
    if let Some(server) = config.dns_server {
        store.dns = Dns::at(server);
    }
    Ok(store)
}

/// Where the built site lies, and whether its file names hold hashes.
pub fn leptos_options(config: &Config) -> Result<LeptosOptions, StartProblem> {
    let beside = std::env::current_exe().ok().and_then(|p| p.parent().map(Path::to_path_buf)).unwrap_or_default();
    let site = config.site.clone().unwrap_or_else(|| {
        let own = beside.join("site");
        if own.is_dir() { own } else { PathBuf::from("target/site") }
    });
    if !site.join("pkg").is_dir() {
        return Err(StartProblem::NoSite(site));
    }
    Ok(LeptosOptions::builder()
        .output_name("vorteil")
        .site_root(site.display().to_string())
        .hash_files(beside.join("hash.txt").is_file())
        .build())
}

/// On SQLite, keeps other programs from serving the same file for as long as the answer is kept.
fn serve_alone(url: &str) -> Result<Option<std::fs::File>, StartProblem> {
    let Some(path) = url.strip_prefix("sqlite://").map(|path| path.split('?').next().unwrap_or_default()) else {
        return Ok(None);
    };
    let lock = PathBuf::from([path, ".lock"].concat());
    let failed = |error: std::io::Error| StartProblem::Database { url: shown(url), why: error.to_string() };
    if let Some(folder) = lock.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = match std::fs::File::create(&lock) {
        Ok(file) => file,
        // What cannot be written to is refused in its own words when it is opened.
        Err(_) => return Ok(None),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartProblem::Served(shown(url))),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Serves until the service is told to stop.
pub async fn serve(config: Config) -> Result<(), StartProblem> {
    config.check()?;
    let told_to_stop = stop();
    let options = leptos_options(&config)?;
    let _alone = serve_alone(&config.database_url)?;
    let clock = match (&config.demo_clock, config.demo) {
        (Some(file), true) => Clock::Ahead(file.as_path().into()),
        (Some(_), false) => return Err(StartProblem::DemoClock),
        (None, _) => Clock::System,
    };
    let store = open(&config, clock).await?;
    if config.demo && demo::load(&store).await? {
        tracing::info!("the demo's sample data is loaded");
    }
    // The stand-in for unknown accounts is made now, so that the first of them is not answered later.
    store.passwords.verify("", None).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartProblem::PortInUse(config.listen),
        _ => StartProblem::Listen(config.listen, error),
    })?;
    let address = listener.local_addr().unwrap_or(config.listen);
    announce(&config, &store, address).await?;
    let (told, stopping) = tokio::sync::watch::channel(false);
    let base_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let mails = Mailer::new(&config, base_url.trim_end_matches('/').to_owned())
        .map(|mailer| tokio::spawn(work(store.clone(), mailer, stopping)));
    let jobs = tokio::spawn(schedule::work(store.clone(), told.subscribe()));
    tokio::spawn(schedule::watch(store.clone()));
    // Without it, a page waits 40 ms for the browser's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY is not to be had");
        }
    });
    if store::live::is_shared(&store.db) {
        tokio::spawn(listen(store.clone()));
    }
    let mut state = AppState::new(store, &config, options);
    state.stop = Some(told.subscribe());
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            told_to_stop.await;
            // Mails and open requests end side by side.
            let _ = told.send(true);
        })
        .await
        .map_err(StartProblem::Serve);
    if let Some(mails) = mails {
        let _ = mails.await;
    }
    // A job that has begun is finished, if it does not take too long; it begins anew otherwise.
    if tokio::time::timeout(JOB_PATIENCE, jobs).await.is_err() {
        tracing::warn!("a job was still running and is left");
    }
    served
}

#[expect(clippy::print_stdout, reason = "said once, to the person who started the service")]
async fn announce(config: &Config, store: &Store, address: SocketAddr) -> Result<(), StartProblem> {
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let url = url.trim_end_matches('/');
    println!("\nVorteil is ready: {url}\n");
    if config.demo {
        println!("Demo accounts, password {} for all:", demo::PASSWORD);
        for (email, ..) in demo::ACCOUNTS {
            println!("  {email}");
        }
        println!();
    } else if needs_setup(store).await? {
        let token = issue_setup_token(store).await?;
        println!(
            "There is no operator yet. Open {url}/setup and enter this token (it works once, for 24 hours):\n\n  {token}\n"
        );
    }
    Ok(())
}

/// Hears what other programs on the same database tell, and begins anew when the connection is lost.
async fn listen(store: Store) {
    loop {
        if let Err(error) = store::live::listen(&store).await {
            tracing::warn!(%error, "the database does not tell what changes; pages look by themselves meanwhile");
        }
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

/// Resolves when the service is told to stop. Listens from the moment it is called, not only once
/// somebody waits.
fn stop() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(signal)
    };
    async move {
        #[cfg(unix)]
        {
            let told = signals.into_iter().flatten().map(|mut signal| Box::pin(async move { signal.recv().await }));
            let told: Vec<_> = told.collect();
            if told.is_empty() {
                return std::future::pending().await;
            }
            futures_util::future::select_all(told).await;
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        tracing::info!("stopping: open requests are finished first");
    }
}
