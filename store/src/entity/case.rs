//! A request for advisory hours or presales services that was submitted.

use domain::benefits::advisory::{CaseState, Stage};
use domain::id::{BenefitId, CaseId, CompanyId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub number: String,
    pub state: CaseState,
    pub title: String,
    pub description: String,
    pub stage: Stage,
    pub product: String,
    pub contact: String,
    pub phone: String,
    pub country: String,
    pub language: String,
    pub asked: i32,
    pub used: Option<i32>,
    pub submitted_by: UserId,
    pub submitted_at: DateTimeUtc,
    /// Of the form that it came from.
    pub once: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
