//! Companies that come over from the predecessor portal, by file.

use super::catalogue::{DISCARD, Discard, FileField, Wrong};
use super::console_fns::get_move_trial;
use crate::form::{Form, Refusal};
use crate::i18n::{self, t};
use crate::session::{load, use_language};
use crate::ui::{Date, PageHead, failure, table_head, when_loaded};
use domain::console::{MoveTrial, MovedCompany, UploadKind};
use leptos::prelude::*;

pub const TRY: &str = "operator/try_companies";
const MOVE: &str = "operator/move_companies";

/// The form that a file is chosen in, with what it has to look like.
#[component]
pub fn MoveForm() -> impl IntoView {
    let l = use_language();
    let example = [
        "domain,company,account_email,name,email,language,package,since",
        "woodgrove.example,Woodgrove,office@woodgrove.example,Wanda Weber,wanda@woodgrove.example,de,,",
        "woodgrove.example,,,,,,silver,2026-03-01",
    ];
    view! {
        <Form of=TRY class="card form" with_file=true>
            <h2 id="move">{t::console::move_title(l)}</h2>
            <p class="hint">{t::console::move_text(l)}</p>
            <FileField of=TRY label=t::console::move_file(l) hint=t::console::move_file_hint(l) accept=".csv,text/csv,text/plain" />
            <details>
                <summary>{t::console::move_format(l)}</summary>
                <p class="hint">{t::console::move_format_text(l)}</p>
                <pre class="sample" tabindex="0" aria-label=t::console::move_format(l)>{example.join("\n")}</pre>
            </details>
            <button class="btn btn-primary" type="submit">{t::console::check(l)}</button>
        </Form>
    }
}

pub fn move_page(id: String) -> AnyView {
    let upload = StoredValue::new(id.clone());
    let trial = load(move || id.clone(), get_move_trial);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match trial.await {
                    Ok(Ok(trial)) => view! { <Trial trial=trial /> }.into_any(),
                    Ok(Err(lines)) => {
                        view! { <Wrong lines=lines upload=upload.get_value() kind=UploadKind::Companies /> }.into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Trial(trial: MoveTrial) -> impl IntoView {
    let l = use_language();
    let head = [t::console::company(l), t::console::packages(l), t::console::move_people(l), t::console::move_known(l)];
    let all = trial.companies.len() as u64;
    let upload = StoredValue::new(trial.upload.to_string());
    let rows: Vec<_> = trial.companies.into_iter().map(|of| view! { <Company of=of head=head /> }).collect();
    view! {
        <p class="crumb"><a href="/operator/companies">{t::console::companies(l)}</a></p>
        <PageHead title=t::console::move_trial(l) lede=t::console::move_trial_lede(l, all) />
        {[MOVE, DISCARD].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <section class="card" aria-label=t::console::move_trial(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
        <p class="hint">{t::console::move_hint(l)}</p>
        <div class="buttons">
            <Form of=MOVE>
                <input type="hidden" name="upload" value=upload.get_value() />
                <button class="btn btn-primary" type="submit">{t::console::move_do(l)}</button>
            </Form>
            <Discard upload=upload.get_value() kind=UploadKind::Companies />
        </div>
    }
}

#[component]
fn Company(of: MovedCompany, head: [&'static str; 4]) -> impl IntoView {
    let l = use_language();
    let n = |n: u32| i18n::number(l, u64::from(n));
    let fresh = of.is_new.then(|| view! { " " <span class="status status-info">{t::console::move_new(l)}</span> });
    let none = of.packages.is_empty().then_some("–");
    let packages: Vec<_> = of
        .packages
        .into_iter()
        .map(|year| {
            view! { <span class="block">{year.name} " – " {t::console::move_until(l)} " " <Date at=year.until /></span> }
        })
        .collect();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="name">{of.name} {fresh} <span class="hint block">{of.domain}</span></th>
            <td role="cell" data-label=head[1]>{packages} {none}</td>
            <td role="cell" class="num" data-label=head[2]>{n(of.people)}</td>
            <td role="cell" class="num" data-label=head[3]>{n(of.known)}</td>
        </tr>
    }
}
