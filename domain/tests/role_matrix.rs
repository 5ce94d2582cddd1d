//! Prints the policy table and compares it with the committed one.
//!
//! After a decision: `UPDATE=1 cargo test -p domain --test role_matrix`, and read the diff.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops where something is wrong"
)]

use domain::access::{Action, Capacity, Role, allows};

fn name(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Role(Role::GlobalAdmin) => "global",
        Capacity::Role(Role::UserAdmin) => "users",
        Capacity::Role(Role::AdminAgent) => "agent",
        Capacity::Role(Role::MpnPartnerAdmin) => "mpn",
        Capacity::Employee => "employee",
        Capacity::Operator => "operator",
    }
}

fn printed() -> String {
    let mut out = format!("{:<24}", "action");
    for capacity in Capacity::ALL {
        out += &format!("{:>10}", name(capacity));
    }
    for &action in Action::ALL {
        out += &format!("\n{:<24}", format!("{action:?}"));
        for capacity in Capacity::ALL {
            out += &format!("{:>10}", if allows(capacity, action) { "yes" } else { "-" });
        }
    }
    out + "\n"
}

#[test]
fn the_policy_table_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/role_matrix.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, printed()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(committed == printed(), "the policy changed; see the head of this file\n{}", printed());
}

#[test]
fn an_operator_never_gets_a_key_and_a_company_never_runs_the_programme() {
    assert!(!allows(Capacity::Operator, Action::GetKeys));
    for capacity in Capacity::ALL.into_iter().filter(|&c| c != Capacity::Operator) {
        for action in [Action::ManageCatalogue, Action::ManageKeyPools, Action::WorkQueue, Action::ManageCompanies] {
            assert!(!allows(capacity, action), "{capacity:?} {action:?}");
        }
    }
}
