//! The time, to the microsecond that both databases keep, and movable by tests.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// Stands still until a test moves it.
    Set(Arc<Mutex<DateTime<Utc>>>),
    /// The machine's, and as many seconds more as a file says. For a demo that plays a year through.
    Ahead(Arc<Path>),
}

impl Clock {
    pub fn at(time: DateTime<Utc>) -> Self {
        Self::Set(Arc::new(Mutex::new(time)))
    }

    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Ahead(file) => {
                let seconds = std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok());
                let ahead = TimeDelta::try_seconds(seconds.unwrap_or(0)).unwrap_or_default();
                Self::System.now() + ahead
            }
            Self::Set(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a clock that was set; the machine's own is not ours to move.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Set(time) = self {
            *time.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}
