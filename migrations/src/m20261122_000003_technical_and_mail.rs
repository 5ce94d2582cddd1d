//! Support activations, cases with their stories, the queue of the programme's staff, the outbox.

use crate::columns::*;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 7] =
    ["counters", "support_activations", "cases", "case_drafts", "case_entries", "work_items", "mails"];

const INDEXES: [&str; 15] = [
    // A support benefit waits for one person at a time, and is one person's at a time.
    "UNIQUE INDEX ux_support_activations_pending ON support_activations (benefit_id) WHERE state = 'pending'",
    "UNIQUE INDEX ux_support_activations_active ON support_activations (benefit_id) WHERE state = 'active'",
    "INDEX ix_support_activations_benefit ON support_activations (benefit_id, requested_at)",
    "INDEX ix_support_activations_person ON support_activations (company_id, user_id)",
    "INDEX ix_cases_company ON cases (company_id, submitted_at, id)",
    "INDEX ix_cases_benefit ON cases (benefit_id, submitted_at)",
    "UNIQUE INDEX ux_case_drafts_author ON case_drafts (benefit_id, user_id)",
    "INDEX ix_case_entries_case ON case_entries (case_id, at, id)",
    "UNIQUE INDEX ux_work_items_open ON work_items (kind, subject_id) WHERE closed_at IS NULL",
    "INDEX ix_work_items_queue ON work_items (opened_at, id) WHERE closed_at IS NULL",
    "UNIQUE INDEX ux_mails_once ON mails (once)",
    "INDEX ix_mails_next ON mails (next_at) WHERE state = 'waiting' OR state = 'sending'",
    "INDEX ix_mails_invitation ON mails (user_id) WHERE kind = 'invitation'",
    // The same form, sent twice, is one case.
    "UNIQUE INDEX ux_cases_once ON cases (once)",
    "INDEX ix_mails_list ON mails (created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            // Numbers that people read, like those of cases: one row locks one sequence.
            table("counters", vec![text("name", 32).primary_key().to_owned(), big("value")], &[]),
            table(
                "support_activations",
                vec![
                    pk(),
                    id("company_id"),
                    id("benefit_id"),
                    id("user_id"),
                    text("email", 254),
                    text("state", 32),
                    id("requested_by"),
                    at("requested_at"),
                    maybe_id("decided_by"),
                    maybe_at("decided_at"),
                    text("reason", 500),
                    maybe_text("access_id", 64),
                    maybe_text("contract_id", 64),
                ],
                &[
                    ("company_id", "companies"),
                    ("benefit_id", "benefits"),
                    ("user_id", "users"),
                    ("requested_by", "users"),
                    ("decided_by", "users"),
                ],
            ),
            table(
                "cases",
                vec![
                    pk(),
                    id("company_id"),
                    id("benefit_id"),
                    text("number", 32).unique_key().to_owned(),
                    text("state", 32),
                    text("title", 200),
                    long_text("description"),
                    text("stage", 32),
                    text("product", 200),
                    text("contact", 200),
                    text("phone", 32),
                    text("country", 100),
                    text("language", 8),
                    int("asked"),
                    maybe_int("used"),
                    id("submitted_by"),
                    at("submitted_at"),
                    id("once"),
                ],
                &[("company_id", "companies"), ("benefit_id", "benefits"), ("submitted_by", "users")],
            )
            .check(Expr::cust("asked > 0 AND (used IS NULL OR (used >= 0 AND used <= asked))"))
            .to_owned(),
            table(
                "case_drafts",
                vec![pk(), id("company_id"), id("benefit_id"), id("user_id"), long_text("form"), at("saved_at")],
                &[("company_id", "companies"), ("benefit_id", "benefits"), ("user_id", "users")],
            ),
            table(
                "case_entries",
                vec![
                    pk(),
                    id("company_id"),
                    id("case_id"),
                    id("user_id"),
                    // By the programme's staff, not by the company.
                    flag("programme"),
                    at("at"),
                    maybe_text("state", 32),
                    long_text("text"),
                ],
                &[("company_id", "companies"), ("case_id", "cases"), ("user_id", "users")],
            ),
            table(
                "work_items",
                vec![
                    pk(),
                    text("kind", 32),
                    // A row of the kind's own table.
                    id("subject_id"),
                    id("company_id"),
                    id("asked_by"),
                    at("opened_at"),
                    // None while the company has its answer.
                    maybe_at("due_at"),
                    maybe_id("taken_by"),
                    maybe_at("closed_at"),
                    maybe_id("closed_by"),
                ],
                &[("company_id", "companies"), ("asked_by", "users"), ("taken_by", "users"), ("closed_by", "users")],
            ),
            table(
                "mails",
                vec![
                    pk(),
                    maybe_id("company_id"),
                    maybe_id("user_id"),
                    text("address", 254),
                    text("name", 200),
                    text("language", 8),
                    text("kind", 32),
                    long_text("facts"),
                    // The token of an invitation, sealed; gone once the mail is sent.
                    ColumnDef::new("secret").binary().to_owned(),
                    // What the mail is about and for whom: the same is never written twice.
                    text("once", 200),
                    text("state", 32),
                    int("attempts"),
                    at("created_at"),
                    maybe_at("next_at"),
                    maybe_id("claimed_by"),
                    maybe_at("claimed_until"),
                    maybe_at("sent_at"),
                    maybe_text("last_error", 500),
                ],
                &[("company_id", "companies"), ("user_id", "users")],
            ),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let db = manager.get_connection();
        for index in INDEXES {
            db.execute_unprepared(&format!("CREATE {index}")).await?;
        }
        fill_work(db).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}

/// Requests that wait already are work as well. The ids are made here: of the two databases only
/// one can make them.
async fn fill_work(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let waiting = "SELECT id, company_id, user_id, created_at FROM role_requests WHERE state = 'pending'";
    for row in db.query_all_raw(Statement::from_string(backend, waiting)).await? {
        let (id, company, person): (Uuid, Uuid, Uuid) =
            (row.try_get("", "id")?, row.try_get("", "company_id")?, row.try_get("", "user_id")?);
        let asked: DateTime<Utc> = row.try_get("", "created_at")?;
        let insert = Query::insert()
            .into_table("work_items")
            .columns(["id", "kind", "subject_id", "company_id", "asked_by", "opened_at", "due_at"])
            .values_panic([
                id.into(),
                "role_request".into(),
                id.into(),
                company.into(),
                person.into(),
                asked.into(),
                (asked + TimeDelta::days(2)).into(),
            ])
            .to_owned();
        db.execute(&insert).await?;
    }
    Ok(())
}
