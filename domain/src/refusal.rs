//! Why something is refused that no other module decides. The wording is in
//! `locales/*/refusals.json`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why nobody of a company can act now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyRefusal {
    InPredecessor,
    Suspended,
}

/// Why a sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInRefusal {
    /// The same answer for an unknown account, a wrong password and one without a password.
    Mismatch,
    TooManyTries {
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
    },
    /// Said only to somebody who knows the password.
    Disabled,
    CompanySuspended,
}

/// Why the first operator cannot be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupRefusal {
    /// Unknown, used or too old.
    Token,
    AlreadyDone,
}
