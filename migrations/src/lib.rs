//! Schema steps. Invariant: nothing of ours is imported here, because a step must mean tomorrow
//! what it meant when it shipped; every step has a way back.

use sea_orm_migration::prelude::*;

mod columns;
mod m20261122_000001_foundation;
mod m20261122_000002_people_and_seats;
mod m20261122_000003_technical_and_mail;
mod m20261123_000004_go_to_market;
mod m20261123_000005_time;
mod m20261124_000006_orders;
mod m20261125_000007_sent_forms;
mod m20261125_000008_text;
mod m20261125_000009_told;

/// All steps, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_foundation::Migration),
            Box::new(m20261122_000002_people_and_seats::Migration),
            Box::new(m20261122_000003_technical_and_mail::Migration),
            Box::new(m20261123_000004_go_to_market::Migration),
            Box::new(m20261123_000005_time::Migration),
            Box::new(m20261124_000006_orders::Migration),
            Box::new(m20261125_000007_sent_forms::Migration),
            Box::new(m20261125_000008_text::Migration),
            Box::new(m20261125_000009_told::Migration),
        ]
    }
}
