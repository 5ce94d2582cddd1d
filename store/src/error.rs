//! What can go wrong, as facts. Sentences are added in `app`.

use domain::access::Action;
use domain::benefits::bulk::BulkRefusal;
use domain::benefits::go_to_market::MarketingRefusal;
use domain::benefits::seat::SeatRefusal;
use domain::benefits::software::RevealRefusal;
use domain::benefits::technical::TechnicalRefusal;
use domain::console::ConsoleRefusal;
use domain::email::EmailProblem;
use domain::mail::MailState;
use domain::orders::OrderRefusal;
use domain::password::PasswordProblem;
use domain::people::{PeopleRefusal, RoleProblem};
use domain::queue::WorkRefusal;
use domain::refusal::{CompanyRefusal, SetupRefusal, SignInRefusal};
use domain::text::Hidden;

pub type StoreResult<T> = Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not there, or not this company's: the two are never told apart.
    #[error("not found")]
    NotFound,
    #[error("not allowed: {0:?}")]
    Forbidden(Action),
    #[error("the company cannot act here: {0:?}")]
    Company(CompanyRefusal),
    #[error("refused: {0:?}")]
    Reveal(RevealRefusal),
    #[error("refused: {0:?}")]
    Seat(SeatRefusal),
    #[error("refused: {0:?}")]
    Bulk(BulkRefusal),
    #[error("refused: {0:?}")]
    People(PeopleRefusal),
    #[error("refused: {0:?}")]
    Technical(TechnicalRefusal),
    #[error("refused: {0:?}")]
    Marketing(MarketingRefusal),
    #[error("refused: {0:?}")]
    Order(OrderRefusal),
    #[error("refused: {0:?}")]
    Console(ConsoleRefusal),
    #[error("refused: {0:?}")]
    Work(WorkRefusal),
    /// A mail that is being sent, or is sent, is not tried again.
    #[error("refused: the mail is {0:?}")]
    MailState(MailState),
    #[error("refused: {0:?}")]
    SignIn(SignInRefusal),
    /// The current password, asked for again, is not the right one.
    #[error("refused: the current password is another one")]
    CurrentPassword,
    #[error("refused: {0:?}")]
    Password(PasswordProblem),
    #[error("refused: {0:?}")]
    Email(EmailProblem),
    #[error("refused: {0:?}")]
    Setup(SetupRefusal),
    #[error("a name is needed, of at most 200 characters")]
    Name,
    /// There is something in the middle of a name that nobody sees.
    #[error("a name has something hidden in it: {}", .0.code())]
    HiddenInName(Hidden),
    /// The master key ring does not open what is stored.
    #[error("a stored secret could not be opened")]
    Unreadable,
    /// More work of an expensive kind than is let in at once.
    #[error("too busy")]
    Busy,
    #[error("the database URL has to start with sqlite: or postgres:")]
    UnknownDatabase,
    #[error("a stored value does not read: {0}")]
    Corrupt(&'static str),
    /// Something that the program does by itself did not come to its end.
    #[error("{0}")]
    Job(&'static str),
    #[error("database: {0}")]
    Db(#[from] sea_orm::DbErr),
}

impl From<OrderRefusal> for StoreError {
    fn from(refusal: OrderRefusal) -> Self {
        Self::Order(refusal)
    }
}

impl From<ConsoleRefusal> for StoreError {
    fn from(refusal: ConsoleRefusal) -> Self {
        Self::Console(refusal)
    }
}

impl From<RoleProblem> for StoreError {
    fn from(problem: RoleProblem) -> Self {
        match problem {
            RoleProblem::Forbidden(action) => Self::Forbidden(action),
            RoleProblem::Refused(refusal) => Self::People(refusal),
        }
    }
}

impl StoreError {
    /// Whether the database was locked, read-only or out of room: nothing is wrong with the
    /// request, and trying again may help.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Db(error) => {
                let text = error.to_string();
                matches!(error, sea_orm::DbErr::ConnectionAcquire(_) | sea_orm::DbErr::Conn(_))
                    || [
                        "locked",
                        "deadlock detected",
                        "could not serialize",
                        "readonly",
                        "read-only",
                        "disk is full",
                        "disk I/O",
                        "unable to open",
                    ]
                    .iter()
                    .any(|w| text.contains(w))
            }
            _ => false,
        }
    }
}
