//! The languages of the interface and of the catalogue's texts.

use serde::{Deserialize, Serialize};

/// A language that every sentence of the interface exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(8))")
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    #[cfg_attr(feature = "db", sea_orm(string_value = "en"))]
    En,
    #[cfg_attr(feature = "db", sea_orm(string_value = "de"))]
    De,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The BCP 47 tag, as `<html lang>` and the cookie have it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// What its speakers call it.
    pub const fn endonym(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// Reads a tag; regions are ignored (`de-AT` is German).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(primary))
    }

    /// The first language of an `Accept-Language` header that we speak, by its weights.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',').take(32) {
            let mut fields = part.split(';');
            let Some(language) = fields.next().and_then(Self::from_tag) else { continue };
            let weight =
                fields.find_map(|f| f.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(w, _)| weight > w) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// A text of the catalogue in every language of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalText {
    pub en: String,
    pub de: String,
}

impl LocalText {
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::De => &self.de,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_wish_is_read_by_weight() {
        let read = Language::from_accept_language;
        assert_eq!(read("de-AT,de;q=0.9,en;q=0.8"), Some(Language::De));
        assert_eq!(read("fr;q=1.0, en;q=0.3, de;q=0.7"), Some(Language::De));
        assert_eq!(read("en;q=0, de;q=0.1"), Some(Language::De));
        assert_eq!(read("fr, it"), None);
        assert_eq!(read("de;q=x,en;q=0.1"), Some(Language::En));
    }
}
