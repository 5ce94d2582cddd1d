//! People: how they get in, stay in, and look after their own account and
//! those of their company.

pub mod account;
pub mod invitation;
pub(crate) mod names;
pub mod password;
pub mod profile;
pub mod reminders;
pub mod role_request;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod who_may;
