//! Orders and keys, many at once: what happens once happens once, and never both of two.

use crate::harness::{Backend, demo};
use crate::orders::{NORA, action_pack, ask_back, benefit_of, billing, in_stock, offered, order, payment, term_of};
use crate::technical::{OLGA, work};
use domain::benefits::software::RevealRefusal;
use domain::orders::OrderRefusal;
use domain::orders::buy::BuyRefusal;
use domain::orders::cancel::CancelRefusal;
use domain::orders::order::OrderState;
use domain::queue::WorkKind;
use domain::schedule::Job;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::StoreError;
use store::benefits::software::reveal_keys;
use store::entity::{benefit, licence_key, payment as paid, term};
use store::orders::cancel::{approve_cancellation, request_cancellation};
use store::orders::{get_order, place_order, record_payment, withdraw_order};
use store::schedule::run_job;

/// Two operators record the same payment, four times each: one term, one set of benefits and keys.
async fn payments(backend: Backend) {
    let world = demo(backend).await;
    let nora = world.ctx(NORA).await;
    let id = order(&nora, "silver-core").await;
    let stock = in_stock(&world).await;
    let operators = [world.ctx(OLGA).await, world.operator("Otto", "otto@programme.example").await];
    let tasks: Vec<_> = operators
        .iter()
        .cycle()
        .take(8)
        .map(|who| {
            let (ctx, form) = (who.clone(), payment(&world, "1670.00"));
            tokio::spawn(async move { record_payment(&ctx, id, &form).await })
        })
        .collect();
    let mut recorded = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => recorded += 1,
            Err(StoreError::Order(OrderRefusal::AlreadyPaid { .. })) => {}
            other => panic!("{other:?}"),
        }
    }
    let db = world.store.db.conn();
    let of = term_of(&world, id).await.unwrap();
    let granted = benefit::Entity::find().filter(benefit::Column::TermId.eq(of.id)).all(db).await.unwrap();
    assert_eq!(granted.len(), get_order(&nora, id).await.unwrap().contents.len());
    let keys = licence_key::Entity::find()
        .filter(licence_key::Column::BenefitId.is_in(granted.iter().map(|b| b.id)))
        .count(db)
        .await
        .unwrap();
    assert_eq!((recorded, in_stock(&world).await), (1, stock - keys));
    let rows = paid::Entity::find().filter(paid::Column::OrderId.eq(id)).count(db).await.unwrap();
    assert_eq!((rows, work(&world, WorkKind::Payment).await), (1, 0));
    world.audit_holds(nora.principal.company).await;
}

