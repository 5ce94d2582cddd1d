//! Go-To-Market: whom the programme writes to, and the offers that are activated over days.

use super::view::BenefitRow;
use crate::email::{Email, EmailProblem, other_than};
use crate::id::{MarketingContactId, OfferActivationId, UserId};
use crate::language::Language;
use crate::phone::{PhoneProblem, parse_phone};
use crate::view::WhoMay;
use crate::words::stored_words;
use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

/// A company names so many marketing contacts at most; one of them is the primary one.
pub const MOST_CONTACTS: u64 = 3;

/// The longest message to a contact.
pub const MAX_MESSAGE: usize = 2_000;

/// A person whom the programme writes to about Go-To-Market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: MarketingContactId,
    pub user: UserId,
    pub person: String,
    pub email: String,
    pub phone: String,
    pub language: Language,
    /// Offers are activated for this one.
    pub is_main: bool,
    /// The account is disabled: nobody is written to.
    pub is_out: bool,
}

/// What a contact is decided on, loaded and locked in its transaction.
#[derive(Clone, Debug)]
pub struct ContactFacts<'a> {
    /// Contacts besides the one that is being set.
    pub others: u64,
    /// The person is one of those.
    pub is_other: bool,
    pub person_disabled: bool,
    pub company_email: &'a Email,
}

/// What somebody typed about a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactForm {
    pub email: String,
    pub phone: String,
    pub language: String,
}

/// A contact's details, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactDetails {
    pub email: Email,
    pub phone: String,
    pub language: Language,
}

/// Why something about Go-To-Market cannot be done. The wording is in `locales/*/refusals.json`, and
/// that of a contact who is out in `marketing.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketingRefusal {
    TooManyContacts,
    AlreadyContact,
    PersonDisabled,
    Email(EmailProblem),
    Phone(PhoneProblem),
    LanguageMissing,
    /// The benefit is not an offer.
    OtherKind,
    Expired {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    /// An offer needs somebody to write to.
    NoContact,
    /// The primary contact's account is disabled.
    ContactOut {
        name: String,
    },
    AlreadyPending,
    AlreadyActive,
    /// Decided, withdrawn or ended in the meantime.
    NotPossibleAnyMore,
}

/// Decides whether a contact can be set to this person with these details. Rules R-GTM-1 and R-MAIL-1.
pub fn settable(facts: &ContactFacts<'_>, typed: &ContactForm) -> Result<ContactDetails, MarketingRefusal> {
    use MarketingRefusal as R;
    if facts.others >= MOST_CONTACTS {
        return Err(R::TooManyContacts);
    }
    if facts.person_disabled {
        return Err(R::PersonDisabled);
    }
    if facts.is_other {
        return Err(R::AlreadyContact);
    }
    Ok(ContactDetails {
        email: other_than(&typed.email, facts.company_email).map_err(R::Email)?,
        phone: parse_phone(&typed.phone).map_err(R::Phone)?,
        language: Language::from_tag(&typed.language).ok_or(R::LanguageMissing)?,
    })
}

stored_words! {
    /// Where the activation of an offer stands.
    OfferState {
        /// Asked for; the programme's staff act next.
        Pending = "pending",
        Active = "active",
        Declined = "declined",
        Withdrawn = "withdrawn",
        /// The benefit ended while it waited.
        Lapsed = "lapsed",
    }
}

/// What an activation is decided on, loaded and locked in its transaction.
#[derive(Clone, Debug)]
pub struct OfferFacts<'a> {
    pub is_offer: bool,
    /// First instant at which the benefit can no longer be activated.
    pub until: DateTime<Utc>,
    pub is_pending: bool,
    pub is_active: bool,
    pub contact: Option<&'a Contact>,
}

/// Whether somebody can be written to. Rule R-GTM-2.
pub fn reachable(contact: Option<&Contact>) -> Result<&Contact, MarketingRefusal> {
    match contact {
        None => Err(MarketingRefusal::NoContact),
        Some(contact) if contact.is_out => Err(MarketingRefusal::ContactOut { name: contact.person.clone() }),
        Some(contact) => Ok(contact),
    }
}

/// Decides whether an offer can be activated. Rule R-GTM-2.
pub fn activatable(facts: &OfferFacts<'_>, now: DateTime<Utc>) -> Result<(), MarketingRefusal> {
    use MarketingRefusal as R;
    if !facts.is_offer {
        return Err(R::OtherKind);
    }
    if facts.is_active {
        return Err(R::AlreadyActive);
    }
    if now >= facts.until {
        return Err(R::Expired { at: facts.until });
    }
    if facts.is_pending {
        return Err(R::AlreadyPending);
    }
    reachable(facts.contact).map(|_| ())
}

/// Until when an offer can be used that is activated now: so many months on, even beyond the
/// term; without a number of months, as long as the term. Rule R-GTM-3.
///
/// The same day of the month at the same time in UTC; where the month is too short, its last day.
pub fn offer_ends(now: DateTime<Utc>, months: Option<u32>, term_ends: DateTime<Utc>) -> DateTime<Utc> {
    months.and_then(|n| now.checked_add_months(Months::new(n))).unwrap_or(term_ends)
}

