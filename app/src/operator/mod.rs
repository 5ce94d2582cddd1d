//! The operator console: the queue, a piece of work, the outbox, a mail.

mod outbox;
mod queue;
mod server_fns;
mod work;

pub use outbox::{mail_page, outbox_page};
pub use queue::queue_page;
pub use work::work_page;
