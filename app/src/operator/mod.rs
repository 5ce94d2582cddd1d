//! The operator console: the queue, a piece of work, the outbox, a mail.

mod outbox;
mod queue;
mod server_fns;
mod work;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use leptos_router::{LazyRoute, lazy_route};

/// The pages of the console, in one part of the program.
pub struct OperatorPages;

#[lazy_route]
impl LazyRoute for OperatorPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let params = use_params_map();
        let has = |name: &str| params.with_untracked(|p| p.get(name).is_some());
        if has("work") {
            work::work_page()
        } else if has("mail") {
            outbox::mail_page()
        } else if use_location().pathname.with_untracked(|path| path.starts_with("/operator/outbox")) {
            outbox::outbox_page()
        } else {
            queue::queue_page()
        }
    }
}
