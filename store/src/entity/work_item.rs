//! A piece of work of the programme's staff; its subject is in the table of its kind.

use domain::id::{CompanyId, UserId, WorkId};
use domain::queue::WorkKind;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkId,
    pub kind: WorkKind,
    pub subject_id: Uuid,
    pub company_id: CompanyId,
    pub asked_by: UserId,
    pub opened_at: DateTimeUtc,
    pub due_at: Option<DateTimeUtc>,
    pub taken_by: Option<UserId>,
    pub closed_at: Option<DateTimeUtc>,
    pub closed_by: Option<UserId>,
}

impl ActiveModelBehavior for ActiveModel {}
