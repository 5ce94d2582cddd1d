//! What the program does by itself: jobs, reminders, calendars; and what has ended, marked.

use crate::columns::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 4] = ["jobs", "reminders", "reminder_settings", "calendar_feeds"];

const INDEXES: [&str; 6] = [
    // Each reminder once, whoever writes it.
    "UNIQUE INDEX ux_reminders_once ON reminders (user_id, ending, subject_id, ends_at, days)",
    "INDEX ix_reminders_told ON reminders (company_id, ends_at)",
    "INDEX ix_benefits_ending ON benefits (expires_at) WHERE ended_at IS NULL",
    "INDEX ix_benefits_lapsing ON benefits (activate_by) WHERE ended_at IS NULL AND activated_at IS NULL",
    "INDEX ix_terms_ending ON terms (ends_at) WHERE ended_at IS NULL",
    "UNIQUE INDEX ux_calendar_feeds_token ON calendar_feeds (token_hash)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            table(
                "jobs",
                vec![
                    text("job", 32).primary_key().to_owned(),
                    // The run that is awaited, and the next try of it.
                    at("due_at"),
                    at("next_at"),
                    // Who does it now has it alone, until then.
                    maybe_id("claimed_by"),
                    maybe_at("claimed_until"),
                    maybe_at("last_at"),
                    ColumnDef::new("did").big_integer().to_owned(),
                    int("failures"),
                ],
                &[],
            ),
            table(
                "reminders",
                vec![
                    pk(),
                    id("company_id"),
                    id("user_id"),
                    text("ending", 32),
                    // A benefit or a term.
                    id("subject_id"),
                    at("ends_at"),
                    int("days"),
                    at("told_at"),
                ],
                &[("company_id", "companies"), ("user_id", "users")],
            ),
            table(
                "reminder_settings",
                vec![id("user_id").primary_key().to_owned(), text("days", 32)],
                &[("user_id", "users")],
            ),
            table(
                "calendar_feeds",
                vec![id("user_id").primary_key().to_owned(), bytes("token_hash"), at("created_at")],
                &[("user_id", "users")],
            ),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let db = manager.get_connection();
        for of in ["benefits", "terms"] {
            let add = Table::alter().table(of).add_column(maybe_at("ended_at")).to_owned();
            manager.alter_table(add).await?;
        }
        for index in INDEXES {
            db.execute_unprepared(&format!("CREATE {index}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in ["ix_benefits_ending", "ix_benefits_lapsing", "ix_terms_ending"] {
            db.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        for of in ["benefits", "terms"] {
            manager.alter_table(Table::alter().table(of).drop_column("ended_at").to_owned()).await?;
        }
        for name in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}
