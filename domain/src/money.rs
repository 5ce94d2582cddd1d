//! Amounts of money in minor units (cents), never floating point.

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code with two decimal places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}
impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
impl From<Currency> for String {
    fn from(value: Currency) -> Self {
        value.as_str().to_owned()
    }
}
impl TryFrom<String> for Currency {
    type Error = MoneyProblem;
    fn try_from(value: String) -> Result<Self, MoneyProblem> {
        value.parse()
    }
}
impl std::str::FromStr for Currency {
    type Err = MoneyProblem;
    fn from_str(s: &str) -> Result<Self, MoneyProblem> {
        match s.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyProblem::NotACurrency),
        }
    }
}

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyProblem {
    #[error("not three capital letters")]
    NotACurrency,
    #[error("not a plain decimal with two digits after the point")]
    NotAnAmount,
    #[error("below zero")]
    Negative,
    #[error("too large")]
    TooLarge,
}

/// An amount in minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    /// No price of a package comes near this (one thousand million of a currency's units).
    pub const MAX_MINOR: i64 = 100_000_000_000;

    /// Reads `1670.00`: digits, a point, exactly two digits; no sign, no grouping.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyProblem> {
        if amount.starts_with('-') {
            return Err(MoneyProblem::Negative);
        }
        let (whole, cents) = amount.split_once('.').ok_or(MoneyProblem::NotAnAmount)?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(cents) || cents.len() != 2 {
            return Err(MoneyProblem::NotAnAmount);
        }
        let minor = format!("{whole}{cents}").parse::<i64>().map_err(|_| MoneyProblem::TooLarge)?;
        if minor > Self::MAX_MINOR {
            return Err(MoneyProblem::TooLarge);
        }
        Ok(Self { minor, currency })
    }
}

/// The plain form that [`Money::parse`] reads, with the currency behind it: `1670.00 USD`.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02} {}", self.minor / 100, self.minor % 100, self.currency.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(amount: &str) -> Result<i64, MoneyProblem> {
        Money::parse(amount, "USD".parse().unwrap()).map(|m| m.minor)
    }

    #[test]
    fn only_the_plain_form_is_an_amount() {
        assert_eq!(usd("475.00"), Ok(47_500));
        assert_eq!(usd("0.00"), Ok(0));
        assert_eq!(usd("-1.00"), Err(MoneyProblem::Negative));
        for bad in ["475", "475.0", "1,670.00", "1e3.00", "", ".", "+1.00", ".50", "1.000"] {
            assert_eq!(usd(bad), Err(MoneyProblem::NotAnAmount), "{bad}");
        }
        assert_eq!(usd("99999999999999999999.00"), Err(MoneyProblem::TooLarge));
        assert!("usd".parse::<Currency>().is_err());
    }
}
