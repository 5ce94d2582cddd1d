//! Text from people is never markup: an element stands in every field that takes text, and every
//! page of everybody is searched for it. On the way, each form is looked up where it stands.

use crate::harness::{ANNA, Answer, Browser, GINA, Site, URSULA, case_form, site};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Ends whatever it may stand in, and begins an element that no page has.
const CANARY: &str = "\n</title></textarea></script></style></noscript>\"'><x-canary>";
const ELEMENT: &str = "<x-canary";
const AS_TEXT: &str = "&lt;x-canary";

const OLGA: &str = "olga.operator@programme.example";
const EVERYBODY: [&str; 8] = [
    ANNA,
    URSULA,
    GINA,
    "adam.agent@contoso.example",
    "marta.mpn@contoso.example",
    "emil.employee@contoso.example",
    "nora.new@northwind.example",
    OLGA,
];

/// Columns that hold what somebody wrote.
const WRITTEN: [&str; 31] = [
    "answer",
    "bill_address",
    "bill_country",
    "bill_to",
    "contact",
    "contract_id",
    "access_id",
    "country",
    "description",
    "device",
    "issuer",
    "last_error",
    "name",
    "note",
    "pay_to",
    "phone",
    "product",
    "purchase_order",
    "reason",
    "reference",
    "refund_reference",
    "tax_id",
    "text",
    "title",
    "told_email",
    "told_name",
    "typed",
    "withdrawn_reason",
    "alternative_email",
    "alternative",
    "address",
];
/// Columns with such texts inside.
const PACKED: [&str; 3] = ["definition", "facts", "form"];
/// What the program writes itself: words of its own, numbers, marks.
const ITS_OWN: [&str; 36] = [
    "account_email",
    "action",
    "category",
    "code",
    "currency",
    "days",
    "details",
    "domain",
    "email",
    "email_normalized",
    "end_kind",
    "ending",
    "how",
    "job",
    "key_check",
    "kind",
    "language",
    "location",
    "number",
    "once",
    "outcome",
    "password_hash",
    "preferred",
    "request_id",
    "role",
    "search",
    "search_de",
    "search_en",
    "sha256",
    "source",
    "stage",
    "state",
    "subject",
    "theme",
    "version",
    "why",
];

/// Puts the element behind every text in a packed one, but for words of the program's.
fn taint(value: &mut serde_json::Value) {
    const TEXTS: [&str; 18] = [
        "en",
        "de",
        "name",
        "company",
        "product",
        "package",
        "person",
        "by",
        "reason",
        "title",
        "text",
        "instructions",
        "pay_to",
        "note",
        "description",
        "contact",
        "country",
        "phone",
    ];
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    serde_json::Value::String(text) if TEXTS.contains(&name.as_str()) => text.push_str(CANARY),
                    other => taint(other),
                }
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(taint),
        _ => {}
    }
}

/// Writes the element into every column that people fill, past every check.
async fn poison(site: &Site) {
    let db = site.store.db.conn();
    let ask = async |sql: String| db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let tables = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'".into()).await;
    let tables: Vec<String> = tables.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    let mut unknown = Vec::new();
    for table in tables.iter().filter(|table| *table != "seaql_migrations") {
        for row in ask(format!("PRAGMA table_info({table})")).await {
            let (column, kind): (String, String) = (row.try_get("", "name").unwrap(), row.try_get("", "type").unwrap());
            let kind = kind.to_lowercase();
            if !(kind.starts_with("varchar") || kind == "text") {
                continue;
            }
            if PACKED.contains(&column.as_str()) {
                for row in ask(format!("SELECT rowid AS r, {column} AS c FROM {table}")).await {
                    let (id, text): (i64, Option<String>) =
                        (row.try_get("", "r").unwrap(), row.try_get("", "c").unwrap());
                    let Some(mut value) = text.and_then(|text| serde_json::from_str(&text).ok()) else { continue };
                    taint(&mut value);
                    let sql = format!("UPDATE {table} SET {column} = ? WHERE rowid = ?");
                    let values = [value.to_string().into(), id.into()];
                    db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await.unwrap();
                }
            } else if WRITTEN.contains(&column.as_str()) {
                let sql = format!("UPDATE {table} SET {column} = {column} || ?");
                let values = [CANARY.into()];
                db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await.unwrap();
            } else if !ITS_OWN.contains(&column.as_str()) {
                unknown.push(format!("{table}.{column}"));
            }
        }
    }
    assert!(unknown.is_empty(), "who writes into these? {unknown:?}");
}

