//! Orders from the confirmation to the refund.

use crate::harness::{Backend, World, demo, on_both, statements};
use crate::technical::{OLGA, mails, work};
use chrono::{Months, TimeDelta};
use domain::benefits::software::RevealRefusal;
use domain::benefits::{BenefitStatus, EndReason, Ended};
use domain::catalogue::Category;
use domain::id::{CancellationId, OrderId, TermId};
use domain::mail::MailFacts;
use domain::orders::OrderRefusal;
use domain::orders::billing::Billing;
use domain::orders::buy::{Buy, BuyRefusal, Offer};
use domain::orders::cancel::{CancelRefusal, CancellationState};
use domain::orders::order::{Order, OrderKind, OrderState};
use domain::orders::payment::PaymentForm;
use domain::people::HeldPage;
use domain::queue::WorkKind;
use domain::schedule::Job;
use domain::view::Concern;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use std::sync::atomic::Ordering;
use store::benefits::list::{ListQuery, get_detail, list_benefits};
use store::benefits::seat::assign_seat;
use store::benefits::software::reveal_keys;
use store::dashboard::get_dashboard;
use store::entity::{assignment, benefit, licence_key, term};
use store::orders::cancel::{approve_cancellation, decline_cancellation, request_cancellation, withdraw_cancellation};
use store::orders::{
    OrderQuery, get_order, list_all_orders, list_offers, list_orders, new_order, place_order, record_payment,
    withdraw_order,
};
use store::schedule::run_job;
use store::{Ctx, StoreError};

on_both! {
    from_the_order_to_the_running_term => life,
    nobody_pays => unpaid,
    what_is_not_sold_says_why => refused,
    a_renewal_goes_on_where_the_old_year_ends => renewal,
    a_renewal_in_the_grace_goes_on_at_once => grace,
    from_silver_to_gold => upgrade,
    a_cancellation_ends_everything => cancelled,
    a_cancellation_is_refused_with_the_reason => not_cancelled,
    orders_are_read_in_constant_statements => constant,
    what_fails_half_way_leaves_nothing => half_way,
}

pub const NORA: &str = "nora.new@northwind.example";

pub fn billing() -> Billing {
    Billing {
        bill_to: "Northwind Traders".to_owned(),
        address: "Quay 1\n20457 Hamburg".to_owned(),
        country: "Germany".to_owned(),
        tax_id: "DE 987654321".to_owned(),
        purchase_order: "PO-7".to_owned(),
    }
}

pub async fn offered(ctx: &Ctx, code: &str) -> Offer {
    list_offers(ctx).await.unwrap().offers.into_iter().find(|o| o.code == code).unwrap()
}

pub async fn order(ctx: &Ctx, code: &str) -> OrderId {
    place_order(ctx, offered(ctx, code).await.version, &billing()).await.unwrap()
}

pub fn payment(world: &World, amount: &str) -> PaymentForm {
    PaymentForm {
        amount: amount.to_owned(),
        date: world.store.now().date_naive().to_string(),
        reference: "TX 4711".to_owned(),
    }
}

pub async fn pay(world: &World, id: OrderId) {
    let olga = world.ctx(OLGA).await;
    let due = store::orders::get_any_order(&olga, id).await.unwrap().row.price.to_string();
    let amount = due.split(' ').next().unwrap().to_owned();
    record_payment(&olga, id, &payment(world, &amount)).await.unwrap();
}

