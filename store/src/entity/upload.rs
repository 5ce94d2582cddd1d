//! A file that an operator has tried and not used yet, sealed.

use domain::console::UploadKind;
use domain::id::{UploadId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadId,
    pub kind: UploadKind,
    pub user_id: UserId,
    pub ciphertext: Vec<u8>,
    /// The version of the catalogue that it was compared with.
    pub base: i32,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
