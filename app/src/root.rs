//! The document, the frame around the pages, and the routes.

#[cfg(feature = "ssr")]
use crate::error::AppError;
use crate::i18n::{self, t};
use crate::live::{Live, News, load_live};
use crate::pages::{AccountPages, BenefitsPages, HomePages, MembershipPages, RequestPages, SeatsPages, SoftwarePage};
use crate::preferences::{LanguageSwitch, ThemeSwitch};
use crate::session::{CurrentViewer, get_viewer, preferences, use_language, use_viewer};
use crate::session_end::SessionEnd;
use crate::travel::{Travel, Travelling};
use crate::ui::{not_found, when_loaded};
use domain::access::Action;
use domain::catalogue::Category;
use domain::live::Topic;
use domain::view::{Preferences, Viewer};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{Lazy, SsrMode, path};

/// Takes over the page that the server drew, and says when it is done: the browser tests wait for
/// it. Until then a link is the browser's own affair; the router would draw another page over one
/// that is only half taken over.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    crate::travel::watch();
    wasm_bindgen_futures::spawn_local(async {
        // Without its sentences the page stays as the server drew it, and works that way.
        let Some(texts) = fetch_texts().await else { return };
        crate::texts::set(texts);
        let Some(body) = document().body() else { return };
        leptos::mount::hydrate_from_async(body, App).await.forget();
        crate::travel::taken_over();
    });
}

