//! One link: what somebody did, and the hash of the link before.

use domain::id::{AuditEventId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    pub chain: Uuid,
    pub number: i64,
    pub at: DateTimeUtc,
    pub actor_id: Option<UserId>,
    pub action: String,
    pub subject: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub details: String,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
