//! Cases: requests for advisory hours and presales services, from draft to closed.

use super::technical::TechnicalRefusal;
use crate::catalogue::SoftwareLanguage;
use crate::id::{BenefitId, CaseId};
use crate::licence_key::hide_keys;
use crate::phone::parse_phone;
use crate::text::{bare, line, lines};
use crate::words::stored_words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest message of a case.
pub const MAX_TEXT: usize = 4_000;

stored_words! {
    /// Where a case stands.
    CaseState {
        /// Seen by its author alone.
        Draft = "draft",
        /// Hours are reserved; the programme answers next.
        Submitted = "submitted",
        InContact = "in_contact",
        /// The hours that were used are booked, the others free again.
        Delivered = "delivered",
        Closed = "closed",
        Withdrawn = "withdrawn",
        Declined = "declined",
    }
}

impl CaseState {
    /// Nothing happens in it any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn | Self::Declined)
    }
    /// Hours are held back for it.
    pub const fn reserves(self) -> bool {
        matches!(self, Self::Submitted | Self::InContact)
    }
}

stored_words! {
    /// The stage of the customer's project.
    Stage {
        Presales = "presales",
        Design = "design",
        Deployment = "deployment",
        AppDevelopment = "app_development",
    }
}

/// Who acts on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Company,
    Programme,
}

/// Whether a case can go from one state to another, by this side. Rule R-ADV-3.
///
/// A draft is submitted by [`requestable`], not by this.
pub fn step(from: CaseState, to: CaseState, side: Side) -> Result<(), TechnicalRefusal> {
    use CaseState as S;
    use Side::{Company, Programme};
    let fine = matches!(
        (from, to, side),
        (S::Submitted, S::InContact | S::Delivered | S::Declined, Programme)
            | (S::InContact, S::Delivered | S::Declined, Programme)
            | (S::Submitted | S::InContact, S::Withdrawn, Company)
            | (S::Delivered, S::Closed, Company | Programme)
    );
    if fine { Ok(()) } else { Err(TechnicalRefusal::NotPossibleAnyMore) }
}

/// What the hours of a request are decided on, loaded and locked in its transaction.
#[derive(Clone, Copy, Debug)]
pub struct HoursFacts {
    /// The product is asked for with a form.
    pub is_form: bool,
    /// `None` is unlimited.
    pub granted: Option<u32>,
    /// Used and reserved.
    pub taken: u32,
    /// The most that one request may ask for.
    pub most: Option<u32>,
    /// First instant at which nothing can be asked for any more.
    pub until: DateTime<Utc>,
}

/// No request asks for more, where nothing else limits it.
pub const MOST_HOURS: u32 = 1_000;

impl HoursFacts {
    /// What one request can ask for at most; `None` is nothing.
    pub fn most_now(&self) -> u32 {
        let left = self.granted.map_or(MOST_HOURS, |granted| granted.saturating_sub(self.taken));
        left.min(self.most.unwrap_or(MOST_HOURS))
    }
}

/// Decides whether so many hours can be asked for. Rule R-ADV-1.
pub fn requestable(facts: &HoursFacts, hours: u32, now: DateTime<Utc>) -> Result<(), TechnicalRefusal> {
    use TechnicalRefusal as R;
    if !facts.is_form {
        return Err(R::OtherKind);
    }
    if now >= facts.until {
        return Err(R::Expired { at: facts.until });
    }
    if hours == 0 {
        return Err(R::HoursMissing);
    }
    let most = facts.most.unwrap_or(MOST_HOURS);
    if hours > most {
        return Err(R::TooManyHours { most });
    }
    match facts.granted {
        Some(granted) if hours > granted.saturating_sub(facts.taken) => {
            Err(R::HoursLeft { left: granted.saturating_sub(facts.taken) })
        }
        _ => Ok(()),
    }
}

/// What is booked of the hours that were reserved, and what is free again: (used, released).
/// Rule R-ADV-2.
pub fn settle(reserved: u32, used: u32) -> Result<(u32, u32), TechnicalRefusal> {
    if used > reserved { Err(TechnicalRefusal::HoursReserved { reserved }) } else { Ok((used, reserved - used)) }
}

