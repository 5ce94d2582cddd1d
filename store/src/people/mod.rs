//! People: how they get in, stay in, and look after their own account.

pub mod password;
pub mod profile;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod who_may;
