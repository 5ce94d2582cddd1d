//! A person; without a company, an operator.

use domain::email::Email;
use domain::id::{CompanyId, UserId};
use domain::language::Language;
use domain::text::{fold, sort_key};
use domain::theme::Theme;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    pub company_id: Option<CompanyId>,
    pub name: String,
    pub email: String,
    pub email_normalized: String,
    pub password_hash: Option<String>,
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub disabled_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    /// Name and address, for finding and sorting; see [`search_text`].
    pub search: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a person is found by, and sorted by: the name first, then the address in both spellings.
///
/// What stands between the two comes before every letter, so that a name stands before a longer one
/// that begins with it.
pub fn search_text(name: &str, email: &str) -> String {
    let email = Email::known(email).map_or_else(|_| fold(email), |email| email.found_by());
    [sort_key(name), email].join("\n")
}
