//! All seats of a benefit: who holds them, who held them on a day, and the whole history.

use super::seats::{REMOVE, RemoveSeat, Until};
use super::server_fns::list_seats;
use crate::form::{Done, Refusal};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::{use_language, use_viewer};
use crate::ui::{Date, PageHead, failure, table_head, when_loaded};
use chrono::NaiveDate;
use domain::access::Action;
use domain::benefits::BenefitStatus;
use domain::catalogue::Fulfilment;
use domain::live::Topic;
use domain::people::{Held, parse_day};
use domain::view::SeatsOfBenefit;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    history: bool,
    at: String,
    search: String,
    after: String,
}

impl Asked {
    fn read(query: &ParamsMap) -> Self {
        let text = |name| query.get(name).unwrap_or_default();
        Self { history: text("view") == "history", at: text("at"), search: text("q"), after: text("after") }
    }
    fn day(&self) -> Option<NaiveDate> {
        parse_day(&self.at).filter(|_| !self.history)
    }
    fn query(&self) -> String {
        let mut query = ParamsMap::new();
        let view = if self.history { "history" } else { "" };
        for (name, value) in [("view", view), ("at", &self.at), ("q", &self.search), ("after", &self.after)] {
            if !value.is_empty() {
                query.insert(name, value.to_owned());
            }
        }
        query.to_query_string()
    }
}

