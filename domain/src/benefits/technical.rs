//! Support benefits: given to a person, activated by the programme's staff over days.

use super::advisory::CaseField;
use super::view::BenefitRow;
use crate::email::{AlternativeEmail, Email};
use crate::id::{SupportActivationId, UserId};
use crate::text::{Hidden, bare};
use crate::words::stored_words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest access or contract id.
pub const MAX_ID: usize = 64;

stored_words! {
    /// Where the activation of a support benefit stands.
    SupportState {
        /// Asked for; the programme's staff act next.
        Pending = "pending",
        Active = "active",
        Declined = "declined",
        Withdrawn = "withdrawn",
        /// Active before; another person has the benefit now.
        Replaced = "replaced",
        /// The benefit ended while it waited.
        Lapsed = "lapsed",
    }
}

/// What a request for support is decided on, loaded and locked in its transaction.
#[derive(Clone, Debug)]
pub struct SupportFacts<'a> {
    /// The product is a support benefit.
    pub is_support: bool,
    /// First instant at which the benefit can no longer be used or, unused, be activated.
    pub until: DateTime<Utc>,
    pub is_pending: bool,
    /// Who has it now.
    pub active_for: Option<UserId>,
    pub person: UserId,
    pub person_disabled: bool,
    pub company_email: &'a Email,
    pub account_email: &'a Email,
}

/// Why something technical cannot be done. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TechnicalRefusal {
    /// The benefit is not activated or asked for this way.
    OtherKind,
    Expired {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    AlreadyPending,
    AlreadyTheirs,
    PersonDisabled,
    /// Decided, withdrawn or ended in the meantime.
    NotPossibleAnyMore,
    /// A field of the form is empty.
    Missing(CaseField),
    TooLong(CaseField, u32),
    /// There is something in the middle that nobody sees.
    Hidden(CaseField, Hidden),
    Phone(crate::phone::PhoneProblem),
    HoursMissing,
    /// More than one request may ask for.
    TooManyHours {
        most: u32,
    },
    /// More than remain.
    HoursLeft {
        left: u32,
    },
    /// More than were reserved.
    HoursReserved {
        reserved: u32,
    },
    IncidentsGranted {
        granted: u32,
    },
    TextMissing,
    TextTooLong {
        most: u32,
    },
    ReasonMissing,
    AccessId,
    ContractId,
}

/// Decides whether a support benefit can be asked for, for this person and with this alternative
/// address. Rules R-SUP-1 and R-MAIL-1.
pub fn requestable(
    facts: &SupportFacts<'_>,
    alternative: &str,
    now: DateTime<Utc>,
) -> Result<AlternativeEmail, SupportProblem> {
    use SupportProblem::Refused;
    use TechnicalRefusal as R;
    if !facts.is_support {
        return Err(Refused(R::OtherKind));
    }
    if now >= facts.until {
        return Err(Refused(R::Expired { at: facts.until }));
    }
    if facts.is_pending {
        return Err(Refused(R::AlreadyPending));
    }
    if facts.active_for == Some(facts.person) {
        return Err(Refused(R::AlreadyTheirs));
    }
    if facts.person_disabled {
        return Err(Refused(R::PersonDisabled));
    }
    AlternativeEmail::parse(alternative, facts.company_email, facts.account_email).map_err(SupportProblem::Email)
}

/// Why support cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupportProblem {
    Refused(TechnicalRefusal),
    Email(crate::email::EmailProblem),
}

/// An id as the programme gives it: letters, digits and hyphens, as people copy it.
pub fn check_id(raw: &str) -> Option<String> {
    let id = bare(raw);
    let fine = !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fine.then_some(id)
}

/// An activation of a support benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    pub id: SupportActivationId,
    pub state: SupportState,
    pub person: String,
    /// The account's address.
    pub account: String,
    /// The alternative address.
    pub email: String,
    pub requested_by: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub requested_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub decided_at: Option<DateTime<Utc>>,
    pub reason: String,
    pub access_id: Option<String>,
    pub contract_id: Option<String>,
}

/// What the details of a technical benefit show besides the benefit itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technical {
    /// The company's account e-mail: the alternative address is another one.
    pub company_email: String,
    /// Newest first: what waits, what is active, and the last that was declined or withdrawn.
    pub activations: Vec<Activation>,
    /// Cases of this benefit, the newest first, at most five.
    pub cases: Vec<super::advisory::CaseRow>,
    /// An own draft waits to be finished.
    pub has_draft: bool,
}

/// A support activation in the operators' hands, beside what the company sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportWork {
    pub row: BenefitRow,
    pub activation: Activation,
    /// Incidents used so far.
    pub used: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::EmailProblem;
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }

    /// Rule R-SUP-1.
    #[test]
    fn support_is_asked_for_once_and_in_time() {
        let (company, account) =
            (Email::parse("office@contoso.example").unwrap(), Email::parse("emil@contoso.example").unwrap());
        let emil = UserId::new(Uuid::from_u128(1));
        let facts = SupportFacts {
            is_support: true,
            until: day(365),
            is_pending: false,
            active_for: None,
            person: emil,
            person_disabled: false,
            company_email: &company,
            account_email: &account,
        };
        let ask = |facts: &SupportFacts<'_>, at| requestable(facts, "emil@home.example", at).map(|_| ());
        let refused = |refusal| Err(SupportProblem::Refused(refusal));
        assert_eq!(ask(&facts, day(365) - TimeDelta::microseconds(1)), Ok(()));
        assert_eq!(ask(&facts, day(365)), refused(TechnicalRefusal::Expired { at: day(365) }));
        let of = |change: fn(&mut SupportFacts<'_>)| {
            let mut facts = facts.clone();
            change(&mut facts);
            ask(&facts, day(1))
        };
        assert_eq!(of(|f| f.is_support = false), refused(TechnicalRefusal::OtherKind));
        assert_eq!(of(|f| f.is_pending = true), refused(TechnicalRefusal::AlreadyPending));
        assert_eq!(of(|f| f.person_disabled = true), refused(TechnicalRefusal::PersonDisabled));
        assert_eq!(of(|f| f.active_for = Some(f.person)), refused(TechnicalRefusal::AlreadyTheirs));
        assert_eq!(of(|f| f.active_for = Some(UserId::new(Uuid::from_u128(2)))), Ok(()), "it goes to another person");
        assert_eq!(
            requestable(&facts, " Emil@Contoso.example", day(1)).map(|_| ()),
            Err(SupportProblem::Email(EmailProblem::SameAsAccount))
        );
    }

    #[test]
    fn ids_are_what_people_can_copy() {
        assert_eq!(check_id(" A-1234 "), Some("A-1234".to_owned()));
        for bad in ["", "  ", "a b", "a\r\nb", "<b>", &"x".repeat(65)] {
            assert_eq!(check_id(bad), None, "{bad:?}");
        }
    }
}
