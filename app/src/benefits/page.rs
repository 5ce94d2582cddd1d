//! The page of a category.

use super::address::Address;
#[cfg(feature = "hydrate")]
use super::detail::fetch_detail;
use super::detail::{MoreParts, Panel};
use super::keys::RevealAction;
use super::list::{Chips, Search, Table};
use super::marketing::{draw_marketing, picks};
use super::marketing_fns::{get_marketing, list_activations};
use super::offer::draw_offer;
use super::seats::draw_seats;
use super::server_fns::{ListAnswer, get_detail, list_benefits};
use super::support::draw_technical;
use super::technical_fns::get_technical;
use crate::error::AppError;
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::picker::Picker;
use crate::session::{Loaded, use_language, use_viewer};
use crate::ui::{Alert, Empty, Notice, PageHead, ViewerLink, failure_below, not_found, when_loaded};
use domain::access::Action;
use domain::benefits::view::{BenefitDetail, Trace};
use domain::catalogue::{Category, Fulfilment};
use domain::language::Language;
use domain::live::Topic;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The open row's detail; nothing while no row is open.
pub type DetailResource = Loaded<Option<Result<BenefitDetail, AppError>>>;

/// Any category, with everything that its benefits may need.
pub fn benefits_page(slug: &str) -> AnyView {
    let Some(category) = Category::from_slug(slug) else { return not_found() };
    let page = Page::load(category);
    let open = Memo::new(move |_| page.address.with(|a| a.open.clone()));
    let contact = Memo::new(move |_| page.address.with(|a| a.contact.clone()));
    let is_offers = category == Category::GoToMarket;
    let picker = Picker::new(move || {
        (is_picked_for(category) && !open.get().is_empty()) || (is_offers && contact.with(|c| picks(c)))
    });
    let opened = move |of: Category| (category == of).then(|| open.get()).filter(|open| !open.is_empty());
    let technical = load_live(
        &[Topic::Benefits, Topic::Cases],
        move || opened(Category::Technical),
        |open| async move {
            match open {
                Some(open) => Some(get_technical(open).await),
                None => None,
            }
        },
    );
    let marketing = load_live(
        &[Topic::Offers],
        move || is_offers.then_some(()),
        |wanted| async move {
            match wanted {
                Some(()) => Some(get_marketing().await),
                None => None,
            }
        },
    );
    let offer = load_live(
        &[Topic::Offers],
        move || opened(Category::GoToMarket),
        |open| async move {
            match open {
                Some(open) => Some(list_activations(open).await),
                None => None,
            }
        },
    );
    page.draw(Some(MoreParts { picker, technical, marketing, offer, top: draw_marketing, draw: draw_more }))
}

/// The software benefits, which take less.
pub fn software_page() -> AnyView {
    Page::load(Category::Software).draw(None)
}

/// What stands beside a benefit that is given to people or asked for.
fn draw_more(
    category: Category,
    address: Memo<Address>,
    detail: BenefitDetail,
    panel: Panel,
    parts: MoreParts,
) -> AnyView {
    if detail.row.fulfilment == Fulfilment::GtmActivate {
        draw_offer(detail, parts)
    } else if detail.row.fulfilment.is_technical() {
        draw_technical(address, detail, panel, parts)
    } else {
        draw_seats(category, address, detail, panel, parts)
    }
}

/// What every page of a category loads.
#[derive(Clone, Copy)]
struct Page {
    category: Category,
    address: Memo<Address>,
    list: Loaded<Result<ListAnswer, AppError>>,
    detail: DetailResource,
}

impl Page {
    fn load(category: Category) -> Self {
        let query = use_query_map();
        let address = Memo::new(move |_| query.with(Address::read));
        // Opening a row or choosing a language does not load the list again.
        let wanted = Memo::new(move |_| address.with(|a| (a.filter, a.search.clone(), a.after.clone())));
        let list = load_live(
            &[Topic::Benefits, Topic::Offers],
            move || wanted.get(),
            move |(filter, search, after)| {
                list_benefits(category.spec().slug.to_owned(), filter.slug().to_owned(), search, after)
            },
        );
        let open = Memo::new(move |_| address.with(|a| a.open.clone()));
        let detail = load_live(
            &[Topic::Benefits, Topic::Offers],
            move || open.get(),
            |open| async move { if open.is_empty() { None } else { Some(get_detail(open).await) } },
        );
        Self { category, address, list, detail }
    }

