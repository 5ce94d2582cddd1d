//! What is true: the types and rules that server and browser share.
//!
//! Invariant: nothing here does I/O, reads a clock, draws a random number or holds a sentence
//! for a person. Time is a parameter, refusals are enums of facts.

pub mod access;
pub mod audit;
pub mod benefits;
pub mod catalogue;
pub mod console;
pub mod email;
pub mod file;
pub mod id;
pub mod language;
pub mod licence_key;
pub mod live;
pub mod mail;
pub mod money;
pub mod orders;
pub mod password;
pub mod people;
pub mod phone;
pub mod queue;
pub mod refusal;
pub mod reminder;
pub mod schedule;
pub mod session;
pub mod text;
pub mod theme;
pub mod view;
mod words;
