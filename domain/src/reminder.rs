//! When people are told that something ends.

use crate::access::{Action, Principal};
use crate::catalogue::Fulfilment;
use crate::words::stored_words;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many days before an end people can be told.
pub const THRESHOLDS: [u16; 5] = [90, 60, 30, 7, 1];
/// Nobody opts out of this one.
pub const LAST: u16 = 1;
/// How far ahead the first reminder looks.
pub const HORIZON: TimeDelta = TimeDelta::days(90);
/// Lines of a digest; how many more there are is said.
pub const MOST_LINES: usize = 50;

stored_words! {
    /// What ends.
    Ending {
        /// A benefit that nobody has used can no longer be activated.
        Activation = "activation",
        /// A benefit can no longer be used.
        Benefit = "benefit",
        Term = "term",
    }
}

/// The days that a person has chosen, from what a form or a column says; the last one is always
/// among them.
pub fn parse_days(text: &str) -> Vec<u16> {
    let chosen: Vec<u16> = text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    THRESHOLDS.into_iter().filter(|n| *n == LAST || chosen.contains(n)).collect()
}

pub fn write_days(days: &[u16]) -> String {
    days.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

/// Calendar days from a day to the day of an end, both in UTC.
pub fn days_until(ends_at: DateTime<Utc>, today: NaiveDate) -> i64 {
    (ends_at.date_naive() - today).num_days()
}

/// Which reminder of an end a person gets now: the nearest threshold that has come, unless it, or
/// a nearer one, was told already. Whoever missed some days is told once, not of each. Rule R-REM-1.
pub fn due_threshold(ends_at: DateTime<Utc>, now: DateTime<Utc>, chosen: &[u16], told: &[u16]) -> Option<u16> {
    if now >= ends_at {
        return None;
    }
    let left = days_until(ends_at, now.date_naive());
    let nearest = chosen.iter().copied().filter(|n| left <= i64::from(*n)).min()?;
    told.iter().all(|n| *n > nearest).then_some(nearest)
}

/// Whether somebody is told of the end of a benefit that nobody has used: whoever can begin with
/// it. Rule R-REM-2.
pub fn may_begin(who: &Principal, fulfilment: Fulfilment) -> bool {
    match fulfilment {
        Fulfilment::SoftwareKey | Fulfilment::CloudKey => who.can(Action::GetKeys),
        Fulfilment::UsageAssign | Fulfilment::SeatAssign => who.can(Action::AssignSeat),
        Fulfilment::SupportAssign => who.can(Action::AssignSupport),
        Fulfilment::RequestForm => who.can(Action::SubmitAdvisoryRequest),
        Fulfilment::GtmActivate => who.can(Action::ActivateOffer),
        Fulfilment::DownloadOnly | Fulfilment::None => false,
    }
}

/// A line of a digest, and of a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingLine {
    pub ending: Ending,
    /// The product; the package for a term.
    pub name: String,
    pub package: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2028, 2, day, hour, 30, 0).unwrap()
    }

    /// Rule R-REM-1.
    #[test]
    fn each_threshold_once_and_the_missed_ones_together() {
        let end = Utc.with_ymd_and_hms(2028, 3, 1, 9, 30, 0).unwrap();
        let due = |now, told: &[u16]| due_threshold(end, now, &THRESHOLDS, told);
        // 2028 is a leap year: the 29th is a day.
        assert_eq!(due(at(22, 5), &[90, 60, 30]), None, "eight days");
        assert_eq!(due(at(23, 5), &[90, 60, 30]), Some(7));
        assert_eq!(due(at(23, 23), &[7]), None, "once");
        assert_eq!(due(at(28, 5), &[7]), None);
        assert_eq!(due(at(29, 5), &[7]), Some(1));
        assert_eq!(due(at(29, 5), &[]), Some(1), "one mail for all that was missed");
        assert_eq!(due(at(23, 5), &[1]), None, "a clock that was put back repeats nothing");
        assert_eq!(due(end - TimeDelta::microseconds(1), &[7]), Some(1), "the last instant");
        assert_eq!(due(end, &[]), None);
        assert_eq!(due(end + TimeDelta::days(3), &[]), None);
        // Who wants only the last.
        assert_eq!(due_threshold(end, at(23, 5), &[1], &[]), None);
    }

    #[test]
    fn nobody_opts_out_of_the_last_one() {
        assert_eq!(parse_days(""), [1]);
        assert_eq!(parse_days("7, 90,x,12,-1"), [90, 7, 1]);
        assert_eq!(parse_days(&write_days(&THRESHOLDS)), THRESHOLDS);
    }
}
