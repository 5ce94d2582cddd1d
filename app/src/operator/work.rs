//! A piece of work: what is to be decided, and beside it what the company sees.

use super::orders::{APPROVE, DECLINE, PAY, order_seen, order_todo};
use super::queue::{Due, Holder, RELEASE, TAKE, WorkDone};
use super::server_fns::get_work;
use crate::case_view::{CaseFacts, Story, next_step};
use crate::decide::{DECIDE, Decide};
use crate::form::{Field, Form, Refusal, TextArea, most};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::offer_view::OfferView;
use crate::session::use_language;
use crate::support_view::ActivationView;
use crate::ui::{Moment, PageHead, Status, failure, when_loaded};
use domain::benefits::advisory::{Case, CaseState, MAX_TEXT, Side};
use domain::benefits::go_to_market::{MAX_MESSAGE, OfferState, OfferWork, reachable};
use domain::benefits::technical::{MAX_ID, SupportState, SupportWork};
use domain::live::Topic;
use domain::people::{MAX_REASON, RequestState};
use domain::queue::{Work, WorkRow, WorkSubject};
use leptos::prelude::*;

const FULFIL: &str = "operator/fulfil_support";
const DECLINE_SUPPORT: &str = "operator/decline_support";
const FULFIL_OFFER: &str = "operator/fulfil_offer";
const DECLINE_OFFER: &str = "operator/decline_offer";
const INCIDENTS: &str = "operator/record_incidents";
const ANSWER: &str = "operator/answer_case";
const CONTACT: &str = "operator/contact_case";
const DELIVER: &str = "operator/deliver_case";
const DECLINE_CASE: &str = "operator/decline_case";
const CLOSE: &str = "operator/close_case";

