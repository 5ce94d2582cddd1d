//! The real router, asked as browsers ask: every address, every role, bad input.

mod harness;

mod bad_input;
mod canary;
mod forms;
mod graph;
mod headers;
mod pages;
mod start;
mod sweep;
