//! The one binary: configuration, router, sessions, command line.
//!
//! Invariant: no business rule and no SQL here. What a request may do is decided behind it.

pub mod calendar;
pub mod cli;
pub mod config;
pub mod export;
pub mod forms;
pub mod invoice;
mod live;
pub mod mail;
pub mod request;
pub mod router;
pub mod schedule;
mod sent;
pub mod start;