pub fn seats_page(benefit: String) -> AnyView {
    let query = use_query_map();
    let benefit = StoredValue::new(benefit);
    let asked = Memo::new(move |_| query.with(Asked::read));
    let seats = load_live(
        &[Topic::Benefits],
        move || (benefit.get_value(), asked.get()),
        |(benefit, a)| list_seats(benefit, a.history, a.at, a.search, a.after),
    );
    let viewer = use_viewer();
    view! {
        <Transition>
            {when_loaded(move || async move {
                let viewer = viewer.await.ok().flatten();
                let may = |action| viewer.as_ref().is_some_and(|v| v.can(action));
                match seats.await {
                    Ok(seats) => {
                        view! {
                            <Loaded
                                benefit=benefit.get_value()
                                asked=asked.get_untracked()
                                seats=seats
                                may_assign=may(Action::AssignSeat)
                                may_export=may(Action::ExportData)
                            />
                        }
                        .into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Loaded(benefit: String, asked: Asked, seats: SeatsOfBenefit, may_assign: bool, may_export: bool) -> impl IntoView {
    let l = use_language();
    let SeatsOfBenefit { row, page } = seats;
    let title = t::seats::title(l, &row.name);
    let back = crate::pages::opened_href(row.category, &benefit);
    let day = asked.day();
    let total = row.quantity.map_or_else(|| t::words::unlimited(l).to_owned(), |q| i18n::number(l, u64::from(q)));
    let used = t::benefits::Seats { used: &i18n::number(l, u64::from(row.taken)), total: &total }.say(l);
    let chip = |label: &'static str, to: Asked, current: bool| {
        view! { <a class="chip" href=["?", to.query().trim_start_matches('?')].concat() aria-current=current.then_some("true")>{label}</a> }
    };
    let search = asked.search.clone();
    let export = {
        let mut query = ParamsMap::new();
        query.insert("benefit", benefit.clone());
        if asked.history {
            query.insert("view", "history".to_owned());
        } else if day.is_some() {
            query.insert("at", asked.at.clone());
        }
        ["/export/seats.csv", &query.to_query_string()].concat()
    };
    let may_act = may_assign && !asked.history && day.is_none() && row.status != BenefitStatus::Expired;
    let can_file = may_assign && row.fulfilment == Fulfilment::SeatAssign && row.status != BenefitStatus::Expired;
    let empty = match (asked.search.is_empty(), day) {
        (false, _) => t::seats::nobody_found(l),
        (true, Some(_)) => t::seats::nobody(l),
        (true, None) => t::seats::nobody_now(l),
    };
    let more = page.next.clone().map(|after| {
        let href = ["?", Asked { after, ..asked.clone() }.query().trim_start_matches('?')].concat();
        view! { <a href=href>{t::benefits::next_page(l)}</a> }
    });
    let count = page.total;
    let table = if page.rows.is_empty() {
        view! { <p class="pad">{empty}</p> }.into_any()
    } else {
        view! { <Lines rows=page.rows may_act=may_act /> }.into_any()
    };
    view! {
        <p class="crumb"><a href=back>{t::seats::back(l)}</a></p>
        <PageHead title=title lede=t::seats::lede(l, &row.package) action=Action::OpenBenefits also=(t::seats::assign(l), Action::AssignSeat) />
        <p class="num">{used}</p>
        <Done words=move |what| (what == "removed").then_some(t::seats::done_removed(l)) />
        <Refusal of=REMOVE />
        <nav class="chips" aria-label=t::seats::views(l)>
            {chip(t::seats::view_now(l), Asked::default(), !asked.history && day.is_none())}
            {chip(t::seats::view_history(l), Asked { history: true, ..Asked::default() }, asked.history)}
        </nav>
        <form class="tools" method="get" role="search">
            {asked.history.then(|| view! { <input type="hidden" name="view" value="history" /> })}
            <label class="sr-only" for="q">{t::seats::find(l)}</label>
            <input class="field search" id="q" name="q" type="search" maxlength="100" placeholder=t::seats::find(l) value=search />
            {(!asked.history)
                .then(|| {
                    view! {
                        <label for="at">{t::seats::as_of(l)}</label>
                        <input class="field day" id="at" name="at" type="date" value=asked.at.clone() />
                    }
                })}
            <button class="btn" type="submit">{t::people::find_submit(l)}</button>
        </form>
        {day.map(|day| {
            let at = day.and_time(chrono::NaiveTime::MIN).and_utc();
            view! { <p class="hint">{t::seats::as_of_told(l, &i18n::date(l, at))}</p> }
        })}
        <section class="card" aria-label=t::benefits::holders(l)>
            {table}
            <div class="table-foot">
                <span class="num">{t::seats::count(l, count)}</span>
                <span>{more}</span>
            </div>
        </section>
        <p class="links">
            {may_export.then(|| view! { <a href=export rel="external" download="">{t::seats::export(l)}</a> })}
            {can_file.then(|| view! { " " <a href=[&super::seats::seats_href(row.category, &benefit), "/file"].concat()>{t::seats::from_file(l)}</a> })}
        </p>
    }
}

#[component]
fn Lines(rows: Vec<Held>, may_act: bool) -> impl IntoView {
    let l = use_language();
    let mut head = vec![
        t::seats::seat(l),
        t::seats::holder(l),
        t::seats::from(l),
        t::seats::how(l),
        t::seats::by(l),
        t::seats::until(l),
    ];
    let last = if may_act { t::seats::action(l) } else { t::seats::ended(l) };
    head.push(last);
    let columns = head.clone();
    let row = move |held: Held| {
        let why = i18n::held_why(l, &held);
        let end = if may_act {
            view! { <RemoveSeat held=held.clone() /> }.into_any()
        } else {
            view! { <span>{why}</span> }.into_any()
        };
        view! {
            <tr role="row">
                <td role="cell" class="num" data-label=columns[0]>{i18n::number(l, u64::from(held.seat))}</td>
                <th role="rowheader" scope="row" class="name">
                    {held.name.clone()} " " <span class="hint">{held.email.clone()}</span>
                </th>
                <td role="cell" class="num" data-label=columns[2]><Date at=held.from /></td>
                <td role="cell" data-label=columns[3]>{i18n::held_how(l, held.how)}</td>
                <td role="cell" data-label=columns[4]>{held.by.clone()}</td>
                <td role="cell" class="num" data-label=columns[5]><Until held=held.clone() /></td>
                <td role="cell" data-label=columns[6]>{end}</td>
            </tr>
        }
    };
    view! {
        <table class="table" role="table">
            {table_head(&head)}
            <tbody role="rowgroup">{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
