//! What a package was in one version; never changed.

use domain::id::{CatalogueVersionId, PackageId, PackageVersionId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "package_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PackageVersionId,
    pub package_id: PackageId,
    pub catalogue_version_id: CatalogueVersionId,
    pub position: i32,
    pub price_minor: i64,
    pub currency: String,
    #[sea_orm(column_type = "Text")]
    pub definition: String,
}

impl ActiveModelBehavior for ActiveModel {}