/// Six people of a company buy the same package, and six the one that does not go with it: one order.
async fn purchases(backend: Backend) {
    let world = demo(backend).await;
    let nora = world.ctx(NORA).await;
    let versions = [offered(&nora, "silver-core").await.version, offered(&nora, "gold-core").await.version];
    let tasks: Vec<_> = versions
        .into_iter()
        .cycle()
        .take(12)
        .map(|version| {
            let ctx = nora.clone();
            tokio::spawn(async move { place_order(&ctx, version, &billing()).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            Err(StoreError::Order(OrderRefusal::Buy(BuyRefusal::Waits { .. }))) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((made, work(&world, WorkKind::Payment).await), (1, 1));
}

/// An order is withdrawn while its payment is recorded: one of them.
async fn withdrawal(backend: Backend) {
    let world = demo(backend).await;
    let (nora, olga) = (world.ctx(NORA).await, world.ctx(OLGA).await);
    for code in ["action-pack", "silver-core"] {
        let id = order(&nora, code).await;
        let form = payment(&world, if code == "action-pack" { "475.00" } else { "1670.00" });
        let (a, b) = (nora.clone(), olga.clone());
        let back = tokio::spawn(async move { withdraw_order(&a, id).await.is_ok() });
        let pays = tokio::spawn(async move { record_payment(&b, id, &form).await.is_ok() });
        let (back, pays) = (back.await.unwrap(), pays.await.unwrap());
        assert_ne!(back, pays, "{code}");
        let state = get_order(&nora, id).await.unwrap().row.state;
        assert_eq!(state, if back { OrderState::Withdrawn } else { OrderState::Active });
        assert_eq!(term_of(&world, id).await.is_some(), pays);
    }
}

/// A key is shown while the order is asked back, and while that is approved: never both.
async fn reveals(backend: Backend) {
    for round in 0..4 {
        let world = demo(backend).await;
        let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
        let marta = world.ctx("marta.mpn@contoso.example").await;
        let of = action_pack(&anna).await;
        let visio = benefit_of(&world, term_of(&world, of.row.id).await.unwrap().id, "visio-professional-2019").await;
        let asked = if round % 2 == 0 { None } else { Some(ask_back(&anna, of.row.id).await) };
        let form = payment(&world, "475.00");
        let id = of.row.id;
        let looks: Vec<_> = (0..4)
            .map(|_| {
                let ctx = marta.clone();
                tokio::spawn(async move { reveal_keys(&ctx, visio.id, true).await })
            })
            .collect();
        let back = tokio::spawn({
            let anna = anna.clone();
            async move {
                let request = match asked {
                    Some(request) => request,
                    None => request_cancellation(&anna, id, "Bought by mistake.").await?,
                };
                approve_cancellation(&olga, request, &form).await
            }
        });
        let mut seen = 0;
        for look in looks {
            match look.await.unwrap() {
                Ok(_) => seen += 1,
                Err(StoreError::Reveal(RevealRefusal::CancellationWaits { .. } | RevealRefusal::OrderEnded { .. })) => {
                }
                other => panic!("{other:?}"),
            }
        }
        let refunded = match back.await.unwrap() {
            Ok(()) => true,
            Err(StoreError::Order(OrderRefusal::Cancel(CancelRefusal::KeySeen { .. }))) => false,
            other => panic!("{other:?}"),
        };
        assert_eq!(seen > 0, !refunded, "{round}: {seen} looks");
        let state = get_order(&anna, id).await.unwrap().row.state;
        assert_eq!(state == OrderState::Refunded, refunded);
        world.audit_holds(anna.principal.company).await;
    }
}

/// Four programs come to the anniversary at once: the next year begins once.
async fn anniversary(backend: Backend) {
    let world = demo(backend).await;
    let gina = world.gina().await;
    let id = order(&gina, "silver-core").await;
    crate::orders::pay(&world, id).await;
    let of = term_of(&world, id).await.unwrap();
    world.go_to(of.starts_at);
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move { run_job(&store, Job::Orders).await.unwrap() })
        })
        .collect();
    let mut begun = 0;
    for task in tasks {
        begun += task.await.unwrap();
    }
    let db = world.store.db.conn();
    let contents = get_order(&gina, id).await.unwrap().contents.len() as u64;
    let granted = benefit::Entity::find().filter(benefit::Column::TermId.eq(of.id)).count(db).await.unwrap();
    let running = term::Entity::find()
        .filter(term::Column::CompanyId.eq(of.company_id))
        .filter(term::Column::EndedAt.is_null())
        .count(db)
        .await
        .unwrap();
    assert_eq!((begun, granted, running), (1, contents, 1));
}

/// Two operators publish what they compared with the same version: one of them compares again.
async fn publishing(backend: Backend) {
    use domain::console::ConsoleRefusal;
    use store::catalogue::{get_catalogue, publish_catalogue, try_catalogue};
    let world = demo(backend).await;
    let otto = world.operator("Otto", "otto@programme.example").await;
    let operators = [(world.ctx(OLGA).await, "4900.00"), (otto, "5000.00")];
    let mut tasks = Vec::new();
    for (ctx, price) in operators {
        let file = store::demo::CATALOGUE.replacen("4730.00", price, 1);
        let tried = try_catalogue(&ctx, &file).await.unwrap();
        tasks.push((ctx, tried));
    }
    let tasks: Vec<_> =
        tasks.into_iter().map(|(ctx, id)| tokio::spawn(async move { publish_catalogue(&ctx, id).await })).collect();
    let mut published = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(2) => published += 1,
            Err(StoreError::Console(ConsoleRefusal::PublishedMeanwhile { version: 2 })) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((published, get_catalogue(&world.ctx(OLGA).await).await.unwrap().versions.len()), (1, 2));
}

macro_rules! races {
    ($($name:ident => $body:path),+ $(,)?) => {
        mod sqlite { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { use super::*; $body(Backend::SqliteFile).await } )+ }
        mod postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { use super::*; $body(Backend::Postgres).await } )+ }
    };
}

races! {
    a_payment_is_recorded_once => payments,
    one_order_at_a_time => purchases,
    withdrawn_or_paid => withdrawal,
    seen_or_refunded_never_both => reveals,
    a_year_begins_once => anniversary,
    one_publishes_the_other_compares_again => publishing,
    companies_come_over_once => crate::moving::at_once,
}