pub fn refusal(r: Result<impl std::fmt::Debug, StoreError>) -> OrderRefusal {
    match r {
        Err(StoreError::Order(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn state(ctx: &Ctx, id: OrderId) -> OrderState {
    get_order(ctx, id).await.unwrap().row.state
}

pub async fn term_of(world: &World, id: OrderId) -> Option<term::Model> {
    term::Entity::find().filter(term::Column::OrderId.eq(id)).one(world.store.db.conn()).await.unwrap()
}

/// A product's benefit in a term.
pub async fn benefit_of(world: &World, of: TermId, code: &str) -> benefit::Model {
    use store::entity::{product, product_version};
    let db = world.store.db.conn();
    let product = product::Entity::find().filter(product::Column::Code.eq(code)).one(db).await.unwrap().unwrap();
    let versions: Vec<_> = product_version::Entity::find()
        .filter(product_version::Column::ProductId.eq(product.id))
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|v| v.id)
        .collect();
    benefit::Entity::find()
        .filter(benefit::Column::TermId.eq(of))
        .filter(benefit::Column::ProductVersionId.is_in(versions))
        .one(db)
        .await
        .unwrap()
        .unwrap()
}

pub async fn in_stock(world: &World) -> u64 {
    let free = licence_key::Entity::find().filter(licence_key::Column::CompanyId.is_null());
    free.count(world.store.db.conn()).await.unwrap()
}

async fn life(backend: Backend) {
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    let offers = list_offers(&nora).await.unwrap().offers;
    let told: Vec<_> = offers.iter().map(|o| (o.name.as_str(), o.price.to_string(), o.contents.len())).collect();
    let expected = [("Action Pack", "475.00 USD"), ("Silver Core", "1670.00 USD"), ("Gold Core", "4730.00 USD")];
    assert_eq!(told.iter().map(|(n, p, _)| (*n, p.as_str())).collect::<Vec<_>>(), expected);
    assert!(offers.iter().all(|o| o.buy == Ok(Buy::New)));
    let start = new_order(&nora, "silver-core").await.unwrap();
    assert_eq!((start.billing.bill_to.as_str(), start.follows), ("Northwind", None));
    let id = order(&nora, "silver-core").await;
    let made = get_order(&nora, id).await.unwrap();
    let number = made.row.number.clone();
    assert_eq!((made.row.state, made.row.kind, number.as_str()), (OrderState::Open, OrderKind::New, "V-2026-00003"));
    assert_eq!((made.billing, made.refund), (billing(), Err(CancelRefusal::NotPaid)));
    assert!(made.issuer.pay_to.contains("IBAN"));
    assert_eq!(work(&world, WorkKind::Payment).await, 1);
    assert!(matches!(&mails(&world, "order_placed").await[..], [(to, MailFacts::OrderPlaced { .. })] if to == NORA));
    assert!(list_benefits(&nora, Category::Software, &ListQuery::default()).await.unwrap().rows.is_empty());
    assert_eq!(get_dashboard(&nora).await.unwrap().orders.len(), 1);
    // What the operator types is looked at.
    let due = made.row.price;
    assert_eq!(
        refusal(record_payment(&olga, id, &payment(&world, "1670.01")).await),
        OrderRefusal::AmountDiffers { due }
    );
    assert!(term_of(&world, id).await.is_none());
    let stock = in_stock(&world).await;
    record_payment(&olga, id, &payment(&world, "1670,00")).await.unwrap();
    let paid = get_order(&nora, id).await.unwrap();
    let now = world.store.now();
    let times = paid.row.term.unwrap();
    assert_eq!((paid.row.state, times.starts_at), (OrderState::Active, now));
    assert_eq!(times.ends_at, now.checked_add_months(Months::new(12)).unwrap());
    assert_eq!(paid.refund, Ok(now + TimeDelta::days(30)));
    let told = paid.payment.unwrap();
    assert_eq!((told.reference.as_str(), told.by.as_str(), told.amount), ("TX 4711", "Olga Operator", due));
    let rows = list_benefits(&nora, Category::Software, &ListQuery::default()).await.unwrap().rows;
    assert!(!rows.is_empty() && rows.iter().all(|r| r.package == "Silver Core"));
    let keyed = rows.iter().filter(|r| r.fulfilment.has_keys()).count() as u64;
    let cloud = list_benefits(&nora, Category::Cloud, &ListQuery::default()).await.unwrap().rows;
    let keyed = keyed + cloud.iter().filter(|r| r.fulfilment.has_keys()).count() as u64;
    assert_eq!(in_stock(&world).await, stock - keyed, "one key of each product");
    assert_eq!(work(&world, WorkKind::Payment).await, 0);
    assert!(matches!(&mails(&world, "order_paid").await[..], [(_, MailFacts::OrderPaid { owed: 0, .. })]));
    // A second time it is told who was faster.
    let again = refusal(record_payment(&olga, id, &payment(&world, "1670.00")).await);
    assert_eq!(again, OrderRefusal::AlreadyPaid { by: "Olga Operator".to_owned(), at: now });
    let dashboard = get_dashboard(&nora).await.unwrap();
    assert!(dashboard.orders.is_empty() && !dashboard.packages[0].keys_seen);
    let listed = list_all_orders(&olga, &OrderQuery { search: "northW".to_owned(), ..OrderQuery::default() }).await;
    assert_eq!(listed.unwrap().rows.iter().map(|r| r.number.as_str()).collect::<Vec<_>>(), [number.as_str()]);
    world.audit_holds(nora.principal.company).await;
}

async fn unpaid(backend: Backend) {
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    // Taken back at once.
    let first = order(&nora, "action-pack").await;
    withdraw_order(&nora, first).await.unwrap();
    assert_eq!(state(&nora, first).await, OrderState::Withdrawn);
    assert_eq!(refusal(withdraw_order(&nora, first).await), OrderRefusal::NotPossibleAnyMore);
    let late = refusal(record_payment(&olga, first, &payment(&world, "475.00")).await);
    assert_eq!(late, OrderRefusal::NotPossibleAnyMore);
    // Forgotten: the last instant still counts, the next does not, whether anybody has marked it or not.
    let second = order(&nora, "action-pack").await;
    let made = world.store.now();
    world.store.clock.advance(TimeDelta::days(30));
    assert_eq!(state(&nora, second).await, OrderState::Open);
    assert_eq!(run_job(&world.store, Job::Orders).await.unwrap(), 0);
    world.store.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(state(&nora, second).await, OrderState::Lapsed);
    let over = refusal(record_payment(&olga, second, &payment(&world, "475.00")).await);
    assert_eq!(over, OrderRefusal::Lapsed { at: made + TimeDelta::days(30) });
    assert_eq!(run_job(&world.store, Job::Orders).await.unwrap(), 1);
    assert_eq!(run_job(&world.store, Job::Orders).await.unwrap(), 0);
    assert_eq!((work(&world, WorkKind::Payment).await, mails(&world, "order_lapsed").await.len()), (0, 1));
    // Neither stands in the way of the next, marked or not.
    let third = order(&nora, "action-pack").await;
    world.store.clock.advance(TimeDelta::days(31));
    let fourth = order(&nora, "action-pack").await;
    assert_eq!((state(&nora, third).await, state(&nora, fourth).await), (OrderState::Lapsed, OrderState::Open));
    let listed = list_orders(&nora, None).await.unwrap();
    assert_eq!((listed.total, listed.rows[0].id), (4, fourth));
    // Another company's order is not there.
    let gina = world.gina().await;
    assert!(matches!(get_order(&gina, fourth).await, Err(StoreError::NotFound)));
    assert!(matches!(withdraw_order(&gina, fourth).await, Err(StoreError::NotFound)));
    assert!(matches!(request_cancellation(&gina, fourth, "x").await, Err(StoreError::NotFound)));
}

async fn refused(backend: Backend) {
    let world = demo(backend).await;
    let (anna, nora) = (world.anna().await, world.ctx(NORA).await);
    // Contoso holds Gold Core and Action Pack.
    let buy = |code: &'static str| {
        let anna = anna.clone();
        async move { offered(&anna, code).await.buy }
    };
    assert!(matches!(buy("gold-core").await, Err(BuyRefusal::Held { .. })));
    assert!(matches!(buy("silver-core").await, Err(BuyRefusal::Excluded { by }) if by.en == "Gold Core"));
    let version = offered(&anna, "silver-core").await.version;
    let refused = refusal(place_order(&anna, version, &billing()).await);
    assert!(matches!(refused, OrderRefusal::Buy(BuyRefusal::Excluded { .. })));
    // One order of a package at a time; silver and gold wait for each other.
    let silver = order(&nora, "silver-core").await;
    for code in ["silver-core", "gold-core"] {
        let refused = refusal(place_order(&nora, offered(&nora, code).await.version, &billing()).await);
        assert!(matches!(refused, OrderRefusal::Buy(BuyRefusal::Waits { .. })), "{code}");
    }
    withdraw_order(&nora, silver).await.unwrap();
    // What the page showed is what is bought: a new price is a new version.
    let shown = offered(&nora, "silver-core").await.version;
    let mut catalogue = store::catalogue::file::read(store::demo::CATALOGUE).unwrap();
    catalogue.packages[1].price = "1700.00".to_owned();
    store::catalogue::import::import(&world.store, &catalogue, None, &store::Origin::default()).await.unwrap();
    assert_eq!(refusal(place_order(&nora, shown, &billing()).await), OrderRefusal::Changed);
    let bad = Billing { country: " ".to_owned(), ..billing() };
    let version = offered(&nora, "silver-core").await.version;
    assert!(matches!(refusal(place_order(&nora, version, &bad).await), OrderRefusal::Missing(_)));
    // Whoever has no role buys nothing, and the programme's staff record, not the company.
    let emil = world.ctx("emil.employee@contoso.example").await;
    assert!(matches!(list_offers(&emil).await, Err(StoreError::Forbidden(_))));
    let id = order(&nora, "silver-core").await;
    assert!(matches!(record_payment(&nora, id, &payment(&world, "1700.00")).await, Err(StoreError::Forbidden(_))));
    assert!(matches!(request_cancellation(&nora, id, "x").await, Err(StoreError::Forbidden(_))));
    // A package that costs nothing begins at once, without anybody recording anything.
    catalogue.packages[0].price = "0.00".to_owned();
    store::catalogue::import::import(&world.store, &catalogue, None, &store::Origin::default()).await.unwrap();
    let free = order(&nora, "action-pack").await;
    assert_eq!(state(&nora, free).await, OrderState::Active);
    assert_eq!(work(&world, WorkKind::Payment).await, 1);
}

async fn holders(ctx: &Ctx, of: &benefit::Model) -> Vec<String> {
    let HeldPage { rows, .. } = get_detail(ctx, of.id).await.unwrap().holders;
    let mut names: Vec<String> = rows.into_iter().map(|h| h.name).collect();
    names.sort();
    names
}

async fn renewal(backend: Backend) {
    let world = demo(backend).await;
    let gina = world.gina().await;
    let old_order = list_orders(&gina, None).await.unwrap().rows[0].id;
    let old = term_of(&world, old_order).await.unwrap();
    let seats = benefit_of(&world, old.id, "visual-studio-enterprise").await;
    assign_seat(&gina, seats.id, gina.user()).await.unwrap();
    // The next version has fewer seats, and says so before anybody buys.
    let mut catalogue = store::catalogue::file::read(store::demo::CATALOGUE).unwrap();
    let items = &mut catalogue.packages[1].items;
    items.retain(|i| i.product != "gtm-business-profile");
    store::catalogue::import::import(&world.store, &catalogue, None, &store::Origin::default()).await.unwrap();
    let start = new_order(&gina, "silver-core").await.unwrap();
    assert!(matches!(start.offer.buy, Ok(Buy::Renewal { from, .. }) if from == old.ends_at));
    let follows = start.follows.unwrap();
    assert!(follows.is_renewal);
    assert_eq!(follows.changes.iter().map(|c| (c.is_loss(), c.after)).collect::<Vec<_>>(), [(true, None)]);
    let id = order(&gina, "silver-core").await;
    pay(&world, id).await;
    // Paid early: nothing begins before the anniversary.
    let paid = get_order(&gina, id).await.unwrap();
    assert_eq!((paid.row.state, paid.row.term.unwrap().starts_at), (OrderState::Upcoming, old.ends_at));
    assert!(matches!(offered(&gina, "silver-core").await.buy, Err(BuyRefusal::Renewed { .. })));
    assert_eq!(run_job(&world.store, Job::Orders).await.unwrap(), 0);
    assert_eq!(holders(&gina, &seats).await, ["Gina Global"]);
    world.go_to(old.ends_at);
    assert_eq!(run_job(&world.store, Job::Orders).await.unwrap(), 1);
    assert_eq!(run_job(&world.store, Job::Orders).await.unwrap(), 0, "once");
    let new = term_of(&world, id).await.unwrap();
    assert_eq!(new.ends_at, old.ends_at.checked_add_months(Months::new(12)).unwrap());
    // Who held a seat holds one, from that day on; the history has both.
    let carried = benefit_of(&world, new.id, "visual-studio-enterprise").await;
    assert_eq!(
        (holders(&gina, &carried).await, holders(&gina, &seats).await),
        (vec!["Gina Global".to_owned()], vec![])
    );
    let story = assignment::Entity::find()
        .filter(assignment::Column::UserId.eq(gina.user()))
        .order_by_asc(assignment::Column::AssignedAt)
        .all(world.store.db.conn())
        .await
        .unwrap();
    assert_eq!(story.len(), 2);
    assert_eq!((story[0].removed_at, story[1].assigned_at), (Some(old.ends_at), old.ends_at));
    assert_eq!(get_detail(&gina, seats.id).await.unwrap().row.status, BenefitStatus::Expired);
    let states = [state(&gina, old_order).await, state(&gina, id).await];
    assert_eq!(states, [OrderState::Over, OrderState::Active]);
    let running: Vec<_> = get_dashboard(&gina).await.unwrap().packages.into_iter().map(|p| p.order).collect();
    assert_eq!(running, [id]);
    world.audit_holds(gina.principal.company).await;
}

async fn grace(backend: Backend) {
    let world = demo(backend).await;
    let gina = world.gina().await;
    let old = term_of(&world, list_orders(&gina, None).await.unwrap().rows[0].id).await.unwrap();
    let seats = benefit_of(&world, old.id, "visual-studio-enterprise").await;
    let office = benefit_of(&world, old.id, "office-professional-plus-2019").await;
    assign_seat(&gina, seats.id, gina.user()).await.unwrap();
    world.go_to(old.ends_at + TimeDelta::days(20));
    run_job(&world.store, Job::Expire).await.unwrap();
    // What is in use goes on, what nobody began with does not.
    let row = get_detail(&gina, seats.id).await.unwrap().row;
    assert_eq!((row.status, row.grace_until), (BenefitStatus::Active, Some(old.lapses_at)));
    let row = get_detail(&gina, office.id).await.unwrap().row;
    assert_eq!(row.ended, Some(Ended { at: old.ends_at, reason: EndReason::NotActivated }));
    let board = get_dashboard(&gina).await.unwrap();
    let shown = &board.packages[0];
    assert!(shown.is_grace && shown.renewable && shown.lapses_at == old.lapses_at);
    // Nothing is announced for a date that is past.
    assert!(board.ends.lines.iter().all(|line| line.concern == Concern::Grace(old.lapses_at)), "{:?}", board.ends);
    let mine = store::benefits::mine::list_my_benefits(&gina).await.unwrap();
    assert_eq!(mine.seats[0].grace_until, Some(old.lapses_at));
    let id = order(&gina, "silver-core").await;
    pay(&world, id).await;
    let new = term_of(&world, id).await.unwrap();
    assert_eq!((new.starts_at, new.begun_at), (old.ends_at, Some(world.store.now())));
    let carried = benefit_of(&world, new.id, "visual-studio-enterprise").await;
    assert_eq!(holders(&gina, &carried).await, ["Gina Global"]);
    assert_eq!(get_detail(&gina, seats.id).await.unwrap().row.status, BenefitStatus::Expired);
    // Paid after the grace, it is a year of its own, and nothing is carried over.
    let world = demo(backend).await;
    let gina = world.gina().await;
    let old = term_of(&world, list_orders(&gina, None).await.unwrap().rows[0].id).await.unwrap();
    let seats = benefit_of(&world, old.id, "visual-studio-enterprise").await;
    assign_seat(&gina, seats.id, gina.user()).await.unwrap();
    world.go_to(old.lapses_at - TimeDelta::days(1));
    let id = order(&gina, "silver-core").await;
    world.store.clock.advance(TimeDelta::days(2));
    assert_eq!(get_detail(&gina, seats.id).await.unwrap().row.status, BenefitStatus::Expired);
    pay(&world, id).await;
    let new = term_of(&world, id).await.unwrap();
    assert_eq!(new.starts_at, world.store.now());
    let fresh = benefit_of(&world, new.id, "visual-studio-enterprise").await;
    assert!(holders(&gina, &fresh).await.is_empty());
    run_job(&world.store, Job::Expire).await.unwrap();
}

async fn upgrade(backend: Backend) {
    let world = demo(backend).await;
    let gina = world.gina().await;
    let silver = term_of(&world, list_orders(&gina, None).await.unwrap().rows[0].id).await.unwrap();
    let seats = benefit_of(&world, silver.id, "visual-studio-enterprise").await;
    assign_seat(&gina, seats.id, gina.user()).await.unwrap();
    let follows = new_order(&gina, "gold-core").await.unwrap().follows.unwrap();
    assert!(!follows.is_renewal && follows.name == "Silver Core" && follows.changes.iter().all(|c| !c.is_loss()));
    let id = order(&gina, "gold-core").await;
    pay(&world, id).await;
    let gold = term_of(&world, id).await.unwrap();
    assert_eq!(gold.starts_at, world.store.now());
    let more = benefit_of(&world, gold.id, "visual-studio-enterprise").await;
    assert_eq!((holders(&gina, &more).await, holders(&gina, &seats).await), (vec!["Gina Global".to_owned()], vec![]));
    // Silver goes on to its end, and is not renewed beside gold.
    assert_eq!(get_detail(&gina, seats.id).await.unwrap().row.status, BenefitStatus::Active);
    assert!(matches!(offered(&gina, "silver-core").await.buy, Err(BuyRefusal::Excluded { .. })));
    assert_eq!(get_dashboard(&gina).await.unwrap().packages.len(), 2);
    // Given back, gold leaves silver as it was: whoever came from there has their seat again.
    let back = ask_back(&gina, id).await;
    let olga = world.ctx(OLGA).await;
    approve_cancellation(&olga, back, &payment(&world, "4730.00")).await.unwrap();
    assert_eq!((holders(&gina, &seats).await, holders(&gina, &more).await), (vec!["Gina Global".to_owned()], vec![]));
    world.audit_holds(gina.principal.company).await;
}

/// Contoso's Action Pack: bought twelve days ago, nothing seen.
pub async fn action_pack(ctx: &Ctx) -> Order {
    let rows = list_orders(ctx, None).await.unwrap().rows;
    let id = rows.iter().find(|r| r.package == "Action Pack").unwrap().id;
    get_order(ctx, id).await.unwrap()
}

pub async fn ask_back(ctx: &Ctx, id: OrderId) -> CancellationId {
    request_cancellation(ctx, id, "Bought by mistake.").await.unwrap()
}

async fn cancelled(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let of = action_pack(&anna).await;
    let term = term_of(&world, of.row.id).await.unwrap();
    let azure = benefit_of(&world, term.id, "azure-monthly-credit").await;
    store::benefits::seat::assign_oneself(&anna, azure.id).await.unwrap();
    let visio = benefit_of(&world, term.id, "visio-professional-2019").await;
    let incidents = benefit_of(&world, term.id, "product-support-incidents").await;
    let emil = world.person("emil.employee@contoso.example").await.0;
    store::benefits::technical::request_support(&anna, incidents.id, emil, "emil@home.example").await.unwrap();
    let (stock, waiting) = (in_stock(&world).await, work(&world, WorkKind::Support).await);
    let request = ask_back(&anna, of.row.id).await;
    assert_eq!(work(&world, WorkKind::Cancellation).await, 1);
    assert!(action_pack(&anna).await.row.cancellation_waits);
    let twice = refusal(request_cancellation(&anna, of.row.id, "Again.").await);
    assert_eq!(twice, OrderRefusal::Cancel(CancelRefusal::Waits { since: world.store.now() }));
    // While it waits no key is shown; once it is taken back, one may be again.
    let hidden = reveal_keys(&anna, visio.id, true).await;
    assert!(matches!(hidden, Err(StoreError::Reveal(RevealRefusal::CancellationWaits { .. }))));
    withdraw_cancellation(&anna, request).await.unwrap();
    assert_eq!(work(&world, WorkKind::Cancellation).await, 0);
    let request = ask_back(&anna, of.row.id).await;
    decline_cancellation(&olga, request, "Talk to us first.").await.unwrap();
    let told = action_pack(&anna).await.cancellation.unwrap();
    assert_eq!((told.state, told.answer.as_str()), (CancellationState::Declined, "Talk to us first."));
    world.store.clock.advance(TimeDelta::seconds(1));
    let request = ask_back(&anna, of.row.id).await;
    // The window is that of the request, however long the answer takes.
    world.store.clock.advance(TimeDelta::days(40));
    let wrong = refusal(approve_cancellation(&olga, request, &payment(&world, "47.50")).await);
    assert!(matches!(wrong, OrderRefusal::AmountDiffers { .. }));
    approve_cancellation(&olga, request, &payment(&world, "475.00")).await.unwrap();
    let over = refusal(approve_cancellation(&olga, request, &payment(&world, "475.00")).await);
    assert_eq!(over, OrderRefusal::Cancel(CancelRefusal::NotPossibleAnyMore));
    let back = action_pack(&anna).await;
    assert_eq!(back.row.state, OrderState::Refunded);
    let refund = back.cancellation.unwrap().refund.unwrap();
    assert_eq!((refund.amount, refund.reference.as_str()), (back.row.price, "TX 4711"));
    // Keys are in stock again and open there, seats are free, what waited waits no more.
    assert!(in_stock(&world).await > stock);
    let detail = get_detail(&anna, visio.id).await.unwrap();
    assert_eq!((detail.keys, detail.row.status), (0, BenefitStatus::Expired));
    let over = Ended { at: world.store.now(), reason: EndReason::OrderCancelled };
    assert_eq!((detail.row.ended, detail.row.expires_at), (Some(over), over.at));
    assert_eq!(get_detail(&anna, incidents.id).await.unwrap().row.ended, Some(over));
    assert_eq!(back.row.term.unwrap().over_at(), Some(over.at), "the order says the same");
    assert!(get_detail(&anna, azure.id).await.unwrap().holders.rows.is_empty());
    assert_eq!(work(&world, WorkKind::Support).await, waiting - 1);
    let gone = reveal_keys(&anna, visio.id, true).await;
    assert!(matches!(gone, Err(StoreError::Reveal(RevealRefusal::OrderEnded { .. }))));
    // Nobody is reminded of it, and it is in nobody's calendar.
    let packages = get_dashboard(&anna).await.unwrap().packages;
    assert!(packages.iter().all(|p| p.name != "Action Pack"));
    let decided = mails(&world, "cancellation_decided").await;
    assert_eq!(decided.len(), 2);
    // It can be bought again, and its keys are given out again.
    let again = order(&anna, "action-pack").await;
    pay(&world, again).await;
    let fresh = benefit_of(&world, term_of(&world, again).await.unwrap().id, "visio-professional-2019").await;
    assert_eq!(reveal_keys(&anna, fresh.id, true).await.unwrap().len(), 1);
    world.audit_holds(anna.principal.company).await;
}

async fn not_cancelled(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let of = action_pack(&anna).await;
    let until = of.refund.clone().unwrap();
    // Asked for in time; but somebody had a key before (told in another tab).
    let marta = world.ctx("marta.mpn@contoso.example").await;
    let term = term_of(&world, of.row.id).await.unwrap();
    let visio = benefit_of(&world, term.id, "visio-professional-2019").await;
    reveal_keys(&marta, visio.id, true).await.unwrap();
    let seen = CancelRefusal::KeySeen {
        product: "Visio Professional 2019".to_owned(),
        by: "Marta MPN".to_owned(),
        at: world.store.now(),
    };
    assert_eq!(action_pack(&anna).await.refund, Err(seen.clone()));
    assert_eq!(refusal(request_cancellation(&anna, of.row.id, "x").await), OrderRefusal::Cancel(seen));
    // Gold Core is long past its window; the last instant of a window counts.
    let gold = list_orders(&anna, None).await.unwrap().rows.into_iter().find(|r| r.package == "Gold Core").unwrap();
    let late = refusal(request_cancellation(&anna, gold.id, "x").await);
    assert!(matches!(late, OrderRefusal::Cancel(CancelRefusal::KeySeen { .. })), "the key comes first");
    let world = demo(backend).await;
    let anna = world.anna().await;
    world.go_to(until);
    let of = action_pack(&anna).await;
    ask_back(&anna, of.row.id).await;
    let world = demo(backend).await;
    let anna = world.anna().await;
    world.go_to(until + TimeDelta::microseconds(1));
    let of = action_pack(&anna).await;
    let closed = refusal(request_cancellation(&anna, of.row.id, "x").await);
    assert_eq!(closed, OrderRefusal::Cancel(CancelRefusal::WindowClosed { at: until }));
    drop(olga);
}

async fn constant(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let (counted, count) = statements(&olga);
    list_all_orders(&counted, &OrderQuery::default()).await.unwrap();
    let few = count.swap(0, Ordering::Relaxed);
    let (offers, asked) = statements(&anna);
    list_offers(&offers).await.unwrap();
    let before = asked.swap(0, Ordering::Relaxed);
    let nora = world.ctx(NORA).await;
    for _ in 0..60 {
        let id = order(&nora, "silver-core").await;
        withdraw_order(&nora, id).await.unwrap();
    }
    let page = list_all_orders(&counted, &OrderQuery::default()).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (50, 63));
    assert_eq!(count.load(Ordering::Relaxed), few);
    let rest = OrderQuery { after: page.next, ..OrderQuery::default() };
    assert_eq!(list_all_orders(&olga, &rest).await.unwrap().rows.len(), 13);
    list_offers(&offers).await.unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), before);
}

