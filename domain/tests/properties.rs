//! What holds for every sequence and every value, not only for the examples.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops where something is wrong"
)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::benefits::seat::{ReassignLimits, SeatFacts, assignable, removable};
use domain::email::Email;
use domain::language::Language;
use domain::money::Money;
use domain::orders::refund::{OrderFacts, refundable};
use domain::orders::term::{anniversary, renewable};
use proptest::prelude::*;

fn at(micros: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::microseconds(micros)
}

/// A benefit's seats, moved only as the rules allow.
#[derive(Clone, Debug, Default)]
struct Seats {
    holders: Vec<Option<(u8, DateTime<Utc>)>>,
    ever_held: Vec<bool>,
    reassigned: u32,
}

#[derive(Clone, Debug)]
enum Command {
    Assign { person: u8 },
    Remove { seat: usize },
    Wait { days: i64 },
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (0u8..12).prop_map(|person| Command::Assign { person }),
        3 => (0usize..6).prop_map(|seat| Command::Remove { seat }),
        2 => (0i64..40).prop_map(|days| Command::Wait { days }),
    ]
}

proptest! {
    #[test]
    fn seats_out_never_exceed_the_grant(
        granted in 0u32..6, lock_days in 0u32..50, at_most in proptest::option::of(0u32..5),
        commands in proptest::collection::vec(command(), 0..120),
    ) {
        let limits = ReassignLimits { lock_days, at_most, one_per_person: true };
        let mut seats = Seats { holders: vec![None; granted as usize], ever_held: vec![false; granted as usize], ..Seats::default() };
        let mut now = DateTime::UNIX_EPOCH;
        let expires_at = now + TimeDelta::days(365);
        for command in commands {
            match command {
                Command::Wait { days } => now += TimeDelta::days(days),
                Command::Remove { seat } => {
                    if let Some(Some((_, since))) = seats.holders.get(seat).copied()
                        && removable(&limits, since, now).is_ok()
                    {
                        prop_assert!(now - since >= TimeDelta::days(i64::from(lock_days)));
                        seats.holders[seat] = None;
                    }
                }
                Command::Assign { person } => {
                    let free = seats.holders.iter().position(Option::is_none);
                    let facts = SeatFacts {
                        granted,
                        out: seats.holders.iter().flatten().count() as u32,
                        limits,
                        reassigned: seats.reassigned,
                        had_holder: free.is_some_and(|s| seats.ever_held[s]),
                        person_holds_one: seats.holders.iter().flatten().any(|(p, _)| *p == person),
                        person_disabled: false,
                        for_oneself: false,
                        person_asks: false,
                        last_given: None,
                        expires_at,
                    };
                    if assignable(&facts, now).is_ok() {
                        let seat = free.expect("a seat is free when the rule says so");
                        seats.reassigned += u32::from(seats.ever_held[seat]);
                        seats.ever_held[seat] = true;
                        seats.holders[seat] = Some((person, now));
                        prop_assert!(now < expires_at);
                    }
                }
            }
            let held: Vec<u8> = seats.holders.iter().flatten().map(|(p, _)| *p).collect();
            prop_assert!(held.len() <= granted as usize);
            let mut once = held.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), held.len(), "somebody holds two");
            if let Some(limit) = at_most {
                prop_assert!(seats.reassigned <= limit);
            }
        }
    }

    #[test]
    fn once_refused_for_time_always_refused(paid in 0i64..1_000_000_000_000, first in 0i64..10_000_000_000_000, later in 0i64..10_000_000_000_000) {
        let order = OrderFacts { paid_at: Some(at(paid)), first_key_revealed_at: None, ended_at: None, bought_elsewhere: false };
        if refundable(&order, at(first)).is_err() {
            prop_assert!(refundable(&order, at(first + later)).is_err());
        }
    }

    #[test]
    fn a_revealed_key_is_never_refundable(paid in proptest::option::of(any::<u32>()), seen in any::<u32>(), now in any::<u32>()) {
        let order = OrderFacts { paid_at: paid.map(|p| at(i64::from(p))), first_key_revealed_at: Some(at(i64::from(seen))), ended_at: None, bought_elsewhere: false };
        prop_assert!(refundable(&order, at(i64::from(now))).is_err());
    }

    #[test]
    fn a_term_is_renewable_at_its_anniversary(start in 0i64..4_000_000_000_000_000) {
        let end = anniversary(at(start)).unwrap();
        prop_assert!(end > at(start) + TimeDelta::days(364) && end <= at(start) + TimeDelta::days(366));
        prop_assert!(renewable(end, end));
    }

    #[test]
    fn an_amount_reads_back(minor in 0i64..=Money::MAX_MINOR) {
        let money = Money { minor, currency: "EUR".parse().unwrap() };
        let text = money.to_string();
        prop_assert_eq!(Money::parse(text.strip_suffix(" EUR").unwrap(), money.currency), Ok(money));
    }

    #[test]
    fn an_address_reads_back_and_has_no_line_break(raw in "\\PC{0,40}|[a-z.@\\r\\n<>, -]{0,30}|[a-z]{1,9}@[a-z]{1,9}\\.[a-z]{2,4}") {
        if let Ok(email) = Email::parse(&raw) {
            prop_assert_eq!(Email::parse(email.as_str()).unwrap(), email.clone());
            prop_assert!(!email.as_str().contains(['\r', '\n', ' ', '<', '>', ',']));
        }
    }

    #[test]
    fn no_header_breaks_the_language_reader(header in "\\PC{0,200}") {
        let _ = Language::from_accept_language(&header);
    }
}
