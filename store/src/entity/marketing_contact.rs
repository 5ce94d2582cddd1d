//! Whom the programme writes to about Go-To-Market offers.

use domain::id::{CompanyId, MarketingContactId, UserId};
use domain::language::Language;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "marketing_contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MarketingContactId,
    pub company_id: CompanyId,
    pub user_id: UserId,
    pub email: String,
    pub phone: String,
    pub language: Language,
    pub main: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