/// A field of the request form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseField {
    Title,
    Description,
    Stage,
    Product,
    Contact,
    Phone,
    Country,
    Language,
}

impl CaseField {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Stage => "stage",
            Self::Product => "product",
            Self::Contact => "contact",
            Self::Phone => "phone",
            Self::Country => "country",
            Self::Language => "language",
        }
    }
    /// The longest text that it takes, in characters.
    pub const fn most(self) -> usize {
        match self {
            Self::Description => MAX_TEXT,
            Self::Title | Self::Product | Self::Contact => 200,
            Self::Country => 100,
            Self::Stage | Self::Phone | Self::Language => 32,
        }
    }
}

/// The form as it was typed; a draft keeps it that way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseForm {
    pub title: String,
    pub description: String,
    pub stage: String,
    pub product: String,
    pub contact: String,
    pub phone: String,
    pub country: String,
    pub language: String,
    pub hours: String,
}

/// The form, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRequest {
    pub title: String,
    pub description: String,
    pub stage: Stage,
    pub product: String,
    pub contact: String,
    pub phone: String,
    pub country: String,
    pub language: SoftwareLanguage,
    pub hours: u32,
}

impl CaseForm {
    fn text(&self, field: CaseField, raw: &str) -> Result<String, TechnicalRefusal> {
        let text = match field {
            CaseField::Description => lines(raw),
            _ => line(raw).map_err(|hidden| TechnicalRefusal::Hidden(field, hidden))?,
        };
        if text.is_empty() {
            Err(TechnicalRefusal::Missing(field))
        } else if text.chars().count() > field.most() {
            Err(TechnicalRefusal::TooLong(field, u32::try_from(field.most()).unwrap_or(u32::MAX)))
        } else {
            // Somebody may paste the key that it is about.
            Ok(hide_keys(&text))
        }
    }

    /// Reads the form; the first field that is wrong is told.
    pub fn read(&self) -> Result<CaseRequest, TechnicalRefusal> {
        use CaseField as F;
        use TechnicalRefusal as R;
        Ok(CaseRequest {
            title: self.text(F::Title, &self.title)?,
            description: self.text(F::Description, &self.description)?,
            stage: Stage::from_slug(&self.stage).ok_or(R::Missing(F::Stage))?,
            product: self.text(F::Product, &self.product)?,
            contact: self.text(F::Contact, &self.contact)?,
            phone: parse_phone(&self.phone).map_err(R::Phone)?,
            country: self.text(F::Country, &self.country)?,
            language: SoftwareLanguage::from_tag(&self.language).ok_or(R::Missing(F::Language))?,
            hours: bare(&self.hours).parse().map_err(|_| R::HoursMissing)?,
        })
    }

    /// The same, cut to what a draft has room for.
    #[must_use]
    pub fn cut(&self) -> Self {
        use CaseField as F;
        // Twice the room: what is too long is told at submission, and not lost before.
        let cut = |field: F, text: &str| {
            hide_keys(&text.replace('\0', "").replace("\r\n", "\n")).chars().take(field.most() * 2).collect::<String>()
        };
        Self {
            title: cut(F::Title, &self.title),
            description: cut(F::Description, &self.description),
            stage: cut(F::Stage, &self.stage),
            product: cut(F::Product, &self.product),
            contact: cut(F::Contact, &self.contact),
            phone: cut(F::Phone, &self.phone),
            country: cut(F::Country, &self.country),
            language: cut(F::Language, &self.language),
            hours: self.hours.replace('\0', "").chars().take(8).collect(),
        }
    }
}

/// Checks a message or an answer. A key that somebody pasted into it is blanked.
pub fn check_text(raw: &str) -> Result<String, TechnicalRefusal> {
    let text = lines(raw);
    if text.is_empty() {
        Err(TechnicalRefusal::TextMissing)
    } else if text.chars().count() > MAX_TEXT {
        Err(TechnicalRefusal::TextTooLong { most: u32::try_from(MAX_TEXT).unwrap_or(u32::MAX) })
    } else {
        Ok(hide_keys(&text))
    }
}

