//! A partner organisation, the tenant.

use domain::email::host_found_by;
use domain::id::CompanyId;
use domain::text::sort_key;
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
    /// Name and domain, for finding and sorting; see [`search_text`].
    #[sea_orm(column_type = "Text")]
    pub search: String,
}

/// What a company is found by, and sorted by: the name first, then the domain in both spellings.
pub(crate) fn search_text(name: &str, domain: Option<&str>) -> String {
    [sort_key(name), domain.map(host_found_by).unwrap_or_default()].join("\n")
}

impl ActiveModelBehavior for ActiveModel {}
