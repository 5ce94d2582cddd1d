//! The request form. With WebAssembly it saves itself while somebody types.

use super::list::{Offers, left};
use super::server_fns::{SaveDraft, get_new_case, list_cases};
use crate::error::AppError;
use crate::form::{Choice, Done, Field, Form, Refusal, TextArea, outcome};
use crate::i18n::{self, t};
use crate::session::{load, use_language};
use crate::ui::{PageHead, failure, when_loaded};
use domain::access::Action;
#[cfg(feature = "hydrate")]
use domain::benefits::advisory::CaseForm;
use domain::benefits::advisory::{CaseField, CasePage, NewCase, Stage};
use domain::catalogue::SoftwareLanguage;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
#[cfg(feature = "hydrate")]
use std::time::Duration;

const SEND: &str = "cases/send";
/// How long the form waits for the next letter before it saves itself.
#[cfg(feature = "hydrate")]
const PAUSE: Duration = Duration::from_millis(700);

/// What can be chosen, or the form of what was.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
enum Asked {
    Choose(CasePage),
    Form(Box<NewCase>),
}

async fn load_form(benefit: String) -> Result<Asked, AppError> {
    if benefit.is_empty() {
        list_cases(String::new(), String::new()).await.map(Asked::Choose)
    } else {
        get_new_case(benefit).await.map(|form| Asked::Form(Box::new(form)))
    }
}

