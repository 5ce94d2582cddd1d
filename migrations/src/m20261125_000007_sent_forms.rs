//! Forms that were sent: the same one twice is one act.

use crate::columns::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sent = table(
            "sent_forms",
            vec![
                // The page's own mark of the form.
                pk(),
                id("user_id"),
                at("claimed_at"),
                // Once it is done.
                maybe_at("done_at"),
                // Where it led to; nothing where its answer was shown.
                maybe_text("location", 2_000),
            ],
            &[("user_id", "users")],
        );
        manager.create_table(sent).await?;
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX ix_sent_forms_old ON sent_forms (claimed_at)")
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sent_forms").to_owned()).await
    }
}
