//! User management: the people of a company, their roles, and what they hold.

mod list;
mod new;
mod person;
mod server_fns;

pub use list::users_page;
pub use new::new_user_page;
pub use person::person_page;
