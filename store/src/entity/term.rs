//! The year that an order bought.

use domain::id::{CompanyId, OrderId, PackageId, TermId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TermId,
    pub company_id: CompanyId,
    pub order_id: OrderId,
    pub package_id: PackageId,
    pub starts_at: DateTimeUtc,
    /// The anniversary.
    pub ends_at: DateTimeUtc,
    /// First instant at which it is over, if nobody renews it.
    pub lapses_at: DateTimeUtc,
    /// When its benefits were granted; a renewal that is paid early waits for the anniversary.
    pub begun_at: Option<DateTimeUtc>,
    /// When it ended: renewed, given back, or marked once it had lapsed.
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