pub fn new_page() -> AnyView {
    let l = use_language();
    let query = use_query_map();
    let asked = load(move || query.with(|q| q.get("for").unwrap_or_default()), load_form);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match asked.await {
                    Ok(Asked::Form(new)) => view! { <NewRequest new=*new /> }.into_any(),
                    Ok(Asked::Choose(page)) => {
                        view! {
                            <Head lede=t::cases::lede(l).to_owned() />
                            <section class="card pad">
                                <h2 id="choose">{t::cases::choose_title(l)}</h2>
                                <Offers benefits=page.benefits />
                            </section>
                        }
                        .into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Head(lede: String) -> impl IntoView {
    let l = use_language();
    view! {
        <p class="crumb"><a href="/benefits/technical/requests">{t::cases::title(l)}</a></p>
        <PageHead title=t::cases::form_title(l) lede=lede action=Action::SubmitAdvisoryRequest />
    }
}

#[component]
fn NewRequest(new: NewCase) -> impl IntoView {
    let l = use_language();
    let NewCase { benefit, form, saved_at, once } = new;
    // A form that was refused is still the same form.
    let once = outcome(SEND).map(|o| o.typed("once")).filter(|o| !o.is_empty()).unwrap_or_else(|| once.to_string());
    let most = |field: CaseField| u32::try_from(field.most()).unwrap_or(u32::MAX);
    let save = ServerAction::<SaveDraft>::new();
    // An answer to a form carries no script: nothing saves itself there.
    let is_answer = outcome(SEND).is_some();
    let just_saved = use_query_map().with_untracked(|q| q.get("done").as_deref() == Some("saved")) && !is_answer;
    let saved = saved_at.filter(|_| !just_saved).map(|at| t::cases::saved_at(l, &i18n::moment(l, at)));
    let more = is_answer.then(|| t::cases::save_more(l).to_owned());
    let told = RwSignal::new([saved, more].into_iter().flatten().collect::<Vec<_>>().join(" "));
    Effect::new(move |_| {
        if let Some(saved) = save.value().get() {
            told.set(match saved {
                Ok(()) => t::cases::saved(l).to_owned(),
                Err(error) => t::cases::save_failed(l, &i18n::error(l, &error)),
            });
        }
    });
    // Without a script the button saves, and nothing else does.
    Effect::new(move |_| {
        if told.with_untracked(String::is_empty) {
            told.set(t::cases::autosave(l).to_owned());
        }
    });
    let typing = autosave(save);
    let hours_hint = if benefit.most == 0 {
        t::cases::hours_none(l).to_owned()
    } else {
        t::cases::hours_hint(l, u64::from(benefit.most))
    };
    let stages = Stage::ALL.iter().map(|&s| (s.slug(), i18n::stage(l, s))).collect();
    let languages = SoftwareLanguage::ALL.iter().map(|&s| (s.tag(), s.endonym())).collect();
    view! {
        <Head lede=[&t::cases::FormLede { benefit: &benefit.name, package: &benefit.package }.say(l), ". ", &left(l, &benefit), "."].concat() />
        <Done words=move |what| (what == "saved").then(|| t::cases::saved(l)) />
        <Refusal of=SEND />
        <div class="autosave" on:input=typing on:change=typing>
        <Form of=SEND class="card form wide">
            <input type="hidden" name="benefit" value=benefit.id.to_string() />
                <input type="hidden" name="once" value=once />
            <Field of=SEND name="title" label=t::cases::field_title(l) value=form.title maxlength=most(CaseField::Title) />
            <TextArea of=SEND name="description" label=t::cases::field_description(l) hint=t::cases::description_hint(l) value=form.description maxlength=most(CaseField::Description) rows=8 required=true />
            <div class="pair">
                <Choice of=SEND name="stage" label=t::cases::field_stage(l) value=form.stage none=t::cases::stage_choose(l) options=stages />
                <Field of=SEND name="product" label=t::cases::field_product(l) value=form.product maxlength=most(CaseField::Product) />
            </div>
            <div class="pair">
                <Field of=SEND name="contact" label=t::cases::field_contact(l) autocomplete="name" value=form.contact maxlength=most(CaseField::Contact) />
                <Field of=SEND name="phone" kind="tel" label=t::cases::field_phone(l) autocomplete="tel" hint=t::cases::phone_hint(l) value=form.phone maxlength=most(CaseField::Phone) />
            </div>
            <div class="pair">
                <Field of=SEND name="country" label=t::cases::field_country(l) autocomplete="country-name" value=form.country maxlength=most(CaseField::Country) />
                <Choice of=SEND name="language" label=t::cases::field_language(l) value=form.language none="" options=languages />
            </div>
            <Field of=SEND name="hours" label=t::cases::field_hours(l) kind="text" hint=hours_hint value=form.hours maxlength=8 />
            <p class="hint">{t::cases::reserve_hint(l)} " " {t::cases::discard_hint(l)}</p>
            <div class="inline">
                <button class="btn btn-primary" type="submit" name="step" value="submit">{t::cases::submit(l)}</button>
                <button class="btn" type="submit" name="step" value="save" formnovalidate=true>{t::cases::save(l)}</button>
                <button class="btn" type="submit" name="step" value="discard" formnovalidate=true>{t::cases::discard(l)}</button>
            </div>
            <p class="hint" role="status">{told}</p>
        </Form>
        </div>
    }
}

/// What the form holds now.
#[cfg(feature = "hydrate")]
fn read(form: &web_sys::HtmlFormElement) -> Option<SaveDraft> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let text = |name: &str| data.get(name).as_string().unwrap_or_default();
    let form = CaseForm {
        title: text("title"),
        description: text("description"),
        stage: text("stage"),
        product: text("product"),
        contact: text("contact"),
        phone: text("phone"),
        country: text("country"),
        language: text("language"),
        hours: text("hours"),
    };
    Some(SaveDraft { benefit: text("benefit"), once: text("once"), form })
}

/// Saves the form a moment after the last letter, and at once when the page is left.
#[cfg(feature = "hydrate")]
fn autosave(save: ServerAction<SaveDraft>) -> impl Fn(leptos::ev::Event) + Copy + 'static {
    use leptos::server_fn::ServerFn;
    use wasm_bindgen::JsCast;
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let unsaved = StoredValue::new_local(None::<web_sys::HtmlFormElement>);
    let stop = move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    };
    // A tab that is closed does not wait for an answer: the beacon is sent all the same.
    let leave = window_event_listener(leptos::ev::pagehide, move |_| {
        let Some(draft) = unsaved.try_get_value().flatten().and_then(|form| read(&form)) else { return };
        let Ok(body) = web_sys::UrlSearchParams::new() else { return };
        for (name, value) in [
            ("benefit", &draft.benefit),
            ("once", &draft.once),
            ("title", &draft.form.title),
            ("description", &draft.form.description),
            ("stage", &draft.form.stage),
            ("product", &draft.form.product),
            ("contact", &draft.form.contact),
            ("phone", &draft.form.phone),
            ("country", &draft.form.country),
            ("language", &draft.form.language),
            ("hours", &draft.form.hours),
        ] {
            body.append(name, value);
        }
        let _ = window().navigator().send_beacon_with_opt_url_search_params(SaveDraft::PATH, Some(&body));
    });
    // A form that is being sent decides itself what becomes of the draft.
    let sent = window_event_listener(leptos::ev::submit, move |_| {
        stop();
        let _ = unsaved.try_update_value(|form| *form = None);
    });
    on_cleanup(move || {
        stop();
        leave.remove();
        sent.remove();
    });
    move |event: leptos::ev::Event| {
        let Some(form) = event
            .target()
            .and_then(|field| field.dyn_into::<web_sys::Element>().ok())
            .and_then(|field| field.closest("form").ok().flatten())
            .and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok())
        else {
            return;
        };
        stop();
        unsaved.set_value(Some(form));
        let late = move || {
            let form = unsaved.try_update_value(Option::take).flatten();
            if let Some(draft) = form.and_then(|form| read(&form)) {
                save.dispatch(draft);
            }
        };
        waiting.set_value(set_timeout_with_handle(late, PAUSE).ok());
    }
}

#[cfg(not(feature = "hydrate"))]
fn autosave(_save: ServerAction<SaveDraft>) -> impl Fn(leptos::ev::Event) + Copy + 'static {
    |_| {}
}
