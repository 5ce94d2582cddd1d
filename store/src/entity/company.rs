//! A partner organisation, the tenant.

use domain::id::CompanyId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    pub name: String,
    pub account_email: String,
    pub domain: Option<String>,
    pub in_predecessor: bool,
    pub suspended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    /// Name and domain in small letters.
    pub search: String,
}

/// What a company is found by.
pub(crate) fn search_text(name: &str, domain: Option<&str>) -> String {
    format!("{} {}", name.to_lowercase(), domain.unwrap_or_default())
}

impl ActiveModelBehavior for ActiveModel {}
