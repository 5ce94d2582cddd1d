//! E-mail addresses: what we accept as one, and when two are the same.

use serde::{Deserialize, Serialize};

/// The longest address that mail systems agree on (RFC 5321: 256 with the angle brackets).
pub const MAX_EMAIL_LEN: usize = 254;

/// Why a text is not an address we can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailProblem {
    Empty,
    TooLong,
    NotAnAddress,
    /// An alternative address equals the company's account e-mail.
    SameAsCompany,
    /// An alternative address equals the person's own account address.
    SameAsAccount,
}

/// An address as it was typed, without surrounding blanks.
///
/// Accepted is what people have: one `@`, something before it, a domain with a dot, no blanks,
/// no control characters, no brackets or quotes. That refuses header injection by its shape.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    pub fn parse(raw: &str) -> Result<Self, EmailProblem> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(EmailProblem::Empty);
        }
        if raw.len() > MAX_EMAIL_LEN {
            return Err(EmailProblem::TooLong);
        }
        let (local, host) = raw.rsplit_once('@').ok_or(EmailProblem::NotAnAddress)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        let labels_ok = host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if local_ok && labels_ok { Ok(Self(raw.to_owned())) } else { Err(EmailProblem::NotAnAddress) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique per account and that comparisons use.
    pub fn normalized(&self) -> String {
        self.0.to_lowercase()
    }

    pub fn same_as(&self, other: &Self) -> bool {
        self.normalized() == other.normalized()
    }
}

/// Hidden, so that an address cannot slip into a log line.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}
impl TryFrom<String> for Email {
    type Error = String;
    fn try_from(value: String) -> Result<Self, String> {
        Self::parse(&value).map_err(|p| format!("{p:?}"))
    }
}
impl From<Email> for String {
    fn from(value: Email) -> Self {
        value.0
    }
}

/// An address that differs from the company's account e-mail, whatever the case and the blanks.
pub fn other_than(raw: &str, company: &Email) -> Result<Email, EmailProblem> {
    let email = Email::parse(raw)?;
    if email.same_as(company) { Err(EmailProblem::SameAsCompany) } else { Ok(email) }
}

/// An address for a person that differs from the company's account e-mail, and from the
/// person's own. Rule R-MAIL-1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlternativeEmail(Email);

impl AlternativeEmail {
    pub fn parse(raw: &str, company: &Email, account: &Email) -> Result<Self, EmailProblem> {
        let email = other_than(raw, company)?;
        if email.same_as(account) {
            return Err(EmailProblem::SameAsAccount);
        }
        Ok(Self(email))
    }

    pub fn email(&self) -> &Email {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_people_have_are_accepted() {
        for good in ["a@b.de", " anna.global@contoso.example ", "o'neil+x@mail.contoso.example", "jörg@müller.example"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        assert_eq!(Email::parse("  "), Err(EmailProblem::Empty));
        assert_eq!(Email::parse(&format!("a@{}.example", "x".repeat(260))), Err(EmailProblem::TooLong));
        for bad in [
            "a",
            "a@b",
            "@b.de",
            "a@",
            "a b@c.de",
            "a@b..de",
            "a@-b.de",
            ".a@b.de",
            "a..b@c.de",
            "a@b.de\r\nBcc: x@y.de",
            "<a@b.de>",
            "a,b@c.de",
        ] {
            assert_eq!(Email::parse(bad), Err(EmailProblem::NotAnAddress), "{bad:?}");
        }
    }

    /// Rule R-MAIL-1.
    #[test]
    fn an_alternative_address_is_another_address() {
        let company = Email::parse("office@contoso.example").unwrap();
        let account = Email::parse("emil@contoso.example").unwrap();
        let parse = |raw| AlternativeEmail::parse(raw, &company, &account).map(|_| ());
        assert_eq!(parse(" OFFICE@Contoso.example "), Err(EmailProblem::SameAsCompany));
        assert_eq!(parse("Emil@contoso.EXAMPLE"), Err(EmailProblem::SameAsAccount));
        assert_eq!(parse("nope"), Err(EmailProblem::NotAnAddress));
        assert_eq!(parse("emil@home.example"), Ok(()));
    }
}
