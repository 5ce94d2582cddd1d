//! The real router, asked as browsers ask: every address, every role, bad input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops where something is wrong"
)]

mod harness;

mod bad_input;
mod canary;
mod files;
mod forms;
mod graph;
mod headers;
mod invoice;
mod live;
mod mail;
mod markup;
mod pages;
mod people;
mod start;
mod sweep;
