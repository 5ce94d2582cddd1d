//! Who asks, and in which language and theme they are answered.

use crate::error::AppError;
use codee::binary::PostcardCodec;
use domain::language::Language;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
use domain::theme::Theme;
use domain::view::{Preferences, Viewer};
use leptos::prelude::*;

/// Something that the server loads for a page. It reaches the browser in the page itself, packed
/// by postcard: reading that takes a fraction of the code that reading JSON takes.
pub type Loaded<T> = Resource<T, PostcardCodec>;

/// Loads something before the first byte of the page is sent.
#[track_caller]
pub fn load<S, T, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Loaded<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetcher, true)
}

/// The frame's knowledge of the signed-in person; `None` when nobody is.
#[derive(Clone, Copy)]
pub struct CurrentViewer(pub Loaded<Result<Option<Viewer>, AppError>>);

pub fn use_viewer() -> Loaded<Result<Option<Viewer>, AppError>> {
    expect_context::<CurrentViewer>().0
}

/// The language of this page load. It never changes within one.
pub fn use_language() -> Language {
    expect_context::<Preferences>().language
}

/// Read from the request on the server and from the page's own attributes in the browser, so
/// that both give the same.
pub fn preferences() -> Preferences {
    #[cfg(feature = "ssr")]
    {
        ssr::request().map(|r| r.preferences).unwrap_or_default()
    }
    #[cfg(not(feature = "ssr"))]
    {
        from_page()
    }
}

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
fn from_page() -> Preferences {
    let html = leptos::prelude::document().document_element();
    let attribute = |name| html.as_ref().and_then(|h| h.get_attribute(name));
    Preferences {
        language: attribute("lang").and_then(|tag| Language::from_tag(&tag)).unwrap_or_default(),
        theme: attribute("data-theme").and_then(|slug| Theme::from_slug(&slug)).unwrap_or_default(),
        demo: attribute("data-demo").is_some(),
    }
}

#[cfg(not(any(feature = "hydrate", feature = "ssr")))]
fn from_page() -> Preferences {
    Preferences::default()
}

/// The mark of whom this page was drawn for; empty when it was nobody.
pub fn reader() -> String {
    #[cfg(feature = "ssr")]
    {
        ssr::request().ok().and_then(|r| r.ctx).map(|ctx| ctx.principal.mark()).unwrap_or_default()
    }
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        leptos::prelude::document()
            .document_element()
            .and_then(|html| html.get_attribute("data-reader"))
            .unwrap_or_default()
    }
    #[cfg(not(any(feature = "hydrate", feature = "ssr")))]
    String::new()
}

/// The way in, and back to this page.
pub fn sign_in_again() -> String {
    #[cfg(feature = "ssr")]
    let here = use_context::<http::request::Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
        .unwrap_or_default();
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    let here = crate::travel::here();
    #[cfg(not(any(feature = "hydrate", feature = "ssr")))]
    let here = String::new();
    let mut query = leptos_router::params::ParamsMap::new();
    query.insert("why", "expired".to_owned());
    query.insert("next", here);
    ["/sign-in", &query.to_query_string()].concat()
}

/// Whether an address leads to a page of ours: a path, nothing that a browser could take for
/// another host.
pub fn is_local_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2_000
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'"')
}

#[server(prefix = "/api", endpoint = "session/viewer", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_viewer() -> Result<Option<Viewer>, AppError> {
    let request = ssr::request()?;
    match request.ctx {
        Some(ctx) => {
            let viewer = ssr::answer(store::people::profile::get_viewer(&ctx).await)?;
            Ok(Some(Viewer { links: (*request.links).clone(), ..viewer }))
        }
        None => Ok(None),
    }
}

#[server(prefix = "/api", endpoint = "session/sign_in", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let request = ssr::request()?;
    let signed =
        store::people::sign_in::sign_in(&request.store, &email, &password, request.token.as_deref(), &request.origin)
            .await;
    let signed = ssr::answer(signed)?;
    ssr::set_session_cookie(&request, Some(&signed.token));
    leptos_axum::redirect(if is_local_path(&next) { &next } else { "/" });
    Ok(())
}

#[server(prefix = "/api", endpoint = "session/sign_out", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn sign_out() -> Result<(), AppError> {
    let request = ssr::request()?;
    if let Some(ctx) = &request.ctx {
        ssr::answer(store::people::session::sign_out(ctx).await)?;
    }
    ssr::leave(&request);
    Ok(())
}

#[server(prefix = "/api", endpoint = "session/sign_out_everywhere", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    let ctx = ssr::op_ctx()?;
    ssr::answer(store::people::session::sign_out_everywhere(&ctx).await)?;
    ssr::leave(&ssr::request()?);
    Ok(())
}

/// What server functions share. The server's middleware puts [`ssr::RequestInfo`] into every
/// request.
#[cfg(feature = "ssr")]
pub mod ssr {
    use super::*;
    use http::HeaderValue;
    use http::header::SET_COOKIE;
    use leptos_axum::ResponseOptions;
    use store::{Ctx, Origin, Store, StoreResult};

