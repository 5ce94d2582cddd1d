//! Light, dark, or as the device has it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(8))")
)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    #[cfg_attr(feature = "db", sea_orm(string_value = "system"))]
    System,
    #[cfg_attr(feature = "db", sea_orm(string_value = "light"))]
    Light,
    #[cfg_attr(feature = "db", sea_orm(string_value = "dark"))]
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.slug() == slug)
    }
}