/// The last product of the package does not read: the payment is not recorded, nothing was granted,
/// no key has left the stock.
async fn half_way(backend: Backend) {
    use store::entity::product_version;
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    let id = order(&nora, "silver-core").await;
    let db = world.store.db.conn();
    let last = product_version::Entity::find().order_by_desc(product_version::Column::Position);
    let silver = get_order(&nora, id).await.unwrap().contents.into_iter().map(|a| a.code).collect::<Vec<_>>();
    let broken = last
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .find(|v| silver.iter().any(|code| v.definition.contains(&format!("\"code\":\"{code}\""))))
        .unwrap();
    let whole = broken.definition.clone();
    let write = async |text: String| {
        use sea_orm::ActiveModelTrait;
        let row = product_version::ActiveModel {
            id: sea_orm::ActiveValue::Unchanged(broken.id),
            definition: sea_orm::ActiveValue::Set(text),
            ..Default::default()
        };
        row.update(db).await.unwrap();
    };
    write("{".to_owned()).await;
    let (stock, benefits) = (in_stock(&world).await, benefit::Entity::find().count(db).await.unwrap());
    assert!(record_payment(&olga, id, &payment(&world, "1670.00")).await.is_err());
    assert_eq!((in_stock(&world).await, benefit::Entity::find().count(db).await.unwrap()), (stock, benefits));
    assert!(term_of(&world, id).await.is_none());
    write(whole).await;
    assert_eq!(work(&world, WorkKind::Payment).await, 1);
    record_payment(&olga, id, &payment(&world, "1670.00")).await.unwrap();
    assert!(benefit::Entity::find().count(db).await.unwrap() > benefits);
}
