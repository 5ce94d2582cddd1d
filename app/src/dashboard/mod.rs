//! Where the day starts: what needs attention, and the packages.

use crate::error::AppError;
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::{use_language, use_viewer};
use crate::ui::{Empty, Notice, PageHead, StepState, ViewerLink, failure, table_head, when_loaded};
use domain::access::Action;
use domain::catalogue::{Category, Fulfilment};
use domain::language::Language;
use domain::live::Topic;
use domain::view::{Attention, Concern, Dashboard, Few, HeldPackage, OperatorDashboard};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The dashboard of whoever asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Board {
    Company(Dashboard),
    /// A person without a role sees their own benefits only.
    Employee,
    Operator(OperatorDashboard),
}

#[server(prefix = "/api", endpoint = "dashboard/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_dashboard() -> Result<Board, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    if ctx.principal.can(Action::ManageKeyPools) {
        answer(store::dashboard::get_operator_dashboard(&ctx).await).map(Board::Operator)
    } else if ctx.principal.can(Action::OpenBenefits) {
        answer(store::dashboard::get_dashboard(&ctx).await).map(Board::Company)
    } else {
        answer(ctx.authorize(Action::OpenMyBenefits)).map(|()| Board::Employee)
    }
}

pub fn dashboard_page() -> AnyView {
    let board = load_live(
        &[Topic::Benefits, Topic::Offers, Topic::Cases, Topic::People, Topic::Orders, Topic::Queue, Topic::Console],
        || (),
        |()| get_dashboard(),
    );
    let l = use_language();
    let viewer = use_viewer();
    view! {
        <Suspense>
            {when_loaded(move || async move {
                let company = viewer.await.ok().flatten().and_then(|v| v.company).unwrap_or_default();
                match board.await {
                    Ok(Board::Company(board)) => view! { <CompanyBoard board=board company=company /> }.into_any(),
                    Ok(Board::Employee) => {
                        view! {
                            <PageHead title=t::dashboard::title(l) lede=t::dashboard::employee_lede(l, &company) action=Action::OpenMyBenefits />
                            <p>
                                <a class="btn btn-primary" href="/my-benefits">{t::shell::my_benefits(l)}</a>
                            </p>
                        }
                        .into_any()
                    }
                    Ok(Board::Operator(board)) => view! { <OperatorBoard board=board /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn CompanyBoard(board: Dashboard, company: String) -> impl IntoView {
    let l = use_language();
    let head = view! {
        <PageHead title=t::dashboard::title(l) lede=t::dashboard::lede(l, &company) action=Action::OpenBenefits />
    };
    let is_empty = [&board.ends, &board.waits, &board.free].into_iter().all(|few| few.lines.is_empty());
    let orders = board.orders.into_iter().map(|order| {
        let href = ["/membership/orders/", &order.id.to_string()].concat();
        let told = t::dashboard::OrderWaits {
            number: &order.number,
            package: &order.package,
            date: &i18n::date(l, order.until),
        }
        .say(l);
        view! { <Notice><a href=href>{told}</a></Notice> }
    });
    let orders = orders.collect_view();
    if board.packages.is_empty() && is_empty {
        return view! {
            {head}
            {orders}
            <Empty title=t::dashboard::no_package(l)>
                <p>{t::dashboard::no_package_text(l, &company)}</p>
                <p><a class="btn btn-primary" href="/membership/offers">{t::dashboard::to_offers(l)}</a></p>
                <p><ViewerLink of=|links| links.membership.clone() label=t::dashboard::join(l) /></p>
            </Empty>
        }
        .into_any();
    }
    let requests = (board.role_requests > 0).then(|| {
        view! {
            <Notice>
                <a href="/benefits/global-admin">{t::global_admin::waiting(l, board.role_requests)}</a>
            </Notice>
        }
    });
    let contact = board.needs_contact.then(|| {
        view! {
            <Notice>
                <a href="/benefits/go-to-market">{t::dashboard::needs_contact(l)}</a>
            </Notice>
        }
    });
    let waits_none = if board.cases > 0 { "" } else { t::dashboard::waits_none(l) };
    let cases = (board.cases > 0).then(|| {
        view! {
            <p class="below">
                <a href="/benefits/technical/requests?filter=open">{t::dashboard::cases(l, board.cases)}</a>
            </p>
        }
    });
    view! {
        {head}
        {orders}
        {requests}
        {contact}
        <Section title=t::dashboard::ends(l) none=t::dashboard::ends_none(l) few=board.ends />
        <Section title=t::dashboard::waits(l) none=waits_none few=board.waits />
        {cases}
        <Section title=t::dashboard::free(l) none=t::dashboard::free_none(l) few=board.free />
        <h2 class="section">{t::dashboard::packages(l)}</h2>
        <div class="cards">{board.packages.into_iter().map(|p| view! { <Package package=p /> }).collect_view()}</div>
    }
    .into_any()
}

fn concern(l: Language, line: &Attention) -> String {
    match line.concern {
        Concern::ActivateBy(at) => t::dashboard::concern_activate(l, &i18n::date(l, at)),
        Concern::Ends(at) => t::dashboard::concern_ends(l, &i18n::date(l, at)),
        Concern::Grace(at) => t::dashboard::concern_grace(l, &i18n::date(l, at)),
        Concern::Pending => t::dashboard::concern_pending(l).to_owned(),
        Concern::SeatsFree(n) => t::dashboard::concern_seats(l, u64::from(n)),
        Concern::HoursFree(Some(n)) => t::dashboard::concern_hours(l, u64::from(n)),
        Concern::HoursFree(None) => t::dashboard::concern_hours_unlimited(l).to_owned(),
        Concern::OfferFree => t::dashboard::concern_offer(l).to_owned(),
    }
}

/// What the reader does about it: its words and its address.
fn next_step(l: Language, line: &Attention) -> (&'static str, String) {
    let open = crate::pages::opened_href(line.category, &line.benefit.to_string());
    if !line.may || matches!(line.concern, Concern::Pending | Concern::Ends(_) | Concern::Grace(_)) {
        return (t::dashboard::step_open(l), open);
    }
    match line.fulfilment {
        Fulfilment::SoftwareKey | Fulfilment::CloudKey => (t::software::get_keys(l), open),
        Fulfilment::UsageAssign => (t::seats::assign_self(l), open),
        Fulfilment::SeatAssign | Fulfilment::SupportAssign => (t::seats::assign(l), open),
        Fulfilment::RequestForm => {
            (t::technical::request(l), ["/benefits/technical/requests/new?for=", &line.benefit.to_string()].concat())
        }
        Fulfilment::GtmActivate => (t::marketing::activate(l), open),
        Fulfilment::DownloadOnly | Fulfilment::None => (t::dashboard::step_open(l), open),
    }
}

#[component]
fn Section(title: &'static str, none: &'static str, few: Few) -> impl IntoView {
    let l = use_language();
    let Few { lines, more } = few;
    if lines.is_empty() {
        return view! {
            <h2 class="section">{title}</h2>
            {(!none.is_empty()).then(|| view! { <p class="card pad">{none}</p> })}
        }
        .into_any();
    }
    let head = [t::dashboard::benefit(l), t::dashboard::package(l), t::dashboard::what(l), t::dashboard::next(l)];
    view! {
        <h2 class="section">{title}</h2>
        <section class="card" aria-label=title>
            <table class="table even" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">
                    {lines
                        .into_iter()
                        .map(|line| {
                            let (step, href) = next_step(l, &line);
                            let label = [step, ": ", &line.name, ", ", &line.package].concat();
                            view! {
                                <tr role="row">
                                    <th role="rowheader" scope="row" class="name">{line.name.clone()}</th>
                                    <td role="cell" data-label=head[1]>{line.package.clone()}</td>
                                    <td role="cell" data-label=head[2]>{concern(l, &line)}</td>
                                    <td role="cell"><a href=href aria-label=label>{step}</a></td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </section>
        {more.then(|| view! { <p class="hint below">{t::dashboard::more(l)}</p> })}
    }
    .into_any()
}

#[component]
fn Package(package: HeldPackage) -> impl IntoView {
    let l = use_language();
    let term =
        t::dashboard::Term { start: &i18n::date(l, package.starts_at), end: &i18n::date(l, package.ends_at) }.say(l);
    let step = move |category: Category, label: &'static str, done: bool| {
        view! {
            <li>
                <a href=["/benefits/", category.spec().slug].concat()>{label}</a>
                <StepState done=done />
            </li>
        }
    };
    let order = ["/membership/orders/", &package.order.to_string()].concat();
    let renew = ["/membership/offers/", &package.code].concat();
    let renew_label = t::dashboard::renew_of(l, &package.name);
    let done = package.is_upcoming
        || package.keys_seen && package.seats_assigned && (package.contact_set || !package.has_offers);
    view! {
        <section class="card pad">
            <h3>{package.name}</h3>
            <p class="hint num">{term}</p>
            <p class="hint"><a href=order>{t::dashboard::order_link(l)}</a></p>
            {package
                .is_grace
                .then(|| {
                    let until = t::dashboard::grace(l, &i18n::date(l, package.lapses_at));
                    view! { <p><span class="status status-warn">{until}</span></p> }
                })}
            {package
                .renewable
                .then(|| {
                    view! {
                        <p>
                            <span class="status status-warn">{t::dashboard::renewable(l)}</span>
                            " "
                            <a href=renew aria-label=renew_label>{t::dashboard::renew(l)}</a>
                        </p>
                    }
                })}
            {package
                .renewed_from
                .map(|from| view! { <p class="hint">{t::dashboard::renewed(l, &i18n::date(l, from))}</p> })}
            {package
                .is_upcoming
                .then(|| view! { <p class="hint">{t::dashboard::upcoming(l, &i18n::date(l, package.starts_at))}</p> })}
            {(package.keys_owed > 0)
                .then(|| view! { <p class="hint">{t::dashboard::owed(l, u64::from(package.keys_owed))}</p> })}
            {package
                .refundable_until
                .map(|until| view! { <p class="hint">{t::dashboard::refundable(l, &i18n::moment(l, until))}</p> })}
            {(!done)
                .then(|| {
                    view! {
                        <h4>{t::dashboard::steps(l)}</h4>
                        <ul class="steps">
                            {step(Category::Software, t::dashboard::step_keys(l), package.keys_seen)}
                            {step(Category::VisualStudio, t::dashboard::step_seats(l), package.seats_assigned)}
                            {package
                                .has_offers
                                .then(|| step(Category::GoToMarket, t::dashboard::step_contact(l), package.contact_set))}
                        </ul>
                    }
                })}
        </section>
    }
}

#[component]
fn OperatorBoard(board: OperatorDashboard) -> impl IntoView {
    let l = use_language();
    let head = [t::dashboard::product(l), t::dashboard::in_stock(l), t::dashboard::allocated(l), t::console::owed(l)];
    let low = board.stock.iter().filter(|row| row.is_low).count() as u64;
    let version = board.catalogue_version.map_or_else(|| t::dashboard::none_yet(l).to_owned(), |n| n.to_string());
    view! {
        <PageHead title=t::dashboard::title(l) lede=t::dashboard::operator_lede(l) />
        {(board.queue > 0)
            .then(|| {
                let late = (board.late > 0).then(|| [" (", &t::dashboard::late(l, board.late), ")"].concat());
                view! { <Notice><a href="/operator/queue">{t::dashboard::queue(l, board.queue)} {late}</a></Notice> }
            })}
        {(board.dead_mails > 0)
            .then(|| {
                view! {
                    <Notice>
                        <a href="/operator/outbox?state=dead">{t::dashboard::dead_mails(l, board.dead_mails)}</a>
                    </Notice>
                }
            })}
        {(board.late_jobs > 0)
            .then(|| view! { <Notice><a href="/operator/jobs">{t::dashboard::late_jobs(l, board.late_jobs)}</a></Notice> })}
        {(low > 0).then(|| view! { <Notice><a href="/operator/keys">{t::dashboard::low(l, low)}</a></Notice> })}
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::dashboard::companies(l)}</dt><dd class="num">{i18n::number(l, board.companies)}</dd></div>
                <div><dt>{t::dashboard::catalogue(l)}</dt><dd class="num">{version}</dd></div>
            </dl>
        </section>
        <h2 class="section">{t::dashboard::stock(l)}</h2>
        <section class="card" aria-label=t::dashboard::stock(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">
                    {board
                        .stock
                        .into_iter()
                        .map(|row| {
                            view! {
                                <tr role="row">
                                    <th role="rowheader" scope="row" class="name">{row.product}</th>
                                    <td role="cell" class="num" data-label=head[1]>{i18n::number(l, row.in_stock)}</td>
                                    <td role="cell" class="num" data-label=head[2]>{i18n::number(l, row.allocated)}</td>
                                    <td role="cell" class="num" data-label=head[3]>{i18n::number(l, row.owed)}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </section>
    }
}
