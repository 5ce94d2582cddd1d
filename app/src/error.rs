//! What a server function answers when it cannot do what was asked.
//!
//! Facts only: `i18n` says them. Internals are logged once, with the reference that the person
//! sees, and go no further.

#[cfg(feature = "ssr")]
use crate::i18n::{self, t};
use domain::access::Action;
use domain::benefits::bulk::BulkRefusal;
#[cfg(feature = "ssr")]
use domain::benefits::go_to_market::MarketingRefusal;
use domain::benefits::seat::SeatRefusal;
use domain::benefits::software::RevealRefusal;
#[cfg(feature = "ssr")]
use domain::benefits::technical::TechnicalRefusal;
#[cfg(feature = "ssr")]
use domain::console::{ConsoleRefusal, UploadKind};
use domain::email::EmailProblem;
#[cfg(feature = "ssr")]
use domain::language::Language;
#[cfg(feature = "ssr")]
use domain::orders::OrderRefusal;
#[cfg(feature = "ssr")]
use domain::password::PasswordProblem;
#[cfg(feature = "ssr")]
use domain::people::PeopleRefusal;
#[cfg(feature = "ssr")]
use domain::refusal::SetupRefusal;
use domain::refusal::{CompanyRefusal, SignInRefusal};
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::PostcardEncoding;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    SignedOut,
    NotFound,
    Forbidden(Action),
    Company(CompanyRefusal),
    Reveal(RevealRefusal),
    Seat(SeatRefusal),
    Bulk(BulkRefusal),
    SignIn(SignInRefusal),
    /// A refusal that only answers to plain forms bring, already in the reader's words: so the
    /// browser need not carry its sentences.
    Told {
        status: u16,
        field: Option<String>,
        text: String,
    },
    CurrentPassword,
    Email(EmailProblem),
    Name,
    /// A form that is about a person names none.
    NobodyChosen,
    /// A form that does not read.
    BadRequest,
    TooLarge,
    CrossSite,
    Unavailable,
    /// It took too long and was stopped.
    Slow,
    /// The browser did not reach the server.
    Offline,
    Internal {
        reference: String,
    },
}

impl AppError {
    /// The field that a form marks.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::CurrentPassword => Some("current"),
            Self::Told { field, .. } => field.as_deref(),
            Self::Email(_) => Some("email"),
            Self::Name => Some("name"),
            Self::NobodyChosen => Some("person"),
            Self::Bulk(BulkRefusal::AlreadyDone | BulkRefusal::SomeRefused { .. }) => None,
            Self::Bulk(_) => Some("typed"),
            _ => None,
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::SignIn(SignInRefusal::Mismatch) => 401,
            Self::NotFound => 404,
            Self::Forbidden(_) | Self::Company(_) | Self::CrossSite => 403,
            Self::SignIn(SignInRefusal::Disabled | SignInRefusal::CompanySuspended) => 403,
            Self::SignIn(SignInRefusal::TooManyTries { .. }) | Self::Reveal(RevealRefusal::TooManyLooks { .. }) => 429,
            Self::Told { status, .. } => *status,
            Self::Bulk(BulkRefusal::AlreadyDone | BulkRefusal::SomeRefused { .. }) => 409,
            Self::Bulk(BulkRefusal::TooLarge) => 413,
            Self::Bulk(_) | Self::CurrentPassword | Self::Email(_) | Self::Name | Self::NobodyChosen => 422,
            Self::Reveal(_) | Self::Seat(_) => 409,
            Self::BadRequest => 400,
            Self::TooLarge => 413,
            Self::Unavailable | Self::Offline | Self::Slow => 503,
            Self::Internal { .. } => 500,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::BadRequest,
            // In the browser: an answer that is not ours, of a proxy in between.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "hydrate") => Self::Offline,
            ServerFnErrorErr::Deserialization(_) => Self::BadRequest,
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Offline,
            _ => Self::Internal { reference: String::new() },
        }
    }
}