/// Which cases of a list are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseFilter {
    #[default]
    All,
    Open,
    Over,
}

impl CaseFilter {
    pub const ALL: [Self; 3] = [Self::All, Self::Open, Self::Over];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Over => "over",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.slug() == slug)
    }
}

/// A line of the list of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    pub id: CaseId,
    pub number: String,
    pub title: String,
    /// The benefit's name.
    pub benefit: String,
    pub package: String,
    pub state: CaseState,
    /// Reserved, or used once it is delivered.
    pub hours: u32,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub submitted_at: DateTime<Utc>,
    pub by: String,
}

/// A page of the list of cases, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePage {
    pub rows: Vec<CaseRow>,
    pub total: u64,
    /// How many each filter of [`CaseFilter::ALL`] leaves.
    pub counts: [u64; 3],
    pub next: Option<String>,
    /// Benefits that a request can be made for, with the draft that waits for each.
    pub benefits: Vec<Requestable>,
}

/// A benefit that hours can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requestable {
    pub id: BenefitId,
    pub name: String,
    pub package: String,
    /// `None` is unlimited.
    pub left: Option<u32>,
    /// What one request can ask for at most.
    pub most: u32,
    /// The reader has begun a request for it.
    pub has_draft: bool,
}

/// The request form: what it is for, and what was typed before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCase {
    pub benefit: Requestable,
    pub form: CaseForm,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub saved_at: Option<DateTime<Utc>>,
    /// Names this form: sent twice, it is one case.
    pub once: uuid::Uuid,
}

/// Something that happened in a case: a new state, a message, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseEntry {
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
    pub by: String,
    pub side: Side,
    pub state: Option<CaseState>,
    pub text: String,
}

