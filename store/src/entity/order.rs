//! A package that a company bought.

use domain::id::{CompanyId, OrderId, PackageVersionId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    pub company_id: CompanyId,
    pub package_version_id: PackageVersionId,
    pub number: String,
    pub price_minor: i64,
    pub currency: String,
    pub ordered_by: UserId,
    pub ordered_at: DateTimeUtc,
    pub paid_at: Option<DateTimeUtc>,
    pub first_key_revealed_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
