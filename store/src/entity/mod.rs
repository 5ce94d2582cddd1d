//! The tables as they are. Rows with secrets (hashes, ciphertexts) never leave this crate.

pub mod assignment;
pub mod audit_chain;
pub mod audit_event;
pub mod benefit;
pub mod catalogue_version;
pub mod company;
pub mod installation;
pub mod key_reveal;
pub mod licence_key;
pub mod marketing_contact;
pub mod order;
pub mod package;
pub mod package_item;
pub mod package_version;
pub mod product;
pub mod product_version;
pub mod seat;
pub mod session;
pub mod setup_token;
pub mod sign_in_throttle;
pub mod term;
pub mod user;
pub mod user_role;
