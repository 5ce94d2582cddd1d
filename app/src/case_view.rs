//! A case as the company sees it: on its own page and beside the operator's.

use crate::i18n::{self, t};
use crate::session::use_language;
use crate::ui::{Moment, case_state};
use domain::benefits::advisory::{Case, CaseEntry, CaseState, Side};
use domain::language::Language;
use leptos::prelude::*;

/// What happens next, and until when; nothing once it is over.
pub fn next_step(l: Language, case: &Case) -> Option<String> {
    match (case.due_at, case.row.state) {
        (_, state) if state.is_over() => None,
        (Some(due), _) if case.is_late => Some(t::cases::answer_late(l, &i18n::moment(l, due))),
        (Some(due), _) => Some(t::cases::answer_due(l, &i18n::moment(l, due))),
        (None, CaseState::Delivered) => Some(t::cases::next_delivered(l).to_owned()),
        (None, _) => Some(t::cases::next_in_contact(l).to_owned()),
    }
}

/// A heading of the page, or of a part of it.
fn heading(text: &'static str, below: bool) -> AnyView {
    if below { view! { <h3>{text}</h3> }.into_any() } else { view! { <h2>{text}</h2> }.into_any() }
}

/// Status and hours, then what was asked for.
#[component]
pub fn CaseFacts(
    case: Case,
    next: Option<String>,
    /// It stands below a heading of its own.
    #[prop(optional)]
    below: bool,
) -> impl IntoView {
    let l = use_language();
    let hours = |n: u32| t::words::hours(l, u64::from(n));
    let mut figures = vec![(t::cases::asked(l), hours(case.asked))];
    if case.row.state.reserves() {
        figures.push((t::cases::reserved(l), hours(case.asked)));
    } else {
        let used = case.used.unwrap_or(0);
        figures.push((t::cases::used(l), hours(used)));
        figures.push((t::cases::released(l), hours(case.asked.saturating_sub(used))));
    }
    let texts = [
        (t::cases::field_stage(l), i18n::stage(l, case.stage).to_owned()),
        (t::cases::field_product(l), case.product.clone()),
        (t::cases::field_contact(l), case.contact.clone()),
        (t::cases::field_phone(l), case.phone.clone()),
        (t::cases::field_country(l), case.country.clone()),
        (t::cases::field_language(l), case.language.endonym().to_owned()),
        (t::cases::by(l), case.row.by.clone()),
    ];
    let line = |(name, value): (&'static str, String)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    view! {
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::cases::state(l)}</dt><dd>{case_state(l, case.row.state)}</dd></div>
                {figures.into_iter().map(line).collect_view()}
                <div><dt>{t::cases::submitted_on(l)}</dt><dd class="num"><Moment at=case.row.submitted_at /></dd></div>
            </dl>
            {next.map(|text| view! { <p>{text}</p> })}
            {heading(t::cases::details(l), below)}
            <p class="written">{case.description}</p>
            <dl class="facts">{texts.into_iter().map(line).collect_view()}</dl>
        </section>
    }
}

/// What happened and what was written, the oldest first.
#[component]
pub fn Story(
    entries: Vec<CaseEntry>,
    /// The reader's side.
    own: Side,
    /// What the company is called on this page.
    #[prop(into)]
    company: String,
    #[prop(optional)] below: bool,
) -> impl IntoView {
    let l = use_language();
    let lines = entries.into_iter().map(|entry| {
        let side = match entry.side {
            Side::Company => company.as_str(),
            Side::Programme => t::cases::programme(l),
        };
        let class = if entry.side == own { "entry entry-own" } else { "entry" };
        view! {
            <li class=class>
                <p class="hint num">{t::cases::WhoWhen { name: &entry.by, side, date: &i18n::moment(l, entry.at) }.say(l)}</p>
                {entry.state.map(|state| view! { <p><b>{t::cases::turned(l, i18n::case_state(l, state))}</b></p> })}
                {(!entry.text.is_empty()).then(|| view! { <p class="written">{entry.text.clone()}</p> })}
            </li>
        }
    });
    view! {
        <section class="card pad" aria-label=t::cases::story(l)>
            {heading(t::cases::story(l), below)}
            <ol class="story">{lines.collect_view()}</ol>
        </section>
    }
}