#[cfg(feature = "ssr")]
impl AppError {
    /// As the server functions and the browser exchange it.
    pub fn packed(&self) -> Vec<u8> {
        use leptos::server_fn::Encodes;
        PostcardEncoding::encode(self).map(Into::into).unwrap_or_default()
    }

    pub fn unpack(bytes: &[u8]) -> Option<Self> {
        use leptos::server_fn::Decodes;
        PostcardEncoding::decode(bytes.to_vec().into()).ok()
    }

    /// A file that is larger than a page takes.
    pub fn file_too_large(kind: UploadKind, l: Language) -> Self {
        told(413, Some("file"), i18n::file_too_large(l, kind).to_owned())
    }

    /// A day in an address that does not read.
    pub fn wrong_day(l: Language) -> Self {
        told(422, None, t::told::wrong_day(l).to_owned())
    }

    /// Turns what the store says into what the person may know.
    pub fn from_store(error: store::StoreError, reference: &str, l: Language) -> Self {
        use store::StoreError as E;
        let unavailable = error.is_unavailable();
        match error {
            E::NotFound => Self::NotFound,
            E::Forbidden(action) => {
                tracing::warn!(?action, reference, "a permission was refused");
                Self::Forbidden(action)
            }
            E::Company(refusal) => Self::Company(refusal),
            E::Reveal(refusal) => Self::Reveal(refusal),
            E::Seat(refusal) => Self::Seat(refusal),
            E::Bulk(refusal) => Self::Bulk(refusal),
            E::People(refusal) => {
                let (status, field) = people_place(&refusal);
                told(status, field, i18n::people_refusal(l, &refusal))
            }
            E::Technical(refusal) => {
                let field = technical_field(&refusal);
                told(if field.is_some() { 422 } else { 409 }, field, i18n::technical_refusal(l, &refusal))
            }
            E::Marketing(refusal) => {
                let field = marketing_field(&refusal);
                told(if field.is_some() { 422 } else { 409 }, field, i18n::marketing_refusal(l, &refusal))
            }
            E::Order(refusal) => {
                let field = order_field(&refusal);
                told(if field.is_some() { 422 } else { 409 }, field, i18n::order_refusal(l, &refusal))
            }
            E::Console(refusal) => {
                let field = console_field(&refusal);
                told(if field.is_some() { 422 } else { 409 }, field, i18n::console_refusal(l, &refusal))
            }
            E::Work(refusal) => told(409, None, i18n::work_refusal(l, &refusal)),
            E::MailState(_) => told(409, None, t::refusals::mail_busy(l).to_owned()),
            E::SignIn(refusal) => Self::SignIn(refusal),
            E::CurrentPassword => Self::CurrentPassword,
            E::Password(problem) => {
                let field = if problem == PasswordProblem::NotRepeated { "repeated" } else { "password" };
                told(422, Some(field), i18n::password_problem(l, problem))
            }
            E::Email(problem) => Self::Email(problem),
            E::Setup(SetupRefusal::Token) => told(422, Some("token"), t::refusals::setup_token(l).to_owned()),
            E::Setup(SetupRefusal::AlreadyDone) => told(409, None, t::refusals::setup_done(l).to_owned()),
            E::Name => Self::Name,
            E::HiddenInName(hidden) => told(422, Some("name"), i18n::hidden(l, hidden)),
            error @ (E::Busy | E::Db(_) | E::Unreadable | E::Corrupt(_) | E::UnknownDatabase | E::Job(_)) => {
                if unavailable {
                    tracing::warn!(%error, reference, "the database is not available");
                    Self::Unavailable
                } else {
                    tracing::error!(%error, reference, "a request failed");
                    Self::Internal { reference: reference.to_owned() }
                }
            }
        }
    }
}

#[cfg(feature = "ssr")]
fn told(status: u16, field: Option<&str>, text: String) -> AppError {
    AppError::Told { status, field: field.map(str::to_owned), text }
}

