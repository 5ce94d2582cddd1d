//! A person's page: roles, account, what they hold and held, which keys they saw, and leaving.

use super::new::{InvitationLink, RoleBoxes, invitation_of};
use super::server_fns::{PersonAnswer, get_person, role_field};
use crate::error::AppError;
use crate::form::{Done, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::picker::{PersonField, Picker};
use crate::session::{use_language, use_viewer};
use crate::ui::{Date, KeysSeen, Moment, PageHead, account_state, failure, table_head, when_loaded};
use domain::access::{Action, Role};
use domain::language::Language;
use domain::live::Topic;
use domain::people::{AccountState, Held, HeldPage, MovedSeat, Person, SeatMoved, SeatsOfLeaver};
use domain::view::Viewer;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const ROLES: &str = "users/set_roles";
const DISABLE: &str = "users/disable";
const ENABLE: &str = "users/enable";
const INVITE: &str = "users/invite";
const MOVE: &str = "users/move_seats";

pub fn person_page(id: String) -> AnyView {
    let query = use_query_map();
    let answer = load_live(
        &[Topic::People, Topic::Benefits],
        move || {
            let after = query.with(|q| q.get("after").unwrap_or_default());
            (id.clone(), after)
        },
        |(id, after)| get_person(id, after),
    );
    let pickers = [Picker::new(|| true), Picker::new(|| true)];
    let viewer = use_viewer();
    view! {
        <Transition>
            {when_loaded(move || async move {
                let viewer = viewer.await.ok().flatten();
                match (answer.await, viewer) {
                    (Ok(answer), Some(viewer)) => view! { <Whole answer=answer viewer=viewer pickers=pickers /> }.into_any(),
                    (Err(error), _) => failure(&error),
                    (_, None) => failure(&AppError::SignedOut),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(answer: PersonAnswer, viewer: Viewer, pickers: [Picker; 2]) -> impl IntoView {
    let l = use_language();
    let PersonAnswer { person, manage, seats } = answer;
    let new_link = outcome(INVITE).and_then(|o| o.result.ok()).and_then(|body| invitation_of(&body));
    let moved = [DISABLE, MOVE].into_iter().find_map(|of| outcome(of).and_then(|o| o.result.ok()));
    let moved = moved.and_then(|body| moved_of(&body));
    let id = person.id.to_string();
    let may_manage = viewer.can(Action::GrantRole);
    let may_seats = viewer.can(Action::AssignSeat);
    let export = ["/export/seats.csv?person=", &id].concat();
    view! {
        <p class="crumb"><a href="/account/users">{t::users::title(l)}</a></p>
        <PageHead title=person.name.clone() lede=t::users::person_lede(l) action=Action::SeeRoleHolders />
        <Done words=move |what| match what {
            "roles" => Some(t::users::done_roles(l)),
            "enabled" => Some(t::users::done_enabled(l)),
            _ => None,
        } />
        {[ROLES, DISABLE, ENABLE, INVITE, MOVE].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {new_link.map(|i| view! { <section class="card pad"><InvitationLink link=i.link /></section> })}
        {outcome(DISABLE)
            .filter(|o| o.result.is_ok())
            .map(|_| view! { <p class="alert alert-ok" role="status">{t::users::disabled_told(l, &person.name)}</p> })}
        {moved.filter(|m| !m.is_empty()).map(|moved| view! { <Moved moved=moved name=person.name.clone() /> })}
        <About person=person.clone() may_invite=may_manage />
        {if may_manage {
            view! { <Roles person=person.clone() may_grant_all=viewer.can(Action::GrantGlobalAdmin) /> }.into_any()
        } else {
            let why = i18n::only(l, Action::GrantRole, t::words::action_users(l), &manage.names);
            view! { <p class="hint">{why}</p> }.into_any()
        }}
        <Lines title=t::users::holds(l) none=t::users::holds_none(l) page=person.seats.clone() ended=false />
        {(person.seats.total > 0)
            .then(|| {
                if may_seats {
                    view! { <Leave person=person.clone() picker=pickers[0] may_add=may_manage /> }.into_any()
                } else {
                    let why = i18n::only(l, Action::AssignSeat, t::words::action_assign(l), &seats.names);
                    view! { <p class="hint">{why}</p> }.into_any()
                }
            })}
        <Lines title=t::users::held(l) none=t::users::held_none(l) page=person.history.clone() ended=true />
        {viewer.can(Action::ExportData).then(|| view! { <p class="links"><a href=export rel="external" download="">{t::seats::export(l)}</a></p> })}
        <KeysSeen keys=person.keys_seen.clone() title=t::users::keys(l) hint=t::users::keys_hint(l) none=t::users::keys_none(l) />
        {may_manage.then(|| view! { <Account person=person picker=pickers[1] may_seats=may_seats may_grant_all=viewer.can(Action::GrantGlobalAdmin) /> })}
    }
}

#[component]
fn About(person: Person, may_invite: bool) -> impl IntoView {
    let l = use_language();
    let roles = role_words(l, &person.roles);
    let invited = person.invited_until.map(|at| {
        view! { <div><dt>{t::users::invited_until(l)}</dt><dd class="num"><Moment at=at /></dd></div> }
    });
    let invite = (may_invite && person.state == AccountState::Invited).then(|| {
        view! {
            <Form of=INVITE>
                <input type="hidden" name="person" value=person.id.to_string() />
                <button class="btn" type="submit">{t::users::invite_again(l)}</button>
                <p class="hint">{t::users::invite_again_hint(l)}</p>
            </Form>
        }
    });
    view! {
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::users::email(l)}</dt><dd>{person.email}</dd></div>
                <div><dt>{t::users::roles(l)}</dt><dd>{roles}</dd></div>
                <div><dt>{t::users::state(l)}</dt><dd>{account_state(l, person.state)}</dd></div>
                <div><dt>{t::users::since(l)}</dt><dd class="num"><Date at=person.created_at /></dd></div>
                {invited}
            </dl>
            {invite}
        </section>
    }
}

fn role_words(l: Language, roles: &[Role]) -> String {
    if roles.is_empty() {
        t::words::employee(l).to_owned()
    } else {
        roles.iter().map(|&r| i18n::role(l, r)).collect::<Vec<_>>().join(", ")
    }
}

#[component]
fn Roles(person: Person, may_grant_all: bool) -> impl IntoView {
    let l = use_language();
    let held = person.roles.clone();
    let seen = held.iter().map(|&r| role_field(r)).collect::<Vec<_>>().join(" ");
    let note = if person.is_last_global_admin {
        Some(t::refusals::last_global_admin(l))
    } else if person.is_oneself {
        Some(t::users::own_roles(l))
    } else {
        None
    };
    view! {
        <section class="card pad">
            {note.map(|text| view! { <p class="hint">{text}</p> })}
            <Form of=ROLES>
                <input type="hidden" name="person" value=person.id.to_string() />
                <input type="hidden" name="seen" value=seen />
                <RoleBoxes ticked=move |role| held.contains(&role) may_grant_all=may_grant_all />
                <button class="btn" type="submit">{t::users::save_roles(l)}</button>
            </Form>
        </section>
    }
}

/// Seats of a person, held now or before.
#[component]
fn Lines(title: &'static str, none: &'static str, page: HeldPage, ended: bool) -> impl IntoView {
    let l = use_language();
    let mut head = vec![t::benefits::benefit(l), t::benefits::package(l), t::seats::seat(l), t::seats::from(l)];
    head.push(if ended { t::seats::until(l) } else { t::seats::by(l) });
    head.push(if ended { t::seats::ended(l) } else { t::seats::how(l) });
    let columns = head.clone();
    let row = move |held: Held| {
        let href = ["/benefits/", held.category.spec().slug, "/", &held.benefit.to_string(), "/seats"].concat();
        let (a, b) = match held.until {
            Some(at) if ended => (view! { <Date at=at /> }.into_any(), i18n::held_why(l, &held)),
            _ => (held.by.clone().into_any(), i18n::held_how(l, held.how).to_owned()),
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name"><a href=href>{held.product.clone()}</a></th>
                <td role="cell" data-label=columns[1]>{held.package.clone()}</td>
                <td role="cell" class="num" data-label=columns[2]>{i18n::number(l, u64::from(held.seat))}</td>
                <td role="cell" class="num" data-label=columns[3]><Date at=held.from /></td>
                <td role="cell" data-label=columns[4]>{a}</td>
                <td role="cell" data-label=columns[5]>{b}</td>
            </tr>
        }
    };
    let body = if page.rows.is_empty() {
        view! { <p class="pad hint">{none}</p> }.into_any()
    } else {
        view! {
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{page.rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let more = page.next.filter(|_| ended).map(|after| {
        view! { <div class="table-foot"><a href=["?after=", &after].concat()>{t::benefits::next_page(l)}</a></div> }
    });
    view! {
        <section class="card" aria-label=title>
            <h2 class="pad">{title}</h2>
            {body}
            {more}
        </section>
    }
}

/// What is to become of the seats: the same choice wherever somebody leaves.
#[component]
fn SeatChoice(of: &'static str, picker: Picker, may_add: bool, with_keep: bool) -> impl IntoView {
    let l = use_language();
    let typed = outcome(of).map(|o| o.typed("seats"));
    let first = if with_keep { SeatsOfLeaver::Keep } else { SeatsOfLeaver::Free };
    let chosen = typed.and_then(|t| SeatsOfLeaver::from_slug(&t)).unwrap_or(first);
    let options = SeatsOfLeaver::ALL.into_iter().filter(|&s| with_keep || s != SeatsOfLeaver::Keep).map(|choice| {
        let label = match choice {
            SeatsOfLeaver::Keep => t::users::seats_keep(l),
            SeatsOfLeaver::Free => t::users::seats_free(l),
            SeatsOfLeaver::HandOver => t::users::seats_hand_over(l),
        };
        view! {
            <label class="check">
                <input type="radio" name="seats" value=choice.slug() checked=choice == chosen />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field-group">
            <legend>{t::users::seats_title(l)}</legend>
            {options.collect_view()}
        </fieldset>
        <PersonField of=of name="successor" label=t::users::successor(l) picker=picker may_add=may_add required=false id=of.rsplit('/').next().unwrap_or(of) />
    }
}

#[component]
fn Leave(person: Person, picker: Picker, may_add: bool) -> impl IntoView {
    let l = use_language();
    // Somebody who is disabled has left: that is all there is to do about them.
    let open = person.state == AccountState::Disabled || outcome(MOVE).is_some();
    view! {
        <details class="card pad" open=open>
            <summary>{t::users::move_title(l)}</summary>
            <p class="hint">{t::users::move_hint(l)}</p>
            <Form of=MOVE>
                <input type="hidden" name="person" value=person.id.to_string() />
                <SeatChoice of=MOVE picker=picker may_add=may_add with_keep=false />
                <button class="btn" type="submit">{t::users::move_submit(l)}</button>
            </Form>
        </details>
    }
}

/// Disabling, and letting in again.
#[component]
fn Account(person: Person, picker: Picker, may_seats: bool, may_grant_all: bool) -> impl IntoView {
    let l = use_language();
    let id = person.id.to_string();
    let is_beyond = person.roles.contains(&Role::GlobalAdmin) && !may_grant_all;
    if person.state == AccountState::Disabled && !is_beyond {
        return view! {
            <section class="card pad">
                <h2>{t::users::account(l)}</h2>
                <Form of=ENABLE>
                    <input type="hidden" name="person" value=id />
                    <button class="btn" type="submit">{t::users::enable(l)}</button>
                    <p class="hint">{t::users::enable_hint(l)}</p>
                </Form>
            </section>
        }
        .into_any();
    }
    let refused = if person.is_oneself {
        Some(t::refusals::not_oneself(l).to_owned())
    } else if is_beyond {
        Some(i18n::only_roles(l, Action::GrantGlobalAdmin, t::words::action_global_admins(l)))
    } else if person.is_last_global_admin {
        Some(t::refusals::last_global_admin(l).to_owned())
    } else {
        None
    };
    if let Some(why) = refused {
        return view! {
            <section class="card pad">
                <h2>{t::users::account(l)}</h2>
                <button class="btn" type="button" disabled=true aria-describedby="why-not-disable">
                    {if person.state == AccountState::Disabled { t::users::enable(l) } else { t::users::disable(l) }}
                </button>
                <p class="hint" id="why-not-disable">{why}</p>
            </section>
        }
        .into_any();
    }
    let holds = t::users::DisableHolds {
        seats: &i18n::number(l, person.seats.total),
        keys: &i18n::number(l, person.keys_seen.len() as u64),
    }
    .say(l);
    let choice = (person.seats.total > 0 && may_seats)
        .then(|| view! { <SeatChoice of=DISABLE picker=picker may_add=false with_keep=true /> });
    let kept = (person.seats.total > 0 && !may_seats).then(|| view! { <p class="hint">{t::users::seats_stay(l)}</p> });
    view! {
        <details class="card pad" open=outcome(DISABLE).is_some()>
            <summary>{t::users::disable_title(l)}</summary>
            <p>{holds}</p>
            <p class="hint">{t::users::disable_hint(l)}</p>
            <Form of=DISABLE>
                <input type="hidden" name="person" value=id />
                {choice}
                {kept}
                <button class="btn btn-danger" type="submit">{t::users::disable(l)}</button>
            </Form>
        </details>
    }
    .into_any()
}

fn moved_of(body: &[u8]) -> Option<Vec<MovedSeat>> {
    use leptos::server_fn::Decodes;
    use leptos::server_fn::codec::PostcardEncoding;
    PostcardEncoding::decode(body.to_vec().into()).ok()
}

/// What became of each seat.
#[component]
fn Moved(moved: Vec<MovedSeat>, name: String) -> impl IntoView {
    let l = use_language();
    let lines = moved.into_iter().map(|seat| {
        let (tone, told) = match &seat.outcome {
            SeatMoved::Freed => ("status status-ok", t::users::moved_freed(l).to_owned()),
            SeatMoved::HandedOver => ("status status-ok", t::users::moved_handed_over(l).to_owned()),
            SeatMoved::FreedInstead(why) => {
                ("status status-warn", t::users::moved_freed_instead(l, &i18n::seat_refusal(l, why)))
            }
            SeatMoved::Stays(why) => ("status status-warn", t::users::moved_stays(l, &i18n::seat_refusal(l, why))),
        };
        view! {
            <li>
                <span>{seat.product} " · " {seat.package}</span>
                <span class=tone>{told}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section class="card pad" role="status">
            <h2>{t::users::moved_title(l, &name)}</h2>
            <ul class="steps">{lines}</ul>
        </section>
    }
}
