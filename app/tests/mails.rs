//! Every mail as its reader gets it, in both languages: subject and text. The committed file is
//! read when a sentence changes: `UPDATE=1 cargo test -p app --features ssr --test mails`.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use app::mail::{Reader, letter, plain};
use chrono::{DateTime, Utc};
use domain::benefits::advisory::CaseState;
use domain::language::Language;
use domain::mail::MailFacts;
use domain::money::Money;
use domain::reminder::{Ending, EndingLine};
use domain::schedule::Job;
use std::collections::BTreeSet;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Each value says what it is, so that one in another's place is seen.
fn samples() -> Vec<MailFacts> {
    let s = str::to_owned;
    let (product, package, company) = (s("<product>"), s("<package>"), s("<company>"));
    let (by, person, reason, number, title) = (s("<by>"), s("<person>"), s("<reason>"), s("<number>"), s("<title>"));
    let (from, until) = (at("2027-01-02T03:04:05Z"), at("2028-01-02T03:04:05Z"));
    let money = Money { minor: 123_456, currency: "EUR".parse().unwrap() };
    let line = |ending, name: &str, package: &str| EndingLine { ending, name: s(name), package: s(package), at: until };
    let moved = |state, used, released| MailFacts::CaseMoved {
        number: number.clone(),
        title: title.clone(),
        state,
        used,
        released,
        text: s("<text>"),
    };
    let decided = |approved| MailFacts::RoleDecided {
        approved,
        by: by.clone(),
        reason: reason.clone(),
        company: company.clone(),
    };
    let cancelled = |refund| MailFacts::CancellationDecided {
        number: number.clone(),
        order: s("<order>"),
        package: package.clone(),
        refund,
        reason: reason.clone(),
    };
    let withdrawn = |replaced| MailFacts::KeyWithdrawn { product: product.clone(), package: package.clone(), replaced };
    let paid = |owed| MailFacts::OrderPaid { number: number.clone(), package: package.clone(), from, until, owed };
    let keys = |keys| MailFacts::KeysDelivered { product: product.clone(), package: package.clone(), keys };
    let stock = |left, owed| MailFacts::LowStock { product: product.clone(), left, owed };
    vec![
        MailFacts::Invitation { by: by.clone(), company: company.clone() },
        decided(true),
        decided(false),
        MailFacts::SeatAssigned { product: product.clone(), package: package.clone(), by: by.clone() },
        MailFacts::SupportActive {
            person: person.clone(),
            company: company.clone(),
            product: product.clone(),
            package: package.clone(),
        },
        MailFacts::SupportDeclined {
            person,
            product: product.clone(),
            package: package.clone(),
            reason: reason.clone(),
        },
        MailFacts::OfferActive {
            company: company.clone(),
            product: product.clone(),
            package: package.clone(),
            until,
            instructions: s("<instructions>"),
            text: s("<text>"),
        },
        MailFacts::OfferDeclined { product: product.clone(), package: package.clone(), reason: reason.clone() },
        MailFacts::CaseSubmitted { number: number.clone(), title: title.clone(), product: product.clone(), hours: 7 },
        moved(CaseState::InContact, 0, 0),
        moved(CaseState::Delivered, 1, 7),
        moved(CaseState::Closed, 0, 0),
        moved(CaseState::Declined, 0, 0),
        MailFacts::CaseAnswered { number: number.clone(), title, text: s("<text>") },
        MailFacts::Reminders {
            company,
            lines: vec![
                line(Ending::Activation, "<product>", "<package>"),
                line(Ending::Benefit, "<product>", "<package>"),
                line(Ending::Term, "<package>", "<package>"),
            ],
            more: 2,
        },
        MailFacts::JobLate { job: Job::ALL[0], since: from },
        MailFacts::OrderPlaced {
            number: number.clone(),
            package: package.clone(),
            price: money,
            until,
            pay_to: s("<pay to>"),
        },
        paid(0),
        paid(3),
        MailFacts::OrderLapsed { number: number.clone(), package: package.clone() },
        cancelled(Some(money)),
        cancelled(None),
        keys(1),
        keys(3),
        withdrawn(true),
        withdrawn(false),
        stock(1, 0),
        stock(0, 4),
        MailFacts::Test { by },
    ]
}

fn printed() -> String {
    let mut out = String::new();
    for facts in samples() {
        for language in Language::ALL {
            let to = Reader { language, name: "<name>", base_url: "https://benefits.example", token: Some("<token>") };
            let letter = letter(&facts, &to);
            let rule = "=".repeat(20);
            out += &format!(
                "{rule} {} {}\n{}\n{}\n{}\n",
                facts.kind(),
                language.tag(),
                letter.subject,
                "-".repeat(letter.subject.chars().count()),
                plain(&letter)
            );
        }
    }
    out
}

#[test]
fn every_mail_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mails.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, printed()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(committed == printed(), "a mail changed; see the head of this file\n{}", printed());
}

#[test]
fn there_is_a_sample_of_every_kind() {
    let kinds: BTreeSet<&str> = samples().iter().map(MailFacts::kind).collect();
    assert_eq!(kinds, MailFacts::KINDS.iter().copied().collect());
}
