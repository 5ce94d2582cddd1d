//! A Go-To-Market offer on its way to being active, or active.

use domain::benefits::go_to_market::OfferState;
use domain::id::{BenefitId, CompanyId, OfferActivationId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offer_activations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfferActivationId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub state: OfferState,
    pub requested_by: UserId,
    pub requested_at: DateTimeUtc,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub reason: String,
    pub told_name: Option<String>,
    pub told_email: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
