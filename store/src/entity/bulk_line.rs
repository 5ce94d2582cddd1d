//! A line of such a file, and what became of it.

use domain::id::BulkId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk_id: BulkId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    pub typed: String,
    pub good: bool,
    /// A `LineOutcome`, as JSON.
    pub outcome: String,
}

impl ActiveModelBehavior for ActiveModel {}
