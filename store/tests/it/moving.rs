//! Companies that come over from the predecessor portal: what belongs to them comes along, roles do not.

use crate::harness::{Backend, World, demo, on_both};
use crate::orders::{in_stock, refusal as order_refusal, term_of};
use crate::technical::{OLGA, mails};
use domain::access::Role;
use domain::console::{CompanyForm, ConsoleRefusal};
use domain::email::EmailProblem;
use domain::language::Language;
use domain::orders::OrderRefusal;
use domain::orders::cancel::CancelRefusal;
use domain::orders::order::{OrderKind, OrderState};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use store::companies::{
    Appointed, HEADER, MAX_ROWS, MoveProblem, create_company, get_company, get_move_trial, invite_admin,
    list_companies, move_companies, try_companies,
};
use store::entity::{benefit, company, licence_key, user};
use store::orders::cancel::request_cancellation;
use store::orders::{get_order, list_orders};
use store::{Ctx, StoreError};

on_both! {
    a_company_comes_over_without_roles => comes_over,
    a_wrong_line_is_named_and_nothing_comes => wrong_lines,
}

fn file(lines: &[&str]) -> String {
    [&[HEADER], lines].concat().join("\n")
}

fn refusal(r: Result<impl std::fmt::Debug, StoreError>) -> ConsoleRefusal {
    match r {
        Err(StoreError::Console(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn there(olga: &Ctx) -> domain::id::CompanyId {
    let form = CompanyForm {
        name: "Woodgrove".to_owned(),
        account_email: "office@woodgrove.example".to_owned(),
        domain: "woodgrove.example".to_owned(),
        in_predecessor: true,
    };
    create_company(olga, &form).await.unwrap()
}

async fn find(world: &World, email: &str) -> user::Model {
    let of = user::Entity::find().filter(user::Column::EmailNormalized.eq(email));
    of.one(world.store.db.conn()).await.unwrap().unwrap()
}

async fn comes_over(backend: Backend) {
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    let woodgrove = there(&olga).await;
    invite_admin(&olga, woodgrove, "Wolf", "wolf@woodgrove.example").await.unwrap();
    let text = file(&[
        "woodgrove.example,Woodgrove AG,,Wanda Weber,Wanda@woodgrove.example,de,gold-core,2026-03-01",
        "woodgrove.example,,,Wolf,wolf@woodgrove.example,,,",
        "TAILSPIN.example,Tailspin,office@tailspin.example,Tom,tom@tailspin.example,,,",
    ]);
    let stock = in_stock(&world).await;
    let upload = try_companies(&olga, &text).await.unwrap();
    let trial = get_move_trial(&olga, upload).await.unwrap().unwrap();
    let told: Vec<_> = trial
        .companies
        .iter()
        .map(|of| (of.name.as_str(), of.domain.as_str(), of.is_new, of.people, of.known, of.packages.len()))
        .collect();
    let expected =
        [("Woodgrove AG", "woodgrove.example", false, 1, 1, 1), ("Tailspin", "tailspin.example", true, 1, 0, 0)];
    assert_eq!(told, expected);
    assert_eq!(trial.companies[0].packages[0].until.date_naive().to_string(), "2027-03-01");
    assert_eq!(list_companies(&olga, "tailspin", None).await.unwrap().total, 0, "nothing has changed yet");
    assert_eq!(move_companies(&olga, upload).await.unwrap(), 2);
    assert_eq!(refusal(move_companies(&olga, upload).await), ConsoleRefusal::UploadGone);
    // The company can act; what belongs to it is there.
    let seen = get_company(&olga, woodgrove).await.unwrap();
    assert_eq!((seen.row.name.as_str(), seen.row.in_predecessor), ("Woodgrove AG", false));
    let wanda = find(&world, "wanda@woodgrove.example").await;
    assert_eq!((wanda.company_id, wanda.language), (Some(woodgrove), Some(Language::De)));
    let roles: Vec<_> = seen.people.iter().map(|p| (p.name.as_str(), p.roles.clone())).collect();
    assert_eq!(roles, [("Wanda Weber", vec![]), ("Wolf", vec![Role::GlobalAdmin])]);
    let invited: Vec<String> = mails(&world, "invitation").await.into_iter().map(|(to, _)| to).collect();
    for to in ["Wanda@woodgrove.example", "tom@tailspin.example"] {
        assert_eq!(invited.iter().filter(|mail| *mail == to).count(), 1, "{invited:?}");
    }
    let wolf = world.ctx("wolf@woodgrove.example").await;
    let orders = list_orders(&wolf, None).await.unwrap().rows;
    assert_eq!((orders.len(), orders[0].kind, orders[0].state), (1, OrderKind::Moved, OrderState::Active));
    let term = term_of(&world, orders[0].id).await.unwrap();
    assert_eq!(term.starts_at.date_naive().to_string(), "2026-03-01");
    let db = world.store.db.conn();
    let granted = benefit::Entity::find().filter(benefit::Column::TermId.eq(term.id)).all(db).await.unwrap();
    let order = get_order(&wolf, orders[0].id).await.unwrap();
    assert_eq!((granted.len(), order.has_invoice()), (order.contents.len(), false));
    assert!(granted.iter().all(|b| b.activate_by > world.store.now()), "nothing is over before it began");
    let keys = licence_key::Entity::find().filter(licence_key::Column::CompanyId.eq(woodgrove));
    let keys = keys.count(db).await.unwrap();
    assert!(keys > 0);
    assert_eq!(in_stock(&world).await, stock - keys);
    // The money went elsewhere.
    assert_eq!(order.refund, Err(CancelRefusal::BoughtElsewhere));
    let asked = order_refusal(request_cancellation(&wolf, orders[0].id, "Please.").await);
    assert_eq!(asked, OrderRefusal::Cancel(CancelRefusal::BoughtElsewhere));
    // Who has joined since is Global admin at once.
    let tom = find(&world, "tom@tailspin.example").await;
    let tailspin = tom.company_id.unwrap();
    let mut joined = tom.into_active_model();
    joined.password_hash = Set(Some("none".to_owned()));
    joined.update(db).await.unwrap();
    let how = invite_admin(&olga, tailspin, "Tom", "tom@tailspin.example").await.unwrap();
    assert_eq!(how, Appointed::AtOnce);
    assert!(get_company(&olga, tailspin).await.unwrap().row.has_admin);
    for id in [woodgrove, tailspin] {
        world.audit_holds(Some(id)).await;
    }
}

async fn wrong_lines(backend: Backend) {
    use MoveProblem as P;
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    there(&olga).await;
    let check = async |text: &str| {
        let upload = try_companies(&olga, text).await.unwrap();
        let found = get_move_trial(&olga, upload).await.unwrap().unwrap_err();
        assert_eq!(refusal(move_companies(&olga, upload).await), ConsoleRefusal::FileRefused);
        found.into_iter().map(|f| (f.line, f.problem)).collect::<Vec<_>>()
    };
    let text = file(&[
        "contoso.example,,,,,,,",
        "new.example,,,,,,,",
        "no domain,,,,,,,",
        "woodgrove.example,,no address,,,,,",
        "ok.example,OK,office@ok.example,Nobody,,,,",
        "ok.example,Other,,,,,,",
        "ok.example,,,A,not an address,,,",
        "ok.example,,,B,anna.global@contoso.example,,,",
        "ok.example,,,C,c@ok.example,fr,,",
        "ok.example,,,D,d@ok.example,,,",
        "ok.example,,,E,D@ok.example,,,",
        "ok.example,,,,,,gold-core,",
        "ok.example,,,,,,gold-core,1.3.2026",
        "ok.example,,,,,,gold-core,2026-11-23",
        "ok.example,,,,,,gold-core,2025-11-22",
        "ok.example,,,,,,platinum,2026-11-01",
        "ok.example,,,,,,silver-core,2026-11-01",
        "ok.example,,,,,,silver-core,2026-11-02",
        "too,few",
    ]);
    let expected = [
        (2, P::NotInPredecessor { name: "Contoso GmbH".to_owned() }),
        (3, P::FactsMissing),
        (4, P::Facts(ConsoleRefusal::Domain)),
        (5, P::Facts(ConsoleRefusal::Email(EmailProblem::NotAnAddress))),
        (6, P::PersonIncomplete),
        (7, P::OtherFacts { line: 6 }),
        (8, P::Email(EmailProblem::NotAnAddress)),
        (9, P::EmailTaken),
        (10, P::Language),
        (12, P::SamePerson { line: 11 }),
        (13, P::PackageIncomplete),
        (14, P::Day),
        (15, P::NotBegun),
        (16, P::YearOver),
        (17, P::UnknownPackage { code: "platinum".to_owned() }),
        (19, P::SamePackage { line: 18 }),
        (20, P::NotARow),
    ];
    assert_eq!(check(&text).await, expected);
    let as_a_spreadsheet = text.replace(',', ";").replace("domain;company", "Domain;Company").replace('\n', ";\r\n");
    assert_eq!(check(&["\u{feff}", &as_a_spreadsheet].concat()).await, expected);
    assert_eq!(check("domain,company").await, [(1, P::Header)]);
    assert_eq!(check(HEADER).await, [(1, P::Empty)]);
    let many: Vec<&str> = vec!["ok.example,OK,office@ok.example,,,,,"; MAX_ROWS + 1];
    assert_eq!(check(&file(&many)).await, [(MAX_ROWS as u64 + 2, P::TooLarge { rows: MAX_ROWS as u64 })]);
    let all = list_companies(&olga, "ok.example", None).await.unwrap();
    assert_eq!(all.total, 0);
    let anna = world.anna().await;
    assert!(matches!(try_companies(&anna, &text).await, Err(StoreError::Forbidden(_))));
}

/// Two operators use the same file at once: every company, person and year comes over once.
pub async fn at_once(backend: Backend) {
    let world = demo(backend).await;
    let operators = [world.ctx(OLGA).await, world.operator("Otto", "otto@programme.example").await];
    there(&operators[0]).await;
    let text = file(&[
        "woodgrove.example,,,Wanda,wanda@woodgrove.example,,gold-core,2026-03-01",
        "tailspin.example,Tailspin,office@tailspin.example,Tom,tom@tailspin.example,,silver-core,2026-04-01",
    ]);
    let mut tasks = Vec::new();
    for olga in operators {
        let upload = try_companies(&olga, &text).await.unwrap();
        tasks.push(tokio::spawn(async move { move_companies(&olga, upload).await }));
    }
    let mut moved = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(companies) => moved += companies,
            Err(StoreError::Console(ConsoleRefusal::FileRefused | ConsoleRefusal::DomainJustTaken)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(moved, 2);
    let db = world.store.db.conn();
    let of = company::Entity::find().filter(company::Column::Domain.is_in(["woodgrove.example", "tailspin.example"]));
    let of: Vec<_> = of.all(db).await.unwrap().into_iter().map(|c| c.id).collect();
    let people = user::Entity::find().filter(user::Column::CompanyId.is_in(of.iter().copied()));
    let years =
        store::entity::term::Entity::find().filter(store::entity::term::Column::CompanyId.is_in(of.iter().copied()));
    assert_eq!((of.len(), people.count(db).await.unwrap(), years.count(db).await.unwrap()), (2, 2, 2));
    for id in of {
        world.audit_holds(Some(id)).await;
    }
}
