//! Language and theme: kept in the profile when somebody is signed in, and in a cookie for the
//! pages before.

use crate::error::AppError;
use crate::form::Form;
use crate::i18n::t;
use crate::session::use_language;
use domain::language::Language;
use domain::theme::Theme;
use domain::view::Preferences;
use leptos::prelude::*;

#[server(prefix = "/api", endpoint = "preferences/set_language", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_language(#[server(default)] language: String) -> Result<(), AppError> {
    use crate::session::ssr::{LANGUAGE_COOKIE, answer, refuse, request, set_preference_cookie};
    let language = Language::from_tag(&language).ok_or_else(|| refuse(AppError::BadRequest))?;
    let request = request()?;
    if let Some(ctx) = &request.ctx {
        answer(store::people::session::set_language(ctx, language).await)?;
    }
    set_preference_cookie(&request, LANGUAGE_COOKIE, language.tag());
    Ok(())
}

#[server(prefix = "/api", endpoint = "preferences/set_theme", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_theme(#[server(default)] theme: String) -> Result<(), AppError> {
    use crate::session::ssr::{THEME_COOKIE, answer, refuse, request, set_preference_cookie};
    let theme = Theme::from_slug(&theme).ok_or_else(|| refuse(AppError::BadRequest))?;
    let request = request()?;
    if let Some(ctx) = &request.ctx {
        answer(store::people::session::set_theme(ctx, theme).await)?;
    }
    set_preference_cookie(&request, THEME_COOKIE, theme.slug());
    Ok(())
}

pub fn theme_name(l: Language, theme: Theme) -> &'static str {
    match theme {
        Theme::System => t::shell::theme_system(l),
        Theme::Light => t::shell::theme_light(l),
        Theme::Dark => t::shell::theme_dark(l),
    }
}

/// Goes to the other language, in its own words.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let l = use_language();
    let other = if l == Language::En { Language::De } else { Language::En };
    view! {
        <Form of="preferences/set_language">
            <input type="hidden" name="language" value=other.tag() />
            <button class="ghost" type="submit" lang=other.tag()>{t::shell::switch_language(l)}</button>
        </Form>
    }
}

/// Goes round: as the device, light, dark.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let l = use_language();
    let now = expect_context::<Preferences>().theme;
    let next = match now {
        Theme::System => Theme::Light,
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::System,
    };
    let label = t::shell::theme_next(l, theme_name(l, now));
    let icon = match now {
        Theme::System => "M8 2a6 6 0 1 0 0 12zM8 2v12a6 6 0 0 0 0-12z",
        Theme::Light => {
            "M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M3 13l1.4-1.4M11.6 4.4 13 3"
        }
        Theme::Dark => "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
    };
    view! {
        <Form of="preferences/set_theme">
            <input type="hidden" name="theme" value=next.slug() />
            <button class="ghost ghost-icon" type="submit" aria-label=label.clone() title=label>
                <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                    <path d=icon fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
                </svg>
            </button>
        </Form>
    }
}
