//! Companies: found, made, looked at, suspended. Nothing is done in a company's place.

use super::console_fns::{get_company, list_companies};
use super::moving::{MoveForm, TRY};
use crate::form::{Done, Field, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::order_view::order_state;
use crate::session::use_language;
use crate::ui::{Date, Notice, PageHead, failure, table_head, when_loaded};
use domain::console::{CompanyField, CompanyPage, CompanyPerson, CompanyRow, CompanyView};
use domain::language::Language;
use domain::live::Topic;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

const CREATE: &str = "operator/create_company";
const CHANGE: &str = "operator/change_company";
const INVITE: &str = "operator/invite_admin";
const SUSPEND: &str = "operator/suspend_company";
const RESTORE: &str = "operator/restore_company";

fn asked(query: &ParamsMap) -> (String, String) {
    (query.get("q").unwrap_or_default(), query.get("after").unwrap_or_default())
}

fn most(field: CompanyField) -> u32 {
    u32::try_from(field.most()).unwrap_or(u32::MAX)
}

pub fn companies_page() -> AnyView {
    let query = use_query_map();
    let found =
        load_live(&[Topic::Console], move || query.with(asked), |(search, after)| list_companies(search, after));
    view! {
        <Transition>
            {when_loaded(move || async move {
                match found.await {
                    Ok(page) => {
                        let search = query.with_untracked(asked).0;
                        view! { <List page=page search=search /> }.into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// A cell with nothing in it says so.
fn or_dash(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

fn company_state(l: Language, row: &CompanyRow) -> AnyView {
    let (tone, word) = if row.suspended_at.is_some() {
        ("status status-bad", t::console::suspended(l))
    } else if row.in_predecessor {
        ("status status-warn", t::console::predecessor(l))
    } else if !row.has_admin {
        ("status status-warn", t::console::no_admin(l))
    } else {
        ("status status-ok", t::console::active(l))
    };
    view! { <span class=tone>{word}</span> }.into_any()
}

#[component]
fn List(page: CompanyPage, search: String) -> impl IntoView {
    let l = use_language();
    let head = [
        t::console::company(l),
        t::console::packages(l),
        t::console::people(l),
        t::console::since(l),
        t::console::state(l),
    ];
    let rows = page.rows.into_iter().map(|row| {
        let href = ["/operator/companies/", &row.id.to_string()].concat();
        let state = company_state(l, &row);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name"><a href=href>{row.name.clone()}</a> <span class="hint block">{row.domain.clone()}</span></th>
                <td role="cell" data-label=head[1]>{or_dash(row.packages.join(", "))}</td>
                <td role="cell" class="num" data-label=head[2]>{i18n::number(l, u64::from(row.people))}</td>
                <td role="cell" class="num" data-label=head[3]><Date at=row.created_at /></td>
                <td role="cell" data-label=head[4]>{state}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let in_predecessor = outcome(CREATE).is_some_and(|o| o.result.is_err() && o.typed("in_predecessor") == "true");
    let next = page.next.map(|after| {
        let mut query = ParamsMap::new();
        query.insert("q", search.clone());
        query.insert("after", after);
        view! { <a href=query.to_query_string()>{t::benefits::next_page(l)}</a> }
    });
    let list = if page.total == 0 {
        view! { <p class="card pad">{t::console::company_none(l)}</p> }.into_any()
    } else {
        view! {
            <section class="card" aria-label=t::console::companies(l)>
                <table class="table" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                <div class="table-foot">
                    <span class="num">{t::console::count_companies(l, page.total)}</span>
                    <span>{next}</span>
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead title=t::console::companies(l) lede=t::console::companies_lede(l) />
        <Done words=move |what| match what {
            "moved" => Some(t::console::done_moved(l)),
            "discarded" => Some(t::console::done_discarded(l)),
            _ => None,
        } />
        {[CREATE, TRY].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <form class="tools" method="get" role="search">
            <label class="sr-only" for="q">{t::console::company_find(l)}</label>
            <input class="field search" id="q" name="q" type="search" maxlength="100" placeholder=t::console::company_find(l) value=search />
            <button class="btn" type="submit">{t::console::find(l)}</button>
        </form>
        {list}
        <div class="two">
            <Form of=CREATE class="card form">
                <h2>{t::console::company_new(l)}</h2>
                <Facts of=CREATE />
                <label class="check">
                    <input type="checkbox" name="in_predecessor" value="true" checked=in_predecessor />
                    <span>{t::console::still_there(l)} <span class="hint">{t::console::still_there_hint(l)}</span></span>
                </label>
                <button class="btn btn-primary" type="submit">{t::console::create(l)}</button>
            </Form>
            <MoveForm />
        </div>
    }
}

/// Name, address of the account, domain.
#[component]
fn Facts(
    of: &'static str,
    #[prop(optional)] name: String,
    #[prop(optional)] account_email: String,
    #[prop(optional)] domain: String,
) -> impl IntoView {
    let l = use_language();
    view! {
        <Field of=of name="name" label=t::console::company_name(l) autocomplete="off" value=name maxlength=most(CompanyField::Name) />
        <Field of=of name="account_email" kind="email" label=t::console::account_email(l) autocomplete="off" value=account_email maxlength=most(CompanyField::AccountEmail) />
        <Field of=of name="domain" label=t::console::domain(l) autocomplete="off" hint=t::console::domain_hint(l) value=domain maxlength=most(CompanyField::Domain) optional=true />
    }
}

pub fn company_page(id: String) -> AnyView {
    let company = load_live(&[Topic::Console, Topic::People, Topic::Queue], move || id.clone(), get_company);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match company.await {
                    Ok(company) => view! { <Whole company=company /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(company: CompanyView) -> impl IntoView {
    let l = use_language();
    let CompanyView { row, account_email, people, orders, benefits } = company;
    let id = StoredValue::new(row.id.to_string());
    let state = company_state(l, &row);
    let invite = (!row.has_admin).then(|| {
        view! {
            <Form of=INVITE class="card form">
                <h2>{t::console::invite_title(l)}</h2>
                <p class="hint">{t::console::invite_hint(l)}</p>
                <input type="hidden" name="company" value=id.get_value() />
                <Field of=INVITE name="person" label=t::console::admin_name(l) autocomplete="off" maxlength=200 />
                <Field of=INVITE name="email" kind="email" label=t::console::admin_email(l) autocomplete="off" />
                <button class="btn btn-primary" type="submit">{t::console::invite(l)}</button>
            </Form>
        }
    });
    let lock = match row.suspended_at {
        Some(at) => {
            let since = t::console::restore_hint(l, &i18n::moment(l, at));
            view! {
                <Form of=RESTORE class="card form">
                    <h2>{t::console::suspended(l)}</h2>
                    <p>{since}</p>
                    <input type="hidden" name="company" value=id.get_value() />
                    <button class="btn btn-primary" type="submit">{t::console::restore(l)}</button>
                </Form>
            }
            .into_any()
        }
        None => view! {
            <Form of=SUSPEND class="card form">
                <h2>{t::console::suspend_title(l)}</h2>
                <p class="hint">{t::console::suspend_hint(l)}</p>
                <input type="hidden" name="company" value=id.get_value() />
                <button class="btn" type="submit">{t::console::suspend(l)}</button>
            </Form>
        }
        .into_any(),
    };
    let lede = row.domain.clone().unwrap_or_else(|| account_email.clone());
    let heads =
        [t::membership::order(l), t::membership::package(l), t::membership::ordered_on(l), t::membership::state(l)];
    let bought = orders.into_iter().map(|order| {
        let href = ["/operator/orders/", &order.id.to_string()].concat();
        let state = order_state(l, &order);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num"><a href=href>{order.number.clone()}</a></th>
                <td role="cell" data-label=heads[1]>{order.package.clone()}</td>
                <td role="cell" class="num" data-label=heads[2]><Date at=order.ordered_at /></td>
                <td role="cell" data-label=heads[3]>{state}</td>
            </tr>
        }
    });
    let bought: Vec<_> = bought.collect();
    let columns = [t::console::category(l), t::console::granted(l), t::console::activated(l), t::console::pending(l)];
    let held: Vec<_> = benefits
        .into_iter()
        .map(|of| {
            let n = |n: u32| i18n::number(l, u64::from(n));
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" class="name">{i18n::category(l, of.category)}</th>
                    <td role="cell" class="num" data-label=columns[1]>{n(of.granted)}</td>
                    <td role="cell" class="num" data-label=columns[2]>{n(of.activated)}</td>
                    <td role="cell" class="num" data-label=columns[3]>{n(of.pending)}</td>
                </tr>
            }
        })
        .collect();
    let people: Vec<_> = people.into_iter().map(|person| view! { <Person person=person /> }).collect();
    let who = [t::console::name(l), t::console::email(l), t::console::roles(l), t::console::state(l)];
    view! {
        <p class="crumb"><a href="/operator/companies">{t::console::companies(l)}</a></p>
        <PageHead title=row.name.clone() lede=lede />
        <Done words=move |what| match what {
            "created" => Some(t::console::done_created(l)),
            "changed" => Some(t::console::done_changed(l)),
            "invited" => Some(t::console::done_invited(l)),
            "appointed" => Some(t::console::done_appointed(l)),
            "suspended" => Some(t::console::done_suspended(l)),
            "restored" => Some(t::console::done_restored(l)),
            _ => None,
        } />
        {[CHANGE, INVITE, SUSPEND, RESTORE].map(|of| view! { <Refusal of=of /> }).collect_view()}
        // The invitation's form calls the name otherwise.
        <Refusal of=INVITE about="name" />
        <Notice>{t::console::company_view(l)}</Notice>
        {row.in_predecessor.then(|| view! { <Notice>{t::console::predecessor_hint(l)} " " <a href="/operator/companies#move">{t::console::move_title(l)}</a></Notice> })}
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::console::state(l)}</dt><dd>{state}</dd></div>
                <div><dt>{t::console::packages(l)}</dt><dd>{if row.packages.is_empty() { t::console::nothing(l).to_owned() } else { row.packages.join(", ") }}</dd></div>
                <div><dt>{t::console::since(l)}</dt><dd class="num"><Date at=row.created_at /></dd></div>
            </dl>
        </section>
        {invite}
        <Rows title=t::console::company_people(l) head=who.to_vec() rows=people />
        <Rows title=t::console::company_orders(l) head=heads.to_vec() rows=bought />
        <Rows title=t::console::company_benefits(l) head=columns.to_vec() rows=held />
        <div class="two">
            <Form of=CHANGE class="card form">
                <h2>{t::console::company_facts(l)}</h2>
                <input type="hidden" name="company" value=id.get_value() />
                <Facts of=CHANGE name=row.name account_email=account_email domain=row.domain.unwrap_or_default() />
                <button class="btn" type="submit">{t::console::company_change(l)}</button>
            </Form>
            {lock}
        </div>
    }
}

/// A table below its heading, or the words that there is nothing.
#[component]
fn Rows<V: IntoView + 'static>(title: &'static str, head: Vec<&'static str>, rows: Vec<V>) -> impl IntoView {
    let l = use_language();
    let table = if rows.is_empty() {
        view! { <p class="card pad">{t::console::nothing(l)}</p> }.into_any()
    } else {
        view! {
            <section class="card" aria-label=title>
                <table class="table" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">{rows.into_iter().collect_view()}</tbody>
                </table>
            </section>
        }
        .into_any()
    };
    view! {
        <h2 class="section">{title}</h2>
        {table}
    }
}

#[component]
fn Person(person: CompanyPerson) -> impl IntoView {
    use domain::people::AccountState;
    let l = use_language();
    let state = match (person.is_out, person.has_joined) {
        (true, _) => AccountState::Disabled,
        (false, false) => AccountState::Invited,
        (false, true) => AccountState::Active,
    };
    let roles: Vec<&str> = person.roles.iter().map(|role| i18n::role(l, *role)).collect();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="name">{person.name}</th>
            <td role="cell" data-label=t::console::email(l)>{person.email}</td>
            <td role="cell" data-label=t::console::roles(l)>{or_dash(roles.join(", "))}</td>
            <td role="cell" data-label=t::console::state(l)>{crate::ui::account_state(l, state)}</td>
        </tr>
    }
}
