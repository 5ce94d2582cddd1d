//! Requests for advisory hours and presales services: the list, the form, a case.
//!
//! What is typed into the form is a draft on the server, so that a closed tab loses nothing.

mod case;
mod list;
mod new;
mod server_fns;

pub use case::case_page;
pub use list::list_page;
pub use new::new_page;
