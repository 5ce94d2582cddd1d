//! A request to give an order back.

use domain::id::{CancellationId, CompanyId, OrderId, UserId};
use domain::orders::cancel::CancellationState;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cancellations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CancellationId,
    pub company_id: CompanyId,
    pub order_id: OrderId,
    pub number: String,
    pub state: CancellationState,
    pub reason: String,
    pub requested_by: UserId,
    pub requested_at: DateTimeUtc,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub answer: String,
    pub refund_minor: Option<i64>,
    pub refunded_on: Option<Date>,
    pub refund_reference: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
