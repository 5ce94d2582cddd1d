//! User management: the people of a company, their roles, and what they hold.

mod list;
mod new;
mod person;
mod server_fns;

pub use list::UsersPage;
pub use new::NewUserPage;
pub use person::PersonPage;
