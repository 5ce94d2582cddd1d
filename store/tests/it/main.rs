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
mod isolation;
mod keys;
mod lists;
mod migrations;
mod outbox;
mod people;
mod races;
mod role_requests;
mod seats;
mod technical;
