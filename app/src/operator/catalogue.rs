//! The catalogue: versions, a file that is tried, what it would change, how it looks to its readers.

use super::console_fns::{get_catalogue, get_catalogue_trial};
use crate::form::{Done, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::{load, use_language};
use crate::ui::{Moment, Notice, PageHead, failure, table_head, when_loaded};
use domain::console::{
    CatalogueAdmin, CataloguePreview, CatalogueTrial, EntryChange, EntryKind, Fate, PreviewItem, UploadKind,
    VersionRow, WrongLine,
};
use domain::language::{Language, LocalText};
use domain::live::Topic;
use leptos::prelude::*;

const TRY: &str = "operator/try_catalogue";
const PUBLISH: &str = "operator/publish_catalogue";
/// Lines of a wrong file that are listed.
const WRONG_LINES: usize = 200;
pub const DISCARD: &str = "operator/discard_upload";

pub fn catalogue_page() -> AnyView {
    let catalogue = load_live(&[Topic::Console], || (), |()| get_catalogue());
    view! {
        <Transition>
            {when_loaded(move || async move {
                match catalogue.await {
                    Ok(found) => view! { <Whole catalogue=found /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// A field for a file, with what is wrong with it.
#[component]
pub fn FileField(of: &'static str, label: &'static str, hint: &'static str, accept: &'static str) -> impl IntoView {
    let l = use_language();
    let wrong = outcome(of).and_then(|o| o.result.err()).filter(|e| e.field() == Some("file"));
    let wrong = wrong.map(|e| i18n::error(l, &e));
    let described = if wrong.is_some() { "file-hint file-error" } else { "file-hint" };
    let invalid = wrong.is_some().then_some("true");
    view! {
        <div class="field-group">
            <label for="file">{label}</label>
            <input class="field" id="file" name="file" type="file" accept=accept aria-invalid=invalid aria-describedby=described autofocus=wrong.is_some() />
            <p class="hint" id="file-hint">{hint}</p>
            {wrong.map(|text| view! { <p class="field-error" id="file-error">{text}</p> })}
        </div>
    }
}

#[component]
fn Whole(catalogue: CatalogueAdmin) -> impl IntoView {
    let l = use_language();
    view! {
        <PageHead title=t::console::catalogue(l) lede=t::console::catalogue_lede(l) />
        <Done words=move |what| match what {
            "published" => Some(t::console::done_published(l)),
            "discarded" => Some(t::console::done_discarded(l)),
            _ => None,
        } />
        <Refusal of=TRY />
        <Form of=TRY class="card form" with_file=true>
            <h2>{t::console::catalogue_upload(l)}</h2>
            <FileField of=TRY label=t::console::catalogue_file(l) hint=t::console::catalogue_file_hint(l) accept=".toml,text/plain" />
            <button class="btn btn-primary" type="submit">{t::console::check(l)}</button>
        </Form>
        <Versions rows=catalogue.versions />
        <h2 class="section" id="preview">{t::console::preview(l)}</h2>
        <Preview preview=catalogue.preview />
    }
}

#[component]
fn Versions(rows: Vec<VersionRow>) -> impl IntoView {
    let l = use_language();
    let head =
        [t::console::version(l), t::console::published_at(l), t::console::published_by(l), t::console::download(l)];
    let lines = rows.into_iter().map(|row| {
        let n = row.number.to_string();
        let href = ["/export/catalogue.toml?version=", &n].concat();
        let label = t::console::download_of(l, &n);
        let by = row.by.unwrap_or_else(|| t::console::nobody(l).to_owned());
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num">{n}</th>
                <td role="cell" class="num" data-label=head[1]><Moment at=row.published_at /></td>
                <td role="cell" data-label=head[2]>{by}</td>
                <td role="cell"><a href=href rel="external" download="" aria-label=label>{t::console::download(l)}</a></td>
            </tr>
        }
    });
    let lines = lines.collect_view();
    view! {
        <h2 class="section">{t::console::versions(l)}</h2>
        <section class="card" aria-label=t::console::versions(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{lines}</tbody>
            </table>
        </section>
    }
}

/// A name with its text below.
fn told(name: &str, texts: &[&str]) -> AnyView {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    view! {
        <b>{name.to_owned()}</b>
        {texts.into_iter().map(|text| view! { <span class="hint block">{text}</span> }).collect_view()}
    }
    .into_any()
}

#[component]
fn Preview(preview: CataloguePreview) -> impl IntoView {
    let l = use_language();
    let head = [t::console::entry(l), t::console::english(l), t::console::german(l)];
    let row = move |code: String, about: String, en: AnyView, de: AnyView| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name"><code>{code}</code> <span class="hint block">{about}</span></th>
                <td role="cell" lang="en" data-label=head[1]>{en}</td>
                <td role="cell" lang="de" data-label=head[2]>{de}</td>
            </tr>
        }
    };
    let packages = preview.packages.into_iter().map(|p| {
        let price = p.price.map(|price| i18n::money(l, price)).unwrap_or_default();
        let contents = |language: Language| {
            let line = |item: &PreviewItem| {
                // A sign that both languages have: only the sentences of the reader's are here.
                let quantity = item.quantity.map_or_else(|| "∞".to_owned(), |n| i18n::number(l, u64::from(n)));
                view! { <li><span class="num">{quantity}</span> " × " {item.name.get(language).to_owned()}</li> }
            };
            view! { <ul class="items">{p.items.iter().map(line).collect_view()}</ul> }
        };
        let (en, de) = (contents(Language::En), contents(Language::De));
        let en = view! { {told(&p.name.en, &[&p.label.en, &p.summary.en])} {en} }.into_any();
        let de = view! { {told(&p.name.de, &[&p.label.de, &p.summary.de])} {de} }.into_any();
        row(p.code, price, en, de)
    });
    let packages = packages.collect_view();
    let products = preview.products.into_iter().map(|p| {
        let texts = |of: fn(&LocalText) -> &str| {
            let mut texts = vec![of(&p.summary)];
            texts.extend(p.instructions.as_ref().map(of));
            told(of(&p.name), &texts)
        };
        let (en, de) = (texts(|t| &t.en), texts(|t| &t.de));
        row(p.code.clone(), i18n::category(l, p.category).to_owned(), en, de)
    });
    let products = products.collect_view();
    let part = move |title: &'static str, rows: AnyView| {
        view! {
            <details class="card">
                <summary class="pad">{title}</summary>
                <table class="table even" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </details>
        }
    };
    view! {
        {part(t::console::preview_packages(l), packages.into_any())}
        {part(t::console::preview_products(l), products.into_any())}
    }
}

pub fn trial_page(id: String) -> AnyView {
    let upload = StoredValue::new(id.clone());
    let trial = load(move || id.clone(), get_catalogue_trial);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match trial.await {
                    Ok(Ok(trial)) => view! { <Trial trial=trial /> }.into_any(),
                    Ok(Err(lines)) => {
                        view! { <Wrong lines=lines upload=upload.get_value() kind=UploadKind::Catalogue /> }.into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// A file with lines that are not in order.
#[component]
pub fn Wrong(lines: Vec<WrongLine>, upload: String, kind: UploadKind) -> impl IntoView {
    let l = use_language();
    let head = [t::console::line(l), t::console::problem(l)];
    let (href, name, title) = match kind {
        UploadKind::Catalogue => ("/operator/catalogue", t::console::catalogue(l), t::console::trial_title(l)),
        UploadKind::Keys => ("/operator/keys", t::console::keys(l), t::console::keys_trial(l)),
        UploadKind::Companies => ("/operator/companies", t::console::companies(l), t::console::move_trial(l)),
    };
    let found = t::console::trial_wrong(l, lines.len() as u64);
    // The first of them say it.
    let rows = lines.into_iter().take(WRONG_LINES).map(|line| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num">{i18n::number(l, line.line)}</th>
                <td role="cell" data-label=head[1]>{line.words}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p class="crumb"><a href=href>{name}</a></p>
        <PageHead title=title lede=t::console::trial_wrong_hint(l) />
        {[PUBLISH, DISCARD, "operator/import_keys", "operator/move_companies"].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <Notice>{found}</Notice>
        <section class="card" aria-label=t::console::problem(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
        <Discard upload=upload kind=kind />
    }
}

#[component]
pub fn Discard(upload: String, kind: UploadKind) -> impl IntoView {
    let l = use_language();
    view! {
        <Form of=DISCARD>
            <input type="hidden" name="upload" value=upload />
            <input type="hidden" name="kind" value=kind.slug() />
            <button class="btn" type="submit">{t::console::discard(l)}</button>
        </Form>
    }
}

#[component]
fn Trial(trial: CatalogueTrial) -> impl IntoView {
    let l = use_language();
    let upload = StoredValue::new(trial.upload.to_string());
    let publish = (!trial.changes.is_empty()).then(|| {
        view! {
            <Form of=PUBLISH>
                <input type="hidden" name="upload" value=upload.get_value() />
                <button class="btn btn-primary" type="submit" aria-describedby="publish-hint">{t::console::publish(l)}</button>
            </Form>
        }
    });
    let hint = publish.is_some().then(|| view! { <p class="hint" id="publish-hint">{t::console::publish_hint(l)}</p> });
    let changes = if trial.changes.is_empty() {
        view! { <p class="card pad">{t::console::changes_none(l)}</p> }.into_any()
    } else {
        trial.changes.into_iter().map(|change| view! { <Changed change=change /> }).collect_view().into_any()
    };
    view! {
        <p class="crumb"><a href="/operator/catalogue">{t::console::catalogue(l)}</a></p>
        <PageHead title=t::console::trial_title(l) lede=t::console::trial_lede(l, &trial.base.to_string()) />
        {[PUBLISH, DISCARD].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <h2 class="section">{t::console::changes(l)}</h2>
        {changes}
        <div class="buttons">
            {publish}
            <Discard upload=upload.get_value() kind=UploadKind::Catalogue />
        </div>
        {hint}
        <h2 class="section" id="preview">{t::console::preview(l)}</h2>
        <Preview preview=trial.preview />
    }
}

#[component]
fn Changed(change: EntryChange) -> impl IntoView {
    let l = use_language();
    let (tone, word) = match change.fate {
        Fate::Added => ("status status-ok", t::console::fate_added(l)),
        Fate::Changed => ("status status-info", t::console::fate_changed(l)),
        Fate::Removed => ("status status-warn", t::console::fate_removed(l)),
    };
    let kind = match change.kind {
        EntryKind::Product => t::console::kind_product(l),
        EntryKind::Package => t::console::kind_package(l),
    };
    let head = [t::console::field(l), t::console::before(l), t::console::after(l)];
    let title = view! {
        <span class=tone>{word}</span> " " {kind} ": " <b>{change.name.get(l).to_owned()}</b> " " <code>{change.code}</code>
    };
    if change.fields.is_empty() {
        return view! { <section class="card pad"><p>{title}</p></section> }.into_any();
    }
    let value = move |text: String| if text.is_empty() { t::console::empty(l).to_owned() } else { text };
    let rows = change.fields.into_iter().map(|field| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name"><code>{field.field}</code></th>
                <td role="cell" data-label=head[1]>{value(field.before)}</td>
                <td role="cell" data-label=head[2]>{value(field.after)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <details class="card" open=change.fate == Fate::Changed>
            <summary class="pad">{title}</summary>
            <table class="table even" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}
