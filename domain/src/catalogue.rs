//! The catalogue: what the programme offers, and which entries are well-formed.

use crate::access::Action;
use crate::benefits::seat::ReassignLimits;
use crate::language::LocalText;
use crate::money::Money;
use serde::{Deserialize, Serialize};

mod problems;

pub use problems::{CatalogueProblem, Finding, Step, Wanted, check};

/// A menu entry of the Benefits pages, in the order of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(32))")
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    #[cfg_attr(feature = "db", sea_orm(string_value = "software"))]
    Software,
    #[cfg_attr(feature = "db", sea_orm(string_value = "cloud"))]
    Cloud,
    #[cfg_attr(feature = "db", sea_orm(string_value = "visual_studio"))]
    VisualStudio,
    #[cfg_attr(feature = "db", sea_orm(string_value = "technical"))]
    Technical,
    #[cfg_attr(feature = "db", sea_orm(string_value = "go_to_market"))]
    GoToMarket,
}

/// What sets a category apart, in one place.
pub struct CategorySpec {
    /// Last part of the page's address, `/benefits/{slug}`.
    pub slug: &'static str,
    pub fulfilments: &'static [Fulfilment],
    /// What it takes to open its page.
    pub opens: Action,
}

impl Category {
    pub const ALL: [Self; 5] = [Self::Software, Self::Cloud, Self::VisualStudio, Self::Technical, Self::GoToMarket];

    pub const fn spec(self) -> CategorySpec {
        use Fulfilment as F;
        let (slug, fulfilments, opens): (_, &[Fulfilment], _) = match self {
            Self::Software => ("software", &[F::SoftwareKey, F::DownloadOnly, F::None], Action::OpenBenefits),
            Self::Cloud => ("cloud", &[F::UsageAssign, F::CloudKey], Action::OpenBenefits),
            Self::VisualStudio => ("visual-studio", &[F::SeatAssign], Action::OpenBenefits),
            Self::Technical => ("technical", &[F::SupportAssign, F::RequestForm], Action::OpenBenefits),
            Self::GoToMarket => ("go-to-market", &[F::GtmActivate], Action::ActivateOffer),
        };
        CategorySpec { slug, fulfilments, opens }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.spec().slug == slug)
    }
}

/// How a benefit reaches the people who use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    SoftwareKey,
    DownloadOnly,
    None,
    UsageAssign,
    CloudKey,
    SeatAssign,
    SupportAssign,
    RequestForm,
    GtmActivate,
}

impl Fulfilment {
    pub const fn has_keys(self) -> bool {
        matches!(self, Self::SoftwareKey | Self::CloudKey)
    }
    /// Somebody has to do something before it is used.
    pub const fn is_activated(self) -> bool {
        !matches!(self, Self::DownloadOnly | Self::None)
    }
    pub const fn has_seats(self) -> bool {
        matches!(self, Self::UsageAssign | Self::SeatAssign)
    }
    pub const fn has_downloads(self) -> bool {
        matches!(self, Self::SoftwareKey | Self::DownloadOnly)
    }
    /// Counted in incidents or hours that are used up.
    pub const fn is_technical(self) -> bool {
        matches!(self, Self::SupportAssign | Self::RequestForm)
    }
    pub const fn has_portal(self) -> bool {
        matches!(self, Self::UsageAssign | Self::SeatAssign | Self::CloudKey)
    }
}

/// What a quantity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Licences,
    Cores,
    Cals,
    Servers,
    Subscriptions,
    Users,
    Incidents,
    Hours,
    Offers,
}

/// A language that software is offered in (not one of the interface's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SoftwareLanguage {
    De,
    En,
    Es,
    Fr,
    It,
    Ja,
}

impl SoftwareLanguage {
    pub const ALL: [Self; 6] = [Self::De, Self::En, Self::Es, Self::Fr, Self::It, Self::Ja];

    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::It => "it",
            Self::Ja => "ja",
        }
    }
    /// Its name in itself, as a person who wants it looks for it.
    pub const fn endonym(self) -> &'static str {
        match self {
            Self::De => "Deutsch",
            Self::En => "English",
            Self::Es => "Español",
            Self::Fr => "Français",
            Self::It => "Italiano",
            Self::Ja => "日本語",
        }
    }
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.tag() == tag)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OperatingSystem {
    #[serde(rename = "windows-64")]
    Windows64,
    #[serde(rename = "windows-32")]
    Windows32,
    #[serde(rename = "linux")]
    Linux,
    #[serde(rename = "macos")]
    MacOs,
}

