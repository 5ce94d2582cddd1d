//! A mail of the outbox. Its secret is sealed and goes once it is sent.

use domain::id::{CompanyId, MailId, UserId};
use domain::language::Language;
use domain::mail::MailState;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailId,
    pub company_id: Option<CompanyId>,
    pub user_id: Option<UserId>,
    pub address: String,
    pub name: String,
    pub language: Language,
    pub kind: String,
    pub facts: String,
    pub secret: Option<Vec<u8>>,
    pub once: String,
    pub state: MailState,
    pub attempts: i32,
    pub created_at: DateTimeUtc,
    pub next_at: Option<DateTimeUtc>,
    pub claimed_by: Option<Uuid>,
    pub claimed_until: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
