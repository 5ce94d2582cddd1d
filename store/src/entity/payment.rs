//! Money that came for an order; one for each.

use domain::id::{CompanyId, OrderId, PaymentId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub company_id: CompanyId,
    pub order_id: OrderId,
    pub amount_minor: i64,
    pub currency: String,
    /// The day on which it came.
    pub paid_on: Date,
    pub reference: String,
    pub recorded_by: UserId,
    pub recorded_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