/// The sentences of this page's language; the page has told the browser to load them ahead.
#[cfg(feature = "hydrate")]
async fn fetch_texts() -> Option<String> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    let path = crate::texts::path(preferences().language);
    let answer = JsFuture::from(window().fetch_with_str(&path)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok().filter(web_sys::Response::ok)?;
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let preferences = preferences();
    provide_context(preferences);
    provide_context(Live::new());
    // The menu counts benefits, and shows what the reader may do.
    let viewer = load_live(&[Topic::Benefits, Topic::Offers], || (), |()| get_viewer());
    provide_context(CurrentViewer(viewer));
    let travel = Travel::new();
    provide_context(travel);
    view! {
        <Router set_is_routing=travel.routing>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("") view={Lazy::<HomePages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/benefits/global-admin") view={Lazy::<RequestPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/benefits/software") view={Lazy::<SoftwarePage>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/benefits/:category") view={Lazy::<BenefitsPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/benefits/technical/requests/*rest") view={Lazy::<RequestPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/benefits/:category/:benefit/seats/*rest") view={Lazy::<SeatsPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/membership/*rest") view={Lazy::<MembershipPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/my-benefits") view={Lazy::<HomePages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/account/*rest") view={Lazy::<AccountPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/operator/*rest") view={Lazy::<RequestPages>::new()} ssr=SsrMode::Async />
                    <Route path=path!("/*any") view=NotFound ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    not_found()
}

/// Bar, menu and the page's place, for the signed-in pages.
#[component]
fn Frame() -> impl IntoView {
    let l = use_language();
    let viewer = use_viewer();
    view! {
        <a class="skip" href="#main">{t::shell::skip(l)}</a>
        <DemoBanner />
        <Suspense>
            {when_loaded(move || async move {
                match viewer.await {
                    Ok(Some(viewer)) => view! { <Bar viewer=viewer /> }.into_any(),
                    _ => view! { <PlainBar /> }.into_any(),
                }
            })}
        </Suspense>
        <div class="shell">
            <Suspense>
                {when_loaded(move || async move {
                    match viewer.await {
                        Ok(Some(viewer)) => view! { <Menu viewer=viewer /> }.into_any(),
                        _ => ().into_any(),
                    }
                })}
            </Suspense>
            <main id="main" tabindex="-1">
                <FrameRefusal />
                <Outlet />
            </main>
        </div>
        <div class="bottom">
            <News />
            <SessionEnd />
            <Travelling />
        </div>
    }
}

/// Says on every page of a demo that it is one.
#[component]
pub fn DemoBanner() -> impl IntoView {
    let l = use_language();
    expect_context::<Preferences>()
        .demo
        .then(|| view! { <aside class="demo" aria-label="Demo">{t::shell::demo(l)}</aside> })
}

/// The forms of the bar have no place of their own to be refused in.
#[component]
fn FrameRefusal() -> impl IntoView {
    let forms =
        ["preferences/set_language", "preferences/set_theme", "session/sign_out", "session/sign_out_everywhere"];
    #[cfg(feature = "ssr")]
    let is_said = crate::kept::keeps().is_some();
    #[cfg(not(feature = "ssr"))]
    let is_said = false;
    forms
        .into_iter()
        .filter(|form| !is_said && crate::form::outcome(form).is_some())
        .map(|form| view! { <crate::form::Refusal of=form /> })
        .collect_view()
}

#[component]
fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/" aria-label="Vorteil">
            <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
                <path d="M2 4h5l4 10 4-10h5l-7 15H9z" fill="currentColor" />
            </svg>
            <span>"Vorteil"</span>
        </a>
    }
}

/// The bar of the pages that nobody is signed in on.
#[component]
fn PlainBar() -> impl IntoView {
    view! {
        <header class="top">
            <Brand />
            <div class="top-end">
                <LanguageSwitch />
                <ThemeSwitch />
            </div>
        </header>
    }
}

#[component]
fn Bar(viewer: Viewer) -> impl IntoView {
    let l = use_language();
    let initials: String = viewer.name.split_whitespace().filter_map(|w| w.chars().next()).take(2).collect();
    let who = viewer.company.clone().unwrap_or_else(|| t::words::operator(l).to_owned());
    let label = [t::shell::profile(l), ": ", &viewer.name].concat();
    view! {
        <header class="top">
            <Brand />
            <span class="company">{who}</span>
            <div class="top-end">
                <LanguageSwitch />
                <ThemeSwitch />
                <a class="avatar" href="/account/profile" aria-label=label title=viewer.name.clone()>
                    <span aria-hidden="true">{initials}</span>
                </a>
                <crate::form::Form of="session/sign_out">
                    <button class="ghost" type="submit">{t::shell::sign_out(l)}</button>
                </crate::form::Form>
            </div>
        </header>
    }
}

#[component]
fn Menu(viewer: Viewer) -> impl IntoView {
    let l = use_language();
    let path = use_location().pathname;
    let link = move |href: String, label: &'static str, count: Option<u64>| {
        let here = href.clone();
        // The pages below it are marked as well, but for those of the dashboard, which are all.
        let current = move || {
            path.with(|path| match path.strip_prefix(&*here) {
                Some("") => Some("page"),
                Some(below) if here != "/" && below.starts_with('/') => Some("true"),
                _ => None,
            })
        };
        view! {
            <a href=href aria-current=current>
                {label}
                {count.map(|n| view! { <span class="count" aria-hidden="true">{i18n::number(l, n)}</span> })}
            </a>
        }
    };
    let benefits = viewer.can(Action::OpenBenefits);
    let categories = benefits.then(|| {
        Category::ALL
            .into_iter()
            .map(|c| link(["/benefits/", c.spec().slug].concat(), i18n::category(l, c), Some(viewer.count(c))))
            .collect_view()
    });
    let mine =
        viewer.can(Action::OpenMyBenefits).then(|| link("/my-benefits".to_owned(), t::shell::my_benefits(l), None));
    let users = viewer.can(Action::SeeRoleHolders).then(|| link("/account/users".to_owned(), t::users::title(l), None));
    let membership = viewer.can(Action::SeeOrders).then(|| {
        view! {
            {link("/membership/offers".to_owned(), t::membership::offers(l), None)}
            {link("/membership/orders".to_owned(), t::membership::orders(l), None)}
        }
    });
    let console = viewer.can(Action::WorkQueue).then(|| {
        view! {
            {link("/operator/queue".to_owned(), t::shell::queue(l), None)}
            {link("/operator/orders".to_owned(), t::console::orders(l), None)}
            {link("/operator/companies".to_owned(), t::console::companies(l), None)}
            {link("/operator/catalogue".to_owned(), t::console::catalogue(l), None)}
            {link("/operator/keys".to_owned(), t::console::keys(l), None)}
            {link("/operator/outbox".to_owned(), t::shell::outbox(l), None)}
            {link("/operator/jobs".to_owned(), t::shell::jobs(l), None)}
        }
    });
    view! {
        <nav class="side" aria-label=t::shell::menu(l)>
            {link("/".to_owned(), t::shell::dashboard(l), None)}
            {categories.map(|links| view! { <h2>{t::shell::benefits(l)}</h2> {links} })}
            {membership.map(|links| view! { <h2>{t::membership::menu(l)}</h2> {links} })}
            <h2>{t::shell::settings(l)}</h2>
            {mine}
            {users}
            {link("/account/profile".to_owned(), t::shell::profile(l), None)}
            {console.map(|links| view! { <h2>{t::shell::console(l)}</h2> {links} })}
        </nav>
    }
}

/// The document around the app. A page that answers a form carries no WebAssembly, and the pages
/// before the sign-in need none.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use leptos::hydration::HydrationScripts;
    use leptos_meta::{HashedStylesheet, MetaTags};
    let preferences = preferences();
    provide_context(preferences);
    set_content_security_policy();
    let path = use_context::<http::request::Parts>().map(|p| p.uri.path().to_owned()).unwrap_or_default();
    let keeps = crate::kept::keeps();
    let is_plain = matches!(path.as_str(), "/sign-in" | "/setup" | "/invitation") || crate::form::is_answer();
    if is_plain && let Some(shared) = Owner::current_shared_context() {
        // Nothing takes this page over, so no data is left in it for that.
        shared.set_is_hydrating(false);
    }
    let body = match path.as_str() {
        _ if keeps.is_some() => {
            view! { <Plain>{keeps.map(|keeps| view! { <crate::kept::KeptPage keeps=keeps /> })}</Plain> }.into_any()
        }
        "/sign-in" => view! { <Plain><crate::sign_in::SignInPage /></Plain> }.into_any(),
        "/setup" => view! { <Plain><crate::setup::SetupPage /></Plain> }.into_any(),
        "/invitation" => view! { <Plain><crate::invitation::InvitationPage /></Plain> }.into_any(),
        _ => view! { <App /> }.into_any(),
    };
    let texts = crate::texts::path(preferences.language);
    let seen = use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<crate::session::ssr::Seen>().copied())
        .filter(|_| !is_plain)
        .map(|seen| seen.0.to_string());
    let (reader, program, ends) = (!is_plain)
        .then(|| {
            let program = use_context::<http::request::Parts>()
                .and_then(|parts| parts.extensions.get::<crate::session::ssr::Program>().cloned());
            let ends = crate::session::ssr::request().ok().and_then(|r| r.ends_in).map(|seconds| seconds.to_string());
            (crate::session::reader(), program.map(|p| p.0.to_string()), ends)
        })
        .map_or((None, None, None), |(reader, program, ends)| (Some(reader), program, ends));
    let scripts = (!is_plain).then(|| {
        view! {
            <link rel="preload" r#as="fetch" type="text/plain" crossorigin="anonymous" href=texts />
            <HydrationScripts options=options.clone() />
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang=preferences.language.tag() data-theme=preferences.theme.slug() data-demo=preferences.demo.then_some("") data-seen=seen data-reader=reader data-program=program data-ends=ends>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options id="css" />
                {scripts}
                <MetaTags />
            </head>
            <body>{body}</body>
        </html>
    }
}

/// The frame of the pages that nobody is signed in on. They are drawn on the server alone.
#[cfg(feature = "ssr")]
#[component]
fn Plain(children: Children) -> impl IntoView {
    let l = use_language();
    provide_meta_context();
    view! {
        <a class="skip" href="#main">{t::shell::skip(l)}</a>
        <DemoBanner />
        <PlainBar />
        <main id="main" class="plain" tabindex="-1">
            <FrameRefusal />
            {children()}
        </main>
    }
}

/// Scripts from our own folder or with this page's nonce. No `strict-dynamic`: with it, browsers
/// refuse the preloads of the WebAssembly's parts, which carry no nonce.
#[cfg(feature = "ssr")]
fn set_content_security_policy() {
    use leptos::nonce::use_nonce;
    let nonce = use_nonce().map(|n| ["'nonce-", &n, "' "].concat()).unwrap_or_default();
    let policy = [
        "default-src 'none'; script-src 'self' ",
        &nonce,
        "'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    ]
    .concat();
    if let (Some(response), Ok(value)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::HeaderValue::from_str(&policy))
    {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, value);
    }
}

/// A page for an error that happened outside the pages: a panic, a refused origin, a body that
/// is too large. Plain HTML, without scripts.
#[cfg(feature = "ssr")]
pub fn error_page(options: LeptosOptions, preferences: domain::view::Preferences, error: AppError) -> String {
    use leptos_meta::HashedStylesheet;
    let owner = Owner::new();
    owner.with(|| {
        provide_context(preferences);
        let l = preferences.language;
        let text = i18n::error(l, &error);
        let html = view! {
            <html lang=l.tag() data-theme=preferences.theme.slug()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <HashedStylesheet options id="css" />
                    <title>{crate::ui::page_title(t::refusals::title_error(l))}</title>
                </head>
                <body>
                    <main id="main" class="plain">
                        <section class="failure">
                            <h1>{t::refusals::title_error(l)}</h1>
                            <p>{text}</p>
                            <p>
                                <a class="btn" href="/">{t::refusals::to_dashboard(l)}</a>
                            </p>
                        </section>
                    </main>
                </body>
            </html>
        };
        // Behind a text stands a mark for hydration, and in a title a mark is read out.
        ["<!DOCTYPE html>", &html.to_html().replace("<!></title>", "</title>")].concat()
    })
}
