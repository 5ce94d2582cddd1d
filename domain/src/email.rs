//! E-mail addresses: what we accept as one, and when two are the same.

use crate::text::{self, Hidden};
use serde::{Deserialize, Serialize};

/// The longest address that mail systems agree on (RFC 5321: 256 with the angle brackets).
pub const MAX_EMAIL_LEN: usize = 254;

/// Why a text is not an address we can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailProblem {
    Empty,
    TooLong,
    NotAnAddress,
    /// There is something in the middle that nobody sees.
    Hidden(Hidden),
    /// Letters beyond ASCII before the `@`: most mail servers refuse those.
    LocalNotAscii,
    /// An alternative address equals the company's account e-mail.
    SameAsCompany,
    /// An alternative address equals the person's own account address.
    SameAsAccount,
}

/// An address as it was typed, without what stands around it.
///
/// Accepted is what people have: one `@`, something before it, a domain with a dot, no blanks,
/// no control characters, no brackets or quotes. That refuses header injection by its shape.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address that somebody gives us. One that few mail servers would take is questioned.
    pub fn parse(raw: &str) -> Result<Self, EmailProblem> {
        let email = Self::known(raw)?;
        if email.split().0.is_ascii() { Ok(email) } else { Err(EmailProblem::LocalNotAscii) }
    }

    /// Reads an address that is on file, or that somebody looks for.
    pub fn known(raw: &str) -> Result<Self, EmailProblem> {
        let inner = unwrapped(raw).ok_or(EmailProblem::NotAnAddress)?;
        let address = text::line(inner).map_err(EmailProblem::Hidden)?;
        if address.is_empty() {
            return Err(EmailProblem::Empty);
        }
        if address.len() > MAX_EMAIL_LEN {
            return Err(EmailProblem::TooLong);
        }
        let (local, host) = address.rsplit_once('@').ok_or(EmailProblem::NotAnAddress)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        match read_host(host) {
            Some(host) if local_ok && local.len() + 1 + host.len() > MAX_EMAIL_LEN => Err(EmailProblem::TooLong),
            Some(_) if local_ok => Ok(Self(address)),
            _ => Err(EmailProblem::NotAnAddress),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn split(&self) -> (&str, &str) {
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }

    /// The form that mail servers take: a domain in letters of the world as `xn--…`.
    pub fn deliverable(&self) -> String {
        let (local, host) = self.split();
        let host = read_host(host).unwrap_or_default();
        format!("{local}@{host}")
    }

    /// The form that is unique per account and that comparisons use: both spellings of a domain are
    /// one. In the browser, which cannot turn one into the other, they are two.
    pub fn normalized(&self) -> String {
        self.deliverable().to_lowercase()
    }

    pub fn same_as(&self, other: &Self) -> bool {
        self.normalized() == other.normalized()
    }

    /// Both spellings, for finding.
    #[cfg(any(test, feature = "unicode"))]
    pub fn found_by(&self) -> String {
        let (local, host) = self.split();
        let readable = text::fold(&format!("{local}@{}", idna::domain_to_unicode(host).0));
        let normalized = self.normalized();
        if readable == normalized { readable } else { [readable, normalized].join(" ") }
    }
}

/// What stands for the address in what somebody pasted: `Anna <a@x.example>`, `mailto:a@x.example`,
/// `a@x.example;`. Nothing where it may be another than the one that was meant.
fn unwrapped(raw: &str) -> Option<&str> {
    let mut inner = text::trim(text::trim(raw).trim_end_matches([';', ',']));
    if let Some(rest) = inner.strip_suffix('>') {
        let (name, address) = rest.split_once('<')?;
        // Outlook writes the address for a name that it does not know.
        if address.contains('<') || (name.contains('@') && !name.contains(address)) {
            return None;
        }
        inner = text::trim(address);
    }
    let is_link = inner.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    if is_link {
        let link = &inner[7..];
        // A link may bring a subject along.
        inner = link.split_once('?').map_or(link, |(address, _)| address);
    }
    Some(text::trim(inner))
}

/// The name of a host as name servers know it: in small letters, and in ASCII on the server. It has
/// a dot; each part has up to 63 letters and digits, and hyphens in between, all of it 253.
pub fn read_host(raw: &str) -> Option<String> {
    let host = to_ascii(raw)?;
    let fine = |label: &str| {
        let signs = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(signs)
    };
    (host.len() <= 253 && host.contains('.') && host.split('.').all(fine)).then_some(host)
}

/// A host's name in both spellings, for finding.
#[cfg(any(test, feature = "unicode"))]
pub fn host_found_by(host: &str) -> String {
    let ascii = to_ascii(host).unwrap_or_default();
    let readable = text::fold(&idna::domain_to_unicode(host).0);
    if ascii == readable { readable } else { [readable, ascii].join(" ") }
}

#[cfg(any(test, feature = "unicode"))]
fn to_ascii(host: &str) -> Option<String> {
    idna::domain_to_ascii(host).ok()
}
/// The browser has no tables for it; the server looks again.
#[cfg(not(any(test, feature = "unicode")))]
fn to_ascii(host: &str) -> Option<String> {
    Some(host.to_lowercase())
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
        Self::known(&value).map_err(|p| format!("{p:?}"))
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
        let long = format!("{}@contoso.example", "x".repeat(64));
        for good in [
            "a@b.de",
            " anna.global@contoso.example ",
            "o'neil+x@mail.contoso.example",
            "joerg@müller.example",
            "ANNA@Contoso.EXAMPLE",
            "anna_contoso.com#EXT#@fabrikam.onmicrosoft.com",
            "a@b.de\u{a0}",
            &long,
        ] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        assert_eq!(Email::parse("  "), Err(EmailProblem::Empty));
        assert_eq!(Email::parse(" \u{200b}"), Err(EmailProblem::Empty));
        assert_eq!(Email::parse("mailto:"), Err(EmailProblem::Empty));
        assert_eq!(Email::parse(&format!("a@{}.example", "x".repeat(260))), Err(EmailProblem::TooLong));
        // It would be longer than it looks.
        let long = format!("{}@{}example", "a".repeat(20), "ü.".repeat(29));
        assert_eq!(Email::parse(&long), Err(EmailProblem::TooLong));
        for bad in [
            "a",
            "a@b",
            "@b.de",
            "a@",
            "a b@c.de",
            "a@b..de",
            "a@b.de.",
            "a@-b.de",
            "a@xn--.de",
            "a@b_c.de",
            ".a@b.de",
            "a..b@c.de",
            "a@b.de\r\nBcc: x@y.de",
            "a,b@c.de",
            "a@b.de, c@d.de",
            "a@b.de; Carl <c@d.de>",
            "Anna <a@b.de>; Carl <c@d.de>",
            "Anna <a@b.de> x",
        ] {
            assert_eq!(Email::parse(bad), Err(EmailProblem::NotAnAddress), "{bad:?}");
        }
    }

    #[test]
    fn the_address_is_taken_out_of_what_stands_around_it() {
        for pasted in [
            "anna@x.example;",
            "anna@x.example,",
            "anna@x.example ; ",
            "mailto:anna@x.example",
            "MAILTO:anna@x.example?subject=Hello",
            "Anna <anna@x.example>",
            "\"Global, Anna\" <anna@x.example>;",
            "Global, Anna <mailto:anna@x.example>",
            "'anna@x.example' <anna@x.example>",
            "<anna@x.example>",
            "anna@x.example\u{200b}",
            "\u{feff}anna@x.example",
            "\u{202a}anna@x.example\u{202c}",
            "Anna <\u{200b}anna@x.example\u{200b}>",
        ] {
            assert_eq!(Email::parse(pasted).unwrap().as_str(), "anna@x.example", "{pasted:?}");
        }
        let hidden = Email::parse("an\u{200b}na@x.example");
        assert_eq!(hidden, Err(EmailProblem::Hidden(Hidden('\u{200b}'))));
    }

    #[test]
    fn both_spellings_of_a_domain_are_one_person() {
        let typed = Email::parse("Kaethe@MÜLLER-xy.example").unwrap();
        assert_eq!(typed.as_str(), "Kaethe@MÜLLER-xy.example", "shown as it was typed");
        assert_eq!(typed.deliverable(), "Kaethe@xn--mller-xy-65a.example");
        assert_eq!(typed.normalized(), "kaethe@xn--mller-xy-65a.example");
        for same in [
            "kaethe@xn--mller-xy-65a.example",
            "kaethe@XN--MLLER-XY-65A.example",
            "kaethe@mu\u{308}ller-xy.example",
            "KAETHE@müller-xy.EXAMPLE",
        ] {
            assert!(typed.same_as(&Email::parse(same).unwrap()), "{same}");
        }
        assert!(!typed.same_as(&Email::parse("kaethe@mueller-xy.example").unwrap()));
        assert_eq!(typed.found_by(), "kaethe@muller-xy.example kaethe@xn--mller-xy-65a.example");
        assert_eq!(Email::parse("A@b.example").unwrap().found_by(), "a@b.example");
        assert_eq!(read_host(" "), None);
        assert_eq!(read_host("Contoso.Example").as_deref(), Some("contoso.example"));
    }

    #[test]
    fn a_mailbox_that_few_servers_take_is_questioned_and_still_known() {
        assert_eq!(Email::parse("jörg@müller.example"), Err(EmailProblem::LocalNotAscii));
        assert_eq!(Email::parse("jo\u{308}rg@mueller.example"), Err(EmailProblem::LocalNotAscii));
        assert_eq!(Email::known("Jörg@mueller.example").unwrap().normalized(), "jörg@mueller.example");
        // The Kelvin sign is a K.
        assert_eq!(Email::parse("\u{212a}ai@b.example").unwrap().normalized(), "kai@b.example");
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
