//! The parts that the program comes in, and which page is in which.
//!
//! Every part more makes many more files: what two parts share is a file, and so is what three
//! share. So pages that are opened together, or draw the same, are one part. The router knows few
//! addresses of theirs, because each of its routes is part of the first download of every page;
//! which page it is, is told here.

use crate::cases::{case_page, list_page, new_page};
use crate::dashboard::dashboard_page;
use crate::global_admin::global_admin_page;
use crate::membership::membership_page;
use crate::my_benefits::my_benefits_page;
use crate::operator::{
    catalogue_page, companies_page, company_page, import_page, jobs_page, key_page, keys_page, mail_page, move_page,
    order_page, orders_page, outbox_page, pool_page, queue_page, trial_page, work_page,
};
use crate::profile::profile_page;
use crate::ui::not_found;
use crate::users::{new_user_page, person_page, users_page};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::{LazyRoute, lazy_route};

/// Where everybody starts: the dashboard, and what one holds.
#[lazy]
fn home_page(of: Home) -> AnyView {
    match of {
        Home::Dashboard => dashboard_page(),
        Home::MyBenefits => my_benefits_page(),
    }
}

#[derive(Clone, Copy)]
enum Home {
    Dashboard,
    MyBenefits,
}

pub struct DashboardPage;

impl LazyRoute for DashboardPage {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        home_page(Home::Dashboard).await
    }

    async fn preload() {
        #[cfg(feature = "hydrate")]
        __preload_home_page().await;
    }
}

pub struct MyBenefitsPage;

impl LazyRoute for MyBenefitsPage {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        home_page(Home::MyBenefits).await
    }

    async fn preload() {
        #[cfg(feature = "hydrate")]
        __preload_home_page().await;
    }
}

/// Accounts: one's own, and those of the company.
pub struct AccountPages;

#[lazy_route]
impl LazyRoute for AccountPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        whichever(&["/account/"], |path| match parts(path)[..] {
            ["account", "profile"] => profile_page(),
            ["account", "users"] => users_page(),
            ["account", "users", "new"] => new_user_page(),
            ["account", "users", id] => person_page(id.to_owned()),
            _ => not_found(),
        })
    }
}

/// On which something is asked for or decided: "Become a global admin", the cases, the operator
/// console. They draw the same requests.
pub struct RequestPages;

#[lazy_route]
impl LazyRoute for RequestPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        whichever(&["/operator/", "/benefits/technical/requests", "/benefits/global-admin"], request_page)
    }
}

/// What was bought, and what can be.
pub struct MembershipPages;

#[lazy_route]
impl LazyRoute for MembershipPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        whichever(&["/membership/"], membership_page)
    }
}

/// The page of the address, as it changes within these areas; on the way to another one, the last
/// stays as it is.
fn whichever(areas: &'static [&'static str], page: fn(&str) -> AnyView) -> AnyView {
    let path = use_location().pathname;
    let here = Memo::new(move |before: Option<&String>| {
        let path = path.get();
        let is_ours = areas.iter().any(|area| path.starts_with(area));
        if is_ours { path } else { before.cloned().unwrap_or(path) }
    });
    (move || page(&here.get())).into_any()
}

pub fn parts(path: &str) -> Vec<&str> {
    path.trim_matches('/').split('/').collect()
}

fn request_page(path: &str) -> AnyView {
    match parts(path)[..] {
        ["benefits", "global-admin"] => global_admin_page(),
        ["benefits", "technical", "requests"] => list_page(),
        ["benefits", "technical", "requests", "new"] => new_page(),
        ["benefits", "technical", "requests", number] => case_page(number.to_owned()),
        ["operator", "queue"] => queue_page(),
        ["operator", "queue", id] => work_page(id.to_owned()),
        ["operator", "jobs"] => jobs_page(),
        ["operator", "orders"] => orders_page(),
        ["operator", "orders", id] => order_page(id.to_owned()),
        ["operator", "catalogue"] => catalogue_page(),
        ["operator", "catalogue", id] => trial_page(id.to_owned()),
        ["operator", "keys"] => keys_page(),
        ["operator", "keys", "import", id] => import_page(id.to_owned()),
        ["operator", "keys", product] => pool_page(product.to_owned()),
        ["operator", "keys", product, id] => key_page(product.to_owned(), id.to_owned()),
        ["operator", "companies"] => companies_page(),
        ["operator", "companies", "import", id] => move_page(id.to_owned()),
        ["operator", "companies", id] => company_page(id.to_owned()),
        ["operator", "outbox"] => outbox_page(),
        ["operator", "outbox", id] => mail_page(id.to_owned()),
        _ => not_found(),
    }
}