/// The status and the field of a refusal that is about people.
#[cfg(feature = "ssr")]
fn people_place(refusal: &PeopleRefusal) -> (u16, Option<&'static str>) {
    use PeopleRefusal as P;
    match refusal {
        P::EmailTaken => (422, Some("email")),
        P::ReasonMissing | P::ReasonTooLong => (422, Some("reason")),
        P::NoSuccessor => (422, Some("successor")),
        P::TooSoon { .. } => (429, None),
        _ => (409, None),
    }
}

/// The field that a refusal about Go-To-Market is about.
#[cfg(feature = "ssr")]
fn marketing_field(refusal: &MarketingRefusal) -> Option<&'static str> {
    use MarketingRefusal as R;
    match refusal {
        R::Email(_) => Some("email"),
        R::Phone(_) => Some("phone"),
        R::LanguageMissing => Some("preferred"),
        R::AlreadyContact => Some("person"),
        R::PersonDisabled
        | R::TooManyContacts
        | R::OtherKind
        | R::Expired { .. }
        | R::NoContact
        | R::ContactOut { .. }
        | R::AlreadyPending
        | R::AlreadyActive
        | R::NotPossibleAnyMore => None,
    }
}

/// The field that a refusal about an order is about.
#[cfg(feature = "ssr")]
fn order_field(refusal: &OrderRefusal) -> Option<&'static str> {
    use OrderRefusal as O;
    match refusal {
        O::Missing(field) | O::TooLong(field, _) | O::Hidden(field, _) => Some(field.name()),
        O::TaxId => Some("tax_id"),
        O::AmountMissing | O::AmountDiffers { .. } => Some("amount"),
        O::DateMissing | O::DateOutside { .. } => Some("date"),
        O::ReferenceMissing | O::ReferenceTooLong { .. } | O::ReferenceHidden(_) => Some("reference"),
        O::Buy(_) | O::Changed | O::NotPossibleAnyMore | O::Lapsed { .. } | O::AlreadyPaid { .. } | O::Cancel(_) => {
            None
        }
    }
}

/// The field that a refusal of the console is about.
#[cfg(feature = "ssr")]
fn console_field(refusal: &ConsoleRefusal) -> Option<&'static str> {
    use ConsoleRefusal as C;
    match refusal {
        C::FileMissing | C::NotText { .. } => Some("file"),
        C::StockLevel { .. } => Some("level"),
        C::NoSuchKey | C::KeyShape => Some("key"),
        C::DomainTaken { .. } | C::DomainJustTaken | C::Domain => Some("domain"),
        C::Missing(field) | C::TooLong(field, _) | C::Hidden(field, _) => Some(field.name()),
        C::Email(_) => Some("account_email"),
        C::UploadGone
        | C::PublishedMeanwhile { .. }
        | C::FileRefused
        | C::KeyWithdrawn
        | C::HasGlobalAdmin { .. }
        | C::AlreadySuspended
        | C::NotSuspended
        | C::IssuerTooLong { .. } => None,
    }
}

/// The field that a technical refusal is about.
#[cfg(feature = "ssr")]
fn technical_field(refusal: &TechnicalRefusal) -> Option<&'static str> {
    use TechnicalRefusal as R;
    match refusal {
        R::Missing(field) | R::TooLong(field, _) | R::Hidden(field, _) => Some(field.name()),
        R::Phone(_) => Some("phone"),
        R::HoursMissing | R::TooManyHours { .. } | R::HoursLeft { .. } | R::HoursReserved { .. } => Some("hours"),
        R::IncidentsGranted { .. } => Some("used"),
        R::TextMissing | R::TextTooLong { .. } => Some("text"),
        R::ReasonMissing => Some("reason"),
        R::AccessId => Some("access_id"),
        R::ContractId => Some("contract_id"),
        R::AlreadyTheirs | R::PersonDisabled => Some("person"),
        R::OtherKind | R::Expired { .. } | R::AlreadyPending | R::NotPossibleAnyMore => None,
    }
}