    fn draw(self, parts: Option<MoreParts>) -> AnyView {
        let Self { category, address, list, detail } = self;
        let l = use_language();
        let viewer = use_viewer();
        // Told to screen readers when a search or a filter changes the list; an effect, because a
        // resource that is read outside of a Suspense is empty on the server.
        let found = RwSignal::new(String::new());
        Effect::new(move |before: Option<Option<u64>>| {
            let total = list.get().and_then(Result::ok).map(|a| a.page.total);
            if let (Some(Some(_)), Some(total)) = (before, total) {
                found.set(t::benefits::shown(l, total));
            }
            total
        });
        // Fetched once the page is alive, so that the first arrow opens at once.
        #[cfg(feature = "hydrate")]
        Effect::new(|_| leptos::task::spawn_local(async { drop(fetch_detail().await) }));
        // Kept here, so that the keys stay in sight while list and detail are loaded anew: who saw
        // them, and that the refund right has ended, is told at once.
        let reveal = RevealAction::new();
        Effect::new(move |_| {
            if matches!(reveal.action.value().get(), Some(Ok(_))) {
                list.refetch();
                detail.refetch();
            }
        });
        view! {
            <Head category=category />
            {(category == Category::GoToMarket).then(|| parts.map(|parts| (parts.top)(address, parts)))}
            <Search category=category address=address />
            // An address that opens what is not there, or not this company's.
            <Suspense>
                {when_loaded(move || async move {
                    match detail.await {
                        Some(Err(error @ AppError::NotFound)) => Some(view! { <Alert error=error /> }),
                        _ => None,
                    }
                })}
            </Suspense>
            <Transition>
                {when_loaded(move || async move {
                    let viewer = viewer.await.ok().flatten();
                    let may_get_keys = viewer.as_ref().is_some_and(|v| v.can(Action::GetKeys));
                    let may_assign = viewer.as_ref().is_some_and(|v| v.can(assigning(category)));
                    let may_request = viewer.as_ref().is_some_and(|v| v.can(Action::SubmitAdvisoryRequest));
                    let is_mine = viewer.as_ref().is_some_and(|v| v.can(Action::OpenMyBenefits));
                    let company = viewer.as_ref().and_then(|v| v.company.clone());
                    let holds_none = viewer.is_some_and(|v| v.counts.iter().all(|&n| n == 0));
                    match list.await {
                        Err(AppError::Forbidden(Action::OpenBenefits)) if is_mine => view! { <ForEmployees /> }.into_any(),
                        // Who may open it stands above.
                        Err(AppError::Forbidden(Action::ActivateOffer)) => ().into_any(),
                        Err(error) => failure_below(&error),
                        Ok(answer) => {
                            view! {
                                <Answer
                                    category=category
                                    address=address
                                    answer=answer
                                    detail=detail
                                    reveal=reveal
                                    parts=parts
                                    may_get_keys=may_get_keys
                                    may_assign=may_assign
                                    may_request=may_request
                                    holds_none=holds_none
                                    company=company
                                />
                            }
                            .into_any()
                        }
                    }
                })}
            </Transition>
            <p class="sr-only" role="status">{found}</p>
        }
        .into_any()
    }
}

/// Whether people are picked for benefits of this category.
fn is_picked_for(category: Category) -> bool {
    let picked = [Fulfilment::SeatAssign, Fulfilment::SupportAssign];
    category.spec().fulfilments.iter().any(|f| picked.contains(f))
}

/// What giving a benefit of this category to somebody takes.
fn assigning(category: Category) -> Action {
    match category {
        Category::Technical => Action::AssignSupport,
        Category::GoToMarket => Action::ActivateOffer,
        _ => Action::AssignSeat,
    }
}

