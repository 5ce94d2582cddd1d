//! How often sign-in failed for a hashed account or address.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_throttles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: Vec<u8>,
    pub failures: i32,
    pub last_failure_at: DateTimeUtc,
    pub blocked_until: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
