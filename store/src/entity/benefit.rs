//! One line of a term: so much of a product for a company.

use domain::catalogue::Category;
use domain::id::{BenefitId, CompanyId, PackageVersionId, ProductVersionId, TermId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "benefits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BenefitId,
    pub company_id: CompanyId,
    pub term_id: TermId,
    pub package_version_id: PackageVersionId,
    pub product_version_id: ProductVersionId,
    pub category: Category,
    pub position: i32,
    pub quantity: Option<i32>,
    pub used: i32,
    pub reserved: i32,
    pub seats_out: i32,
    pub reassigned: i32,
    pub pending: bool,
    pub activate_by: DateTimeUtc,
    pub activated_at: Option<DateTimeUtc>,
    pub expires_at: DateTimeUtc,
    /// First instant at which it can no longer be used: after the grace of its term, or at an end
    /// of its own.
    pub lapses_at: DateTimeUtc,
    /// Keys that the stock did not have yet.
    pub keys_owed: i32,
    /// When its end was marked; nothing hangs on it but that it is told once.
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
