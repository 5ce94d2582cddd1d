//! How long a browser stays signed in, and how long guessing has to wait.

use chrono::{DateTime, TimeDelta, Utc};

/// Lives of a session. Rule R-SES-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLife {
    /// Without a request for this long, it has ended.
    pub idle: TimeDelta,
    /// It ends after this long, whatever happens.
    pub absolute: TimeDelta,
}

/// A working day idle and a week in all for companies; half an hour and a shift for operators,
/// who see every company.
pub const fn life(operator: bool) -> SessionLife {
    if operator {
        SessionLife { idle: TimeDelta::minutes(30), absolute: TimeDelta::hours(12) }
    } else {
        SessionLife { idle: TimeDelta::hours(8), absolute: TimeDelta::days(7) }
    }
}

/// Whether a session still counts at `now`.
pub fn alive(life: SessionLife, last_seen_at: DateTime<Utc>, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < expires_at && now < last_seen_at + life.idle
}

/// What failed sign-ins are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guessing {
    /// One account from one address: the person who mistypes, or a plain attack.
    AccountFromAddress,
    /// One address at many accounts.
    Address,
    /// One account from everywhere. Kept short, or strangers could lock a person out.
    Account,
}

impl Guessing {
    pub const ALL: [Self; 3] = [Self::AccountFromAddress, Self::Address, Self::Account];
}

/// Failures older than this are forgotten.
pub const FORGET_FAILURES_AFTER: TimeDelta = TimeDelta::hours(1);

/// How long the next try has to wait after so many failures in a row. Rule R-AUTH-2.
pub fn pause(kind: Guessing, failures: u32) -> TimeDelta {
    let (free, first, most) = match kind {
        Guessing::AccountFromAddress => (5, 15, 15 * 60),
        Guessing::Address => (20, 30, 15 * 60),
        Guessing::Account => (30, 2, 5),
    };
    if failures < free {
        return TimeDelta::zero();
    }
    // Doubles with every failure; the shift is bounded so that it cannot overflow.
    let seconds = first << (failures - free).min(10);
    TimeDelta::seconds(i64::from(seconds.min(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule R-SES-1.
    #[test]
    fn a_session_ends_idle_or_old() {
        let start = DateTime::UNIX_EPOCH;
        let life = life(false);
        let ends = start + life.absolute;
        let tick = TimeDelta::microseconds(1);
        assert!(alive(life, start, ends, start + life.idle - tick));
        assert!(!alive(life, start, ends, start + life.idle));
        assert!(alive(life, ends - tick, ends, ends - tick));
        assert!(!alive(life, ends, ends, ends));
        assert!(super::life(true).idle < life.idle);
    }

    /// Rule R-AUTH-2.
    #[test]
    fn guessing_gets_slower_and_nobody_is_locked_out_for_good() {
        let pair = |n| pause(Guessing::AccountFromAddress, n).num_seconds();
        assert_eq!((pair(0), pair(4), pair(5), pair(6), pair(7)), (0, 0, 15, 30, 60));
        assert_eq!(pair(u32::MAX), 900);
        assert_eq!(pause(Guessing::Account, u32::MAX).num_seconds(), 5);
        for kind in Guessing::ALL {
            for n in 0..100 {
                assert!(pause(kind, n) <= pause(kind, n + 1));
            }
        }
    }
}