pub fn work_page(id: String) -> AnyView {
    let work = load_live(&[Topic::Queue], move || id.clone(), get_work);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match work.await {
                    Ok(work) => view! { <Whole work=work /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(work: Work) -> impl IntoView {
    let l = use_language();
    let Work { row, subject } = work;
    let kind = i18n::work_kind(l, row.kind);
    let title = if row.subject.is_empty() { kind.to_owned() } else { row.subject.clone() };
    let lede = [kind, ": ", &row.company].concat();
    // A form without the field that a refusal is about cannot mark it.
    let no_field = [(FULFIL, "person")];
    let refusals = [
        TAKE,
        RELEASE,
        FULFIL,
        DECLINE_SUPPORT,
        FULFIL_OFFER,
        DECLINE_OFFER,
        INCIDENTS,
        ANSWER,
        CONTACT,
        DELIVER,
        DECLINE_CASE,
        CLOSE,
        DECIDE,
        PAY,
        APPROVE,
        DECLINE,
    ];
    let (todo, seen) = match subject {
        WorkSubject::Support(support) => (support_todo(&support), Some(support_seen(support))),
        WorkSubject::Advisory(case) => (case_todo(&case), Some(case_seen(case))),
        WorkSubject::Offer(offer) => (offer_todo(&offer), Some(offer_seen(offer))),
        WorkSubject::Order(order) => {
            let todo = if row.is_done { None } else { order_todo(&order) };
            (todo, Some(order_seen(*order)))
        }
        WorkSubject::RoleRequest(request) => {
            let told =
                t::operator::RoleRequest { name: &request.person, email: &request.email, company: &request.company }
                    .say(l);
            let todo = (request.state == RequestState::Pending)
                .then(|| view! { <section class="card pad"><Decide request=request told=told /></section> }.into_any());
            (todo, None)
        }
    };
    let company = row.company.clone();
    view! {
        <p class="crumb"><a href="/operator/queue">{t::shell::queue(l)}</a></p>
        <PageHead title=title lede=lede />
        <WorkDone />
        {refusals.map(|of| view! { <Refusal of=of /> }).collect_view()}
        {no_field.map(|(of, field)| view! { <Refusal of=of about=field /> }).collect_view()}
        <About row=row />
        <div class="beside">
            <div>
                <h2 class="section">{t::operator::decide(l)}</h2>
                {todo.unwrap_or_else(|| view! { <p class="card pad">{t::operator::finished(l)}</p> }.into_any())}
            </div>
            {seen
                .map(|seen| {
                    view! {
                        <div>
                            <h2 class="section">{t::operator::company_view(l, &company)}</h2>
                            {seen}
                        </div>
                    }
                })}
        </div>
    }
}

#[component]
fn About(row: WorkRow) -> impl IntoView {
    let l = use_language();
    view! {
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::operator::asked_by(l)}</dt><dd>{row.person.clone()}</dd></div>
                <div><dt>{t::operator::since(l)}</dt><dd class="num"><Moment at=row.opened_at /></dd></div>
                {(!row.is_done).then(|| view! { <div><dt>{t::operator::due(l)}</dt><dd class="num"><Due row=row.clone() /></dd></div> })}
                <div><dt>{t::operator::holder(l)}</dt><dd><div class="holder-cell"><Holder row=row.clone() /></div></dd></div>
            </dl>
        </section>
    }
}

/// A refusal with its reason, for support and cases alike.
#[component]
pub fn Declining(of: &'static str, name: &'static str, id: String) -> impl IntoView {
    let l = use_language();
    view! {
        <Form of=of class="card form">
            <h3>{t::operator::decline_title(l)}</h3>
            <input type="hidden" name=name value=id />
            <TextArea of=of name="reason" label=t::operator::reason(l) maxlength=most(MAX_REASON) rows=2 required=true />
            <button class="btn" type="submit">{t::operator::decline(l)}</button>
        </Form>
    }
}

fn support_todo(work: &SupportWork) -> Option<AnyView> {
    let l = use_language();
    let activation = &work.activation;
    let id = activation.id.to_string();
    match activation.state {
        SupportState::Pending => {
            let hint = t::operator::FulfilHint { account: &activation.account, email: &activation.email }.say(l);
            let declined = id.clone();
            let todo = view! {
                <Form of=FULFIL class="card form">
                    <h3>{t::operator::fulfil_title(l)}</h3>
                    <p class="hint">{hint}</p>
                    <input type="hidden" name="activation" value=id />
                    <Field of=FULFIL name="access_id" label=t::technical::access_id(l) autocomplete="off" maxlength=most(MAX_ID) />
                    <Field of=FULFIL name="contract_id" label=t::technical::contract_id(l) autocomplete="off" maxlength=most(MAX_ID) />
                    <button class="btn btn-primary" type="submit">{t::operator::fulfil(l)}</button>
                </Form>
                <Declining of=DECLINE_SUPPORT name="activation" id=declined />
            };
            Some(todo.into_any())
        }
        SupportState::Active => {
            let granted = work.row.quantity.unwrap_or(0);
            let label = t::operator::incidents(l, &i18n::number(l, u64::from(granted)));
            Some(view! { <Incidents id=id label=label used=work.used /> }.into_any())
        }
        SupportState::Declined | SupportState::Withdrawn | SupportState::Replaced | SupportState::Lapsed => None,
    }
}

#[component]
fn Incidents(id: String, label: String, used: u32) -> impl IntoView {
    let l = use_language();
    view! {
        <Form of=INCIDENTS class="card form">
            <h3>{t::operator::incidents_title(l)}</h3>
            <input type="hidden" name="activation" value=id />
            <Field of=INCIDENTS name="used" label=t::benefits::used(l) hint=label value=used.to_string() maxlength=8 />
            <button class="btn" type="submit">{t::operator::incidents_save(l)}</button>
        </Form>
    }
}

fn support_seen(work: SupportWork) -> AnyView {
    let l = use_language();
    let row = work.row;
    let left = row.quantity.map(|q| q.saturating_sub(row.taken));
    view! {
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::operator::benefit(l)}</dt><dd>{row.name.clone()}</dd></div>
                <div><dt>{t::operator::package(l)}</dt><dd>{row.package.clone()}</dd></div>
                <div><dt>{t::benefits::status(l)}</dt><dd><Status status=row.status /></dd></div>
                <div><dt>{t::benefits::granted(l)}</dt><dd class="num">{i18n::quantity(l, row.unit, row.quantity)}</dd></div>
                <div><dt>{t::benefits::remaining(l)}</dt><dd class="num">{i18n::quantity(l, row.unit, left)}</dd></div>
            </dl>
            <ActivationView activation=work.activation />
        </section>
    }
    .into_any()
}

fn offer_todo(work: &OfferWork) -> Option<AnyView> {
    let l = use_language();
    if work.activation.state != OfferState::Pending {
        return None;
    }
    let id = work.activation.id.to_string();
    let declined = id.clone();
    let until = i18n::date(l, work.would_end);
    let hint = match reachable(work.contact.as_ref()) {
        Ok(c) => {
            t::operator::OfferHint { until: &until, email: &c.email, name: &c.person, language: c.language.endonym() }
                .say(l)
        }
        Err(_) => t::operator::offer_no_contact(l).to_owned(),
    };
    let todo = view! {
        <Form of=FULFIL_OFFER class="card form">
            <h3>{t::operator::offer_title(l)}</h3>
            <p class="hint">{hint}</p>
            <input type="hidden" name="activation" value=id />
            <TextArea of=FULFIL_OFFER name="text" label=t::operator::offer_text(l) maxlength=most(MAX_MESSAGE) rows=3 />
            <button class="btn btn-primary" type="submit">{t::operator::fulfil(l)}</button>
        </Form>
        <Declining of=DECLINE_OFFER name="activation" id=declined />
    };
    Some(todo.into_any())
}

fn offer_seen(work: OfferWork) -> AnyView {
    let l = use_language();
    let row = work.row;
    let until = i18n::date(l, row.expires_at);
    let to = work.contact.clone();
    let contact = work.contact.map(|c| {
        let facts = [&c.email, ", ", &c.phone, ", ", c.language.endonym()].concat();
        let out = c.is_out.then(|| view! { " " <span class="status status-warn">{t::users::disabled(l)}</span> });
        view! { <div><dt>{t::marketing::title(l)}</dt><dd>{c.person.clone()} {out} <span class="hint block">{facts}</span></dd></div> }
    });
    view! {
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::operator::benefit(l)}</dt><dd>{row.name.clone()}</dd></div>
                <div><dt>{t::operator::package(l)}</dt><dd>{row.package.clone()}</dd></div>
                <div><dt>{t::benefits::status(l)}</dt><dd><Status status=row.status /></dd></div>
                <div><dt>{t::benefits::expires(l)}</dt><dd class="num">{until.clone()}</dd></div>
                {contact}
            </dl>
            <OfferView activation=work.activation contact=to until=until />
        </section>
    }
    .into_any()
}

