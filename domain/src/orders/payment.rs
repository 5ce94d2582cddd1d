//! What an operator records when money has come, or has gone back.

use super::OrderRefusal;
use crate::money::Money;
use crate::text::line;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The longest reference of a payment or a refund.
pub const MAX_REFERENCE: usize = 64;

/// A payment or a refund as an operator typed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentForm {
    pub amount: String,
    pub date: String,
    pub reference: String,
}

/// The same, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub on: NaiveDate,
    pub reference: String,
}

impl PaymentForm {
    /// Reads the form. The amount is what is due, neither more nor less; the day lies between
    /// `from` and `today`. Rule R-PAY-1.
    pub fn read(&self, due: Money, from: NaiveDate, today: NaiveDate) -> Result<Transfer, OrderRefusal> {
        // Some write the cents after a comma.
        let amount = self.amount.trim().replace(',', ".");
        let typed = Money::parse(&amount, due.currency).map_err(|_| OrderRefusal::AmountMissing)?;
        if typed != due {
            return Err(OrderRefusal::AmountDiffers { due });
        }
        let on = NaiveDate::parse_from_str(self.date.trim(), "%Y-%m-%d").map_err(|_| OrderRefusal::DateMissing)?;
        if on < from || on > today {
            return Err(OrderRefusal::DateOutside { from, to: today });
        }
        let reference = line(&self.reference).map_err(OrderRefusal::ReferenceHidden)?;
        if reference.is_empty() {
            return Err(OrderRefusal::ReferenceMissing);
        }
        if reference.chars().count() > MAX_REFERENCE {
            let most = u32::try_from(MAX_REFERENCE).unwrap_or(u32::MAX);
            return Err(OrderRefusal::ReferenceTooLong { most });
        }
        Ok(Transfer { on, reference })
    }
}

/// A payment that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub amount: Money,
    /// The day on which it came.
    pub on: NaiveDate,
    pub reference: String,
    pub by: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule R-PAY-1.
    #[test]
    fn a_payment_is_the_amount_on_a_day_with_a_reference() {
        let due = Money::parse("1670.00", "USD".parse().unwrap()).unwrap();
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let read = |amount: &str, date: &str, reference: &str| {
            let form = PaymentForm { amount: amount.into(), date: date.into(), reference: reference.into() };
            form.read(due, day(10), day(22))
        };
        let fine = Transfer { on: day(22), reference: "TX 1".to_owned() };
        assert_eq!(read("1670.00", "2026-11-22", " TX\n1 "), Ok(fine.clone()));
        assert_eq!(read(" 1670,00", "2026-11-22", "TX 1"), Ok(fine));
        assert_eq!(read("1669.99", "2026-11-22", "x"), Err(OrderRefusal::AmountDiffers { due }));
        assert_eq!(read("1,670.00", "2026-11-22", "x"), Err(OrderRefusal::AmountMissing));
        assert_eq!(read("1670.00", "22.11.2026", "x"), Err(OrderRefusal::DateMissing));
        let outside = OrderRefusal::DateOutside { from: day(10), to: day(22) };
        assert_eq!(read("1670.00", "2026-11-23", "x"), Err(outside.clone()));
        assert_eq!(read("1670.00", "2026-11-09", "x"), Err(outside));
        assert_eq!(read("1670.00", "2026-11-10", " "), Err(OrderRefusal::ReferenceMissing));
        assert_eq!(read("1670.00", "2026-11-10", &"x".repeat(65)), Err(OrderRefusal::ReferenceTooLong { most: 64 }));
    }
}
