//! The year that an order buys, and when it can be renewed.

use chrono::{DateTime, Months, TimeDelta, Utc};

/// From this long before the anniversary until this long after it, a term can be renewed.
/// Rule R-TERM-2.
pub const RENEWAL_WINDOW: TimeDelta = TimeDelta::days(30);

/// The anniversary: the same day a year later, 28 February for 29 February. Rule R-TERM-1.
///
/// `None` only beyond the calendar's end.
pub fn anniversary(starts_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    starts_at.checked_add_months(Months::new(12))
}

/// First instant at which a term can be renewed. Rule R-TERM-2.
pub fn renewal_starts(ends_at: DateTime<Utc>) -> DateTime<Utc> {
    ends_at - RENEWAL_WINDOW
}

/// Last instant at which a term can be renewed. Rule R-TERM-2.
pub fn renewal_ends(ends_at: DateTime<Utc>) -> DateTime<Utc> {
    ends_at + RENEWAL_WINDOW
}

/// First instant at which a term that nobody renewed is over for good: what is in use goes on until
/// then, and nothing new begins after the anniversary. Rule R-TERM-3.
pub fn lapses_at(ends_at: DateTime<Utc>) -> DateTime<Utc> {
    renewal_ends(ends_at)
}

/// When the term of a renewal begins: at the old anniversary; at the payment, when that came too
/// late for the old term. Rule R-TERM-4.
pub fn renewed_from(old_ends_at: DateTime<Utc>, paid_at: DateTime<Utc>) -> DateTime<Utc> {
    if paid_at <= renewal_ends(old_ends_at) { old_ends_at } else { paid_at }
}

/// Whether a term that ends at `ends_at` can be renewed at `now`. Rule R-TERM-2.
pub fn renewable(ends_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= renewal_starts(ends_at) && now <= renewal_ends(ends_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    /// Rules R-TERM-1 and R-TERM-2.
    #[test]
    fn a_year_ends_on_the_same_day_and_the_window_is_thirty_days_each_way() {
        let at = |y, m, d| Utc.with_ymd_and_hms(y, m, d, 9, 30, 0).unwrap();
        assert_eq!(anniversary(at(2026, 11, 22)), Some(at(2027, 11, 22)));
        assert_eq!(anniversary(at(2028, 2, 29)), Some(at(2029, 2, 28)));
        let end = at(2027, 11, 22);
        let tick = TimeDelta::microseconds(1);
        assert!(renewable(end - RENEWAL_WINDOW, end - RENEWAL_WINDOW));
        assert!(!renewable(end, end - RENEWAL_WINDOW - tick));
        assert!(renewable(end, end - RENEWAL_WINDOW));
        assert!(renewable(end, end + RENEWAL_WINDOW));
        assert!(!renewable(end, end + RENEWAL_WINDOW + tick));
    }

    /// Rules R-TERM-3 and R-TERM-4.
    #[test]
    fn a_renewal_goes_on_where_the_old_term_ends_unless_that_lapsed() {
        let end = Utc.with_ymd_and_hms(2027, 11, 22, 9, 30, 0).unwrap();
        let late = lapses_at(end) + TimeDelta::microseconds(1);
        assert_eq!(lapses_at(end), end + TimeDelta::days(30));
        assert_eq!(renewed_from(end, end - TimeDelta::days(20)), end);
        assert_eq!(renewed_from(end, lapses_at(end)), end);
        assert_eq!(renewed_from(end, late), late);
    }
}
