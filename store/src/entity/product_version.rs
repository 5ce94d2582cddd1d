//! What a product was in one version; never changed.

use domain::catalogue::Category;
use domain::id::{CatalogueVersionId, ProductId, ProductVersionId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductVersionId,
    pub product_id: ProductId,
    pub catalogue_version_id: CatalogueVersionId,
    pub category: Category,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub search_en: String,
    #[sea_orm(column_type = "Text")]
    pub search_de: String,
    #[sea_orm(column_type = "Text")]
    pub definition: String,
}

impl ActiveModelBehavior for ActiveModel {}