/// The value of an attribute in a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&")
}

/// The forms of a page: their fields, with the element typed into each that takes text.
fn forms(body: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut forms = Vec::new();
    for form in body.split("<form method=\"post\"").skip(1) {
        let form = form.split("</form>").next().unwrap();
        let mut fields = Vec::new();
        for tag in form
            .split('<')
            .filter(|tag| ["input ", "textarea ", "select ", "option ", "button "].iter().any(|t| tag.starts_with(t)))
        {
            let tag = tag.split('>').next().unwrap();
            let value = unescaped(attribute(tag, "value").unwrap_or_default());
            // The last of its options is chosen.
            if tag.starts_with("option ") {
                if let Some((_, chosen)) = fields.last_mut() {
                    *chosen = value;
                }
                continue;
            }
            let Some(name) = attribute(tag, "name") else { continue };
            let kind = attribute(tag, "type");
            let is_given = tag.starts_with("button ") || matches!(kind, Some("hidden" | "checkbox" | "radio"));
            fields.push((name.to_owned(), if is_given { value } else { CANARY.to_owned() }));
        }
        let function =
            fields.iter().find(|(name, _)| name == "form").map(|(_, value)| value.clone()).unwrap_or_default();
        forms.push((function, fields));
    }
    forms
}

/// Where the links of a page lead to, within this site.
fn links(body: &str) -> Vec<String> {
    let hrefs = body.split(" href=\"").skip(1).map(|rest| unescaped(rest.split('"').next().unwrap()));
    let ours = hrefs.filter(|href| href.starts_with('/') && !href.starts_with("//"));
    ours.filter(|href| !["/pkg/", "/texts/", "/export/", "/favicon", "/sign-in"].iter().any(|p| href.starts_with(p)))
        .filter(|href| !href.ends_with(".pdf"))
        .map(|href| href.split('#').next().unwrap().to_owned())
        .collect()
}

fn is_clean(what: &str, answer: &Answer) {
    if let Some(at) = answer.body.find(ELEMENT) {
        let around = answer.body.get(at.saturating_sub(300)..at + 40).unwrap_or_default();
        panic!("{what} has the element: {around}");
    }
}

/// Every page that somebody can come to by links, each with few of its queries.
async fn crawl(browser: &mut Browser, who: &str) -> BTreeMap<String, Answer> {
    let mut seen = BTreeMap::new();
    let mut queries: BTreeMap<String, usize> = BTreeMap::new();
    let mut waiting = VecDeque::from(["/".to_owned()]);
    while let Some(address) = waiting.pop_front() {
        let path = address.split('?').next().unwrap().to_owned();
        let tried = queries.entry(path).or_default();
        if seen.contains_key(&address) || *tried >= 4 || seen.len() >= 250 {
            continue;
        }
        *tried += 1;
        let page = browser.get(&address).await;
        assert!(!page.status.is_server_error(), "{who} {address}: {}", page.status);
        is_clean(&format!("{who} {address}"), &page);
        waiting.extend(links(&page.body));
        // The arrows are forms.
        let path = address.split('?').next().unwrap();
        waiting.extend(
            page.body
                .split(" name=\"open\" value=\"")
                .skip(1)
                .map(|rest| format!("{path}?open={}", rest.split('"').next().unwrap())),
        );
        seen.insert(address, page);
    }
    seen
}

/// Something of every kind that people write.
async fn story(site: &Site) {
    let mut anna = site.signed_in(ANNA).await;
    let mut emil = site.signed_in("emil.employee@contoso.example").await;
    let mut nora = site.signed_in("nora.new@northwind.example").await;
    let mut olga = site.signed_in(OLGA).await;
    let hours = site.benefit(ANNA, "gold-core", "partner-advisory-hours").await;
    let support = site.benefit(ANNA, "action-pack", "product-support-incidents").await;
    let offer = site.benefit(ANNA, "gold-core", "gtm-case-study").await;
    let studio = site.benefit(ANNA, "gold-core", "visual-studio-enterprise").await;
    let person = site.user("emil.employee@contoso.example").await;
    let mut sent = BTreeSet::new();
    let mut tell = |what: &'static str, answer: &Answer| {
        if answer.status.is_success() || answer.status.is_redirection() {
            sent.insert(what);
        } else {
            eprintln!("{what}: {} {}", answer.status, answer.body);
        }
    };
    let case = case_form(&hours);
    tell("a case", &anna.call("cases/send", &case).await);
    let ask = [("benefit", support.as_str()), ("person", person.as_str()), ("email", "emil@home.example")];
    tell("support", &anna.call("support/request", &ask).await);
    tell("an offer", &anna.call("offers/activate", &[("benefit", &offer)]).await);
    tell("a seat", &anna.call("seats/assign", &[("benefit", &studio), ("person", &person)]).await);
    tell("a person", &anna.call("users/add", &[("name", "New"), ("email", "new@contoso.example")]).await);
    tell("a role", &emil.call("role_requests/request", &[("note", "Please")]).await);
    tell("another role", &nora.call("role_requests/request", &[("note", "Please")]).await);
    let trial = [("file", "domain,company\nlitware.example,Litware")];
    tell("a file of companies", &olga.call("operator/try_companies", &trial).await);
    tell("a catalogue", &olga.call("operator/try_catalogue", &[("file", store::demo::CATALOGUE)]).await);
    assert!(sent.len() >= 6, "only {sent:?}");
}

