//! Picking a colleague: a search and a plain list of who matches.
//!
//! The list is the browser's own control, so that keyboard and screen reader know it; typing only
//! changes what is in it. Without JavaScript, a button searches.

use crate::error::AppError;
use crate::form::outcome;
use crate::i18n::t;
use crate::session::{Loaded, load, use_language};
use crate::ui::{Alert, when_loaded};
use domain::people::Choices;
use leptos::prelude::*;
use leptos_router::hooks::{use_query_map, use_url};
use leptos_router::params::ParamsMap;
use std::time::Duration;

/// How long the search waits for the next letter.
const PAUSE: Duration = Duration::from_millis(200);

#[server(prefix = "/api", endpoint = "people/choices", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_choices(
    #[server(default)] search: String,
    #[server(default)] selected: String,
) -> Result<Choices, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::account::list_choices(&ctx, &search, selected.parse().ok()).await)
}

type Offered = Loaded<Option<Result<Choices, AppError>>>;

/// Who can be picked on a page. Made with the page's other data.
#[derive(Clone, Copy)]
pub struct Picker {
    search: RwSignal<String>,
    selected: Memo<String>,
    offered: Offered,
    chosen: RwSignal<String>,
}

impl Picker {
    /// `wanted` tells whether somebody is to be picked now; nothing is asked for before.
    pub fn new(wanted: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let query = use_query_map();
        let search = RwSignal::new(query.with_untracked(|q| q.get("find").unwrap_or_default()));
        // Who has just been added, on the way back from there.
        let selected = Memo::new(move |_| query.with(|q| q.get("user").unwrap_or_default()));
        let offered = load(
            move || wanted().then(|| (search.get(), selected.get())),
            |asked| async move {
                match asked {
                    Some((search, selected)) => Some(list_choices(search, selected).await),
                    None => None,
                }
            },
        );
        Self { search, selected, offered, chosen: RwSignal::new(String::new()) }
    }

    /// The account address of who is chosen, for what a form checks while it is filled in. In the
    /// browser only, and only where an event or an effect asks.
    pub fn chosen_address(&self) -> Option<String> {
        let chosen = self.chosen.get();
        match self.offered.get().flatten() {
            Some(Ok(choices)) => choices.people.into_iter().find(|p| p.id.to_string() == chosen).map(|p| p.email),
            _ => None,
        }
    }
}

/// The address of this page without what belongs to a form that was sent from it.
fn here(path: &str, query: &ParamsMap) -> String {
    let mut kept = ParamsMap::new();
    for (name, value) in query.clone() {
        if !matches!(&*name, "user" | "find" | "done" | "form" | "benefit" | "entry" | "email" | "phone" | "preferred")
        {
            kept.insert(name, value);
        }
    }
    [path, &kept.to_query_string()].concat()
}

/// A field of a form: a person of the company.
#[component]
pub fn PersonField(
    of: &'static str,
    name: &'static str,
    label: &'static str,
    picker: Picker,
    /// Whether the reader may add somebody who is not in the list.
    may_add: bool,
    #[prop(default = true)] required: bool,
    /// Where a page has two of the same name.
    #[prop(optional)]
    id: &'static str,
) -> impl IntoView {
    let l = use_language();
    let Picker { search, selected, offered, chosen } = picker;
    let answered = outcome(of);
    let typed = answered.as_ref().map(|o| o.typed(name)).filter(|t| !t.is_empty());
    let wrong = answered.and_then(|o| o.result.err()).filter(|e| e.field() == Some(name));
    let wrong = wrong.map(|e| crate::i18n::error(l, &e));
    chosen.set(typed.unwrap_or_else(|| selected.get_untracked()));
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop_waiting = move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    };
    let text = RwSignal::new(search.get_untracked());
    let typing = move |event: leptos::ev::Event| {
        text.set(event_target_value(&event));
        stop_waiting();
        let late = move || {
            let _ = search.try_set(text.try_get_untracked().unwrap_or_default());
        };
        waiting.set_value(set_timeout_with_handle(late, PAUSE).ok());
    };
    on_cleanup(stop_waiting);
    let find = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        stop_waiting();
        search.set(text.get_untracked());
    };
    let url = use_url();
    let add = move || {
        let mut back = ParamsMap::new();
        // The field may be gone when the address changes.
        let from = url.try_with(|url| here(url.path(), url.search_params()));
        back.insert("back", from.unwrap_or_default());
        ["/account/users/new", &back.to_query_string()].concat()
    };
    let id = if id.is_empty() { name } else { id };
    let (find_id, error_id) = ([id, "-find"].concat(), [id, "-error"].concat());
    let described = wrong.is_some().then(|| error_id.clone());
    let invalid = wrong.is_some().then_some("true");
    view! {
        <div class="picker">
            <div class="field-group">
                <label for=find_id.clone()>{t::people::find(l)}</label>
                <div class="pick">
                    <input class="field" id=find_id name="find" type="search" maxlength="100" autocomplete="off" value=search.get_untracked() prop:value=text on:input=typing />
                    <button class="btn" type="submit" formmethod="get" formnovalidate=true on:click=find>{t::people::find_submit(l)}</button>
                </div>
            </div>
            <div class="field-group">
                <label for=id>{label}</label>
                <Transition>
                    {when_loaded(move || {
                        let (described, error_id) = (described.clone(), error_id.clone());
                        let wrong = wrong.clone();
                        async move {
                            let choices = match offered.await {
                                Some(Ok(choices)) => choices,
                                Some(Err(error)) => return view! { <Alert error=error /> }.into_any(),
                                None => Choices::default(),
                            };
                            let told = if choices.people.is_empty() {
                                t::people::nobody(l).to_owned()
                            } else if choices.more {
                                t::people::more(l).to_owned()
                            } else {
                                t::people::matches(l, choices.people.len() as u64)
                            };
                            let options = choices
                                .people
                                .into_iter()
                                .map(|person| {
                                    let value = person.id.to_string();
                                    let is_chosen = chosen.get_untracked() == value;
                                    let person_id = value.clone();
                                    view! {
                                        <option value=person_id selected=is_chosen prop:selected=move || chosen.get() == value>
                                            {[&person.name, " – ", &person.email].concat()}
                                        </option>
                                    }
                                })
                                .collect_view();
                            view! {
                                <select
                                    class="field"
                                    id=id
                                    name=name
                                    required=required
                                    autofocus=wrong.is_some()
                                    aria-invalid=invalid
                                    aria-describedby=described
                                    on:change=move |event| chosen.set(event_target_value(&event))
                                >
                                    <option value="">{t::people::choose(l)}</option>
                                    {options}
                                </select>
                                {wrong.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
                                <p class="hint" role="status">{told}</p>
                            }
                            .into_any()
                        }
                    })}
                </Transition>
                {if may_add {
                    view! {
                        <p class="hint">
                            {t::people::not_listed(l)} " " <a href=add>{t::people::add(l)}</a>
                        </p>
                    }
                    .into_any()
                } else {
                    view! { <p class="hint">{t::people::not_listed_ask(l)}</p> }.into_any()
                }}
            </div>
        </div>
    }
}
