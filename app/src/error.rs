//! What a server function answers when it cannot do what was asked.
//!
//! Facts only: `i18n` says them. Internals are logged once, with the reference that the person
//! sees, and go no further.

use domain::access::Action;
use domain::benefits::bulk::BulkRefusal;
use domain::benefits::seat::SeatRefusal;
use domain::benefits::software::RevealRefusal;
use domain::benefits::technical::TechnicalRefusal;
use domain::email::EmailProblem;
use domain::password::PasswordProblem;
use domain::people::PeopleRefusal;
use domain::queue::WorkRefusal;
use domain::refusal::{CompanyRefusal, SetupRefusal, SignInRefusal};
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
    People(PeopleRefusal),
    Technical(TechnicalRefusal),
    Work(WorkRefusal),
    /// The mail is being sent, or was sent.
    MailBusy,
    SignIn(SignInRefusal),
    CurrentPassword,
    Password(PasswordProblem),
    Email(EmailProblem),
    Setup(SetupRefusal),
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
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::CurrentPassword => Some("current"),
            Self::Password(PasswordProblem::NotRepeated) => Some("repeated"),
            Self::Password(_) => Some("password"),
            Self::Email(_) | Self::People(PeopleRefusal::EmailTaken) => Some("email"),
            Self::People(PeopleRefusal::ReasonMissing | PeopleRefusal::ReasonTooLong) => Some("reason"),
            Self::People(PeopleRefusal::NoSuccessor) => Some("successor"),
            Self::Technical(refusal) => technical_field(refusal),
            Self::Name => Some("name"),
            Self::NobodyChosen => Some("person"),
            Self::Bulk(BulkRefusal::AlreadyDone | BulkRefusal::SomeRefused { .. }) => None,
            Self::Bulk(_) => Some("typed"),
            Self::Setup(SetupRefusal::Token) => Some("token"),
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
            Self::People(PeopleRefusal::TooSoon { .. }) => 429,
            Self::Bulk(BulkRefusal::AlreadyDone | BulkRefusal::SomeRefused { .. }) => 409,
            Self::Bulk(BulkRefusal::TooLarge) => 413,
            Self::Bulk(_)
            | Self::People(
                PeopleRefusal::EmailTaken
                | PeopleRefusal::ReasonMissing
                | PeopleRefusal::ReasonTooLong
                | PeopleRefusal::NoSuccessor,
            ) => 422,
            Self::Technical(refusal) if technical_field(refusal).is_some() => 422,
            Self::Technical(_) | Self::Work(_) | Self::MailBusy => 409,
            Self::People(_) | Self::Reveal(_) | Self::Seat(_) | Self::Setup(SetupRefusal::AlreadyDone) => 409,
            Self::CurrentPassword
            | Self::Password(_)
            | Self::Email(_)
            | Self::Name
            | Self::NobodyChosen
            | Self::Setup(SetupRefusal::Token) => 422,
            Self::BadRequest => 400,
            Self::TooLarge => 413,
            Self::Unavailable | Self::Offline | Self::Slow => 503,
            Self::Internal { .. } => 500,
        }
    }
}

/// The field that a technical refusal is about.
fn technical_field(refusal: &TechnicalRefusal) -> Option<&'static str> {
    use TechnicalRefusal as R;
    match refusal {
        R::Missing(field) | R::TooLong(field, _) => Some(field.name()),
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

    /// Turns what the store says into what the person may know.
    pub fn from_store(error: store::StoreError, reference: &str) -> Self {
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
            E::People(refusal) => Self::People(refusal),
            E::Technical(refusal) => Self::Technical(refusal),
            E::Work(refusal) => Self::Work(refusal),
            E::MailState(_) => Self::MailBusy,
            E::SignIn(refusal) => Self::SignIn(refusal),
            E::CurrentPassword => Self::CurrentPassword,
            E::Password(problem) => Self::Password(problem),
            E::Email(problem) => Self::Email(problem),
            E::Setup(refusal) => Self::Setup(refusal),
            E::Name => Self::Name,
            error @ (E::Busy | E::Db(_) | E::Unreadable | E::Corrupt(_) | E::UnknownDatabase) => {
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