#[tokio::test]
async fn no_page_draws_what_people_wrote() {
    let site = site().await;
    story(&site).await;
    poison(&site).await;
    let mut shown = 0;
    let mut standing = BTreeSet::new();
    let mut to_send = Vec::new();
    for who in EVERYBODY {
        let mut browser = site.signed_in(who).await;
        for (address, page) in crawl(&mut browser, who).await {
            shown += usize::from(page.has(AS_TEXT));
            let path = address.split('?').next().unwrap().to_owned();
            for (function, fields) in forms(&page.body) {
                assert!(
                    app::form::stands_on(&function, &path),
                    "{function} stands on {path}, and its table does not say so"
                );
                if standing.insert((who, path.clone(), function.clone())) {
                    to_send.push((who, address.clone(), function, fields));
                }
            }
        }
    }
    assert!(shown > 100, "the element was looked for where it is: {shown} pages");
    let functions: BTreeSet<&str> = standing.iter().map(|(.., function)| function.as_str()).collect();
    assert!(functions.len() > 40, "{functions:?}");
    // What is refused comes back into its fields.
    let (mut refused, mut kept) = (0, 0);
    for (who, address, function, fields) in to_send {
        // What takes no text brings none back, and may end the session that the rest needs.
        if function.starts_with("session/") || !fields.iter().any(|(_, value)| value == CANARY) {
            continue;
        }
        let mut browser = site.signed_in(who).await;
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .filter(|(name, _)| name != "form" && name != "reader")
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        // The session has ended meanwhile: what was typed is there, whatever the form.
        if fields.iter().any(|(name, value)| *value == CANARY && !app::form::SECRET_FIELDS.contains(name)) {
            let mut late = site.browser();
            late.reader.clone_from(&browser.reader);
            "vorteil=gone".clone_into(&mut late.cookie);
            let answer = late.submit(&address, &function, &fields).await;
            let what = format!("{who} {address} {function}, too late");
            is_clean(&what, &answer);
            // A choice that nobody made is refused before anybody is asked for.
            if answer.status != http::StatusCode::BAD_REQUEST {
                assert_eq!(answer.status, http::StatusCode::UNAUTHORIZED, "{what}");
                assert!(answer.has(AS_TEXT) && answer.has("name=\"kept\""), "{what} lost it: {}", answer.body);
                kept += 1;
            }
        }
        let answer = browser.submit(&address, &function, &fields).await;
        is_clean(&format!("{who} {address} {function}"), &answer);
        refused += usize::from(answer.status.is_client_error() && answer.has(AS_TEXT));
    }
    assert!(refused > 10 && kept > 20, "texts came back: {refused}, {kept}");
}

/// Elements whose text the server writes as it is, and attributes that hold markup: each in the one
/// place that escapes it.
#[test]
fn raw_elements_are_drawn_in_one_place() {
    fn look(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                let code = lines.collect::<Vec<_>>().join("\n");
                for element in ["<textarea", "<Title", "<title>", "<script", "<style", "inner_html"] {
                    if code.contains(element) {
                        found.insert(format!("{} {element}", path.file_name().unwrap().to_string_lossy()));
                    }
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    look(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src")), &mut found);
    let allowed = [
        // A sentence of ours, between tags that have no name of anybody in them.
        "install.rs inner_html",
        // The letter, which escapes what it is made of.
        "mail.rs <title>",
        // A page for an error: a sentence of ours.
        "root.rs <title>",
        "raw.rs <Title",
        "raw.rs <textarea",
    ];
    assert_eq!(found, allowed.map(str::to_owned).into_iter().collect());
}
