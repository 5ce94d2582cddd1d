//! How much of a product a package contains; no quantity is unlimited.

use domain::id::{PackageItemId, PackageVersionId, ProductVersionId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "package_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PackageItemId,
    pub package_version_id: PackageVersionId,
    pub product_version_id: ProductVersionId,
    pub position: i32,
    pub quantity: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
