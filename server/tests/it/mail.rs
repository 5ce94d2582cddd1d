//! Mail against a real SMTP server that refuses, hangs, drops and dies on demand: nothing is lost,
//! nothing is sent twice, and nothing goes out in clear that should not.

use crate::harness::{ANNA, Site, config, noon, site};
use chrono::TimeDelta;
use domain::language::Language;
use domain::mail::{MailFacts, MailState};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use server::config::Config;
use server::mail::{Mailer, work};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use store::entity::{mail, user};
use store::outbox::Claimed;
use store::secrets::KeyRing;
use store::{Clock, Db, Store, demo};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Longer than anything here takes; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// `end2end/smtp.mjs`, as a program.
struct Smtp {
    port: u64,
    orders: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Smtp {
    async fn start(arguments: &[&str]) -> Self {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/smtp.mjs");
        let mut process = Command::new("node")
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the mail tests need node and end2end/node_modules: run scripts/tools.sh test first");
        let orders = process.stdin.take().unwrap();
        let events = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut smtp = Self { port: 0, orders, events, _process: process };
        let first = smtp.event().await;
        smtp.port = first["port"].as_u64().expect("scripts/tools.sh test installs what this server needs");
        smtp
    }

    async fn event(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.events.next_line()).await.expect("the SMTP server is silent");
        let line = line.unwrap().expect("the SMTP server has ended: run scripts/tools.sh test first");
        serde_json::from_str(&line).unwrap()
    }

    async fn order(&mut self, order: Value) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
        while self.event().await["event"] != "ordered" {}
    }

    fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }
}

fn with_mail(url: &str) -> Config {
    let mut config = config();
    config.smtp_url = Some(url.to_owned().into());
    config.mail_from = Some("Vorteil <benefits@programme.example>".to_owned());
    config.check().unwrap();
    config
}

fn mailer(url: &str) -> Mailer {
    Mailer::new(&with_mail(url), "https://b.example".to_owned()).unwrap()
}

/// What arrived, by Message-ID.
type Arrived = BTreeMap<String, Vec<Value>>;

/// Lets a worker work until it has met `wanted` events, then stops it; what it has in hand is
/// finished first.
async fn run(store: &Store, smtp: &mut Smtp, arrived: &mut Arrived, wanted: usize) {
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(work(store.clone(), mailer(&smtp.url()), stopping));
    for _ in 0..wanted {
        keep(arrived, smtp.event().await);
    }
    stop.send(true).unwrap();
    worker.await.unwrap();
}

fn keep(arrived: &mut Arrived, event: Value) {
    if event["event"] == "mail" {
        arrived.entry(event["id"].as_str().unwrap().to_owned()).or_default().push(event);
    }
}

async fn rows(store: &Store) -> Vec<mail::Model> {
    mail::Entity::find().all(store.db.conn()).await.unwrap()
}

/// A site whose outbox holds nothing of the story.
async fn quiet_site() -> Site {
    let site = site().await;
    mail::Entity::delete_many().exec(site.store.db.conn()).await.unwrap();
    site
}

