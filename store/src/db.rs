//! The connection: embedded SQLite or PostgreSQL, chosen by the URL alone.

use crate::error::{StoreError, StoreResult};
use migrations::Migrator;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use std::time::Duration;

/// How long a writer waits for another before it says that the database is busy.
const BUSY: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub struct Db(DatabaseConnection);

impl Db {
    /// Connects; on SQLite the file is created when it is missing.
    pub async fn connect(url: &str) -> StoreResult<Self> {
        Self::connect_patient(url, BUSY).await
    }

    /// The same, with another patience for writers that hold each other up. For tests.
    pub async fn connect_patient(url: &str, patience: Duration) -> StoreResult<Self> {
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false).acquire_timeout(BUSY).connect_timeout(BUSY);
        if url.starts_with("sqlite:") {
            let in_memory = url.contains(":memory:") || url.contains("mode=memory");
            // An in-memory database lives as long as its one connection.
            options.max_connections(if in_memory { 1 } else { 8 }).min_connections(1);
            if in_memory {
                options.idle_timeout(None).max_lifetime(None);
            }
            options.map_sqlx_sqlite_opts(move |o| {
                let o = o
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .busy_timeout(patience)
                    // With WAL, NORMAL can lose the last commits when the power goes; FULL cannot.
                    .synchronous(SqliteSynchronous::Full);
                if in_memory { o } else { o.journal_mode(SqliteJournalMode::Wal) }
            });
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            options.max_connections(16).min_connections(1);
        } else {
            return Err(StoreError::UnknownDatabase);
        }
        #[expect(clippy::disallowed_methods, reason = "the one place that connects")]
        let connection = Database::connect(options).await?;
        Ok(Self(connection))
    }

    /// Brings the schema up to date; steps that ran before do not run again.
    pub async fn migrate(&self) -> StoreResult<()> {
        Ok(Migrator::up(&self.0, None).await?)
    }

    /// Whether every step that this program knows has run.
    pub async fn is_migrated(&self) -> StoreResult<bool> {
        Ok(Migrator::get_pending_migrations_read_only(&self.0).await?.is_empty())
    }

    /// Whether this database was set up before.
    pub async fn has_installation(&self) -> StoreResult<bool> {
        Ok(SchemaManager::new(&self.0).has_table("installations").await?)
    }

    /// Undoes every step. For tests.
    pub async fn migrate_down(&self) -> StoreResult<()> {
        Ok(Migrator::down(&self.0, None).await?)
    }

    /// Starts a transaction that writes. On SQLite it takes the write lock at once, so that two
    /// writers queue instead of failing half-way; on PostgreSQL the rows are locked as they are
    /// read (`lock_exclusive`).
    pub async fn begin(&self) -> StoreResult<DatabaseTransaction> {
        let sqlite_transaction_mode =
            (self.0.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        Ok(self
            .0
            .begin_with_options(TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() })
            .await?)
    }

    /// The same database, telling of every statement that it runs. For tests that count them.
    pub fn counting(&self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        let mut connection = self.0.clone();
        connection.set_metric_callback(move |_| tell());
        Self(connection)
    }

    pub fn conn(&self) -> &DatabaseConnection {
        &self.0
    }

    /// Answers whether the database answers.
    pub async fn ping(&self) -> StoreResult<()> {
        Ok(self.0.ping().await?)
    }
}
