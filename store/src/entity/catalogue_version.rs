//! One published state of the whole catalogue.

use domain::id::{CatalogueVersionId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalogue_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CatalogueVersionId,
    pub number: i32,
    pub sha256: String,
    pub published_at: DateTimeUtc,
    pub published_by: Option<UserId>,
    /// The file, as it was uploaded.
    #[sea_orm(column_type = "Text", nullable)]
    pub source: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