/// The instructions go to both addresses, in the reader's language, as text and as HTML.
#[tokio::test]
async fn both_addresses_get_the_instructions() {
    let site = quiet_site().await;
    let person = site.user("emil.employee@contoso.example").await;
    let emil: domain::id::UserId = person.parse().unwrap();
    let row = user::Entity::find_by_id(emil).one(site.store.db.conn()).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.language = Set(Some(Language::De));
    row.update(site.store.db.conn()).await.unwrap();
    let benefit = site.benefit(ANNA, "action-pack", "product-support-incidents").await;
    let mut anna = site.signed_in(ANNA).await;
    let page = format!("/benefits/technical?open={benefit}");
    let fields = [("benefit", benefit.as_str()), ("person", &person), ("email", "emil@home.example")];
    let asked = anna.submit(&page, "support/request", &fields).await;
    assert_eq!(asked.status, 303, "{}", asked.body);
    let mut olga = site.signed_in("olga.operator@programme.example").await;
    let activation = support_of(&site).await;
    let fields = [("activation", activation.as_str()), ("access_id", "ACCESS-77"), ("contract_id", "CONTRACT-88")];
    let done = olga.submit(&format!("/operator/queue/{activation}"), "operator/fulfil_support", &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let mut smtp = Smtp::start(&[]).await;
    let mut arrived = Arrived::new();
    run(&site.store, &mut smtp, &mut arrived, 2).await;
    let mut to: Vec<_> = arrived.values().flatten().map(|m| m["to"][0].as_str().unwrap()).collect();
    to.sort_unstable();
    assert_eq!(to, ["emil.employee@contoso.example", "emil@home.example"]);
    for (id, mails) in &arrived {
        let mail = &mails[0];
        assert_eq!((mails.len(), mail["from"].as_str()), (1, Some("benefits@programme.example")));
        assert!(id.ends_with("@programme.example>"), "{id}");
        assert_eq!(mail["subject"], "Anweisungen für den Produktsupport");
        let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
        for body in [text, html] {
            assert!(
                body.contains("Guten Tag Emil Employee,") && body.contains("https://b.example/my-benefits"),
                "{body}"
            );
            assert!(!body.contains("ACCESS-77") && !body.contains("CONTRACT-88"), "the ids are on the page only");
        }
        assert!(html.contains("<html lang=\"de\">") && !text.contains('<'), "{text}");
        let headers = mail["headers"].to_string();
        assert!(headers.contains("Auto-Submitted: auto-generated"), "{headers}");
    }
    let technical = anna.get(&page).await;
    assert!(technical.has("ACCESS-77") && technical.has("CONTRACT-88") && technical.has("Active"));
    assert!(rows(&site.store).await.iter().all(|m| m.state == MailState::Sent && m.attempts == 1));
}

/// The activation that waits for Action Pack's incidents: the newest.
async fn support_of(site: &Site) -> String {
    use sea_orm::QueryOrder;
    use store::entity::support_activation as a;
    let newest = a::Entity::find().order_by_desc(a::Column::RequestedAt).one(site.store.db.conn()).await.unwrap();
    newest.unwrap().id.to_string()
}

async fn write_tests(site: &Site, addresses: &[&str]) {
    let mut olga = site.signed_in("olga.operator@programme.example").await;
    for address in addresses {
        let sent = olga.submit("/operator/outbox", "operator/test_mail", &[("email", address)]).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
    }
}

/// A server that is in trouble: whatever it does, the mail comes once, and only once.
#[tokio::test]
async fn trouble_loses_nothing_and_repeats_nothing() {
    let mut smtp = Smtp::start(&[]).await;
    for (at, what) in [
        ("connect", "refuse"),
        ("connect", "drop"),
        ("from", "refuse"),
        ("from", "drop"),
        ("rcpt", "refuse"),
        ("rcpt", "drop"),
        ("data", "refuse"),
        ("data", "drop"),
        ("data", "slow"),
    ] {
        let site = quiet_site().await;
        write_tests(&site, &["olga@programme.example"]).await;
        let times = if what == "slow" { 1 } else { 2 };
        smtp.order(json!({ "at": at, "do": what, "times": times })).await;
        let mut arrived = Arrived::new();
        for round in 0..3 {
            run(&site.store, &mut smtp, &mut arrived, 1).await;
            let row = rows(&site.store).await.remove(0);
            if row.state == MailState::Sent {
                break;
            }
            assert_eq!((row.state, row.attempts), (MailState::Waiting, round + 1), "{at} {what}: {row:?}");
            assert!(row.last_error.is_some(), "{at} {what}");
            site.store.clock.advance(TimeDelta::hours(1));
        }
        if what == "slow" {
            // The answer comes after the event; the worker waited for it before it stopped.
            assert_eq!(rows(&site.store).await[0].attempts, 1);
            keep(&mut arrived, smtp.event().await);
        }
        let row = rows(&site.store).await.remove(0);
        assert_eq!(row.state, MailState::Sent, "{at} {what}");
        assert_eq!(arrived.len(), 1, "{at} {what}: {arrived:?}");
        assert!(arrived.values().all(|copies| copies.len() == 1), "{at} {what}: {arrived:?}");
        // Nothing more comes afterwards.
        site.store.clock.advance(TimeDelta::days(3));
        write_tests(&site, &["next@programme.example"]).await;
        run(&site.store, &mut smtp, &mut arrived, 1).await;
        assert_eq!(arrived.len(), 2);
    }
}

/// What a server refuses for good is given up at once; the others are sent.
#[tokio::test]
async fn a_refusal_for_good_is_not_repeated() {
    let site = quiet_site().await;
    write_tests(&site, &["nobody@programme.example"]).await;
    let mut smtp = Smtp::start(&[]).await;
    // A sender that is not let in is our fault, and is tried again; an unknown recipient is not.
    smtp.order(json!({ "at": "from", "do": "refuse", "code": 550 })).await;
    smtp.order(json!({ "at": "rcpt", "do": "refuse", "code": 550 })).await;
    let mut arrived = Arrived::new();
    run(&site.store, &mut smtp, &mut arrived, 1).await;
    assert_eq!(rows(&site.store).await[0].state, MailState::Waiting);
    site.store.clock.advance(TimeDelta::hours(1));
    run(&site.store, &mut smtp, &mut arrived, 1).await;
    let row = rows(&site.store).await.remove(0);
    assert_eq!((row.state, row.attempts), (MailState::Dead, 2));
    assert!(row.last_error.unwrap().contains("refused at rcpt"));
    let mut olga = site.signed_in("olga.operator@programme.example").await;
    let page = olga.get("/operator/outbox?state=dead").await;
    assert!(
        page.has("nobody@programme.example") && page.has("Given up") && page.has("refused at rcpt"),
        "{}",
        page.body
    );
    assert!(olga.get("/").await.has("1 mail could not be sent"));
    let retried = olga
        .submit(&format!("/operator/outbox/{}", row.id), "operator/retry_mail", &[("mail", &row.id.to_string())])
        .await;
    assert_eq!(retried.status, 303, "{}", retried.body);
    run(&site.store, &mut smtp, &mut arrived, 1).await;
    assert_eq!(arrived.len(), 1);
}

/// A server that accepts the connection and then says nothing holds nobody up for ever.
#[tokio::test]
async fn silence_is_not_waited_for_for_ever() {
    let site = quiet_site().await;
    write_tests(&site, &["olga@programme.example"]).await;
    let mut smtp = Smtp::start(&[]).await;
    smtp.order(json!({ "at": "data", "do": "hang" })).await;
    let impatient = mailer(&smtp.url()).patient(Duration::from_millis(300));
    let worker = uuid::Uuid::new_v4();
    let mail = store::outbox::claim(&site.store, worker, &[], 1).await.unwrap().remove(0);
    let failed = impatient.send(&mail).await.unwrap_err();
    assert!(matches!(&failed, server::mail::Failure::Later(why) if why.contains("in time")), "{failed:?}");
}

/// Two workers on one PostgreSQL database: each mail comes once.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_each_mail_once() {
    let base = std::env::var("VORTEIL_TEST_POSTGRES")
        .expect("this test needs a server: `make test`, or `eval \"$(scripts/postgres.sh start)\"` first");
    let name = format!("m{}", std::process::id());
    let admin = Db::connect(&format!("{base}/postgres")).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(admin.conn(), &format!("CREATE DATABASE {name}")).await.unwrap();
    let db = Db::connect(&format!("{base}/{name}")).await.unwrap();
    db.migrate().await.unwrap();
    let store = Store::new(db, Clock::at(noon()), KeyRing::generate());
    demo::load(&store).await.unwrap();
    let all = rows(&store).await;
    // Each story mail many times over.
    let copies: Vec<mail::ActiveModel> = (0..40)
        .map(|n| {
            let mut copy = all[n % all.len()].clone().into_active_model().reset_all();
            copy.id = Set(domain::id::MailId::new(uuid::Uuid::now_v7()));
            copy.once = Set(format!("copy:{n}"));
            copy
        })
        .collect();
    mail::Entity::insert_many(copies).exec_without_returning(store.db.conn()).await.unwrap();
    let all = rows(&store).await.len();
    let mut smtp = Smtp::start(&[]).await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let workers: Vec<_> =
        (0..2).map(|_| tokio::spawn(work(store.clone(), mailer(&smtp.url()), stopping.clone()))).collect();
    let mut arrived = Arrived::new();
    for _ in 0..all {
        keep(&mut arrived, smtp.event().await);
    }
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(arrived.len(), all, "as many different ones as there are");
    assert!(rows(&store).await.iter().all(|m| m.state == MailState::Sent && m.attempts == 1));
}

