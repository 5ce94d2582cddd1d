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

/// Whether a term that ends at `ends_at` can be renewed at `now`. Rule R-TERM-2.
pub fn renewable(ends_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= ends_at - RENEWAL_WINDOW && now <= ends_at + RENEWAL_WINDOW
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
}
