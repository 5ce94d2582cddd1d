//! A package that a company bought.

use domain::id::{CompanyId, OrderId, PackageId, PackageVersionId, TermId, UserId};
use domain::orders::order::{OrderEnd, OrderKind};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    pub company_id: CompanyId,
    pub package_id: PackageId,
    pub package_version_id: PackageVersionId,
    pub kind: OrderKind,
    /// The term that it goes on from.
    pub continues_term_id: Option<TermId>,
    pub number: String,
    pub price_minor: i64,
    pub currency: String,
    pub ordered_by: UserId,
    pub ordered_at: DateTimeUtc,
    pub paid_at: Option<DateTimeUtc>,
    pub first_key_revealed_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub end_kind: Option<OrderEnd>,
    pub bill_to: String,
    pub bill_address: String,
    pub bill_country: String,
    pub tax_id: String,
    pub purchase_order: String,
    /// As they were on the day of the order.
    pub issuer: String,
    pub pay_to: String,
}

impl ActiveModelBehavior for ActiveModel {}