/// The program itself, with the demo's mails in its outbox.
struct Running(Child);

impl Running {
    fn start(folder: &Path, url: &str, more: &[(&str, &str)]) -> Self {
        std::fs::create_dir_all(folder.join("pkg")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_vorteil"));
        command
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .current_dir(folder)
            .env_remove("VORTEIL_TEST_POSTGRES")
            .env("VORTEIL_SITE", ".")
            .env("VORTEIL_SMTP_URL", url)
            .env("VORTEIL_LOG_FILTER", "off")
            .stdout(Stdio::null())
            .kill_on_drop(true);
        for (name, value) in more {
            command.env(name, value);
        }
        Self(command.spawn().unwrap())
    }

    /// SIGTERM: what is in hand is finished first.
    async fn stop(mut self) {
        let id = self.0.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        assert!(self.0.wait().await.unwrap().success());
    }

    /// SIGKILL: no chance to put anything in order.
    async fn kill(mut self) {
        self.0.kill().await.unwrap();
    }
}

async fn outbox_of(folder: &Path) -> Vec<mail::Model> {
    let db = Db::connect(&format!("sqlite://{}/var/vorteil.db", folder.display())).await.unwrap();
    let rows = mail::Entity::find().all(db.conn()).await.unwrap();
    db.conn().clone().close().await.unwrap();
    rows
}

/// Killed at each step of the protocol, and started again: every mail comes, none twice. Only
/// where the server has accepted a mail and nobody could hear it, it comes again, under the same
/// Message-ID, by which mail systems drop the copy.
#[tokio::test]
async fn killed_at_any_step_nothing_is_lost() {
    for at in ["connect", "from", "rcpt", "data", "accepted"] {
        let folder = tempfile::tempdir().unwrap();
        let mut smtp = Smtp::start(&[]).await;
        smtp.order(json!({ "at": at, "do": "hang", "times": 100 })).await;
        let first = Running::start(folder.path(), &smtp.url(), &[]);
        let mut arrived = Arrived::new();
        // Until a mail hangs at the step.
        loop {
            let event = smtp.event().await;
            keep(&mut arrived, event.clone());
            if event["event"] == "fault" {
                break;
            }
        }
        first.kill().await;
        let waiting = outbox_of(folder.path()).await;
        assert!(waiting.len() >= 4 && waiting.iter().all(|m| m.state != MailState::Sent), "{at}: {waiting:?}");
        // Another server, as healthy as the first was not.
        let mut healthy = Smtp::start(&[]).await;
        let second = Running::start(folder.path(), &healthy.url(), &[]);
        let mut again = Arrived::new();
        for _ in 0..waiting.len() {
            keep(&mut again, healthy.event().await);
        }
        second.kill().await;
        assert_eq!(again.len(), waiting.len(), "{at}: each one once after the start");
        for id in arrived.keys() {
            assert!(at == "accepted" && again.contains_key(id), "{at}: {id} came before");
        }
    }
}

/// STARTTLS with a password; a certificate that nobody vouches for gets nothing.
#[tokio::test]
async fn tls_and_passwords() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut root = CertificateParams::new(vec![]).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_certificate = root.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(root, root_key);
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    for (name, text) in
        [("root.pem", root_certificate.pem()), ("key.pem", key.serialize_pem()), ("cert.pem", leaf.pem())]
    {
        std::fs::write(at(name), text).unwrap();
    }
    let (key, certificate) = (at("key.pem"), at("cert.pem"));
    let arguments = [key.as_str(), &certificate, "vorteil", "geheim/1"];
    let url = |smtp: &Smtp, password| format!("smtp://vorteil:{password}@localhost:{}?tls=required", smtp.port);
    const RIGHT: &str = "geheim%2F1";
    // Not trusted: the password is not even offered. Trusted, but with a wrong one: refused, and
    // tried again later, because it is not the mail's fault.
    for (password, root) in [(RIGHT, None), ("falsch", Some(at("root.pem")))] {
        let mut smtp = Smtp::start(&arguments).await;
        let here = tempfile::tempdir().unwrap();
        let roots: Vec<(&str, &str)> = root.iter().map(|root| ("SSL_CERT_FILE", root.as_str())).collect();
        let server = Running::start(here.path(), &url(&smtp, password), &roots);
        while smtp.event().await["event"] != "error" {}
        server.stop().await;
        let waiting = outbox_of(here.path()).await;
        assert!(waiting.iter().any(|m| m.last_error.is_some()), "what was tried is written down before the end");
        assert!(waiting.iter().all(|m| m.state != MailState::Sent && m.state != MailState::Dead), "{waiting:?}");
        assert!(waiting.iter().all(|m| !m.last_error.as_deref().unwrap_or_default().contains("falsch")));
    }
    let here = tempfile::tempdir().unwrap();
    let mut smtp = Smtp::start(&arguments).await;
    let server = Running::start(here.path(), &url(&smtp, RIGHT), &[("SSL_CERT_FILE", &at("root.pem"))]);
    let first = loop {
        let event = smtp.event().await;
        if event["event"] == "mail" {
            break event;
        }
    };
    server.stop().await;
    let sent = outbox_of(here.path()).await.into_iter().filter(|m| m.state == MailState::Sent).count();
    assert!(sent > 0, "what was accepted is written down before the end");
    assert_eq!((first["event"].as_str(), first["secure"].as_bool()), (Some("mail"), Some(true)), "{first}");
}

