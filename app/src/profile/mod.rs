//! One's own account: language, theme, password, sessions.

use crate::error::AppError;
use crate::form::{Done, Field, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::preferences::theme_name;
use crate::session::{load, use_language};
use crate::ui::{Alert, KeysSeen, Moment, PageHead, failure, table_head, when_loaded};
use domain::access::Action;
use domain::language::Language;
use domain::live::Topic;
use domain::password::MIN_PASSWORD_CHARS;
use domain::reminder::{LAST, THRESHOLDS};
use domain::theme::Theme;
use domain::view::{Preferences, Profile, ReminderSettings, SessionRow};
use leptos::prelude::*;

const PASSWORD: &str = "profile/change_password";
const END: &str = "profile/end_session";
const REMINDERS: &str = "profile/set_reminders";
const CALENDAR: &str = "profile/make_calendar";
const REVOKE: &str = "profile/revoke_calendar";

#[server(prefix = "/api", endpoint = "profile/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_profile() -> Result<Profile, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::profile::get_profile(&ctx).await)
}

#[server(prefix = "/api", endpoint = "profile/change_password", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] password: String,
    #[server(default)] repeated: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, request, set_session_cookie};
    let ctx = op_ctx()?;
    let token = answer(store::people::profile::change_password(&ctx, &current, &password, &repeated).await)?;
    set_session_cookie(&request()?, Some(&token));
    leptos_axum::redirect("/account/profile?done=password");
    Ok(())
}

#[server(prefix = "/api", endpoint = "profile/end_session", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = session.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::people::session::end_session(&ctx, id).await)?;
    leptos_axum::redirect("/account/profile?done=session");
    Ok(())
}

#[server(prefix = "/api", endpoint = "profile/get_reminders", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_reminders() -> Result<ReminderSettings, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::reminders::get_reminders(&ctx).await)
}

/// A field for each number of days, ticked or left out.
#[server(prefix = "/api", endpoint = "profile/set_reminders", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_reminders(
    #[server(default)] days90: bool,
    #[server(default)] days60: bool,
    #[server(default)] days30: bool,
    #[server(default)] days7: bool,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    let ticked = [(90, days90), (60, days60), (30, days30), (7, days7)];
    let days: Vec<u16> = ticked.into_iter().filter(|(_, on)| *on).map(|(days, _)| days).collect();
    answer(store::people::reminders::set_reminders(&ctx, &days).await)?;
    done("reminders");
    Ok(())
}

/// The one answer that holds the secret address of a calendar.
#[server(prefix = "/api", endpoint = "profile/make_calendar", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn make_calendar() -> Result<String, AppError> {
    use crate::session::ssr::{answer, append_header, op_ctx, request};
    let ctx = op_ctx()?;
    let token = answer(store::people::reminders::make_calendar(&ctx).await)?;
    append_header(http::header::CACHE_CONTROL, "no-store");
    Ok([&request()?.base_url, "/calendar/", &token, ".ics"].concat())
}

#[server(prefix = "/api", endpoint = "profile/revoke_calendar", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn revoke_calendar() -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::reminders::revoke_calendar(&ctx).await)?;
    done("calendar-revoked");
    Ok(())
}

