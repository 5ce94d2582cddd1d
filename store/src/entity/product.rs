//! A catalogue entry through all its versions.

use domain::id::{ProductId, ProductVersionId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub code: String,
    pub current_version_id: Option<ProductVersionId>,
    /// With fewer keys in stock, the programme's staff are told.
    pub low_stock: i32,
    pub low_told_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
