//! Something that the program does by itself.

use domain::schedule::Job;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job: Job,
    /// The run that is awaited.
    pub due_at: DateTimeUtc,
    /// The next try of it: later, where one failed.
    pub next_at: DateTimeUtc,
    pub claimed_by: Option<Uuid>,
    pub claimed_until: Option<DateTimeUtc>,
    pub last_at: Option<DateTimeUtc>,
    pub did: Option<i64>,
    pub failures: i32,
}

impl ActiveModelBehavior for ActiveModel {}
