//! Enums whose words are stored, stand in addresses, and are never changed once shipped.

/// An enum of stored words, with `ALL`, `slug` and `from_slug`.
macro_rules! stored_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(
            feature = "db",
            derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
            sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(32))")
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$each])* #[cfg_attr(feature = "db", sea_orm(string_value = $text))] $variant),+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|w| w.slug() == slug)
            }
        }
    };
}
pub(crate) use stored_words;
