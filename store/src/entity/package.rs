//! A package through all its versions.

use domain::id::{PackageId, PackageVersionId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "packages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PackageId,
    pub code: String,
    pub current_version_id: Option<PackageVersionId>,
}

impl ActiveModelBehavior for ActiveModel {}