/// A case with its story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub row: CaseRow,
    pub company: String,
    pub description: String,
    pub stage: Stage,
    pub product: String,
    pub contact: String,
    pub phone: String,
    pub country: String,
    pub language: SoftwareLanguage,
    pub asked: u32,
    /// Known once it is delivered.
    pub used: Option<u32>,
    /// The programme's answer is due then; nothing while the company has its answer.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub due_at: Option<DateTime<Utc>>,
    pub is_late: bool,
    /// The oldest first.
    pub entries: Vec<CaseEntry>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::PhoneProblem;
    use crate::text::Hidden;
    use chrono::TimeDelta;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }
    fn facts() -> HoursFacts {
        HoursFacts { is_form: true, granted: Some(50), taken: 30, most: Some(25), until: day(365) }
    }

    /// Rule R-ADV-1.
    #[test]
    fn never_more_hours_than_remain_or_than_a_request_may_ask_for() {
        assert_eq!(requestable(&facts(), 20, day(1)), Ok(()));
        assert_eq!(requestable(&facts(), 21, day(1)), Err(TechnicalRefusal::HoursLeft { left: 20 }));
        let fresh = HoursFacts { taken: 0, ..facts() };
        assert_eq!(requestable(&fresh, 25, day(1)), Ok(()));
        assert_eq!(requestable(&fresh, 26, day(1)), Err(TechnicalRefusal::TooManyHours { most: 25 }));
        assert_eq!(requestable(&fresh, 0, day(1)), Err(TechnicalRefusal::HoursMissing));
        assert_eq!(requestable(&fresh, 1, day(365)), Err(TechnicalRefusal::Expired { at: day(365) }));
        assert_eq!(requestable(&HoursFacts { is_form: false, ..fresh }, 1, day(1)), Err(TechnicalRefusal::OtherKind));
        let unlimited = HoursFacts { granted: None, most: None, ..facts() };
        assert_eq!(requestable(&unlimited, MOST_HOURS, day(1)), Ok(()));
        assert_eq!(
            requestable(&unlimited, MOST_HOURS + 1, day(1)),
            Err(TechnicalRefusal::TooManyHours { most: MOST_HOURS })
        );
        assert_eq!((facts().most_now(), fresh.most_now(), unlimited.most_now()), (20, 25, MOST_HOURS));
    }

    /// Rule R-ADV-2.
    #[test]
    fn what_was_not_used_is_free_again() {
        assert_eq!(settle(8, 8), Ok((8, 0)));
        assert_eq!(settle(8, 0), Ok((0, 8)));
        assert_eq!(settle(8, 3), Ok((3, 5)));
        assert_eq!(settle(8, 9), Err(TechnicalRefusal::HoursReserved { reserved: 8 }));
    }

    /// Rule R-ADV-3.
    #[test]
    fn a_case_goes_forward_only() {
        use CaseState as S;
        let allowed: Vec<_> = S::ALL
            .iter()
            .flat_map(|&from| S::ALL.iter().map(move |&to| (from, to)))
            .flat_map(|(from, to)| [Side::Company, Side::Programme].map(|side| (from, to, side)))
            .filter(|&(from, to, side)| step(from, to, side).is_ok())
            .collect();
        assert_eq!(
            allowed,
            [
                (S::Submitted, S::InContact, Side::Programme),
                (S::Submitted, S::Delivered, Side::Programme),
                (S::Submitted, S::Withdrawn, Side::Company),
                (S::Submitted, S::Declined, Side::Programme),
                (S::InContact, S::Delivered, Side::Programme),
                (S::InContact, S::Withdrawn, Side::Company),
                (S::InContact, S::Declined, Side::Programme),
                (S::Delivered, S::Closed, Side::Company),
                (S::Delivered, S::Closed, Side::Programme),
            ]
        );
        assert!(allowed.iter().all(|(from, ..)| !from.is_over()), "what is over stays so");
    }

    #[test]
    fn the_form_tells_what_is_missing() {
        let form = CaseForm {
            title: " Migration ".to_owned(),
            description: "Two words".to_owned(),
            stage: "design".to_owned(),
            product: "Azure".to_owned(),
            contact: "Emil".to_owned(),
            phone: "+49 30 5550100".to_owned(),
            country: "Germany".to_owned(),
            language: "de".to_owned(),
            hours: " 8 ".to_owned(),
        };
        let read = form.read().unwrap();
        assert_eq!((read.title.as_str(), read.stage, read.hours), ("Migration", Stage::Design, 8));
        let of = |change: fn(&mut CaseForm)| {
            let mut form = form.clone();
            change(&mut form);
            form.read().unwrap_err()
        };
        assert_eq!(of(|f| f.title = "  ".to_owned()), TechnicalRefusal::Missing(CaseField::Title));
        assert_eq!(of(|f| f.title = "x".repeat(201)), TechnicalRefusal::TooLong(CaseField::Title, 200));
        assert_eq!(of(|f| f.stage = "later".to_owned()), TechnicalRefusal::Missing(CaseField::Stage));
        assert_eq!(of(|f| f.phone = "030".to_owned()), TechnicalRefusal::Phone(PhoneProblem::NotInternational));
        assert_eq!(of(|f| f.language = "xx".to_owned()), TechnicalRefusal::Missing(CaseField::Language));
        for hours in ["", "-1", "1.5", "many", "99999999999"] {
            let wrong = CaseForm { hours: hours.to_owned(), ..form.clone() };
            assert_eq!(wrong.read().unwrap_err(), TechnicalRefusal::HoursMissing, "{hours}");
        }
        let hidden = of(|f| f.contact = "Em\u{202e}il".to_owned());
        assert_eq!(hidden, TechnicalRefusal::Hidden(CaseField::Contact, Hidden('\u{202e}')));
        let key = "Key-DEMO1-7QX2M-4KD9P-H2VTR-8WNC6";
        let pasted = CaseForm { title: key.to_owned(), description: key.to_owned(), ..form.clone() };
        let (read, kept) = (pasted.read().unwrap(), pasted.cut());
        for text in [read.title, read.description, kept.title, kept.description, check_text(key).unwrap()] {
            assert_eq!(text, "Key-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX");
        }
        // A draft keeps what is still wrong.
        let long = CaseForm { title: "x".repeat(300), ..form.clone() };
        assert_eq!(long.cut(), long);
        assert_eq!(CaseForm { title: "x".repeat(900), ..form }.cut().title.len(), 400);
    }
}
