//! Who held a seat from when to when; closed, never overwritten.

use domain::benefits::seat::{Given, Taken};
use domain::id::{AssignmentId, BenefitId, CompanyId, SeatId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub seat_id: SeatId,
    pub user_id: UserId,
    pub assigned_at: DateTimeUtc,
    pub assigned_by: UserId,
    pub removed_at: Option<DateTimeUtc>,
    pub removed_by: Option<UserId>,
    pub how: Given,
    pub why: Option<Taken>,
    /// The holder may hold one seat of the benefit only.
    pub exclusive: bool,
}

impl ActiveModelBehavior for ActiveModel {}
