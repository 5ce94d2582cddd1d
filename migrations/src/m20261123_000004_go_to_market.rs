//! Activations of Go-To-Market offers.

use crate::columns::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEXES: [&str; 3] = [
    // An offer waits once, and is activated once.
    "UNIQUE INDEX ux_offer_activations_pending ON offer_activations (benefit_id) WHERE state = 'pending'",
    "UNIQUE INDEX ux_offer_activations_active ON offer_activations (benefit_id) WHERE state = 'active'",
    "INDEX ix_offer_activations_benefit ON offer_activations (company_id, benefit_id, requested_at)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let activations = table(
            "offer_activations",
            vec![
                pk(),
                id("company_id"),
                id("benefit_id"),
                text("state", 32),
                id("requested_by"),
                at("requested_at"),
                maybe_id("decided_by"),
                maybe_at("decided_at"),
                text("reason", 500),
                // Whom the instructions went to.
                maybe_text("told_name", 200),
                maybe_text("told_email", 254),
            ],
            &[
                ("company_id", "companies"),
                ("benefit_id", "benefits"),
                ("requested_by", "users"),
                ("decided_by", "users"),
            ],
        );
        manager.create_table(activations).await?;
        let db = manager.get_connection();
        for index in INDEXES {
            db.execute_unprepared(&format!("CREATE {index}")).await?;
        }
        // Nobody could ask for an offer before, but the demo said that one waits: nobody would
        // ever have answered.
        db.execute_unprepared("UPDATE benefits SET pending = FALSE WHERE category = 'go_to_market'").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("offer_activations").to_owned()).await
    }
}
