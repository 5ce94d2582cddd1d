//! One unit of a benefit that a person can hold.

use domain::id::{BenefitId, CompanyId, SeatId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seats")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SeatId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub number: i32,
    /// Somebody holds it now.
    pub taken: bool,
    /// Somebody held it once: giving it again is a reassignment.
    pub held_before: bool,
}

impl ActiveModelBehavior for ActiveModel {}