impl OperatingSystem {
    pub const ALL: [Self; 4] = [Self::Windows64, Self::Windows32, Self::Linux, Self::MacOs];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Windows64 => "windows-64",
            Self::Windows32 => "windows-32",
            Self::Linux => "linux",
            Self::MacOs => "macos",
        }
    }
    /// Product names, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Windows64 => "Windows 64-bit",
            Self::Windows32 => "Windows 32-bit",
            Self::Linux => "Linux",
            Self::MacOs => "macOS",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|os| os.slug() == slug)
    }
}

/// An installation package for one language and one operating system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Download {
    pub language: SoftwareLanguage,
    pub os: OperatingSystem,
    /// `https` only.
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// The operating systems that a language can be had for, in the order of the list.
pub fn systems_for(downloads: &[Download], language: SoftwareLanguage) -> Vec<OperatingSystem> {
    OperatingSystem::ALL
        .into_iter()
        .filter(|&os| downloads.iter().any(|d| d.language == language && d.os == os))
        .collect()
}

/// The languages that anything can be had in.
pub fn languages_of(downloads: &[Download]) -> Vec<SoftwareLanguage> {
    SoftwareLanguage::ALL.into_iter().filter(|&l| downloads.iter().any(|d| d.language == l)).collect()
}

/// A catalogue entry, as the file has it and as a version keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub code: String,
    pub category: Category,
    pub fulfilment: Fulfilment,
    pub unit: Unit,
    pub name: LocalText,
    pub summary: LocalText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<LocalText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// How many keys one benefit gets from the pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassign_lock_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassign_limit: Option<u32>,
    /// Whether one person can hold several seats of one benefit. Without it, one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub several_per_person: Option<bool>,
    /// Hours, at most, of one advisory request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_request: Option<u32>,
    /// Months that an offer can be used, from its activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_months: Option<u32>,
    /// Days after the term's start in which to activate; without it, until the term ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activate_within_days: Option<u32>,
    #[serde(default, rename = "download", skip_serializing_if = "Vec::is_empty")]
    pub downloads: Vec<Download>,
}

impl Product {
    pub fn reassign_limits(&self) -> ReassignLimits {
        ReassignLimits {
            lock_days: self.reassign_lock_days.unwrap_or(0),
            at_most: self.reassign_limit,
            one_per_person: !self.several_per_person.unwrap_or(false),
        }
    }
}

/// What a package contains of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageItem {
    pub product: String,
    pub quantity: Quantity,
}

/// The largest number of something in a package.
pub const MAX_QUANTITY: u32 = 1_000_000;

/// A number from 1, or as much as wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Of(u32),
    Unlimited,
}

impl Quantity {
    pub const fn limit(self) -> Option<u32> {
        match self {
            Self::Of(n) => Some(n),
            Self::Unlimited => None,
        }
    }
}
impl Serialize for Quantity {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(n) => s.serialize_u32(*n),
            Self::Unlimited => s.serialize_str("unlimited"),
        }
    }
}
impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Quantity;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number from 1 to 1000000, or \"unlimited\"")
            }
            fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<Quantity, E> {
                match u32::try_from(n) {
                    Ok(n @ 1..=MAX_QUANTITY) => Ok(Quantity::Of(n)),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Signed(n), &self)),
                }
            }
            fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Quantity, E> {
                self.visit_i64(i64::try_from(n).unwrap_or(i64::MAX))
            }
            fn visit_str<E: serde::de::Error>(self, s: &str) -> Result<Quantity, E> {
                if s == "unlimited" {
                    Ok(Quantity::Unlimited)
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(s), &self))
                }
            }
        }
        d.deserialize_any(Visitor)
    }
}

/// What a company buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    pub code: String,
    pub name: LocalText,
    /// How the rows of its benefits are labelled.
    pub label: LocalText,
    pub summary: LocalText,
    /// A plain decimal, see [`Money::parse`].
    pub price: String,
    pub currency: String,
    /// A company with one of these active cannot buy this one.
    #[serde(default)]
    pub not_with: Vec<String>,
    #[serde(default, rename = "item")]
    pub items: Vec<PackageItem>,
}

impl Package {
    pub fn money(&self) -> Result<Money, crate::money::MoneyProblem> {
        Money::parse(&self.price, self.currency.parse()?)
    }
}

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pub format: u32,
    #[serde(rename = "product", default)]
    pub products: Vec<Product>,
    #[serde(rename = "package", default)]
    pub packages: Vec<Package>,
}

/// The one version of the file format so far.
pub const FORMAT: u32 = 1;
