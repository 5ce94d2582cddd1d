//! A licence key leaves the server in the answer to a reveal and nowhere else: not in a page, a
//! function's answer, hydration data, a log line or the database file.

use crate::harness::{ANNA, config, noon};
use server::router::{AppState, router};
use std::io::Write;
use std::sync::{Arc, Mutex};
use store::secrets::KeyRing;
use store::{Clock, Db, Origin, Store, demo};
use tracing_subscriber::fmt::MakeWriter;

/// Five groups that stand nowhere else.
const CANARY: &str = "CANAR-YKEYX-QZ7QZ-8QZ9Q-ZCNRY";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);
impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
}

/// What a text leaves in Base64, at each of the three offsets that it can begin at: hydration data
/// is packed that way.
fn in_base64(text: &str) -> Vec<String> {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    (0..3)
        .map(|offset| {
            let whole = encode(&[&vec![0; offset][..], text.as_bytes()].concat());
            // The first and last letters depend on what stands beside.
            whole[4..whole.len() - 4].to_owned()
        })
        .collect()
}

#[test]
fn base64_does_not_hide_it() {
    use base64::Engine;
    for before in ["", "a", "ab", "abc"] {
        let page = base64::engine::general_purpose::STANDARD.encode(format!("{before}{CANARY}and more"));
        assert!(in_base64(CANARY).iter().any(|hidden| page.contains(hidden)), "{before}");
    }
}

#[tokio::test]
async fn the_key_is_in_one_answer_only() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vorteil.db");
    let db = Db::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    db.migrate().await.unwrap();
    let store = Store::new(db, Clock::at(noon()), KeyRing::generate());
    let catalogue = store::catalogue::file::read(demo::CATALOGUE).unwrap();
    store::catalogue::import::import(&store, &catalogue, None, &Origin::default()).await.unwrap();
    // The canary is the oldest key for Visio, so the oldest order gets it; the others follow.
    store::key_pool::import_keys(
        &store,
        format!("product,key\nvisio-professional-2019,{CANARY}\n").as_bytes(),
        &Origin::default(),
    )
    .await
    .unwrap();
    store.clock.advance(chrono::TimeDelta::seconds(1));
    store::key_pool::import_keys(&store, demo::KEYS.as_bytes(), &Origin::default()).await.unwrap();
    demo::load(&store).await.unwrap();
    let options = leptos::config::LeptosOptions::builder().output_name("vorteil").build();
    let site = crate::harness::Site { app: router(AppState::new(store.clone(), &config(), options)), store };
    const GINA: &str = "gina.global@fabrikam.example";
    let id = site.benefit(GINA, "silver-core", "visio-professional-2019").await;

    let mut answers: Vec<(String, String)> = Vec::new();
    let mut revealed = 0;
    for email in [GINA, ANNA, "olga.operator@programme.example", "ursula.user@contoso.example"] {
        let mut browser = site.signed_in(email).await;
        if email == GINA {
            let by_function = browser.call("benefits/reveal_keys", &[("benefit", &id)]).await;
            let by_form = browser
                .submit(&format!("/benefits/software?open={id}"), "benefits/reveal_keys", &[("benefit", &id)])
                .await;
            revealed += usize::from(by_function.has(CANARY)) + usize::from(by_form.has(CANARY));
            answers.push(("headers".to_owned(), format!("{:?}{:?}", by_function.headers, by_form.headers)));
        }
        for path in [
            "/",
            "/benefits/software",
            "/benefits/cloud",
            "/my-benefits",
            "/account/profile",
            &format!("/benefits/software?open={id}"),
            "/benefits/software?q=CANAR",
        ] {
            let page = browser.get(path).await;
            answers.push((format!("{email} {path}"), format!("{:?}{}", page.headers, page.body)));
        }
        for (function, fields) in [
            ("benefits/list", vec![("category", "software")]),
            ("benefits/detail", vec![("benefit", id.as_str())]),
            ("dashboard/get", vec![]),
            ("profile/get", vec![]),
            ("session/viewer", vec![]),
        ] {
            answers.push((format!("{email} {function}"), browser.call(function, &fields).await.body));
        }
    }
    assert_eq!(revealed, 2, "the reveal itself shows it, with and without JavaScript");
    for (what, text) in answers {
        assert!(!text.contains("CANAR-YKEYX"), "{what} holds the key");
        for hidden in in_base64(CANARY) {
            assert!(!text.contains(&hidden), "{what} holds the key in Base64");
        }
    }
    let lines = log.0.lock().unwrap().clone();
    assert!(lines.len() > 1_000, "the log was listened to");
    for secret in [CANARY, demo::PASSWORD, "vorteil=", "@contoso.example", "@fabrikam.example"] {
        assert!(!holds(&lines, secret), "the log holds {secret}");
    }
    site.store.db.conn().clone().close().await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for secret in [CANARY, "CANAR", demo::PASSWORD] {
            assert!(!holds(&bytes, secret), "{} holds {secret}", path.display());
        }
    }
}
