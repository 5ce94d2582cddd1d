//! That a person was told of an end, so many days before.

use domain::id::{CompanyId, ReminderId, UserId};
use domain::reminder::Ending;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReminderId,
    pub company_id: CompanyId,
    pub user_id: UserId,
    pub ending: Ending,
    pub subject_id: Uuid,
    pub ends_at: DateTimeUtc,
    pub days: i32,
    pub told_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