/// An activation of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferActivation {
    pub id: OfferActivationId,
    pub state: OfferState,
    pub requested_by: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub requested_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub decided_at: Option<DateTime<Utc>>,
    pub reason: String,
    /// Whom the instructions went to, and at which address.
    pub told: Option<(String, String)>,
}

/// What stands on top of the Go-To-Market page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marketing {
    /// A contact's address is another one than this.
    pub company_email: String,
    /// The primary one first.
    pub contacts: Vec<Contact>,
    /// Whom to ask, for those who may not open the page.
    pub who_may: WhoMay,
}

impl Marketing {
    pub fn main(&self) -> Option<&Contact> {
        self.contacts.iter().find(|c| c.is_main)
    }
}

/// An offer in the operators' hands, beside what the company sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferWork {
    pub row: BenefitRow,
    pub activation: OfferActivation,
    pub contact: Option<Contact>,
    /// Until when it can be used if it is activated now.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub would_end: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, TimeZone};
    use uuid::Uuid;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }

    fn form(email: &str, phone: &str, language: &str) -> ContactForm {
        ContactForm { email: email.to_owned(), phone: phone.to_owned(), language: language.to_owned() }
    }

    fn marta(is_out: bool) -> Contact {
        Contact {
            id: MarketingContactId::new(Uuid::from_u128(1)),
            user: UserId::new(Uuid::from_u128(2)),
            person: "Marta".to_owned(),
            email: "marketing@contoso.example".to_owned(),
            phone: "+49 30 5550100".to_owned(),
            language: Language::De,
            is_main: true,
            is_out,
        }
    }

    /// Rule R-GTM-1.
    #[test]
    fn three_contacts_with_another_address() {
        let company = Email::parse("office@contoso.example").unwrap();
        let facts = ContactFacts { others: 2, is_other: false, person_disabled: false, company_email: &company };
        let good = form(" marketing@contoso.example ", "+49 30 5550100", "de");
        let set = settable(&facts, &good).unwrap();
        assert_eq!((set.email.as_str(), set.language), ("marketing@contoso.example", Language::De));
        let refused = |facts: &ContactFacts<'_>, typed: &ContactForm| settable(facts, typed).unwrap_err();
        let full = ContactFacts { others: 3, ..facts.clone() };
        assert_eq!(refused(&full, &good), MarketingRefusal::TooManyContacts);
        let twice = ContactFacts { is_other: true, ..facts.clone() };
        assert_eq!(refused(&twice, &good), MarketingRefusal::AlreadyContact);
        let out = ContactFacts { person_disabled: true, ..facts.clone() };
        assert_eq!(refused(&out, &good), MarketingRefusal::PersonDisabled);
        let companys = form(" OFFICE@contoso.example", "+49 30 5550100", "de");
        assert_eq!(refused(&facts, &companys), MarketingRefusal::Email(EmailProblem::SameAsCompany));
        let local = form("marketing@contoso.example", "030 5550100", "de");
        assert_eq!(refused(&facts, &local), MarketingRefusal::Phone(PhoneProblem::NotInternational));
        let french = form("marketing@contoso.example", "+49 30 5550100", "fr");
        assert_eq!(refused(&facts, &french), MarketingRefusal::LanguageMissing);
    }

    /// Rule R-GTM-2.
    #[test]
    fn an_offer_needs_somebody_to_write_to() {
        let (here, out) = (marta(false), marta(true));
        let facts =
            OfferFacts { is_offer: true, until: day(100), is_pending: false, is_active: false, contact: Some(&here) };
        assert_eq!(activatable(&facts, day(100) - TimeDelta::microseconds(1)), Ok(()));
        assert_eq!(activatable(&facts, day(100)), Err(MarketingRefusal::Expired { at: day(100) }));
        let of = |change: fn(&mut OfferFacts<'_>)| {
            let mut facts = facts.clone();
            change(&mut facts);
            activatable(&facts, day(1)).unwrap_err()
        };
        assert_eq!(of(|f| f.is_offer = false), MarketingRefusal::OtherKind);
        assert_eq!(of(|f| f.is_pending = true), MarketingRefusal::AlreadyPending);
        assert_eq!(of(|f| f.is_active = true), MarketingRefusal::AlreadyActive);
        assert_eq!(of(|f| f.contact = None), MarketingRefusal::NoContact);
        let gone = OfferFacts { contact: Some(&out), ..facts };
        assert_eq!(activatable(&gone, day(1)), Err(MarketingRefusal::ContactOut { name: "Marta".to_owned() }));
    }

    /// Rule R-GTM-3.
    #[test]
    fn an_offer_lasts_its_months_or_the_term() {
        let at = |y, m, d| Utc.with_ymd_and_hms(y, m, d, 9, 30, 0).unwrap();
        let term = at(2027, 5, 6);
        assert_eq!(offer_ends(at(2026, 11, 22), Some(6), term), at(2027, 5, 22), "beyond the term");
        assert_eq!(offer_ends(at(2026, 11, 22), None, term), term);
        // Into a leap February, and out of a leap day.
        assert_eq!(offer_ends(at(2027, 8, 31), Some(6), term), at(2028, 2, 29));
        assert_eq!(offer_ends(at(2028, 2, 29), Some(12), term), at(2029, 2, 28));
    }
}