pub fn profile_page() -> AnyView {
    let profile = load_live(&[Topic::Benefits], || (), |()| get_profile());
    let reminders = load(|| (), |()| get_reminders());
    let l = use_language();
    view! {
        <Suspense>
            {when_loaded(move || async move {
                match profile.await {
                    Ok(profile) => {
                        let settings = reminders.await;
                        let of_company = profile.company.is_some();
                        view! {
                            <PageHead title=t::profile::title(l) lede=t::profile::lede(l) action=Action::ManageOwnProfile />
                            <Done words=move |what| match what {
                                "password" => Some(t::profile::changed(l)),
                                "session" => Some(t::profile::ended(l)),
                                "reminders" => Some(t::profile::reminders_done(l)),
                                "calendar-revoked" => Some(t::profile::calendar_revoked(l)),
                                _ => None,
                            } />
                            <Account profile=profile.clone() />
                            <Choices />
                            {of_company.then(|| view! { <Dates settings=settings /> })}
                            <NewPassword />
                            <Sessions sessions=profile.sessions />
                            {profile.company.is_some().then(|| view! { <KeysSeen keys=profile.keys_seen title=t::profile::keys(l) hint=t::profile::keys_lede(l) none=t::profile::keys_none(l) /> })}
                        }
                        .into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Account(profile: Profile) -> impl IntoView {
    let l = use_language();
    let roles = match (&profile.company, profile.roles.is_empty()) {
        (None, _) => t::words::operator(l).to_owned(),
        (Some(_), true) => t::words::employee(l).to_owned(),
        (Some(_), false) => profile.roles.iter().map(|&r| i18n::role(l, r)).collect::<Vec<_>>().join(", "),
    };
    view! {
        <section class="card pad">
            <h2>{t::profile::about(l)}</h2>
            <dl class="facts">
                <div><dt>{t::profile::name(l)}</dt><dd>{profile.name}</dd></div>
                <div><dt>{t::profile::email(l)}</dt><dd>{profile.email}</dd></div>
                {profile.company.map(|c| view! { <div><dt>{t::profile::company(l)}</dt><dd>{c}</dd></div> })}
                <div><dt>{t::profile::roles(l)}</dt><dd>{roles}</dd></div>
            </dl>
        </section>
    }
}

/// Language and theme, each saved by its own button.
#[component]
fn Choices() -> impl IntoView {
    let l = use_language();
    let theme = expect_context::<Preferences>().theme;
    view! {
        <section class="card pad">
            <h2>{t::profile::preferences(l)}</h2>
            <div class="choices">
                <Form of="preferences/set_language" class="choice">
                    <label for="language">{t::profile::language(l)}</label>
                    <select class="field" id="language" name="language">
                        {Language::ALL
                            .into_iter()
                            .map(|o| {
                                let name = o.endonym();
                                view! { <option value=o.tag() lang=o.tag() selected=o == l>{name}</option> }
                            })
                            .collect_view()}
                    </select>
                    <button class="btn" type="submit" aria-label=[t::profile::save(l), ": ", t::profile::language(l)].concat()>
                        {t::profile::save(l)}
                    </button>
                </Form>
                <Form of="preferences/set_theme" class="choice">
                    <label for="theme">{t::profile::theme(l)}</label>
                    <select class="field" id="theme" name="theme">
                        {Theme::ALL
                            .into_iter()
                            .map(|o| view! { <option value=o.slug() selected=o == theme>{theme_name(l, o)}</option> })
                            .collect_view()}
                    </select>
                    <button class="btn" type="submit" aria-label=[t::profile::save(l), ": ", t::profile::theme(l)].concat()>
                        {t::profile::save(l)}
                    </button>
                </Form>
            </div>
        </section>
    }
}

/// How the person is told of what ends: by mail, and in their own calendar.
#[component]
fn Dates(settings: Result<ReminderSettings, AppError>) -> impl IntoView {
    let l = use_language();
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return view! { <Alert error=error /> }.into_any(),
    };
    let days = THRESHOLDS.map(|n| {
        let name = ["days", &n.to_string()].concat();
        let (id, own) = (name.clone(), name.clone());
        let checked = settings.days.contains(&n);
        let always = (n == LAST).then(|| [" (", t::profile::days_always(l), ")"].concat());
        view! {
            <label class="check" for=id>
                <input type="checkbox" id=own name=name value="true" checked=checked disabled=n == LAST />
                <span>{t::profile::days(l, u64::from(n))} {always}</span>
            </label>
        }
    });
    let made = outcome(CALENDAR).and_then(|o| o.result.ok()).and_then(|body| address_of(&body)).map(|address| {
        view! {
            <div class="field-group">
                <label for="calendar-address">{t::profile::calendar_address(l)}</label>
                <input class="field wide" id="calendar-address" type="text" readonly=true autofocus=true aria-describedby="calendar-once" value=address />
                <p class="hint" id="calendar-once">{t::profile::calendar_once(l)}</p>
            </div>
        }
    });
    let has_feed = settings.calendar_since.is_some();
    let since = settings
        .calendar_since
        .map(|at| view! { <p class="num">{t::profile::calendar_since(l, &i18n::moment(l, at))}</p> });
    let label = if has_feed { t::profile::calendar_again(l) } else { t::profile::calendar_make(l) };
    view! {
        <section class="card pad">
            <h2>{t::profile::reminders(l)}</h2>
            <p class="hint">{t::profile::reminders_lede(l)}</p>
            <Refusal of=REMINDERS />
            <Form of=REMINDERS class="form">
                <fieldset>
                    <legend>{t::profile::days_before(l)}</legend>
                    <div class="checks">{days.into_iter().collect_view()}</div>
                </fieldset>
                <button class="btn" type="submit">{t::profile::save(l)}</button>
            </Form>
            <h2>{t::profile::calendar(l)}</h2>
            <p class="hint">{t::profile::calendar_lede(l)}</p>
            {[CALENDAR, REVOKE].map(|of| view! { <Refusal of=of /> }).collect_view()}
            {made}
            {since}
            <div class="inline">
                <Form of=CALENDAR>
                    <button class="btn" type="submit" aria-describedby=has_feed.then_some("calendar-again")>{label}</button>
                </Form>
                {has_feed
                    .then(|| {
                        view! {
                            <Form of=REVOKE>
                                <button class="btn" type="submit">{t::profile::calendar_revoke(l)}</button>
                            </Form>
                        }
                    })}
            </div>
            {has_feed.then(|| view! { <p class="hint" id="calendar-again">{t::profile::calendar_again_hint(l)}</p> })}
        </section>
    }
    .into_any()
}

/// Reads the address out of the outcome of a plain form post.
fn address_of(body: &[u8]) -> Option<String> {
    use leptos::server_fn::Decodes;
    use leptos::server_fn::codec::PostcardEncoding;
    PostcardEncoding::decode(body.to_vec().into()).ok()
}

#[component]
fn NewPassword() -> impl IntoView {
    let l = use_language();
    view! {
        <section class="card pad">
            <h2>{t::profile::password(l)}</h2>
            <Refusal of=PASSWORD />
            <Form of=PASSWORD class="form">
                <Field of=PASSWORD name="current" label=t::profile::current(l) kind="password" autocomplete="current-password" maxlength=128 />
                <Field
                    of=PASSWORD
                    name="password"
                    label=t::profile::new(l)
                    kind="password"
                    autocomplete="new-password"
                    maxlength=128
                    hint=t::setup::hint(l, &MIN_PASSWORD_CHARS.to_string())
                />
                <Field of=PASSWORD name="repeated" label=t::profile::repeat(l) kind="password" autocomplete="new-password" maxlength=128 />
                <button class="btn" type="submit">{t::profile::change(l)}</button>
            </Form>
        </section>
    }
}

/// "Firefox on Linux" is what people know of the line that a browser says of itself.
fn short_device(l: Language, device: &str) -> String {
    const BROWSERS: [(&str, &str); 5] =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| device.contains(mark)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => [browser, ", ", system].concat(),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => t::profile::unknown_device(l).to_owned(),
    }
}

#[component]
fn Sessions(sessions: Vec<SessionRow>) -> impl IntoView {
    let l = use_language();
    let head = [
        t::profile::device(l),
        t::profile::address(l),
        t::profile::started(l),
        t::profile::seen(l),
        t::profile::action(l),
    ];
    let row = move |session: SessionRow| {
        let device = short_device(l, &session.device);
        let address = if session.address.is_empty() { t::profile::no_address(l).to_owned() } else { session.address };
        let action = if session.current {
            view! { <span class="status status-ok">{t::profile::this(l)}</span> }.into_any()
        } else {
            let label = t::profile::end_of(l, &device);
            view! {
                <Form of=END>
                    <input type="hidden" name="session" value=session.id.to_string() />
                    <button class="btn" type="submit" aria-label=label>{t::profile::end(l)}</button>
                </Form>
            }
            .into_any()
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{device}</th>
                <td role="cell" data-label=head[1]>{address}</td>
                <td role="cell" class="num" data-label=head[2]><Moment at=session.created_at /></td>
                <td role="cell" class="num" data-label=head[3]><Moment at=session.last_seen_at /></td>
                <td role="cell">{action}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="sessions">
            <div class="pad">
                <h2 id="sessions">{t::profile::sessions(l)}</h2>
                <p class="hint">{t::profile::sessions_lede(l)}</p>
                <Refusal of=END />
            </div>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{sessions.into_iter().map(row).collect_view()}</tbody>
            </table>
            <div class="pad">
                <Form of="session/sign_out_everywhere" class="inline">
                    <button class="btn" type="submit">{t::profile::everywhere(l)}</button>
                    <p class="hint">{t::profile::everywhere_text(l)}</p>
                </Form>
            </div>
        </section>
    }
}
