//! The outbox: every mail with its state, a test, a mail as it looks to its reader.

use super::server_fns::{MailAnswer, OutboxAnswer, get_mail, list_mails};
use crate::form::{Done, Field, Form, Refusal};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{Empty, Moment, Notice, PageHead, failure, table_head, when_loaded};
use domain::language::Language;
use domain::live::Topic;
use domain::mail::{Letter, MailRow, MailState};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

const TEST: &str = "operator/test_mail";
const RETRY: &str = "operator/retry_mail";

fn asked(query: &ParamsMap) -> (String, String) {
    (query.get("state").unwrap_or_default(), query.get("after").unwrap_or_default())
}

pub fn outbox_page() -> AnyView {
    let query = use_query_map();
    let mails = load_live(
        &[Topic::Console, Topic::Queue],
        move || query.with(asked),
        |(state, after)| list_mails(state, after),
    );
    let state = move || MailState::from_slug(&query.with_untracked(asked).0);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match mails.await {
                    Ok(answer) => view! { <Outbox answer=answer state=state() /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn state_words(l: Language, state: MailState) -> AnyView {
    let (tone, word) = match state {
        MailState::Waiting => ("status status-info", t::outbox::state_waiting(l)),
        MailState::Sending => ("status status-info", t::outbox::state_sending(l)),
        MailState::Sent => ("status status-ok", t::outbox::state_sent(l)),
        MailState::Dead => ("status status-bad", t::outbox::state_dead(l)),
    };
    view! { <span class=tone>{word}</span> }.into_any()
}

/// What a mail is about, by the word of its kind.
fn kind_words(l: Language, kind: &str) -> &'static str {
    use t::outbox as o;
    match kind {
        "invitation" => o::kind_invitation(l),
        "role_decided" => o::kind_role_decided(l),
        "seat_assigned" => o::kind_seat_assigned(l),
        "support_active" => o::kind_support_active(l),
        "support_declined" => o::kind_support_declined(l),
        "reminders" => o::kind_reminders(l),
        "order_placed" => o::kind_order_placed(l),
        "order_paid" => o::kind_order_paid(l),
        "order_lapsed" => o::kind_order_lapsed(l),
        "cancellation_decided" => o::kind_cancellation_decided(l),
        "keys_delivered" => o::kind_keys_delivered(l),
        "key_withdrawn" => o::kind_key_withdrawn(l),
        "low_stock" => o::kind_low_stock(l),
        "job_late" => o::kind_job_late(l),
        "offer_active" => o::kind_offer_active(l),
        "offer_declined" => o::kind_offer_declined(l),
        "case_submitted" => o::kind_case_submitted(l),
        "case_moved" => o::kind_case_moved(l),
        "case_answered" => o::kind_case_answered(l),
        _ => o::kind_test(l),
    }
}

/// What the mail server said; our own words for what it did not get to see.
fn last_words(l: Language, row: &MailRow) -> String {
    match row.last_error.as_deref() {
        Some("unreadable") => t::outbox::unreadable(l).to_owned(),
        Some(said) => said.to_owned(),
        None => String::new(),
    }
}

#[component]
fn Outbox(answer: OutboxAnswer, state: Option<MailState>) -> impl IntoView {
    let l = use_language();
    let OutboxAnswer { page, is_on } = answer;
    let all: u64 = page.counts.iter().sum();
    let chip = move |name: &'static str, href: String, current: bool, count: u64| {
        view! {
            <a class="chip" href=href aria-current=current.then_some("true")>
                {name} " " <span class="num">{i18n::number(l, count)}</span>
            </a>
        }
    };
    let chips = MailState::ALL.iter().zip(page.counts).map(|(&of, count)| {
        let name = match of {
            MailState::Waiting => t::outbox::state_waiting(l),
            MailState::Sending => t::outbox::state_sending(l),
            MailState::Sent => t::outbox::state_sent(l),
            MailState::Dead => t::outbox::state_dead(l),
        };
        chip(name, ["/operator/outbox?state=", of.slug()].concat(), state == Some(of), count)
    });
    let head = [
        t::outbox::to(l),
        t::outbox::kind(l),
        t::outbox::written(l),
        t::outbox::state(l),
        t::outbox::attempts(l),
        t::outbox::last(l),
    ];
    let next = page.next.clone().map(|after| {
        let state = state.map(MailState::slug).unwrap_or_default();
        let href = ["/operator/outbox?state=", state, "&after=", &after].concat();
        view! { <a href=href>{t::benefits::next_page(l)}</a> }
    });
    let list = if all == 0 {
        view! { <Empty title=t::outbox::none(l)>""</Empty> }.into_any()
    } else if page.rows.is_empty() {
        view! { <p class="card pad"><a href="/operator/outbox">{t::outbox::none_found(l)}</a></p> }.into_any()
    } else {
        let rows = page.rows.into_iter().map(|row| {
            let href = ["/operator/outbox/", &row.id.to_string()].concat();
            let last = last_words(l, &row);
            let label =
                t::outbox::OpenMail { address: &row.address, kind: kind_words(l, &row.kind), date: &i18n::moment(l, row.created_at) }.say(l);
            let next = row.next_at.filter(|_| row.state == MailState::Waiting && row.attempts > 0);
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" class="name"><a href=href aria-label=label>{row.address.clone()}</a></th>
                    <td role="cell" data-label=head[1]>{kind_words(l, &row.kind)}</td>
                    <td role="cell" class="num" data-label=head[2]><Moment at=row.created_at /></td>
                    <td role="cell" data-label=head[3]>{state_words(l, row.state)}</td>
                    <td role="cell" class="num" data-label=head[4]>{i18n::number(l, u64::from(row.attempts))}</td>
                    <td role="cell" data-label=head[5]>
                        {last}
                        {next.map(|at| view! { <p class="hint num">{t::outbox::next(l)} ": " <Moment at=at /></p> })}
                    </td>
                </tr>
            }
        });
        view! {
            <section class="card" aria-label=t::outbox::list(l)>
                <table class="table" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">{rows.collect_view()}</tbody>
                </table>
                <div class="table-foot">
                    <span class="num">{t::outbox::count(l, page.total)}</span>
                    <span>{next}</span>
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead title=t::shell::outbox(l) lede=t::outbox::lede(l) />
        <Done words=move |what| (what == "tested").then(|| t::outbox::done_tested(l)) />
        <Refusal of=TEST />
        {(!is_on).then(|| view! { <Notice>{t::outbox::off(l)}</Notice> })}
        <nav class="chips" aria-label=t::benefits::filters(l)>
            {chip(t::benefits::filter_all(l), "/operator/outbox".to_owned(), state.is_none(), all)}
            {chips.collect_view()}
        </nav>
        {list}
        <Form of=TEST class="card form">
            <h2>{t::outbox::test_title(l)}</h2>
            <Field of=TEST name="email" kind="email" label=t::outbox::test_to(l) autocomplete="email" />
            <button class="btn" type="submit">{t::outbox::test_send(l)}</button>
        </Form>
    }
}

pub fn mail_page(id: String) -> AnyView {
    let mail = load_live(&[Topic::Console], move || id.clone(), get_mail);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match mail.await {
                    Ok(answer) => view! { <Mail answer=answer /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Mail(answer: MailAnswer) -> impl IntoView {
    let l = use_language();
    let MailAnswer { row, language, is_invitation, letter, plain } = answer;
    let id = row.id.to_string();
    let last = last_words(l, &row);
    let retry = matches!(row.state, MailState::Waiting | MailState::Dead).then(|| {
        view! {
            <Form of=RETRY>
                <input type="hidden" name="mail" value=id />
                <button class="btn" type="submit">{t::outbox::retry(l)}</button>
            </Form>
        }
    });
    let fact = |name: &'static str, at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map(|at| view! { <div><dt>{name}</dt><dd class="num"><Moment at=at /></dd></div> })
    };
    view! {
        <p class="crumb"><a href="/operator/outbox">{t::shell::outbox(l)}</a></p>
        <PageHead title=letter.subject.clone() lede=t::outbox::mail_lede(l, &row.address) />
        <Done words=move |what| (what == "retried").then(|| t::outbox::done_retried(l)) />
        <Refusal of=RETRY />
        <section class="card pad">
            <dl class="facts">
                <div><dt>{t::outbox::state(l)}</dt><dd>{state_words(l, row.state)}</dd></div>
                <div><dt>{t::outbox::attempts(l)}</dt><dd class="num">{i18n::number(l, u64::from(row.attempts))}</dd></div>
                {fact(t::outbox::written(l), Some(row.created_at))}
                {fact(t::outbox::sent(l), row.sent_at)}
                {fact(t::outbox::next(l), row.next_at)}
            </dl>
            {(!last.is_empty()).then(|| view! { <p><b>{t::outbox::last(l)}</b> ": " {last}</p> })}
            {retry}
        </section>
        <h2 class="section">{t::outbox::look(l)}</h2>
        {is_invitation.then(|| view! { <p class="hint">{t::outbox::hidden_link(l)}</p> })}
        <LetterView letter=letter language=language />
        <details class="card pad">
            <summary>{t::outbox::plain(l)}</summary>
            <pre class="written">{plain}</pre>
        </details>
    }
}

/// The mail as its reader sees it. Its link is shown and not followed.
#[component]
fn LetterView(letter: Letter, language: Language) -> impl IntoView {
    let facts = letter.facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! {
        <article class="card pad letter" lang=language.tag()>
            <p>{letter.greeting}</p>
            {letter.paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {letter.quote.map(|text| view! { <blockquote class="written">{text}</blockquote> })}
            <dl class="facts">{facts.collect_view()}</dl>
            {letter.link.map(|(label, href)| view! { <p><b>{label}</b> " " <code>{href}</code></p> })}
            <p class="hint">{letter.closing}</p>
        </article>
    }
}
