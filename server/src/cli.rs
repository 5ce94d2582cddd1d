//! The command line.

use crate::config::{Config, LogFormat};
use crate::start::{self, StartProblem};
use app::i18n;
use clap::{Parser, Subcommand};
use domain::language::Language::En;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::catalogue::file::{self, FileFinding};
use store::catalogue::import::{Imported, import};
use store::key_pool::{KeyFinding, KeyImportError, import_keys};
use store::{Clock, Origin};
use tracing_subscriber::EnvFilter;

/// A self-hosted portal for the membership benefits of a partner programme.
#[derive(Debug, Parser)]
#[command(name = "vorteil", version)]
struct Cli {
    /// The settings' file. Without it, vorteil.toml if there is one.
    #[arg(long, global = true, env = "VORTEIL_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal.
    Serve {
        /// Load sample data into a new database, with accounts whose password is public.
        #[arg(long)]
        demo: bool,
        /// Where to listen, like 127.0.0.1:3000.
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
    /// Bring the database's schema up to date.
    Migrate,
    /// Check or publish a catalogue file.
    Catalogue {
        #[command(subcommand)]
        command: CatalogueCommand,
    },
    /// Bring licence keys into the stock.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
}

#[derive(Debug, Subcommand)]
enum CatalogueCommand {
    /// Say what is wrong with the file; change nothing.
    Check { file: PathBuf },
    /// Publish the file as a new version, whole or not at all.
    Import { file: PathBuf },
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Import a CSV file with the columns product and key, whole or not at all.
    Import { file: PathBuf },
}

/// The file was refused, line by line.
struct Refused(Vec<String>);

enum Failure {
    Start(StartProblem),
    Refused(Refused),
    Read(PathBuf, std::io::Error),
}
impl<E: Into<StartProblem>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Start(error.into())
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own words")]
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Refused(Refused(lines))) => {
            for line in &lines {
                eprintln!("{line}");
            }
            eprintln!("\nRefused: {} to mend. Nothing was imported.", lines.len());
            ExitCode::FAILURE
        }
        Err(Failure::Read(path, error)) => {
            eprintln!("{} cannot be read: {error}", path.display());
            ExitCode::FAILURE
        }
        Err(Failure::Start(problem)) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the command line's own words")]
async fn execute(cli: Cli) -> Result<(), Failure> {
    let mut config = Config::load(cli.config.as_deref())?;
    log(config.log);
    match cli.command {
        Command::Serve { demo, listen } => {
            config.demo |= demo;
            config.listen = listen.unwrap_or(config.listen);
            start::serve(config).await?;
        }
        Command::Migrate => {
            start::open(&config, Clock::System).await?;
            println!("The schema is up to date.");
        }
        Command::Catalogue { command: CatalogueCommand::Check { file } } => {
            let (catalogue, _) = read_catalogue(&file)?;
            println!(
                "{} is in order: {} products, {} packages.",
                file.display(),
                catalogue.products.len(),
                catalogue.packages.len()
            );
        }
        Command::Catalogue { command: CatalogueCommand::Import { file } } => {
            let (catalogue, text) = read_catalogue(&file)?;
            let store = start::open(&for_import(config).await?, Clock::System).await?;
            match import(&store, &catalogue, Some(&text), &Origin::default()).await? {
                Imported::Unchanged { number } => println!("Nothing to do: the file says what version {number} says."),
                Imported::Published { number, products, packages } => {
                    println!("Published version {number}: {products} products and {packages} packages changed.");
                }
            }
        }
        Command::Keys { command: KeysCommand::Import { file } } => {
            let bytes = std::fs::read(&file).map_err(|e| Failure::Read(file.clone(), e))?;
            let store = start::open(&for_import(config).await?, Clock::System).await?;
            match import_keys(&store, &bytes, &Origin::default()).await {
                Ok(count) => println!("{count} keys are in stock, encrypted. Delete {} now.", file.display()),
                Err(KeyImportError::Refused(found)) => {
                    return Err(Failure::Refused(Refused(found.iter().map(|f| key_line(&file, f)).collect())));
                }
                Err(KeyImportError::Store(error)) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// An import runs on the database as it is, demo or not.
async fn for_import(mut config: Config) -> Result<Config, Failure> {
    if let Ok(db) = store::Db::connect(&config.database_url).await
        && db.has_installation().await.unwrap_or(false)
    {
        config.demo = store::people::setup::is_demo(&db).await?.unwrap_or(config.demo);
    }
    Ok(config)
}

fn read_catalogue(path: &Path) -> Result<(domain::catalogue::Catalogue, String), Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::Read(path.to_owned(), e))?;
    let refused =
        |found: Vec<FileFinding>| Failure::Refused(Refused(found.iter().map(|f| catalogue_line(path, f)).collect()));
    let text = file::read_text(&bytes).map_err(refused)?;
    let catalogue = file::read(&text).map_err(refused)?;
    Ok((catalogue, text))
}

/// `FILE:LINE: what is wrong, and what to do`, as compilers have it.
fn catalogue_line(path: &Path, finding: &FileFinding) -> String {
    format!("{}:{}: {}", path.display(), finding.line, i18n::file_finding(En, finding))
}

fn key_line(path: &Path, finding: &KeyFinding) -> String {
    format!("{}:{}: {}", path.display(), finding.line, i18n::key_finding(En, finding))
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("VORTEIL_LOG_FILTER")
        .unwrap_or_else(|_| EnvFilter::new("warn,server=info,app=info,store=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}
