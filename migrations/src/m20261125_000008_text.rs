//! Lists are sorted by the bytes of their key, on both databases alike.
//!
//! What the columns hold is made by the program, and made anew when a person or a company is
//! written again. SQLite compares bytes already, and bounds no text.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A name can be longer in its key: `ß` is two letters there.
const UP: [&str; 2] = [
    "ALTER TABLE users ALTER COLUMN search TYPE text COLLATE \"C\"",
    "ALTER TABLE companies ALTER COLUMN search TYPE text COLLATE \"C\"",
];

const DOWN: [&str; 2] = [
    "ALTER TABLE companies ALTER COLUMN search TYPE varchar(500) COLLATE \"default\" USING left(search, 500)",
    "ALTER TABLE users ALTER COLUMN search TYPE text COLLATE \"default\"",
];

async fn run(manager: &SchemaManager<'_>, statements: [&str; 2]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if db.get_database_backend() == DbBackend::Postgres {
        for statement in statements {
            db.execute_unprepared(statement).await?;
        }
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }
}
