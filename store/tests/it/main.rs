//! What the store does, on SQLite in memory and on a real PostgreSQL: one body each, run twice.
//!
//! The tests in `postgres` modules need the server that `scripts/postgres.sh` starts (`make test` does).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops where something is wrong"
)]

mod harness;

mod accounts;
mod advisory;
mod catalogue;
mod console;
mod forms;
mod go_to_market;
mod isolation;
mod keys;
mod lists;
mod live;
mod marketing_races;
mod migrations;
mod moving;
mod order_races;
mod orders;
mod outbox;
mod people;
mod races;
mod role_requests;
mod schedule;
mod seats;
mod technical;
mod typed_text;