    #[derive(Clone)]
    pub struct RequestInfo {
        pub store: Store,
        /// The signed-in person's context.
        pub ctx: Option<Ctx>,
        /// The token that the browser sent, whether it is worth anything or not.
        pub token: Option<String>,
        pub preferences: Preferences,
        pub origin: Origin,
        /// Served over https: cookies get the `__Host-` prefix and `Secure`.
        pub secure: bool,
        /// The address that browsers use, without a slash at its end.
        pub base_url: String,
        /// Mails leave the outbox: a mail server is set.
        pub mail_is_on: bool,
        /// In so many seconds the session ends, unless something is asked for before.
        pub ends_in: Option<i64>,
        pub links: std::sync::Arc<domain::view::Links>,
        /// Which letters of a text an invoice's PDF cannot show; the fonts are the server's.
        pub undrawn: fn(&str) -> Vec<String>,
    }

    /// Which program draws the pages; another one has other parts.
    #[derive(Clone)]
    pub struct Program(pub std::sync::Arc<str>);

    /// How far a page had seen what happens when it was drawn.
    #[derive(Clone, Copy)]
    pub struct Seen(pub i64);

    /// A name that only this host can set, over https.
    pub const SECURE_COOKIE: &str = "__Host-vorteil";
    /// For http on a loopback address.
    pub const PLAIN_COOKIE: &str = "vorteil";
    pub const LANGUAGE_COOKIE: &str = "vorteil-language";
    pub const THEME_COOKIE: &str = "vorteil-theme";
    /// A year; a preference, not a secret.
    const PREFERENCE_LIFE: u32 = 31_536_000;

    pub fn request() -> Result<RequestInfo, AppError> {
        use_context::<http::request::Parts>()
            .and_then(|parts| parts.extensions.get::<RequestInfo>().cloned())
            .ok_or(AppError::Internal { reference: String::new() })
    }

    /// The first line of a server function that needs a signed-in person.
    pub fn op_ctx() -> Result<Ctx, AppError> {
        match request()?.ctx {
            Some(ctx) => Ok(ctx),
            None => Err(refuse(AppError::SignedOut)),
        }
    }

    /// Gives the response the error's status.
    pub fn refuse(error: AppError) -> AppError {
        if let (Some(response), Ok(status)) =
            (use_context::<ResponseOptions>(), http::StatusCode::from_u16(error.status()))
        {
            response.set_status(status);
        }
        error
    }

    /// Hands on what the store said.
    pub fn answer<T>(result: StoreResult<T>) -> Result<T, AppError> {
        result.map_err(|error| {
            let request = request().ok();
            let language = request.as_ref().map(|r| r.preferences.language).unwrap_or_default();
            let reference = request.and_then(|r| r.origin.request_id).unwrap_or_default();
            refuse(AppError::from_store(error, &reference, language))
        })
    }

    pub fn append_header(name: http::HeaderName, value: &str) {
        if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
            response.append_header(name, value);
        }
    }

    /// Tells the page that comes next what was done: the server puts it into its address.
    pub const DONE_HEADER: &str = "x-vorteil-done";

    pub fn done(what: &'static str) {
        append_header(http::HeaderName::from_static(DONE_HEADER), what);
    }

    pub fn set_session_cookie(request: &RequestInfo, token: Option<&str>) {
        let (name, secure) = if request.secure { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
        // No Max-Age: the server knows when a session ends.
        let life = if token.is_some() { "" } else { "; Max-Age=0" };
        append_header(
            SET_COOKIE,
            &format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}{life}", token.unwrap_or_default()),
        );
    }

    pub fn set_preference_cookie(request: &RequestInfo, name: &str, value: &str) {
        let secure = if request.secure { "; Secure" } else { "" };
        append_header(
            SET_COOKIE,
            &format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={PREFERENCE_LIFE}{secure}"),
        );
    }

    /// Holds the token of an invitation while it is being accepted.
    pub const INVITATION_COOKIE: &str = "vorteil-invitation";

    /// The token of the invitation that this browser follows; empty when it follows none.
    pub fn invitation_token() -> String {
        let headers = use_context::<http::request::Parts>().map(|parts| parts.headers).unwrap_or_default();
        headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split("; "))
            .find_map(|pair| pair.strip_prefix(INVITATION_COOKIE)?.strip_prefix('='))
            .unwrap_or_default()
            .to_owned()
    }

    pub fn invitation_cookie(secure: bool, token: &str) -> String {
        let secure = if secure { "; Secure" } else { "" };
        let life = if token.is_empty() { 0 } else { 3_600 };
        format!("{INVITATION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life}{secure}")
    }

    pub fn forget_invitation(request: &RequestInfo) {
        append_header(SET_COOKIE, &invitation_cookie(request.secure, ""));
    }

    /// After signing out: nothing stays behind in the browser.
    pub fn leave(request: &RequestInfo) {
        set_session_cookie(request, None);
        append_header(http::HeaderName::from_static("clear-site-data"), "\"storage\"");
        leptos_axum::redirect("/sign-in?why=signed-out");
    }
}

#[cfg(test)]
mod tests {
    use super::is_local_path;

    #[test]
    fn only_our_own_paths_are_gone_to() {
        for good in ["/", "/benefits/software?open=1&q=a%20b", "/a//b"] {
            assert!(is_local_path(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "javascript:alert(1)",
            "/ü",
        ] {
            assert!(!is_local_path(bad), "{bad:?}");
        }
    }
}
