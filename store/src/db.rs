//! The connection: embedded SQLite or PostgreSQL, chosen by the URL alone.

use crate::error::{StoreError, StoreResult};
use crate::live::{CHANNEL, Hint, Live};
use migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a writer waits for another before it says that the database is busy.
const BUSY: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub struct Db {
    connection: DatabaseConnection,
    /// Where open pages listen for what is committed here.
    pub live: Live,
}

/// A transaction that writes. What it records is told once it is committed, and never otherwise.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    live: Live,
    told: Mutex<Vec<Hint>>,
}

impl Tx {
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await?;
        for hint in self.told.into_inner().unwrap_or_else(PoisonError::into_inner) {
            self.live.tell(hint);
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }

    /// Tells of this after the commit: here, and on PostgreSQL in other programs.
    pub(crate) async fn tell(&self, hint: Hint) -> StoreResult<()> {
        if let (true, Some(words)) = (self.inner.get_database_backend() == DbBackend::Postgres, hint.words()) {
            // Delivered when this transaction commits, and not when it does not.
            let values: [Value; 2] = [CHANNEL.into(), words.into()];
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
            self.inner.execute_raw(notify).await?;
        }
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(hint);
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}

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
        Ok(Self { connection, live: Live::default() })
    }

    /// Brings the schema up to date; steps that ran before do not run again.
    pub async fn migrate(&self) -> StoreResult<()> {
        Ok(Migrator::up(&self.connection, None).await?)
    }

    /// Whether every step that this program knows has run.
    pub async fn is_migrated(&self) -> StoreResult<bool> {
        Ok(Migrator::get_pending_migrations_read_only(&self.connection).await?.is_empty())
    }

    /// Whether this database was set up before.
    pub async fn has_installation(&self) -> StoreResult<bool> {
        Ok(SchemaManager::new(&self.connection).has_table("installations").await?)
    }

    /// Undoes every step. For tests.
    pub async fn migrate_down(&self) -> StoreResult<()> {
        Ok(Migrator::down(&self.connection, None).await?)
    }

    /// Starts a transaction that writes. On SQLite it takes the write lock at once, so that two
    /// writers queue instead of failing half-way; on PostgreSQL the rows are locked as they are
    /// read (`lock_exclusive`).
    pub async fn begin(&self) -> StoreResult<Tx> {
        let sqlite_transaction_mode =
            (self.connection.get_database_backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let inner = self.connection.begin_with_options(options).await?;
        Ok(Tx { inner, live: self.live.clone(), told: Mutex::default() })
    }

    /// The same database, telling of every statement that it runs. For tests that count them.
    pub fn counting(&self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        let mut connection = self.connection.clone();
        connection.set_metric_callback(move |_| tell());
        Self { connection, live: self.live.clone() }
    }

    pub fn conn(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Answers whether the database answers.
    pub async fn ping(&self) -> StoreResult<()> {
        Ok(self.connection.ping().await?)
    }
}
