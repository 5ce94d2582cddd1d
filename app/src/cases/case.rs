//! A case on the company's side: where it stands, what was written, what comes next.

use super::server_fns::get_case;
use crate::case_view::{CaseFacts, Story, next_step};
use crate::form::{Done, Form, Refusal, TextArea};
use crate::i18n::t;
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{PageHead, failure, when_loaded};
use domain::access::Action;
use domain::benefits::advisory::{Case, CaseState, MAX_TEXT, Side};
use domain::live::Topic;
use leptos::prelude::*;

const WRITE: &str = "cases/write";
const WITHDRAW: &str = "cases/withdraw";
const CLOSE: &str = "cases/close";

pub fn case_page(id: String) -> AnyView {
    let case = load_live(&[Topic::Cases], move || id.clone(), get_case);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match case.await {
                    Ok(case) => view! { <Whole case=case /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(case: Case) -> impl IntoView {
    let l = use_language();
    let id = case.row.id.to_string();
    let state = case.row.state;
    let next = next_step(l, &case);
    let act = move |of: &'static str, id: String, label: &'static str, class: &'static str| {
        view! {
            <Form of=of>
                <input type="hidden" name="case" value=id />
                <button class=class type="submit">{label}</button>
            </Form>
        }
    };
    let close = (state == CaseState::Delivered).then(|| act(CLOSE, id.clone(), t::cases::close(l), "btn btn-primary"));
    let withdraw = state.reserves().then(|| {
        view! {
            <section class="card pad">
                <h2>{t::cases::withdraw(l)}</h2>
                <p class="hint">{t::cases::withdraw_hint(l)}</p>
                {act(WITHDRAW, id.clone(), t::cases::withdraw(l), "btn")}
            </section>
        }
    });
    let write = (!state.is_over()).then(|| {
        view! {
            <Form of=WRITE class="card form wide">
                <input type="hidden" name="case" value=id.clone() />
                <TextArea of=WRITE name="text" label=t::cases::message(l) maxlength=u32::try_from(MAX_TEXT).unwrap_or(u32::MAX) rows=4 required=true />
                <button class="btn" type="submit">{t::cases::send(l)}</button>
            </Form>
        }
    });
    view! {
        <p class="crumb"><a href="/benefits/technical/requests">{t::cases::title(l)}</a></p>
        <PageHead
            title=t::cases::CaseTitle { number: &case.row.number, title: &case.row.title }.say(l)
            lede=t::cases::FormLede { benefit: &case.row.benefit, package: &case.row.package }.say(l)
            action=Action::SubmitAdvisoryRequest
        />
        <Done words=move |what| match what {
            "submitted" => Some(t::cases::done_submitted(l)),
            "written" => Some(t::cases::done_written(l)),
            "withdrawn" => Some(t::cases::done_withdrawn(l)),
            "closed" => Some(t::cases::done_closed(l)),
            _ => None,
        } />
        {[WRITE, WITHDRAW, CLOSE].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <CaseFacts case=case.clone() next=next />
        {close}
        <Story entries=case.entries.clone() own=Side::Company company=t::cases::us(l) />
        {write}
        {withdraw}
    }
}
