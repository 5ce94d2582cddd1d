//! How many days before an end a person wants to be told; all, where there is no row.

use domain::id::UserId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    pub days: String,
}

impl ActiveModelBehavior for ActiveModel {}