fn case_todo(case: &Case) -> Option<AnyView> {
    let l = use_language();
    let id = StoredValue::new(case.row.id.to_string());
    let state = case.row.state;
    if state.is_over() {
        return None;
    }
    let contact = (state == CaseState::Submitted).then(|| {
        view! {
            <Form of=CONTACT class="card form">
                <h3>{t::operator::contact_title(l)}</h3>
                <input type="hidden" name="case" value=id.get_value() />
                <TextArea of=CONTACT name="text" id="contact-text" label=t::operator::contact_text(l) maxlength=most(MAX_TEXT) rows=2 />
                <button class="btn btn-primary" type="submit">{t::operator::contact(l)}</button>
            </Form>
        }
    });
    let deliver = state.reserves().then(|| {
        let hint = [
            &t::operator::deliver_hours(l, &i18n::number(l, u64::from(case.asked))),
            ". ",
            t::operator::deliver_hint(l),
        ]
        .concat();
        view! {
            <Form of=DELIVER class="card form">
                <h3>{t::operator::deliver_title(l)}</h3>
                <input type="hidden" name="case" value=id.get_value() />
                <Field of=DELIVER name="hours" label=t::cases::used(l) hint=hint maxlength=8 />
                <TextArea of=DELIVER name="text" id="deliver-text" label=t::operator::deliver_text(l) maxlength=most(MAX_TEXT) rows=2 />
                <button class="btn" type="submit">{t::operator::deliver(l)}</button>
            </Form>
            <Declining of=DECLINE_CASE name="case" id=id.get_value() />
        }
    });
    let close = (state == CaseState::Delivered).then(|| {
        view! {
            <Form of=CLOSE class="card form">
                <h3>{t::operator::close(l)}</h3>
                <input type="hidden" name="case" value=id.get_value() />
                <button class="btn btn-primary" type="submit">{t::operator::close(l)}</button>
            </Form>
        }
    });
    Some(
        view! {
            {contact}
            {close}
            <Form of=ANSWER class="card form">
                <h3>{t::operator::answer_title(l)}</h3>
                <input type="hidden" name="case" value=id.get_value() />
                <TextArea of=ANSWER name="text" label=t::operator::answer(l) maxlength=most(MAX_TEXT) rows=3 required=true />
                <button class="btn" type="submit">{t::operator::answer_send(l)}</button>
            </Form>
            {deliver}
        }
        .into_any(),
    )
}

fn case_seen(case: Case) -> AnyView {
    let l = use_language();
    let next = next_step(l, &case);
    let (entries, company) = (case.entries.clone(), case.company.clone());
    view! {
        <CaseFacts case=case next=next below=true />
        <Story entries=entries own=Side::Programme company=company below=true />
    }
    .into_any()
}