fn lede(l: Language, category: Category) -> &'static str {
    match category {
        Category::Software => t::benefits::lede_software(l),
        Category::Cloud => t::benefits::lede_cloud(l),
        Category::VisualStudio => t::benefits::lede_visual_studio(l),
        Category::Technical => t::benefits::lede_technical(l),
        Category::GoToMarket => t::benefits::lede_go_to_market(l),
    }
}

#[component]
fn Head(category: Category) -> impl IntoView {
    let l = use_language();
    let fulfilments = category.spec().fulfilments;
    let also = if is_picked_for(category) {
        Some((t::seats::assign(l), assigning(category)))
    } else {
        fulfilments.iter().any(|f| f.has_keys()).then(|| (t::software::get_keys(l), Action::GetKeys))
    };
    let opens = category.spec().opens;
    match also {
        Some(also) => {
            view! { <PageHead title=i18n::category(l, category) lede=lede(l, category) action=opens also=also /> }
                .into_any()
        }
        None => view! { <PageHead title=i18n::category(l, category) lede=lede(l, category) action=opens /> }.into_any(),
    }
}

/// Says where the role is had that assigns users.
#[component]
fn Become() -> impl IntoView {
    let l = use_language();
    view! { <p class="links"><a href="/benefits/global-admin">{t::global_admin::link(l)}</a></p> }
}

/// A person without a role: where their own benefits are.
#[component]
fn ForEmployees() -> impl IntoView {
    let l = use_language();
    view! {
        <Empty title=t::benefits::employee_title(l)>
            <p>{t::benefits::employee_text(l)}</p>
            <p>
                <a class="btn btn-primary" href="/my-benefits">{t::shell::my_benefits(l)}</a>
            </p>
        </Empty>
    }
}

#[component]
fn Answer(
    category: Category,
    address: Memo<Address>,
    answer: ListAnswer,
    detail: DetailResource,
    reveal: RevealAction,
    parts: Option<MoreParts>,
    may_get_keys: bool,
    may_assign: bool,
    may_request: bool,
    holds_none: bool,
    company: Option<String>,
) -> impl IntoView {
    let l = use_language();
    let ListAnswer { page, get_keys, assign } = answer;
    let panel = Panel {
        reveal,
        parts,
        may_get_keys,
        may_assign,
        may_request,
        get_keys: StoredValue::new(get_keys),
        assign: StoredValue::new(assign),
    };
    if page.all == 0 {
        let title = if holds_none { t::dashboard::no_package(l) } else { t::benefits::none_here(l) };
        let company = company.unwrap_or_default();
        let join = holds_none.then(|| {
            view! {
                <p>{t::dashboard::no_package_text(l, &company)}</p>
                <p><ViewerLink of=|links| links.membership.clone() label=t::dashboard::join(l) /></p>
            }
        });
        return view! {
            {(!may_assign).then(|| view! { <Become /> })}
            <Empty title=title>{join}</Empty>
        }
        .into_any();
    }
    let notices = page
        .refundable
        .iter()
        .map(|Trace { name: package, at: until }| {
            let title = t::benefits::RefundTitle { package, date: &i18n::moment(l, *until) }.say(l);
            view! {
                <Notice>
                    <b>{title}</b>
                    " "
                    {t::benefits::refund_text(l)}
                </Notice>
            }
        })
        .collect_view();
    let all = move || address.with(|_| Address::default().href(category));
    let list = if page.rows.is_empty() {
        view! {
            <p class="card pad">
                <a href=all>{t::benefits::none(l)}</a>
            </p>
        }
        .into_any()
    } else {
        view! { <Table category=category address=address page=page.clone() detail=detail panel=panel /> }.into_any()
    };
    let counts = page.counts;
    view! {
        {notices}
        {(!may_assign).then(|| view! { <Become /> })}
        <Chips category=category address=address counts=counts />
        {list}
    }
    .into_any()
}
