//! Mails in words: the same letter as plain text, as HTML, and on the outbox page.
//!
//! Invariant: what a person wrote is text in all three, never markup and never a header.

use crate::i18n::{self, t};
use domain::benefits::advisory::CaseState;
use domain::language::Language;
use domain::mail::{Letter, MailFacts};

/// What stands in for an invitation's token where the mail is only looked at.
const HIDDEN: &str = "…";

/// Whom a letter goes to, and where its links lead.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub language: Language,
    /// Empty when it is not known.
    pub name: &'a str,
    /// The address that browsers use, without a slash at its end.
    pub base_url: &'a str,
    /// An invitation's token; only the mail itself has it.
    pub token: Option<&'a str>,
}

/// The letter that tells these facts.
pub fn letter(facts: &MailFacts, to: &Reader<'_>) -> Letter {
    use t::mails as m;
    let l = to.language;
    let link = |label: &'static str, path: &str| Some((label.to_owned(), [to.base_url, path].concat()));
    let mut letter = Letter {
        subject: String::new(),
        greeting: if to.name.is_empty() { m::hello_nobody(l).to_owned() } else { m::hello(l, to.name) },
        paragraphs: Vec::new(),
        facts: Vec::new(),
        quote: None,
        link: None,
        closing: m::closing(l).to_owned(),
    };
    let fact = |name: &'static str, value: &str| (name.to_owned(), value.to_owned());
    let quote = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match facts {
        MailFacts::Invitation { by, company } => {
            letter.subject = m::invitation_subject(l).to_owned();
            letter.paragraphs = vec![m::InvitationText { by, company }.say(l), m::invitation_life(l).to_owned()];
            letter.link = link(m::invitation_link(l), &["/invitation?token=", to.token.unwrap_or(HIDDEN)].concat());
        }
        MailFacts::RoleDecided { approved, by, reason, company } => {
            let (subject, text) = if *approved {
                (m::role_approved_subject(l), m::RoleApprovedText { by, company }.say(l))
            } else {
                (m::role_declined_subject(l), m::RoleDeclinedText { by, company }.say(l))
            };
            letter.subject = subject.to_owned();
            letter.paragraphs = vec![text];
            letter.quote = quote(reason);
            letter.link = link(m::role_link(l), "/benefits/global-admin");
        }
        MailFacts::SeatAssigned { product, package, by } => {
            letter.subject = m::seat_subject(l, product);
            letter.paragraphs = vec![m::seat_text(l, by)];
            letter.facts = vec![fact(m::product(l), product), fact(m::package(l), package)];
            letter.link = link(m::mine_link(l), "/my-benefits");
        }
        MailFacts::SupportActive { person, company, product, package } => {
            letter.subject = m::support_subject(l).to_owned();
            letter.paragraphs = vec![
                m::SupportText { company, person }.say(l),
                m::support_how(l).to_owned(),
                m::SupportBoth { person, company }.say(l),
            ];
            letter.facts = vec![fact(m::product(l), product), fact(m::package(l), package)];
            letter.link = link(m::mine_link(l), "/my-benefits");
        }
        MailFacts::SupportDeclined { person, product, package, reason } => {
            letter.subject = m::support_declined_subject(l).to_owned();
            letter.paragraphs = vec![m::support_declined_text(l, person)];
            letter.facts = vec![fact(m::product(l), product), fact(m::package(l), package)];
            letter.quote = quote(reason);
            letter.link = link(m::technical_link(l), "/benefits/technical");
        }
        MailFacts::OfferActive { company, product, package, until, instructions, text } => {
            letter.subject = m::offer_subject(l, product);
            letter.paragraphs = vec![m::OfferText { product, company, date: &i18n::date(l, *until) }.say(l)];
            if !instructions.is_empty() {
                letter.paragraphs.push(instructions.clone());
            }
            letter.paragraphs.push(m::offer_why(l, company));
            letter.facts = vec![
                fact(m::product(l), product),
                fact(m::package(l), package),
                fact(m::until(l), &i18n::date(l, *until)),
            ];
            letter.quote = quote(text);
            letter.link = link(m::offer_link(l), "/benefits/go-to-market");
        }
        MailFacts::OfferDeclined { product, package, reason } => {
            letter.subject = m::offer_declined_subject(l, product);
            letter.paragraphs = vec![m::offer_declined_text(l).to_owned()];
            letter.facts = vec![fact(m::product(l), product), fact(m::package(l), package)];
            letter.quote = quote(reason);
            letter.link = link(m::offer_link(l), "/benefits/go-to-market");
        }
        MailFacts::CaseSubmitted { number, title, product, hours } => {
            letter.subject = m::case_submitted_subject(l, number);
            letter.paragraphs = vec![m::case_submitted_text(l, title), m::case_submitted_hours(l, u64::from(*hours))];
            letter.facts = vec![fact(m::case(l), number), fact(m::product(l), product)];
            letter.link = link(m::case_link(l), &case_path(number));
        }
        MailFacts::CaseMoved { number, title, state, used, released, text } => {
            letter.subject = m::CaseMovedSubject { number, state: i18n::case_state(l, *state) }.say(l);
            letter.paragraphs = vec![match state {
                CaseState::Delivered => m::case_delivered(l, title),
                CaseState::Closed => m::case_closed(l, title),
                CaseState::Declined => m::case_declined(l, title),
                CaseState::Draft | CaseState::Submitted | CaseState::InContact | CaseState::Withdrawn => {
                    m::case_in_contact(l, title)
                }
            }];
            if *state == CaseState::Delivered {
                let hours = |n: u32| t::words::hours(l, u64::from(n));
                letter.paragraphs.push(m::CaseUsed { used: &hours(*used), released: &hours(*released) }.say(l));
            }
            letter.quote = quote(text);
            letter.facts = vec![fact(m::case(l), number)];
            letter.link = link(m::case_link(l), &case_path(number));
        }
        MailFacts::CaseAnswered { number, title, text } => {
            letter.subject = m::case_answered_subject(l, number);
            letter.paragraphs = vec![m::case_answered_text(l, title)];
            letter.quote = quote(text);
            letter.facts = vec![fact(m::case(l), number)];
            letter.link = link(m::case_link(l), &case_path(number));
        }
        MailFacts::Reminders { company, lines, more } => {
            letter.subject = m::reminders_subject(l, lines.len() as u64 + u64::from(*more));
            letter.paragraphs = vec![m::reminders_text(l, company)];
            if *more > 0 {
                letter.paragraphs.push(m::reminders_more(l, u64::from(*more)));
            }
            letter.paragraphs.push(m::reminders_how(l).to_owned());
            letter.facts = lines.iter().map(|line| (i18n::ending(l, line), i18n::date(l, line.at))).collect();
            letter.link = link(m::reminders_link(l), "/");
        }
        MailFacts::JobLate { job, since } => {
            letter.subject = m::job_subject(l, i18n::job(l, *job));
            letter.paragraphs = vec![m::JobText { job: i18n::job(l, *job), date: &i18n::moment(l, *since) }.say(l)];
            letter.link = link(m::job_link(l), "/operator/jobs");
        }
        MailFacts::OrderPlaced { number, package, price, until, pay_to } => {
            letter.subject = m::OrderPlacedSubject { number, package }.say(l);
            letter.paragraphs = vec![m::order_placed_text(l, &i18n::date(l, *until))];
            letter.facts = vec![
                fact(m::order_number(l), number),
                fact(m::package(l), package),
                fact(m::order_price(l), &i18n::money(l, *price)),
                fact(m::order_until(l), &i18n::date(l, *until)),
            ];
            letter.quote = quote(pay_to);
            letter.link = link(m::order_link(l), "/membership/orders");
        }
        MailFacts::OrderPaid { number, package, from, until, owed } => {
            letter.subject = m::order_paid_subject(l, package);
            letter.paragraphs =
                vec![m::OrderPaidText { package, from: &i18n::date(l, *from), until: &i18n::date(l, *until) }.say(l)];
            if *owed > 0 {
                letter.paragraphs.push(m::order_paid_owed(l, u64::from(*owed)));
            }
            letter.facts = vec![fact(m::order_number(l), number)];
            letter.link = link(m::order_link(l), "/membership/orders");
        }
        MailFacts::OrderLapsed { number, package } => {
            letter.subject = m::order_lapsed_subject(l, number);
            letter.paragraphs = vec![m::order_lapsed_text(l, package)];
            letter.link = link(m::offers_link(l), "/membership/offers");
        }
        MailFacts::CancellationDecided { number, order, package, refund, reason } => {
            (letter.subject, letter.paragraphs) = match refund {
                Some(amount) => (
                    m::cancellation_approved_subject(l, number),
                    vec![m::CancellationApprovedText { package, amount: &i18n::money(l, *amount) }.say(l)],
                ),
                None => (m::cancellation_declined_subject(l, number), vec![m::cancellation_declined_text(l, package)]),
            };
            letter.quote = quote(reason);
            letter.facts = vec![fact(m::order_number(l), order)];
            letter.link = link(m::cancellation_link(l), "/membership/orders");
        }
        MailFacts::KeysDelivered { product, package, keys } => {
            letter.subject = m::keys_delivered_subject(l, product);
            letter.paragraphs = vec![m::keys_delivered_text(l, u64::from(*keys))];
            letter.facts = vec![fact(m::product(l), product), fact(m::package(l), package)];
            letter.link = link(m::keys_link(l), "/benefits/software");
        }
        MailFacts::KeyWithdrawn { product, package, replaced } => {
            let text = if *replaced { m::key_withdrawn_replaced(l) } else { m::key_withdrawn_owed(l) };
            letter.subject = m::key_withdrawn_subject(l, product);
            letter.paragraphs = vec![text.to_owned()];
            letter.facts = vec![fact(m::product(l), product), fact(m::package(l), package)];
            letter.link = link(m::keys_link(l), "/benefits/software");
        }
        MailFacts::LowStock { product, left, owed } => {
            letter.subject = m::low_stock_subject(l, product);
            letter.paragraphs = vec![m::low_stock_text(l, u64::from(*left), product)];
            if *owed > 0 {
                letter.paragraphs.push(m::low_stock_owed(l, u64::from(*owed)));
            }
            letter.link = link(m::low_stock_link(l), "/operator/keys");
        }
        MailFacts::Test { by } => {
            letter.subject = m::test_subject(l).to_owned();
            letter.paragraphs = vec![m::test_text(l, by)];
        }
    }
    letter
}

