//! Language, then operating system, then the download. What cannot be had cannot be chosen.

use super::address::Address;
use super::list::stay;
use crate::i18n::{self, t};
use crate::session::use_language;
use domain::benefits::view::BenefitDetail;
use domain::catalogue::{Category, OperatingSystem, SoftwareLanguage, languages_of, systems_for};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Install(category: Category, address: Memo<Address>, detail: BenefitDetail) -> impl IntoView {
    let l = use_language();
    let navigate = use_navigate();
    let name = detail.row.name.clone();
    let downloads = StoredValue::new(detail.downloads);
    let languages = downloads.with_value(|d| languages_of(d));
    // The part may be gone when the address changes.
    let offered =
        move |l: SoftwareLanguage| downloads.try_with_value(|d| languages_of(d).contains(&l)).unwrap_or(false);
    let systems_of = move |l: SoftwareLanguage| downloads.try_with_value(|d| systems_for(d, l)).unwrap_or_default();
    let language = Memo::new(move |_| address.with(|a| a.language).filter(|&l| offered(l)));
    let systems = Memo::new(move |_| language.get().map(systems_of).unwrap_or_default());
    // A system that the chosen language has none of is no choice; a single one needs none.
    let os = Memo::new(move |_| {
        let systems = systems.get();
        match systems.as_slice() {
            [only] => Some(*only),
            _ => address.with(|a| a.os).filter(|os| systems.contains(os)),
        }
    });
    let go = StoredValue::new(move |language: Option<SoftwareLanguage>, os: Option<OperatingSystem>| {
        let to = Address { language, os, ..address.get_untracked() };
        navigate(&to.href(category), stay());
    });
    let choose_language = move |event: leptos::ev::Event| {
        let chosen = SoftwareLanguage::from_tag(&event_target_value(&event));
        go.with_value(|go| go(chosen, os.get_untracked()));
    };
    let choose_os = move |event: leptos::ev::Event| {
        let chosen = OperatingSystem::from_slug(&event_target_value(&event));
        go.with_value(|go| go(language.get_untracked(), chosen));
    };
    let submit = move |event: leptos::ev::SubmitEvent| event.prevent_default();
    let hidden = move || {
        let rest = Address { language: None, os: None, ..address.get() };
        rest.fields()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    let found = move || {
        let (language, os) = (language.get()?, os.get()?);
        downloads.try_with_value(|d| d.iter().find(|d| d.language == language && d.os == os).cloned()).flatten()
    };
    view! {
        <h2>{t::software::install(l)}</h2>
        <form method="get" on:submit=submit>
            {hidden}
            <div class="two">
                <div>
                    <label for="install-language">{t::software::language(l)}</label>
                    <select class="field" id="install-language" name="language" on:change=choose_language>
                        <option value="" selected=move || language.get().is_none()>{t::software::choose_language(l)}</option>
                        {languages
                            .into_iter()
                            .map(|o| view! { <option value=o.tag() lang=o.tag() selected=move || language.get() == Some(o)>{o.endonym()}</option> })
                            .collect_view()}
                    </select>
                </div>
                <div>
                    <label for="install-os">{t::software::os(l)}</label>
                    <select class="field" id="install-os" name="os" disabled=move || language.get().is_none() on:change=choose_os>
                        <option value="" selected=move || os.get().is_none()>{t::software::choose_os(l)}</option>
                        {move || {
                            systems
                                .get()
                                .into_iter()
                                .map(|o| view! { <option value=o.slug() selected=move || os.get() == Some(o)>{o.name()}</option> })
                                .collect_view()
                        }}
                    </select>
                </div>
            </div>
            <noscript inner_html=["<button class=\"btn\" type=\"submit\">", t::software::choose(l), "</button>"].concat()></noscript>
        </form>
        <div role="status">
            {move || match found() {
                Some(download) => {
                    let label = t::software::Download { name: &name, language: download.language.endonym(), os: download.os.name() }.say(l);
                    view! {
                        <div class="download">
                            <a href=download.url rel="external noreferrer">{label}</a>
                            <span class="num">{i18n::size(l, download.size)}</span>
                        </div>
                        <p class="sha">
                            {t::software::sha256(l)} " " <code>{download.sha256}</code>
                        </p>
                    }
                    .into_any()
                }
                None => view! { <p class="hint">{t::software::choose_hint(l)}</p> }.into_any(),
            }}
        </div>
    }
}
