//! A form that somebody sent.

use domain::id::{FormId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sent_forms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FormId,
    pub user_id: UserId,
    pub claimed_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
    pub location: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
