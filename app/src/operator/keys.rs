//! The key pools: stock, import, a key that leaked. No page shows a key.

use super::catalogue::{DISCARD, Discard, FileField, Wrong};
use super::console_fns::{get_key, get_key_trial, get_pool, list_pools};
use crate::form::{Done, Field, Form, Refusal, TextArea, most};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::{load, use_language};
use crate::ui::{Date, Moment, PageHead, failure, table_head, when_loaded};
use domain::console::{KeyRow, KeyTrial, Pool, PoolPage, UploadKind};
use domain::language::Language;
use domain::live::Topic;
use domain::people::MAX_REASON;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const TRY: &str = "operator/try_keys";
const IMPORT: &str = "operator/import_keys";
const FIND: &str = "operator/find_key";
const LEVEL: &str = "operator/set_stock_level";
const WITHDRAW: &str = "operator/withdraw_key";

pub fn keys_page() -> AnyView {
    let pools = load_live(&[Topic::Console], || (), |()| list_pools());
    view! {
        <Transition>
            {when_loaded(move || async move {
                match pools.await {
                    Ok(pools) => view! { <Pools pools=pools /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn low(l: Language, pool: &Pool) -> AnyView {
    pool.is_low.then(|| view! { " " <span class="status status-warn">{t::console::low(l)}</span> }).into_any()
}

#[component]
fn Pools(pools: Vec<Pool>) -> impl IntoView {
    let l = use_language();
    let head = [
        t::console::product(l),
        t::console::in_stock(l),
        t::console::allocated(l),
        t::console::seen(l),
        t::console::owed(l),
        t::console::withdrawn(l),
        t::console::level(l),
    ];
    let rows = pools.into_iter().map(|pool| {
        let href = ["/operator/keys/", &pool.product.to_string()].concat();
        let n = |n: u32| i18n::number(l, u64::from(n));
        let low = low(l, &pool);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name"><a href=href>{pool.name.clone()}</a></th>
                <td role="cell" class="num" data-label=head[1]>{n(pool.in_stock)} {low}</td>
                <td role="cell" class="num" data-label=head[2]>{n(pool.allocated)}</td>
                <td role="cell" class="num" data-label=head[3]>{n(pool.seen)}</td>
                <td role="cell" class="num" data-label=head[4]>{n(pool.owed)}</td>
                <td role="cell" class="num" data-label=head[5]>{n(pool.withdrawn)}</td>
                <td role="cell" class="num" data-label=head[6]>{n(pool.low_stock)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <PageHead title=t::console::keys(l) lede=t::console::keys_lede(l) />
        <Done words=move |what| match what {
            "imported" => Some(t::console::done_imported(l)),
            "discarded" => Some(t::console::done_discarded(l)),
            _ => None,
        } />
        {[TRY, FIND].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <section class="card" aria-label=t::console::keys(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
        <div class="two">
            <Form of=TRY class="card form" with_file=true>
                <h2>{t::console::keys_upload(l)}</h2>
                <FileField of=TRY label=t::console::keys_file(l) hint=t::console::keys_hint(l) accept=".csv,text/csv,text/plain" />
                <TextArea of=TRY name="keys" label=t::console::keys_paste(l) maxlength=2_000_000 rows=4 />
                <button class="btn btn-primary" type="submit">{t::console::check(l)}</button>
            </Form>
            <Form of=FIND class="card form">
                <h2>{t::console::find_key(l)}</h2>
                <Field of=FIND name="key" label=t::console::find_key_label(l) autocomplete="off" hint=t::console::find_key_hint(l) maxlength=64 />
                <button class="btn" type="submit">{t::console::find_key_submit(l)}</button>
            </Form>
        </div>
    }
}

pub fn import_page(id: String) -> AnyView {
    let upload = StoredValue::new(id.clone());
    let trial = load(move || id.clone(), get_key_trial);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match trial.await {
                    Ok(Ok(trial)) => view! { <Trial trial=trial /> }.into_any(),
                    Ok(Err(lines)) => {
                        view! { <Wrong lines=lines upload=upload.get_value() kind=UploadKind::Keys /> }.into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Trial(trial: KeyTrial) -> impl IntoView {
    let l = use_language();
    let head = [t::console::product(l), t::console::new_keys(l), t::console::in_stock(l), t::console::owed(l)];
    let all: u64 = trial.products.iter().map(|p| u64::from(p.keys)).sum();
    let upload = StoredValue::new(trial.upload.to_string());
    let rows = trial.products.into_iter().map(|line| {
        let n = |n: u32| i18n::number(l, u64::from(n));
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{line.name}</th>
                <td role="cell" class="num" data-label=head[1]>{n(line.keys)}</td>
                <td role="cell" class="num" data-label=head[2]>{n(line.in_stock)}</td>
                <td role="cell" class="num" data-label=head[3]>{n(line.owed)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p class="crumb"><a href="/operator/keys">{t::console::keys(l)}</a></p>
        <PageHead title=t::console::keys_trial(l) lede=t::console::keys_trial_lede(l, all) />
        {[IMPORT, DISCARD].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <section class="card" aria-label=t::console::keys_trial(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
        <div class="buttons">
            <Form of=IMPORT>
                <input type="hidden" name="upload" value=upload.get_value() />
                <button class="btn btn-primary" type="submit">{t::console::keys_import(l)}</button>
            </Form>
            <Discard upload=upload.get_value() kind=UploadKind::Keys />
        </div>
    }
}

pub fn pool_page(id: String) -> AnyView {
    let query = use_query_map();
    let pool = load_live(
        &[Topic::Console],
        move || (id.clone(), query.with(|q| q.get("after").unwrap_or_default())),
        |(product, after)| get_pool(product, after),
    );
    view! {
        <Transition>
            {when_loaded(move || async move {
                match pool.await {
                    Ok(page) => view! { <OnePool page=page /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn key_state(l: Language, row: &KeyRow) -> AnyView {
    let (tone, word) = match (row.withdrawn_at, row.seen_at, row.allocated_at) {
        (Some(_), ..) => ("status status-bad", t::console::state_withdrawn(l)),
        (_, Some(_), _) => ("status status-ok", t::console::state_seen(l)),
        (.., Some(_)) => ("status status-info", t::console::state_given(l)),
        _ => ("status status-idle", t::console::state_stock(l)),
    };
    view! { <span class=tone>{word}</span> }.into_any()
}

#[component]
fn OnePool(page: PoolPage) -> impl IntoView {
    let l = use_language();
    let pool = page.pool;
    let product = pool.product.to_string();
    let lede = t::console::PoolLede {
        in_stock: &i18n::number(l, u64::from(pool.in_stock)),
        allocated: &i18n::number(l, u64::from(pool.allocated)),
    }
    .say(l);
    let head = [
        t::console::key(l),
        t::console::company(l),
        t::console::package(l),
        t::console::given_at(l),
        t::console::seen_at(l),
        t::console::state(l),
    ];
    let rows = page.keys.into_iter().map(|row| {
        let href = ["/operator/keys/", &product, "/", &row.id.to_string()].concat();
        let state = key_state(l, &row);
        let label = t::console::open_key(l, &row.mark);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num"><a href=href aria-label=label><code>{row.mark}</code></a></th>
                <td role="cell" data-label=head[1]>{row.company}</td>
                <td role="cell" data-label=head[2]>{row.package}</td>
                <td role="cell" class="num" data-label=head[3]>{row.allocated_at.map(|at| view! { <Date at=at /> })}</td>
                <td role="cell" class="num" data-label=head[4]>{row.seen_at.map(|at| view! { <Date at=at /> })}</td>
                <td role="cell" data-label=head[5]>{state}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let next = page.next.map(|after| view! { <a href=["?after=", &after].concat()>{t::benefits::next_page(l)}</a> });
    let list = if page.total == 0 {
        view! { <p class="card pad">{t::console::keys_none(l)}</p> }.into_any()
    } else {
        view! {
            <section class="card" aria-label=t::console::keys(l)>
                <table class="table" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                <div class="table-foot">
                    <span class="num">{t::console::keys_count(l, page.total)}</span>
                    <span>{next}</span>
                </div>
            </section>
            <p class="hint">{t::console::mark_hint(l)}</p>
        }
        .into_any()
    };
    let low = low(l, &pool);
    view! {
        <p class="crumb"><a href="/operator/keys">{t::console::keys(l)}</a> {low}</p>
        <PageHead title=pool.name.clone() lede=lede />
        <Done words=move |what| (what == "level").then(|| t::console::done_level(l)) />
        <Refusal of=LEVEL />
        {list}
        <Form of=LEVEL class="card form">
            <h2>{t::console::level_title(l)}</h2>
            <input type="hidden" name="product" value=pool.product.to_string() />
            <Field of=LEVEL name="level" label=t::console::level_label(l) hint=t::console::level_hint(l) value=pool.low_stock.to_string() autocomplete="off" maxlength=6 />
            <button class="btn" type="submit">{t::console::save(l)}</button>
        </Form>
    }
}

pub fn key_page(product: String, id: String) -> AnyView {
    let key = load_live(&[Topic::Console], move || id.clone(), get_key);
    let back = StoredValue::new(["/operator/keys/", &product].concat());
    view! {
        <Transition>
            {when_loaded(move || async move {
                match key.await {
                    Ok(row) => view! { <OneKey row=row back=back.get_value() /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn OneKey(row: KeyRow, back: String) -> impl IntoView {
    let l = use_language();
    let state = key_state(l, &row);
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
    let at = |name: &'static str, at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map(|at| view! { <div><dt>{name}</dt><dd class="num"><Moment at=at /></dd></div> })
    };
    let id = row.id.to_string();
    let hint = if row.company.is_some() { t::console::withdraw_hint(l) } else { t::console::withdraw_hint_stock(l) };
    let withdraw = row.withdrawn_at.is_none().then(|| {
        view! {
            <Form of=WITHDRAW class="card form">
                <h2>{t::console::withdraw_title(l)}</h2>
                <p class="hint">{hint}</p>
                <input type="hidden" name="id" value=id />
                <TextArea of=WITHDRAW name="reason" label=t::console::withdraw_reason(l) maxlength=most(MAX_REASON) rows=2 required=true />
                <button class="btn" type="submit">{t::console::withdraw(l)}</button>
            </Form>
        }
    });
    view! {
        <p class="crumb"><a href=back>{row.product.clone()}</a></p>
        <PageHead title=t::console::key_page(l, &row.mark) lede=row.product.clone() />
        <Done words=move |what| (what == "withdrawn").then(|| t::console::done_withdrawn(l)) />
        <Refusal of=WITHDRAW />
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::console::state(l)}</dt><dd>{state}</dd></div>
                {fact(t::console::company(l), row.company)}
                {fact(t::console::package(l), row.package)}
                {at(t::console::imported_at(l), Some(row.imported_at))}
                {at(t::console::given_at(l), row.allocated_at)}
                {at(t::console::seen_at(l), row.seen_at)}
                {at(t::console::withdrawn_at(l), row.withdrawn_at)}
                {fact(t::console::withdrawn_by(l), row.withdrawn_by)}
                {fact(t::console::withdraw_reason(l), row.reason)}
            </dl>
        </section>
        {withdraw}
    }
}
