//! The list of people.

use super::server_fns::{ListAnswer, list_users};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::{use_language, use_viewer};
use crate::ui::{Empty, Notice, PageHead, account_state, failure, table_head, when_loaded};
use domain::access::Action;
use domain::live::Topic;
use domain::people::{AccountState, PeopleFilter, PeoplePage, PersonRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    filter: PeopleFilter,
    search: String,
    after: String,
}

impl Asked {
    fn read(query: &ParamsMap) -> Self {
        let text = |name| query.get(name).unwrap_or_default();
        Self {
            filter: PeopleFilter::from_slug(&text("filter")).unwrap_or_default(),
            search: text("q"),
            after: text("after"),
        }
    }
    fn href(&self) -> String {
        let mut query = ParamsMap::new();
        let filter = if self.filter == PeopleFilter::All { "" } else { self.filter.slug() };
        for (name, value) in [("filter", filter), ("q", &self.search), ("after", &self.after)] {
            if !value.is_empty() {
                query.insert(name, value.to_owned());
            }
        }
        ["/account/users", &query.to_query_string()].concat()
    }
}

pub fn users_page() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::read));
    let list = load_live(
        &[Topic::People],
        move || asked.get(),
        |asked| list_users(asked.filter.slug().to_owned(), asked.search, asked.after),
    );
    let viewer = use_viewer();
    view! {
        <Transition>
            {when_loaded(move || async move {
                let may_add = viewer.await.ok().flatten().is_some_and(|v| v.can(Action::AddUser));
                match list.await {
                    Ok(answer) => view! { <List asked=asked.get_untracked() answer=answer may_add=may_add /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn List(asked: Asked, answer: ListAnswer, may_add: bool) -> impl IntoView {
    let l = use_language();
    let ListAnswer { page, may } = answer;
    let PeoplePage { rows, total, counts, next, global_admins } = page;
    let add = if may_add {
        view! { <p class="actions"><a class="btn btn-primary" href="/account/users/new">{t::people::add(l)}</a></p> }
            .into_any()
    } else {
        let why = i18n::only(l, Action::AddUser, t::words::action_users(l), &may.names);
        view! { <p class="hint">{why}</p> }.into_any()
    };
    let name = |filter| match filter {
        PeopleFilter::All => t::benefits::filter_all(l),
        PeopleFilter::WithRole => t::users::filter_with_role(l),
        PeopleFilter::Invited => t::users::filter_invited(l),
        PeopleFilter::Disabled => t::users::filter_disabled(l),
    };
    let chips = PeopleFilter::ALL.into_iter().zip(counts).map(|(filter, count)| {
        let href = Asked { filter, search: asked.search.clone(), after: String::new() }.href();
        let current = (asked.filter == filter).then_some("true");
        view! {
            <a class="chip" href=href aria-current=current>
                {name(filter)} " " <span class="num">{i18n::number(l, count)}</span>
            </a>
        }
    });
    let more = next.map(|after| {
        let href = Asked { after, ..asked.clone() }.href();
        view! { <a href=href>{t::benefits::next_page(l)}</a> }
    });
    let table = if rows.is_empty() {
        view! { <Empty title=t::people::nobody(l)>""</Empty> }.into_any()
    } else {
        view! { <People rows=rows /> }.into_any()
    };
    view! {
        <PageHead title=t::users::title(l) lede=t::users::lede(l) action=Action::SeeRoleHolders also=(t::people::add(l), Action::AddUser) />
        {(global_admins < 2)
            .then(|| view! { <Notice><b>{t::users::few_admins(l, global_admins)}</b> " " {t::users::few_admins_text(l)}</Notice> })}
        {add}
        <form class="tools" method="get" role="search">
            {(asked.filter != PeopleFilter::All).then(|| view! { <input type="hidden" name="filter" value=asked.filter.slug() /> })}
            <label class="sr-only" for="q">{t::people::find(l)}</label>
            <input class="field search" id="q" name="q" type="search" maxlength="100" placeholder=t::people::find(l) value=asked.search.clone() />
            <button class="btn" type="submit">{t::people::find_submit(l)}</button>
        </form>
        <nav class="chips" aria-label=t::benefits::filters(l)>{chips.collect_view()}</nav>
        <section class="card" aria-label=t::users::list(l)>
            {table}
            <div class="table-foot">
                <span class="num">{t::users::count(l, total)}</span>
                <span>{more}</span>
            </div>
        </section>
    }
}

#[component]
fn People(rows: Vec<PersonRow>) -> impl IntoView {
    let l = use_language();
    let head = [t::users::name(l), t::users::email(l), t::users::roles(l), t::users::seats(l), t::users::state(l)];
    let row = move |person: PersonRow| {
        let roles = if person.roles.is_empty() {
            t::words::employee(l).to_owned()
        } else {
            person.roles.iter().map(|&r| i18n::role(l, r)).collect::<Vec<_>>().join(", ")
        };
        let href = ["/account/users/", &person.id.to_string()].concat();
        let quiet = person.state == AccountState::Disabled;
        view! {
            <tr role="row" class:is-quiet=quiet>
                <th role="rowheader" scope="row" class="name"><a href=href>{person.name}</a></th>
                <td role="cell" data-label=head[1]>{person.email}</td>
                <td role="cell" data-label=head[2]>{roles}</td>
                <td role="cell" class="num" data-label=head[3]>{i18n::number(l, person.seats)}</td>
                <td role="cell" data-label=head[4]>{account_state(l, person.state)}</td>
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
