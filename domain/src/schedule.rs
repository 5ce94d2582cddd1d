//! What the program does by itself, when it is next done, and when that is late.

use crate::words::stored_words;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

stored_words! {
    /// Something that is done without anybody asking.
    Job {
        /// Benefits and terms that have ended are marked, and what waited for them is let go.
        Expire = "expire",
        /// Terms begin whose day has come, orders that nobody paid lapse, keys that are owed are
        /// delivered, and what is low is told.
        Orders = "orders",
        /// People are told of what ends.
        Remind = "remind",
        /// What nobody needs any more goes: ended sessions, mails that were sent long ago.
        Clean = "clean",
    }
}

/// How often a job is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    Every(TimeDelta),
    /// Each day at this hour, in UTC.
    DailyAt(u32),
}

/// The hour of the daily reminders, in UTC: before people in Europe start to work.
pub const REMINDERS_AT: u32 = 5;

impl Job {
    pub const fn rhythm(self) -> Rhythm {
        match self {
            Self::Expire | Self::Orders => Rhythm::Every(TimeDelta::minutes(1)),
            Self::Remind => Rhythm::DailyAt(REMINDERS_AT),
            Self::Clean => Rhythm::Every(TimeDelta::hours(1)),
        }
    }

    /// How long the next run may be overdue before somebody is told.
    pub const fn patience(self) -> TimeDelta {
        match self {
            Self::Expire | Self::Orders => TimeDelta::minutes(15),
            Self::Remind => TimeDelta::hours(1),
            Self::Clean => TimeDelta::hours(6),
        }
    }

    /// The first time after `now`.
    pub fn next_run(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self.rhythm() {
            Rhythm::Every(pause) => now + pause,
            Rhythm::DailyAt(hour) => {
                let at = |day: chrono::NaiveDate| {
                    day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()).and_utc()
                };
                let today = at(now.date_naive());
                if today > now { today } else { at(now.date_naive() + TimeDelta::days(1)) }
            }
        }
    }

    /// When a job that failed is tried again: later each time, but not later than it is due anyhow.
    pub fn next_try(self, now: DateTime<Utc>, failures: u32) -> DateTime<Utc> {
        let minutes = 1_i64 << failures.min(6);
        self.next_run(now).min(now + TimeDelta::minutes(minutes))
    }

    /// Whether it is to be done. A next run that is further away than its rhythm allows was set by
    /// a clock that has been put back since. Rule R-JOB-1.
    pub fn is_due(self, next_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now >= next_at || next_at > self.next_run(self.next_run(now))
    }

    /// Whether somebody has to look why it is not done. Rule R-JOB-1.
    pub fn is_late(self, next_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now > next_at + self.patience()
    }
}

/// A job, as operators and `/readyz` see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    pub job: Job,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub last_at: Option<DateTime<Utc>>,
    /// How many things the last run did; nothing when it failed or has never run.
    pub did: Option<u64>,
    /// Runs that failed since the last one that did not.
    pub failures: u32,
    /// The run that is awaited.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due_at: DateTime<Utc>,
    /// The next try of it.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub next_at: DateTime<Utc>,
    pub is_late: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2028, month, day, hour, minute, 0).unwrap()
    }

    /// Rule R-JOB-1.
    #[test]
    fn a_day_has_one_morning() {
        // The days on which Europe and America turn their clocks, a leap day, the end of a year.
        for (month, day) in [(3, 26), (10, 29), (3, 12), (11, 5), (2, 28), (2, 29), (12, 31)] {
            let morning = at(month, day, 5, 0);
            assert_eq!(Job::Remind.next_run(at(month, day, 4, 59)), morning);
            assert_eq!(Job::Remind.next_run(morning), morning + TimeDelta::days(1));
        }
        assert_eq!(Job::Remind.next_run(at(2, 28, 12, 0)), at(2, 29, 5, 0));
        assert_eq!(Job::Expire.next_run(at(2, 28, 12, 0)), at(2, 28, 12, 1));
    }

    /// Rule R-JOB-1.
    #[test]
    fn clocks_that_jump_stop_nothing() {
        let now = at(6, 1, 12, 0);
        for &job in Job::ALL {
            let next = job.next_run(now);
            assert!(!job.is_due(next, now) && !job.is_due(next, next - TimeDelta::microseconds(1)));
            assert!(job.is_due(next, next));
            assert!(job.is_due(next, next + TimeDelta::days(400)), "forward: done once, now");
            assert!(job.is_due(next, now - TimeDelta::days(400)), "back: done now, not in 400 days");
            assert!(!job.is_late(next, next + job.patience()));
            assert!(job.is_late(next, next + job.patience() + TimeDelta::microseconds(1)));
        }
    }

    #[test]
    fn failures_wait_longer_but_never_skip_a_turn() {
        let now = at(6, 1, 12, 0);
        assert_eq!(Job::Remind.next_try(now, 1), now + TimeDelta::minutes(2));
        assert_eq!(Job::Remind.next_try(now, 3), now + TimeDelta::minutes(8));
        assert_eq!(Job::Remind.next_try(now, 60), now + TimeDelta::minutes(64));
        assert_eq!(Job::Expire.next_try(now, 60), now + TimeDelta::minutes(1));
    }
}
