//! The parts that the program comes in, and which page is in which.
//!
//! Every part more makes many more files: what two parts share is a file, and so is what three
//! share. So pages that are opened together, or draw the same, are one part. The router knows few
//! addresses of theirs, because each of its routes is part of the first download of every page;
//! which page it is, is told here.

#[cfg(feature = "hydrate")]
use crate::benefits::detail;
use crate::benefits::{benefits_page, seats_pages, software_page};
use crate::cases::{case_page, list_page, new_page};
use crate::dashboard::dashboard_page;
use crate::error::AppError;
use crate::global_admin::global_admin_page;
use crate::membership::membership_page;
use crate::my_benefits::my_benefits_page;
use crate::operator::{
    catalogue_page, companies_page, company_page, import_page, jobs_page, key_page, keys_page, mail_page, move_page,
    order_page, orders_page, outbox_page, pool_page, queue_page, trial_page, work_page,
};
use crate::parts::{Missing, part};
use crate::profile::profile_page;
use crate::ui::{failure, not_found};
use crate::users::{new_user_page, person_page, users_page};
use domain::catalogue::Category;
use leptos::prelude::*;
use leptos_router::LazyRoute;
use leptos_router::hooks::use_url;
use leptos_router::location::Url;

part! {
    /// Where everybody starts: the dashboard, and what one holds.
    fn home_part / fetch_home() -> AnyView {
        whichever(|path| match path {
            "/my-benefits" => my_benefits_page(),
            _ => dashboard_page(),
        })
    }

    /// The software benefits: the page that most people open, and the smallest.
    fn software_part / fetch_software() -> AnyView {
        whichever(|_| software_page())
    }

    /// Any category, with everything that its benefits may need.
    fn benefits_part / fetch_benefits() -> AnyView {
        whichever(|path| benefits_page(parts(path).last().copied().unwrap_or_default()))
    }

    /// Who holds the seats of a benefit.
    fn seats_part / fetch_seats() -> AnyView {
        whichever(seats_pages)
    }

    /// Accounts: one's own, and those of the company.
    fn account_part / fetch_account() -> AnyView {
        whichever(|path| match parts(path)[..] {
            ["account", "profile"] => profile_page(),
            ["account", "users"] => users_page(),
            ["account", "users", "new"] => new_user_page(),
            ["account", "users", id] => person_page(id.to_owned()),
            _ => not_found(),
        })
    }

    /// On which something is asked for or decided: "Become a global admin", the cases, the operator
    /// console. They draw the same requests.
    fn request_part / fetch_requests() -> AnyView {
        whichever(request_page)
    }

    /// What was bought, and what can be.
    fn membership_part / fetch_membership() -> AnyView {
        whichever(membership_page)
    }
}

/// A route whose pages are in a part.
macro_rules! route {
    ($($route:ident = $part:ident / $fetch:ident $(with $more:path)?),+ $(,)?) => {$(
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_this: Self) -> AnyView {
                $part().await.unwrap_or_else(|Missing| failure(&AppError::Offline))
            }

            async fn preload() {
                #[cfg(feature = "hydrate")]
                {
                    let fetched = $fetch().await.is_ok();
                    $(let fetched = fetched && $more().await.is_ok();)?
                    crate::travel::arrived(fetched).await;
                }
            }
        }
    )+};
}

route! {
    HomePages = home_part / fetch_home,
    SoftwarePage = software_part / fetch_software with fetch_details,
    BenefitsPages = benefits_part / fetch_benefits with fetch_details,
    SeatsPages = seats_part / fetch_seats,
    AccountPages = account_part / fetch_account,
    RequestPages = request_part / fetch_requests,
    MembershipPages = membership_part / fetch_membership,
}

/// The details are a part of the program of their own, which a list does without. An address that
/// opens a row needs it before the page that the server drew is taken over.
#[cfg(feature = "hydrate")]
async fn fetch_details() -> Result<(), leptos::wasm_split::SplitLoaderError> {
    if window().location().search().is_ok_and(|query| query.contains("open=")) {
        detail::fetch_detail().await
    } else {
        Ok(())
    }
}

/// Fetches what the page with this address needs, before anything of it is shown.
#[cfg(feature = "hydrate")]
pub async fn fetch(path: &str) -> Result<(), Missing> {
    match parts(path)[..] {
        [""] | ["my-benefits"] => fetch_home().await?,
        ["account", ..] => fetch_account().await?,
        ["membership", ..] => fetch_membership().await?,
        ["operator", ..] | ["benefits", "technical", "requests", ..] | ["benefits", "global-admin"] => {
            fetch_requests().await?;
        }
        ["benefits", "software"] => fetch_software().await?,
        ["benefits", _, _, "seats", ..] => fetch_seats().await?,
        ["benefits", _] => fetch_benefits().await?,
        _ => {}
    }
    Ok(())
}

/// The page of the address, among those of a route. Each has an address of its own, which stands
/// still once another page is on its way: nothing of it reacts to what is not meant for it. Until the
/// next one has what it shows, it stays: the router waits for the first page of a route, which is
/// therefore drawn at once, and each further one is waited for here.
fn whichever(page: fn(&str) -> AnyView) -> AnyView {
    let (url, outer) = (use_url(), Owner::current().unwrap_or_default());
    let path = Memo::new(move |_| url.with(|url| url.path().to_owned()));
    // While a page is taken over, all is drawn in the server's order.
    #[cfg(feature = "hydrate")]
    let first = StoredValue::new_local(crate::travel::is_taken_over().then(|| {
        let path = path.get_untracked();
        let page = draw_page(page, &path, url, &outer);
        (path, page)
    }));
    #[cfg(feature = "hydrate")]
    let is_first = StoredValue::new(true);
    let draw = move || {
        let path = path.get();
        let outer = outer.clone();
        #[cfg(feature = "hydrate")]
        let drawn = first.try_update_value(Option::take).flatten().filter(|(of, _)| *of == path).map(|(_, page)| page);
        #[cfg(feature = "hydrate")]
        let waits = !is_first.try_update_value(|first| std::mem::replace(first, false)).unwrap_or(true);
        Suspend::new(async move {
            #[cfg(feature = "hydrate")]
            match drawn {
                Some(drawn) => drawn,
                None if waits => crate::travel::while_loading(|| draw_page(page, &path, url, &outer)).await,
                None => draw_page(page, &path, url, &outer),
            }
            #[cfg(not(feature = "hydrate"))]
            draw_page(page, &path, url, &outer)
        })
    };
    draw.into_any()
}

/// A page with an owner and an address of its own.
fn draw_page(page: fn(&str) -> AnyView, path: &str, url: ReadSignal<Url>, outer: &Owner) -> AnyView {
    use leptos::tachys::reactive_graph::OwnedView;
    let owner = outer.child();
    let view = owner.with(|| {
        let own = ArcRwSignal::new(url.get_untracked());
        provide_context::<ArcRwSignal<Url>>(own.clone());
        let here = path.to_owned();
        Effect::new(move |_| {
            let now = url.get();
            if now.path() == here && *own.read_untracked() != now {
                own.set(now);
            }
        });
        untrack(|| page(path))
    });
    OwnedView::new_with_owner(view, owner).into_any()
}

/// Where the details of a benefit stand in its list.
pub fn detail_id(benefit: &str) -> String {
    ["detail-", benefit].concat()
}

/// The address that opens a benefit in its list.
pub fn opened_href(category: Category, benefit: &str) -> String {
    ["/benefits/", category.spec().slug, "?open=", benefit, "#", &detail_id(benefit)].concat()
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
