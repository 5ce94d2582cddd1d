//! The marketing contacts, on top of the Go-To-Market page.

use super::address::Address;
use super::detail::MoreParts;
use super::other_address::OtherAddress;
use super::seats::Kept;
use crate::error::AppError;
use crate::form::{Choice, Done, Field, Form, Refusal};
use crate::i18n::{self, t};
use crate::picker::{PersonField, Picker};
use crate::session::{use_language, use_viewer};
use crate::ui::{Alert, Notice, focus, when_loaded};
use domain::access::Action;
use domain::benefits::go_to_market::{Contact, MOST_CONTACTS, Marketing, reachable};
use domain::catalogue::Category;
use domain::language::Language;
use leptos::prelude::*;
use std::sync::Arc;

const SET: &str = "marketing/set_contact";
const MAIN: &str = "marketing/make_main";
const REMOVE: &str = "marketing/remove_contact";
/// In the address: the form for a contact that is not there yet.
const NEW: &str = "new";
/// In the address, behind a contact: the form that puts another person there.
const OTHER: &str = "-other";

/// Whether the address opens a form in which somebody is picked.
pub fn picks(contact: &str) -> bool {
    contact == NEW || contact.ends_with(OTHER)
}

pub fn draw_marketing(address: Memo<Address>, parts: MoreParts) -> AnyView {
    let viewer = use_viewer();
    view! {
        <Transition>
            {when_loaded(move || async move {
                let viewer = viewer.await.ok().flatten();
                let may = viewer.is_some_and(|viewer| viewer.can(Action::ManageMarketingContact));
                match parts.marketing.await {
                    // What the list says of it is enough.
                    None | Some(Err(AppError::Forbidden(_))) => ().into_any(),
                    Some(Err(error)) => view! { <Alert error=error /> }.into_any(),
                    Some(Ok(marketing)) => view! { <Contacts address=address marketing=marketing may=may picker=parts.picker /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Contacts(address: Memo<Address>, marketing: Marketing, may: bool, picker: Picker) -> impl IntoView {
    let l = use_language();
    if !may {
        let why = i18n::only(l, Action::ManageMarketingContact, t::marketing::action(l), &marketing.who_may.names);
        // Nobody searches a list that they do not see: the stylesheet hides what would.
        return view! { <p class="notice no-list">{why}</p> }.into_any();
    }
    let full = marketing.contacts.len() as u64 >= MOST_CONTACTS;
    let note = match reachable(marketing.main()) {
        Ok(_) => None,
        Err(_) if marketing.contacts.is_empty() => Some(t::marketing::none(l).to_owned()),
        Err(_) => Some(t::marketing::out(l, marketing.main().map(|c| c.person.as_str()).unwrap_or_default())),
    };
    let company = marketing.company_email;
    let contacts = Arc::new(marketing.contacts);
    let listed = contacts.clone();
    // What the address says of a form changes without the contacts being loaded anew.
    let form = move || {
        let wanted = address.with(|a| a.contact.clone());
        let of = wanted.strip_suffix(OTHER).unwrap_or(&wanted);
        let found = contacts.iter().find(|c| c.id.to_string() == of).cloned();
        let is_new = wanted == NEW && !full;
        (is_new || found.is_some()).then(|| {
            let other = wanted.ends_with(OTHER);
            view! { <Edit address=address contact=found other=other company=company.clone() picker=picker /> }
        })
    };
    let list =
        move || listed.iter().cloned().map(|contact| view! { <Line address=address contact=contact /> }).collect_view();
    let add = move || address.with(|a| a.contacting(NEW.to_owned()).href(Category::GoToMarket));
    // A form stands away from the link that opened it, and leaves nothing behind when it is left. Only
    // when the address says so: contacts that are loaded anew move nobody.
    Effect::new(move |before: Option<String>| {
        let contact = address.with(|a| a.contact.clone());
        if before.is_some_and(|before| before != contact) {
            focus(if contact.is_empty() { "contacts" } else { "contact-title" });
        }
        contact
    });
    let may_add = move || !full && address.with(|a| a.contact != NEW);
    view! {
        <section class="card pad contacts" aria-labelledby="contacts">
            <h2 id="contacts" tabindex="-1">{t::marketing::title(l)}</h2>
            <p class="hint">{t::marketing::text(l)}</p>
            <Done words=move |what| match what {
                "contact-set" => Some(t::marketing::done_set(l)),
                "contact-main" => Some(t::marketing::done_main(l)),
                "contact-removed" => Some(t::marketing::done_removed(l)),
                _ => None,
            } />
            {[SET, MAIN, REMOVE].map(|of| view! { <Refusal of=of /> }).collect_view()}
            {note.map(|text| view! { <Notice>{text}</Notice> })}
            <ul class="holders">{list}</ul>
            {form}
            {move || may_add().then(|| view! { <p><a class="btn" href=add aria-describedby="contacts">{t::marketing::add(l)}</a></p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Line(address: Memo<Address>, contact: Contact) -> impl IntoView {
    let l = use_language();
    let c = contact;
    let id = c.id.to_string();
    let href = |contact: String| move || address.with(|a| a.contacting(contact.clone()).href(Category::GoToMarket));
    let (update, change) = (href(id.clone()), href([&id, OTHER].concat()));
    // Their names are the two words alone; whose they are is said beside.
    let named = ["contact-", &id].concat();
    let whose = named.clone();
    let main = c.is_main.then(|| view! { " " <span class="status status-ok">{t::marketing::main(l)}</span> });
    let out = c.is_out.then(|| view! { " " <span class="status status-warn">{t::users::disabled(l)}</span> });
    let facts = [&c.email, " · ", &c.phone, " · ", c.language.endonym()].concat();
    let removed = id.clone();
    let to_main = (!c.is_main && !c.is_out).then(|| {
        let label = t::marketing::make_main_of(l, &c.person);
        view! {
            <Form of=MAIN>
                <input type="hidden" name="entry" value=id />
                <button class="btn btn-small" type="submit" aria-label=label>{t::marketing::make_main(l)}</button>
            </Form>
        }
    });
    view! {
        <li>
            <span class="holder-name">
                <b id=named>{c.person.clone()}</b>
                {main}
                {out}
                <span class="hint block">{facts}</span>
            </span>
            <span class="inline">
                <a class="btn btn-small" href=update aria-describedby=whose.clone()>{t::marketing::update(l)}</a>
                <a class="btn btn-small" href=change aria-describedby=whose>{t::marketing::change(l)}</a>
                {to_main}
                <Form of=REMOVE>
                    <input type="hidden" name="entry" value=removed />
                    <button class="btn btn-small" type="submit" aria-label=t::marketing::remove_of(l, &c.person)>{t::marketing::remove(l)}</button>
                </Form>
            </span>
        </li>
    }
}

/// A new contact, other details of one, or another person in its place.
#[component]
fn Edit(
    address: Memo<Address>,
    contact: Option<Contact>,
    other: bool,
    company: String,
    picker: Picker,
) -> impl IntoView {
    let l = use_language();
    let cancel = move || address.with(|a| a.contacting(String::new()).href(Category::GoToMarket));
    let entry = contact.as_ref().map(|c| c.id.to_string()).unwrap_or_default();
    let name = contact.as_ref().map(|c| c.person.clone()).unwrap_or_default();
    // Another person has other details.
    let kept = contact.filter(|_| !other);
    let title = match (&kept, name.is_empty()) {
        (Some(_), _) => t::marketing::update_of(l, &name),
        (None, false) => t::marketing::change_of(l, &name),
        (None, true) => t::marketing::add_title(l).to_owned(),
    };
    let person = match &kept {
        Some(contact) => view! { <input type="hidden" name="person" value=contact.user.to_string() /> }.into_any(),
        None => view! {
            <PersonField of=SET name="person" label=t::technical::select(l) picker=picker may_add=true />
        }
        .into_any(),
    };
    let hint = t::marketing::email_hint(l, &company);
    let (email, phone, language) =
        kept.map(|c| (c.email, c.phone, c.language.tag())).unwrap_or_else(|| (String::new(), String::new(), l.tag()));
    let languages = Language::ALL.map(|of| (of.tag(), of.endonym())).to_vec();
    view! {
        <div class="contact-form">
            <h3 id="contact-title" tabindex="-1">{title}</h3>
            <Form of=SET class="seat-form">
                <Kept address=address />
                <input type="hidden" name="entry" value=entry />
                {person}
                <OtherAddress of=SET label=t::marketing::email(l) hint=hint company=company value=email />
                <Field of=SET name="phone" label=t::marketing::phone(l) kind="tel" autocomplete="off" hint=t::marketing::phone_hint(l) maxlength=32 value=phone />
                <Choice of=SET name="preferred" label=t::marketing::language(l) none="" value=language options=languages />
                <div class="inline">
                    <button class="btn btn-primary" type="submit">{t::seats::assign(l)}</button>
                    <a class="btn" href=cancel>{t::seats::cancel(l)}</a>
                </div>
            </Form>
        </div>
    }
}
