//! The operator console: the queue, a piece of work, the outbox, a mail, the jobs; orders,
//! catalogue, key pools, companies.

mod catalogue;
mod companies;
mod console_fns;
mod jobs;
mod keys;
mod moving;
mod orders;
mod outbox;
mod queue;
mod server_fns;
mod work;

pub use catalogue::{catalogue_page, trial_page};
pub use companies::{companies_page, company_page};
pub use jobs::jobs_page;
pub use keys::{import_page, key_page, keys_page, pool_page};
pub use moving::move_page;
pub use orders::{order_page, orders_page};
pub use outbox::{mail_page, outbox_page};
pub use queue::queue_page;
pub use work::work_page;
