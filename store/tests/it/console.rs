//! What the programme's staff run the programme with: catalogue files, key pools, companies.

use crate::harness::{Backend, World, demo, on_both};
use crate::orders::{NORA, benefit_of, in_stock, order, pay, term_of};
use crate::technical::{OLGA, mails};
use chrono::TimeDelta;
use domain::access::Role;
use domain::console::{CompanyForm, ConsoleRefusal, Fate, UploadKind};
use domain::mail::MailFacts;
use domain::orders::order::Issuer;
use domain::refusal::SignInRefusal;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::benefits::list::get_detail;
use store::benefits::software::reveal_keys;
use store::catalogue::{
    discard_upload, export_catalogue, get_catalogue, get_catalogue_trial, publish_catalogue, try_catalogue,
};
use store::companies::{
    Appointed, change_company, create_company, get_company, invite_admin, list_companies, restore_company,
    suspend_company,
};
use store::entity::{audit_event, licence_key, session, upload};
use store::key_pool::{
    KeyFileProblem, find_key, get_key, get_key_trial, get_pool, list_pools, set_stock_level, try_keys, use_keys,
    withdraw_key,
};
use store::orders::{get_issuer, set_issuer};
use store::{StoreError, demo::CATALOGUE};

on_both! {
    a_file_is_tried_compared_and_published => catalogue,
    what_is_not_text_is_not_kept => not_text,
    keys_come_in_from_a_file_that_was_tried => keys,
    what_the_stock_lacks_is_owed_and_delivered => owed,
    what_left_the_catalogue_is_delivered => left,
    a_leaked_key_is_replaced => leaked,
    companies_are_made_invited_suspended => companies,
    only_the_programmes_staff => forbidden,
}

