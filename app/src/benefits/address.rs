//! What the address of a Benefits page says.

use domain::benefits::view::BenefitFilter;
use domain::catalogue::{Category, OperatingSystem, SoftwareLanguage};
use domain::id::BenefitId;
use leptos_router::params::ParamsMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub filter: BenefitFilter,
    pub search: String,
    pub after: String,
    /// As it stands in the address: whether it is an id of ours, the server says.
    pub open: String,
    pub language: Option<SoftwareLanguage>,
    pub os: Option<OperatingSystem>,
    /// The seat that is being given to somebody else.
    pub reassign: String,
    /// The marketing contact whose form is open.
    pub contact: String,
}

impl Address {
    pub fn read(query: &ParamsMap) -> Self {
        let text = |name| query.get(name).unwrap_or_default();
        Self {
            filter: query.get("filter").and_then(|f| BenefitFilter::from_slug(&f)).unwrap_or_default(),
            search: text("q"),
            after: text("after"),
            open: text("open"),
            language: query.get("language").and_then(|l| SoftwareLanguage::from_tag(&l)),
            os: query.get("os").and_then(|o| OperatingSystem::from_slug(&o)),
            reassign: text("reassign"),
            contact: text("contact"),
        }
    }

    /// The fields that are set, as a form or an address has them.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let filter = (self.filter != BenefitFilter::All).then(|| self.filter.slug().to_owned());
        [
            ("filter", filter.unwrap_or_default()),
            ("q", self.search.clone()),
            ("after", self.after.clone()),
            ("open", self.open.clone()),
            ("language", self.language.map(|l| l.tag().to_owned()).unwrap_or_default()),
            ("os", self.os.map(|o| o.slug().to_owned()).unwrap_or_default()),
            ("reassign", self.reassign.clone()),
            ("contact", self.contact.clone()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }

    pub fn href(&self, category: Category) -> String {
        let mut query = ParamsMap::new();
        for (name, value) in self.fields() {
            query.insert(name, value);
        }
        ["/benefits/", category.spec().slug, &query.to_query_string()].concat()
    }

    pub fn toggled(&self, id: BenefitId) -> Self {
        let id = id.to_string();
        let open = if self.open == id { String::new() } else { id };
        Self { open, language: None, os: None, reassign: String::new(), contact: String::new(), ..self.clone() }
    }
    pub fn contacting(&self, contact: String) -> Self {
        Self { contact, ..self.clone() }
    }
    pub fn reassigning(&self, seat: String) -> Self {
        Self { reassign: seat, ..self.clone() }
    }
    pub fn filtered(&self, filter: BenefitFilter) -> Self {
        Self { filter, search: self.search.clone(), ..Self::default() }
    }
    pub fn searched(&self, search: String) -> Self {
        Self { filter: self.filter, search, ..Self::default() }
    }
    pub fn paged(&self, after: String) -> Self {
        Self { filter: self.filter, search: self.search.clone(), after, ..Self::default() }
    }
}
