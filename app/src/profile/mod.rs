//! One's own account: language, theme, password, sessions.

use crate::error::AppError;
use crate::form::{Field, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::preferences::theme_name;
use crate::session::{load, use_language};
use crate::ui::{KeysSeen, Moment, PageHead, failure, table_head};
use domain::access::Action;
use domain::language::Language;
use domain::password::MIN_PASSWORD_CHARS;
use domain::theme::Theme;
use domain::view::{Preferences, Profile, SessionRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

const PASSWORD: &str = "profile/change_password";
const END: &str = "profile/end_session";

#[server(prefix = "/api", endpoint = "profile/get", output = leptos::server_fn::codec::Postcard)]
pub async fn get_profile() -> Result<Profile, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::profile::get_profile(&ctx).await)
}

#[server(prefix = "/api", endpoint = "profile/change_password", output = leptos::server_fn::codec::Postcard)]
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

#[server(prefix = "/api", endpoint = "profile/end_session", output = leptos::server_fn::codec::Postcard)]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = session.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::people::session::end_session(&ctx, id).await)?;
    leptos_axum::redirect("/account/profile?done=session");
    Ok(())
}

pub struct ProfilePage;

#[lazy_route]
impl LazyRoute for ProfilePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let profile = load(|| (), |()| get_profile());
        let l = use_language();
        let done = use_query_map().with_untracked(|q| q.get("done"));
        let told = match done.as_deref() {
            Some("password") => Some(t::profile::changed(l)),
            Some("session") => Some(t::profile::ended(l)),
            _ => None,
        }
        .filter(|_| outcome(PASSWORD).is_none() && outcome(END).is_none());
        view! {
            <Suspense>
                {move || Suspend::new(async move {
                    match profile.await {
                        Ok(profile) => {
                            view! {
                                <PageHead title=t::profile::title(l) lede=t::profile::lede(l) action=Action::ManageOwnProfile />
                                <div role="status" class="alert-slot">
                                    {told.map(|text| view! { <p class="alert alert-ok">{text}</p> })}
                                </div>
                                <Account profile=profile.clone() />
                                <Choices />
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
                                let name = if o == Language::De { "Deutsch" } else { "English" };
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