/// Whatever people are called and write, a header stays one header.
#[tokio::test]
async fn nobody_adds_a_header() {
    let evil = "x\r\nBcc: victim@b.example\r\n\r\nbody";
    let claimed = Claimed {
        id: domain::id::MailId::new(uuid::Uuid::now_v7()),
        address: "emil@contoso.example".to_owned(),
        name: evil.to_owned(),
        language: Language::En,
        facts: MailFacts::CaseAnswered { number: evil.to_owned(), title: evil.to_owned(), text: evil.to_owned() },
        token: None,
        attempts: 0,
    };
    let mailer = mailer("smtp://127.0.0.1:1");
    let message = mailer.message(&claimed).unwrap();
    let whole = String::from_utf8(message.formatted()).unwrap();
    let head = whole.split("\r\n\r\n").next().unwrap();
    assert!(!head.to_lowercase().contains("\r\nbcc:"), "{head}");
    assert_eq!(message.envelope().to().len(), 1);
    let evil = Claimed { address: evil.to_owned(), ..claimed };
    assert!(mailer.message(&evil).is_err(), "an address that is none is refused");
}

/// Few mail servers know the letters of the world in a domain; all know their ASCII form.
#[tokio::test]
async fn an_umlaut_domain_goes_out_in_ascii() {
    let claimed = Claimed {
        id: domain::id::MailId::new(uuid::Uuid::now_v7()),
        address: "kaethe@müller-xy.example".to_owned(),
        name: "Käthe".to_owned(),
        language: Language::De,
        facts: MailFacts::Test { by: "Olga".to_owned() },
        token: None,
        attempts: 0,
    };
    let message = mailer("smtp://127.0.0.1:1").message(&claimed).unwrap();
    let to: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
    assert_eq!(to, ["kaethe@xn--mller-xy-65a.example"]);
    assert!(message.formatted().is_ascii());
}