fn refusal(r: Result<impl std::fmt::Debug, StoreError>) -> ConsoleRefusal {
    match r {
        Err(StoreError::Console(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn catalogue(backend: Backend) {
    let world = demo(backend).await;
    let (olga, otto) = (world.ctx(OLGA).await, world.operator("Otto", "otto@programme.example").await);
    // The same bytes come out, and change nothing when they go in again.
    let (number, text) = export_catalogue(&olga, None).await.unwrap();
    assert_eq!((number, text.as_str()), (1, CATALOGUE));
    let same = try_catalogue(&olga, &text).await.unwrap();
    let trial = get_catalogue_trial(&olga, same).await.unwrap().unwrap();
    assert!(trial.changes.is_empty());
    assert_eq!(publish_catalogue(&olga, same).await.unwrap(), 1, "nothing is published");
    assert_eq!(get_catalogue(&olga).await.unwrap().versions.len(), 1);
    // A wrong one says where, and is kept until it is given up.
    let wrong = try_catalogue(&olga, &text.replacen("4730.00", "4.730,00", 1)).await.unwrap();
    let found = get_catalogue_trial(&olga, wrong).await.unwrap().unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(refusal(publish_catalogue(&olga, wrong).await), ConsoleRefusal::FileRefused);
    discard_upload(&olga, UploadKind::Catalogue, wrong).await.unwrap();
    assert_eq!(refusal(get_catalogue_trial(&olga, wrong).await), ConsoleRefusal::UploadGone);
    assert_eq!(refusal(try_catalogue(&olga, " \n").await), ConsoleRefusal::FileMissing);
    // A new price: compared, looked at, published; what runs keeps what it was sold with.
    let dearer = text.replacen("4730.00", "4900.00", 1);
    let mine = try_catalogue(&olga, &dearer).await.unwrap();
    let trial = get_catalogue_trial(&olga, mine).await.unwrap().unwrap();
    let change = &trial.changes[0];
    assert_eq!((trial.base, change.fate, change.code.as_str()), (1, Fate::Changed, "gold-core"));
    assert_eq!((change.fields[0].before.as_str(), change.fields[0].after.as_str()), ("4730.00", "4900.00"));
    assert_eq!(trial.preview.packages[2].price.unwrap().to_string(), "4900.00 USD");
    // Somebody else's file is theirs; who publishes second compares again.
    assert_eq!(refusal(publish_catalogue(&otto, mine).await), ConsoleRefusal::UploadGone);
    let theirs = try_catalogue(&otto, &text.replacen("475.00", "480.00", 1)).await.unwrap();
    assert_eq!(publish_catalogue(&olga, mine).await.unwrap(), 2);
    assert_eq!(refusal(publish_catalogue(&otto, theirs).await), ConsoleRefusal::PublishedMeanwhile { version: 2 });
    assert_eq!(export_catalogue(&olga, None).await.unwrap(), (2, dearer));
    assert_eq!(export_catalogue(&olga, Some(1)).await.unwrap(), (1, text));
    assert!(matches!(export_catalogue(&olga, Some(3)).await, Err(StoreError::NotFound)));
    let listed = get_catalogue(&olga).await.unwrap();
    assert_eq!(listed.versions[0].by.as_deref(), Some("Olga Operator"));
    let gold = store::orders::list_orders(&world.anna().await, None).await.unwrap();
    assert!(gold.rows.iter().any(|r| r.price.to_string() == "4730.00 USD"));
    // After a day it is tried again.
    let late = try_catalogue(&olga, CATALOGUE).await.unwrap();
    world.store.clock.advance(TimeDelta::days(1));
    assert_eq!(refusal(publish_catalogue(&olga, late).await), ConsoleRefusal::UploadGone);
    store::schedule::run_job(&world.store, domain::schedule::Job::Clean).await.unwrap();
    assert_eq!(upload::Entity::find().count(world.store.db.conn()).await.unwrap(), 0);
    world.audit_holds(None).await;
}

/// Rule R-FILE-1.
async fn not_text(backend: Backend) {
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    let latin: Vec<u8> = CATALOGUE.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let line = CATALOGUE.lines().position(|l| !l.is_ascii()).unwrap() as u64 + 1;
    let told = refusal(try_catalogue(&olga, &latin).await);
    assert_eq!(told, ConsoleRefusal::NotText { kind: UploadKind::Catalogue, line });
    let told = refusal(try_keys(&olga, b"product,key\r\nx,\xf6").await);
    assert_eq!(told, ConsoleRefusal::NotText { kind: UploadKind::Keys, line: 2 });
    let told = refusal(store::companies::try_companies(&olga, b"domain\rK\xf6hler").await);
    assert_eq!(told, ConsoleRefusal::NotText { kind: UploadKind::Companies, line: 2 });
    assert_eq!(upload::Entity::find().count(world.store.db.conn()).await.unwrap(), 0);
    assert_eq!(get_catalogue(&olga).await.unwrap().versions.len(), 1);
    // With its mark, another encoding is read, and kept as UTF-8.
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(CATALOGUE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let tried = try_catalogue(&olga, &utf16).await.unwrap();
    assert!(get_catalogue_trial(&olga, tried).await.unwrap().unwrap().changes.is_empty());
}

const FILE: &str = "product,key\nvisio-professional-2019,AAAAA-BBBBB-CCCCC-DDDDD-00001\n\
                    visio-professional-2019,AAAAA-BBBBB-CCCCC-DDDDD-00002\n\
                    project-professional-2019,AAAAA-BBBBB-CCCCC-DDDDD-00003\n";

async fn keys(backend: Backend) {
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    let stock = in_stock(&world).await;
    let tried = try_keys(&olga, FILE).await.unwrap();
    // Sealed: not even the database has them.
    let kept = upload::Entity::find().one(world.store.db.conn()).await.unwrap().unwrap();
    assert!(!kept.ciphertext.windows(5).any(|w| w == b"AAAAA"));
    let trial = get_key_trial(&olga, tried).await.unwrap().unwrap();
    let told: Vec<_> = trial.products.iter().map(|p| (p.name.as_str(), p.keys)).collect();
    assert_eq!(told, [("Visio Professional 2019", 2), ("Project Professional 2019", 1)]);
    assert_eq!(in_stock(&world).await, stock, "tried only");
    assert_eq!(use_keys(&olga, tried).await.unwrap(), 3);
    assert_eq!(in_stock(&world).await, stock + 3);
    assert_eq!(refusal(use_keys(&olga, tried).await), ConsoleRefusal::UploadGone);
    // A second time all of them are known; nothing of the file gets in.
    let again = try_keys(&olga, FILE).await.unwrap();
    let found = get_key_trial(&olga, again).await.unwrap().unwrap_err();
    assert!(found.len() == 3 && found.iter().all(|f| f.problem == KeyFileProblem::DuplicateInStock));
    assert_eq!(refusal(use_keys(&olga, again).await), ConsoleRefusal::FileRefused);
    world.audit_holds(None).await;
}

async fn pool(world: &World, code: &str) -> domain::console::Pool {
    let olga = world.ctx(OLGA).await;
    list_pools(&olga).await.unwrap().into_iter().find(|p| p.code == code).unwrap()
}

/// Withdraws all that is in stock of a product.
async fn empty_pool(world: &World, code: &str) {
    let olga = world.ctx(OLGA).await;
    let id = pool(world, code).await.product;
    let free = licence_key::Entity::find()
        .filter(licence_key::Column::ProductId.eq(id))
        .filter(licence_key::Column::CompanyId.is_null())
        .all(world.store.db.conn())
        .await
        .unwrap();
    for key in free {
        withdraw_key(&olga, key.id, "Recalled by the maker.").await.unwrap();
    }
}

async fn owed(backend: Backend) {
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    let visio = "visio-professional-2019";
    let before = mails(&world, "low_stock").await.len();
    empty_pool(&world, visio).await;
    let told = mails(&world, "low_stock").await;
    assert_eq!(told.len(), before + 1, "once, not with each key");
    assert!(matches!(&told[before].1, MailFacts::LowStock { left: 4, owed: 0, .. }), "{told:?}");
    let id = order(&nora, "silver-core").await;
    pay(&world, id).await;
    let of = benefit_of(&world, term_of(&world, id).await.unwrap().id, visio).await;
    let detail = get_detail(&nora, of.id).await.unwrap();
    assert_eq!((detail.keys, detail.keys_owed), (0, 1));
    assert!(matches!(&mails(&world, "order_paid").await[..], [(_, MailFacts::OrderPaid { owed: 1, .. })]));
    assert_eq!(pool(&world, visio).await.owed, 1);
    assert_eq!(store::dashboard::get_dashboard(&nora).await.unwrap().packages[0].keys_owed, 1);
    // Stock arrives: who has waited gets theirs at once, and once.
    let tried = try_keys(&olga, FILE).await.unwrap();
    assert_eq!(get_key_trial(&olga, tried).await.unwrap().unwrap().products[0].owed, 1);
    use_keys(&olga, tried).await.unwrap();
    let detail = get_detail(&nora, of.id).await.unwrap();
    assert_eq!((detail.keys, detail.keys_owed), (1, 0));
    let now = pool(&world, visio).await;
    assert_eq!((now.in_stock, now.owed, now.is_low), (1, 0, true));
    assert_eq!(store::schedule::run_job(&world.store, domain::schedule::Job::Orders).await.unwrap(), 0);
    // The level is the operator's; enough is told by silence, and the alarm is armed again.
    set_stock_level(&olga, now.product, "1").await.unwrap();
    assert!(!pool(&world, visio).await.is_low);
    let before = mails(&world, "low_stock").await.len();
    set_stock_level(&olga, now.product, "2").await.unwrap();
    assert_eq!(mails(&world, "low_stock").await.len(), before + 1);
    assert!(matches!(refusal(set_stock_level(&olga, now.product, "-1").await), ConsoleRefusal::StockLevel { .. }));
}

/// A product is offered no more, and a company still waits for its key.
async fn left(backend: Backend) {
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    let visio = "visio-professional-2019";
    empty_pool(&world, visio).await;
    pay(&world, order(&nora, "silver-core").await).await;
    let mut catalogue = store::catalogue::file::read(CATALOGUE).unwrap();
    catalogue.products.retain(|product| product.code != visio);
    for package in &mut catalogue.packages {
        package.items.retain(|item| item.product != visio);
    }
    let origin = store::Origin::default();
    store::catalogue::import::import(&world.store, &catalogue, None, &origin).await.unwrap();
    let waits = pool(&world, visio).await;
    assert_eq!((waits.owed, waits.is_low, waits.name.as_str()), (1, true, "Visio Professional 2019"));
    let tried = try_keys(&olga, FILE).await.unwrap();
    use_keys(&olga, tried).await.unwrap();
    let delivered = pool(&world, visio).await;
    assert_eq!((delivered.owed, delivered.in_stock, delivered.is_low), (0, 1, false));
}

async fn leaked(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let visio = world.benefit(&anna, "gold-core", "visio-professional-2019").await;
    let old = reveal_keys(&anna, visio, true).await.unwrap().remove(0).key;
    // Found by the key that somebody pasted, however it is written; never shown.
    let (product, id) = find_key(&olga, &format!(" {} ", old.to_lowercase())).await.unwrap();
    let row = get_key(&olga, id).await.unwrap();
    assert_eq!((row.company.as_deref(), row.package.as_deref()), (Some("Contoso GmbH"), Some("Gold Core")));
    assert!(!format!("{row:?}").contains(&old));
    assert_eq!(refusal(find_key(&olga, "AAAAA-BBBBB-CCCCC-DDDDD-99999").await), ConsoleRefusal::NoSuchKey);
    assert_eq!(refusal(find_key(&olga, "x").await), ConsoleRefusal::KeyShape);
    let stock = pool(&world, "visio-professional-2019").await.in_stock;
    withdraw_key(&olga, id, "Posted in a forum.").await.unwrap();
    assert_eq!(refusal(withdraw_key(&olga, id, "Again.").await), ConsoleRefusal::KeyWithdrawn);
    let new = reveal_keys(&anna, visio, true).await.unwrap();
    assert_eq!((new.len(), new[0].key == old), (1, false));
    assert_eq!(pool(&world, "visio-professional-2019").await.in_stock, stock - 1);
    // Everybody who may get keys is told, without the key.
    let told = mails(&world, "key_withdrawn").await;
    let to: Vec<&str> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["anna.global@contoso.example", "marta.mpn@contoso.example"]);
    let page = get_pool(&olga, product, None).await.unwrap();
    let gone = page.keys.iter().find(|k| k.id == id).unwrap();
    assert_eq!(gone.withdrawn_by.as_deref(), Some("Olga Operator"));
    assert_eq!(page.total, 12);
    world.audit_holds(anna.principal.company).await;
}

fn company(name: &str, domain: &str) -> CompanyForm {
    CompanyForm {
        name: name.to_owned(),
        account_email: "office@litware.example".to_owned(),
        domain: domain.to_owned(),
        in_predecessor: false,
    }
}

async fn companies(backend: Backend) {
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    let all = list_companies(&olga, "", None).await.unwrap();
    let names: Vec<_> = all.rows.iter().map(|r| (r.name.as_str(), r.packages.len(), r.has_admin)).collect();
    assert_eq!(names, [("Contoso GmbH", 2, true), ("Fabrikam Ltd", 1, true), ("Northwind", 0, false)]);
    let id = create_company(&olga, &company(" Litware  Öl ", "LITWARE.example")).await.unwrap();
    let found = list_companies(&olga, "öl litware.ex", None).await.unwrap().rows;
    assert_eq!(found.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Litware Öl"]);
    let taken = refusal(create_company(&olga, &company("Other", "litware.example")).await);
    assert_eq!(taken, ConsoleRefusal::DomainTaken { name: "Litware Öl".to_owned() });
    assert_eq!(refusal(create_company(&olga, &company("Other", "no domain")).await), ConsoleRefusal::Domain);
    assert!(matches!(refusal(create_company(&olga, &company(" ", "")).await), ConsoleRefusal::Missing(_)));
    change_company(&olga, id, &company("Litware", "")).await.unwrap();
    // The first Global admin is invited; once one has joined, they invite the others.
    let how = invite_admin(&olga, id, "Lia", "lia@litware.example").await.unwrap();
    assert_eq!(how, Appointed::Invited);
    let seen = get_company(&olga, id).await.unwrap();
    assert_eq!((seen.people[0].name.as_str(), &seen.people[0].roles[..]), ("Lia", &[Role::GlobalAdmin][..]));
    assert!(!seen.people[0].has_joined);
    assert!(mails(&world, "invitation").await.iter().any(|(to, _)| to == "lia@litware.example"));
    let contoso = world.anna().await.principal.company.unwrap();
    assert!(matches!(
        refusal(invite_admin(&olga, contoso, "X", "x@contoso.example").await),
        ConsoleRefusal::HasGlobalAdmin { .. }
    ));
    // Who looked is in the company's own log.
    get_company(&olga, contoso).await.unwrap();
    let looks = audit_event::Entity::find()
        .filter(audit_event::Column::Chain.eq(contoso.0))
        .filter(audit_event::Column::Action.eq("company.seen"));
    assert_eq!(looks.count(world.store.db.conn()).await.unwrap(), 1);
    // Suspended: sessions end, nobody signs in, data stays; restored, they do again.
    use store::people::sign_in::sign_in;
    let origin = store::Origin::default();
    let mail = "anna.global@contoso.example";
    let enter = async || sign_in(&world.store, mail, store::demo::PASSWORD, None, &origin).await;
    assert!(enter().await.is_ok());
    let sessions = || session::Entity::find().count(world.store.db.conn());
    assert_eq!(sessions().await.unwrap(), 1);
    suspend_company(&olga, contoso).await.unwrap();
    assert_eq!(sessions().await.unwrap(), 0);
    assert!(matches!(enter().await, Err(StoreError::SignIn(SignInRefusal::CompanySuspended))));
    assert_eq!(refusal(suspend_company(&olga, contoso).await), ConsoleRefusal::AlreadySuspended);
    restore_company(&olga, contoso).await.unwrap();
    assert_eq!(refusal(restore_company(&olga, contoso).await), ConsoleRefusal::NotSuspended);
    assert!(enter().await.is_ok());
    assert_eq!(get_company(&olga, contoso).await.unwrap().orders.len(), 2);
    world.audit_holds(Some(contoso)).await;
}

async fn forbidden(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    assert!(matches!(try_catalogue(&anna, "x").await, Err(StoreError::Forbidden(_))));
    assert!(matches!(list_pools(&anna).await, Err(StoreError::Forbidden(_))));
    assert!(matches!(list_companies(&anna, "", None).await, Err(StoreError::Forbidden(_))));
    assert!(matches!(set_issuer(&anna, &Issuer::default()).await, Err(StoreError::Forbidden(_))));
    let issuer = Issuer { name: "Programme\nStreet 1".to_owned(), pay_to: "IBAN X".to_owned() };
    set_issuer(&olga, &issuer).await.unwrap();
    assert_eq!(get_issuer(&olga).await.unwrap(), issuer);
}
