//! How many events of a chain changed something that pages show: operators, who see all chains, know
//! by their sum how far they have seen. That somebody looked at a company is an event, and no news.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("ALTER TABLE audit_chains ADD COLUMN told BIGINT NOT NULL DEFAULT 0").await?;
        db.execute_unprepared("UPDATE audit_chains SET told = last_number").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE audit_chains DROP COLUMN told").await?;
        Ok(())
    }
}