fn case_path(number: &str) -> String {
    ["/benefits/technical/requests/", number].concat()
}

/// The letter as plain text.
pub fn plain(letter: &Letter) -> String {
    let mut parts = vec![letter.greeting.clone()];
    parts.extend(letter.paragraphs.iter().cloned());
    if let Some(quote) = &letter.quote {
        parts.push(quote.lines().map(|line| ["> ", line].concat()).collect::<Vec<_>>().join("\n"));
    }
    if !letter.facts.is_empty() {
        let lines: Vec<String> = letter.facts.iter().map(|(name, value)| [name, ": ", value].concat()).collect();
        parts.push(lines.join("\n"));
    }
    if let Some((label, href)) = &letter.link {
        parts.push([label, ":\n", href].concat());
    }
    parts.push(["-- \n", &letter.closing].concat());
    parts.join("\n\n") + "\n"
}

/// What a text is inside HTML, in an attribute as well.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The letter as HTML. Styles are inline, because that is what mail programs read.
pub fn html(letter: &Letter, language: Language) -> String {
    const TEXT: &str = "margin:0 0 14px";
    let mut body = String::new();
    let mut add = |text: &str| body.push_str(text);
    add(&format!("<p style=\"{TEXT}\">{}</p>", escape(&letter.greeting)));
    for paragraph in &letter.paragraphs {
        add(&format!("<p style=\"{TEXT}\">{}</p>", escape(paragraph)));
    }
    if let Some(quote) = &letter.quote {
        let text = escape(quote).replace('\n', "<br>");
        add(&format!(
            "<blockquote style=\"margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #0b6e69\">{text}</blockquote>"
        ));
    }
    if !letter.facts.is_empty() {
        add("<table role=\"presentation\" style=\"margin:0 0 14px;border-collapse:collapse\">");
        for (name, value) in &letter.facts {
            add(&format!(
                "<tr><td style=\"padding:2px 16px 2px 0;color:#545d69\">{}</td><td style=\"padding:2px 0\">{}</td></tr>",
                escape(name),
                escape(value)
            ));
        }
        add("</table>");
    }
    if let Some((label, href)) = &letter.link {
        add(&format!(
            "<p style=\"margin:18px 0\"><a href=\"{}\" style=\"display:inline-block;padding:10px 16px;background:#0b6e69;color:#ffffff;text-decoration:none;border-radius:5px\">{}</a></p>",
            escape(href),
            escape(label)
        ));
    }
    format!(
        "<!DOCTYPE html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\
         <body style=\"margin:0;padding:24px;background:#f7f8f9;color:#15191e;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\">\
         <div style=\"max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e1e4e8;border-radius:8px\">{body}\
         <p style=\"margin:20px 0 0;padding-top:12px;border-top:1px solid #e1e4e8;color:#545d69;font-size:13px\">{closing}</p></div></body></html>",
        tag = language.tag(),
        title = escape(&letter.subject),
        closing = escape(&letter.closing),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(facts: &MailFacts, language: Language) -> Letter {
        letter(facts, &Reader { language, name: "Emil <b>", base_url: "https://b.example", token: Some("secret") })
    }

    #[test]
    fn what_people_write_is_text_everywhere() {
        let facts = MailFacts::CaseAnswered {
            number: "AR-2026-00001".to_owned(),
            title: "<script>alert(1)</script>".to_owned(),
            text: "one\n\"two\" & <three>".to_owned(),
        };
        let letter = of(&facts, Language::En);
        let html = html(&letter, Language::En);
        assert!(!html.contains("<script>") && !html.contains("<three>") && !html.contains("Emil <b>"), "{html}");
        assert!(html.contains("&quot;two&quot; &amp; &lt;three&gt;"), "{html}");
        assert!(plain(&letter).contains("> one\n> \"two\" & <three>"), "{}", plain(&letter));
    }

    #[test]
    fn only_an_invitation_has_the_token() {
        let invitation = MailFacts::Invitation { by: "Anna".to_owned(), company: "Contoso".to_owned() };
        for language in Language::ALL {
            assert!(plain(&of(&invitation, language)).contains("https://b.example/invitation?token=secret"));
            let test = MailFacts::Test { by: "Olga".to_owned() };
            assert!(!plain(&of(&test, language)).contains("secret"));
        }
        let looked_at = letter(
            &invitation,
            &Reader { language: Language::En, name: "", base_url: "https://b.example", token: None },
        );
        assert!(looked_at.greeting == "Hello," && plain(&looked_at).contains("token=…"));
    }

    #[test]
    fn each_language_has_its_words() {
        let facts = MailFacts::CaseMoved {
            number: "AR-2026-00001".to_owned(),
            title: "Umzug".to_owned(),
            state: CaseState::Delivered,
            used: 1,
            released: 7,
            text: String::new(),
        };
        assert_eq!(of(&facts, Language::De).subject, "AR-2026-00001: Erbracht");
        assert!(of(&facts, Language::De).paragraphs[1].contains("1 Stunde. Zurückgegeben: 7 Stunden"));
        assert!(of(&facts, Language::En).paragraphs[1].contains("1 hour. Given back: 7 hours"));
    }
}
