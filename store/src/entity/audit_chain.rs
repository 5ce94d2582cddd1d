//! The last link of a chain; locked by whoever writes the next.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chains")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: Uuid,
    pub last_number: i64,
    pub last_hash: Vec<u8>,
    /// So many of its events changed something that pages show.
    pub told: i64,
}

impl ActiveModelBehavior for ActiveModel {}
