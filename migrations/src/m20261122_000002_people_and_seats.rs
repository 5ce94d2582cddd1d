//! Finding people, inviting them, requests for the role of Global admin, free seats found at
//! once, the story of each assignment, files of many assignments.

use crate::columns::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 4] = ["invitations", "role_requests", "bulk_assignments", "bulk_lines"];

/// Table, column, and its definition.
const COLUMNS: [(&str, &str, &str); 6] = [
    // Name and address in small letters: SQLite's own lower() knows ASCII only.
    ("users", "search", "text NOT NULL DEFAULT ''"),
    ("seats", "taken", "boolean NOT NULL DEFAULT false"),
    ("seats", "held_before", "boolean NOT NULL DEFAULT false"),
    ("assignments", "how", "varchar(16) NOT NULL DEFAULT 'assigned'"),
    ("assignments", "why", "varchar(16)"),
    // The holder may hold one seat of the benefit only.
    ("assignments", "exclusive", "boolean NOT NULL DEFAULT true"),
];

const INDEXES: [(&str, &str); 9] = [
    ("ix_users_search", "INDEX ix_users_search ON users (company_id, search, id)"),
    ("ix_seats_free", "INDEX ix_seats_free ON seats (benefit_id, held_before, number) WHERE NOT taken"),
    (
        "ux_assignments_person",
        "UNIQUE INDEX ux_assignments_person ON assignments (benefit_id, user_id) WHERE removed_at IS NULL AND exclusive",
    ),
    ("ix_assignments_held", "INDEX ix_assignments_held ON assignments (company_id, user_id) WHERE removed_at IS NULL"),
    ("ix_assignments_history", "INDEX ix_assignments_history ON assignments (benefit_id, id)"),
    ("ux_invitations_open", "UNIQUE INDEX ux_invitations_open ON invitations (user_id) WHERE used_at IS NULL"),
    (
        "ux_role_requests_pending",
        "UNIQUE INDEX ux_role_requests_pending ON role_requests (user_id) WHERE state = 'pending'",
    ),
    ("ix_role_requests_company", "INDEX ix_role_requests_company ON role_requests (company_id, state, created_at)"),
    ("ix_bulk_assignments_benefit", "INDEX ix_bulk_assignments_benefit ON bulk_assignments (benefit_id, created_at)"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            table(
                "invitations",
                vec![
                    pk(),
                    id("user_id"),
                    bytes("token_hash").unique_key().to_owned(),
                    id("created_by"),
                    at("created_at"),
                    at("expires_at"),
                    maybe_at("used_at"),
                ],
                &[("user_id", "users"), ("created_by", "users")],
            ),
            table(
                "role_requests",
                vec![
                    pk(),
                    id("company_id"),
                    id("user_id"),
                    text("state", 16),
                    text("note", 500),
                    // What the company's name servers have to say; no secret once it is published.
                    text("code", 64),
                    maybe_at("checked_at"),
                    at("created_at"),
                    maybe_at("decided_at"),
                    maybe_id("decided_by"),
                    text("reason", 500),
                ],
                &[("company_id", "companies"), ("user_id", "users"), ("decided_by", "users")],
            ),
            table(
                "bulk_assignments",
                vec![
                    pk(),
                    id("company_id"),
                    id("benefit_id"),
                    id("created_by"),
                    at("created_at"),
                    maybe_at("done_at"),
                    int("good"),
                    int("bad"),
                ],
                &[("company_id", "companies"), ("benefit_id", "benefits"), ("created_by", "users")],
            ),
            table(
                "bulk_lines",
                vec![id("bulk_id"), int("line"), text("typed", 254), flag("good"), long_text("outcome")],
                &[("bulk_id", "bulk_assignments")],
            )
            .primary_key(Index::create().col("bulk_id").col("line"))
            .to_owned(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let db = manager.get_connection();
        for (table, column, definition) in COLUMNS {
            db.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN {column} {definition}")).await?;
        }
        fill_search(db).await?;
        for fill in [
            "UPDATE seats SET held_before = true WHERE id IN (SELECT seat_id FROM assignments)",
            "UPDATE seats SET taken = true WHERE id IN (SELECT seat_id FROM assignments WHERE removed_at IS NULL)",
            "UPDATE assignments SET why = CASE WHEN reason = 'reassigned' THEN reason ELSE 'removed' END WHERE removed_at IS NOT NULL",
            "ALTER TABLE assignments DROP COLUMN reason",
        ] {
            db.execute_unprepared(fill).await?;
        }
        for (_, index) in INDEXES {
            db.execute_unprepared(&format!("CREATE {index}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (name, _) in INDEXES.iter().rev() {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        db.execute_unprepared("ALTER TABLE assignments ADD COLUMN reason varchar(200)").await?;
        db.execute_unprepared("UPDATE assignments SET reason = why").await?;
        for (table, column, _) in COLUMNS.iter().rev() {
            db.execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await?;
        }
        for name in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}

/// Small letters are made here: of the two databases only one knows them beyond ASCII.
async fn fill_search(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let rows =
        db.query_all_raw(Statement::from_string(backend, "SELECT id, name, email_normalized FROM users")).await?;
    for row in rows {
        let id: Uuid = row.try_get("", "id")?;
        let (name, email): (String, String) = (row.try_get("", "name")?, row.try_get("", "email_normalized")?);
        let update = Query::update()
            .table("users")
            .value("search", format!("{} {email}", name.to_lowercase()))
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        db.execute(&update).await?;
    }
    Ok(())
}
