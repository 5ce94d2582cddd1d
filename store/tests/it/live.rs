//! What open pages are told: everything that concerns them, nothing else, without a gap.

use crate::harness::{Backend, demo, on_both};
use crate::technical::{EMIL, OLGA};
use domain::live::Topic;
use std::time::Duration;
use store::benefits::go_to_market::activate_offer;
use store::benefits::seat::assign_seat;
use store::live::{Hint, changes_since, is_shared, listen, position};
use store::queue::{WorkQuery, list_work, take_work};
use store::{Db, Store, StoreError};

on_both! {
    a_reader_is_told_what_concerns_them => told,
    nothing_is_told_before_it_is_committed => committed,
}

async fn told(backend: Backend) {
    use Topic::{Benefits, Console, Mine, Offers, People, Queue, Rights};
    let world = demo(backend).await;
    let (anna, gina, olga, emil) =
        (world.anna().await, world.gina().await, world.ctx(OLGA).await, world.ctx(EMIL).await);
    let marta = world.ctx("marta.mpn@contoso.example").await;
    let adam = world.ctx("adam.agent@contoso.example").await;
    let readers = [&anna, &gina, &olga, &emil, &marta, &adam];
    let mut seen = Vec::new();
    for reader in readers {
        seen.push(position(reader).await.unwrap());
    }
    let seats = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
    assign_seat(&anna, seats, emil.user()).await.unwrap();
    let topics = async |n: usize| {
        let changes = changes_since(readers[n], seen[n]).await.unwrap();
        assert_eq!(changes_since(readers[n], changes.position).await.unwrap().topics.len(), 0, "told once");
        changes.topics.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(topics(0).await, [Benefits], "it is not hers");
    assert_eq!(topics(1).await, [], "another company's");
    assert_eq!(topics(3).await, [Mine]);
    let offer = world.benefit(&anna, "gold-core", "gtm-presentation").await;
    activate_offer(&marta, offer).await.unwrap();
    assert_eq!(topics(0).await, [Benefits, Offers]);
    assert_eq!(topics(1).await, []);
    assert_eq!(topics(2).await, [People, Queue, Rights, Console], "all that is theirs: no chain is looked through");
    assert_eq!(topics(3).await, [Mine]);
    assert_eq!(topics(5).await, [Benefits], "no offers for whom may not open them");
    // A seat that is given on concerns whoever had it, and whoever has it now, and no other employee.
    let before = position(&emil).await.unwrap();
    let held = store::benefits::history::list_seats(&anna, seats, &store::benefits::history::SeatQuery::default())
        .await
        .unwrap()
        .page
        .rows
        .remove(0);
    store::benefits::seat::reassign_seat(&anna, held.id, adam.user()).await.unwrap();
    assert!(changes_since(&emil, before).await.unwrap().topics.contains(&Mine), "who had it");
    assert!(changes_since(&adam, before).await.unwrap().topics.contains(&Mine), "who has it");
    assert!(!changes_since(&marta, before).await.unwrap().topics.contains(&Mine));
    // A colleague's step in the console is told to operators alone.
    let before = position(&olga).await.unwrap();
    let work = list_work(&olga, &WorkQuery::default()).await.unwrap().rows[0].id;
    take_work(&olga, work, None).await.unwrap();
    assert_eq!(changes_since(&olga, before).await.unwrap().topics.len(), 4);
    let annas = position(&anna).await.unwrap();
    assert_eq!(changes_since(&anna, annas).await.unwrap().topics.len(), 0);
    // A look at a company is an event, and no news.
    let before = position(&olga).await.unwrap();
    store::companies::get_company(&olga, anna.principal.company.unwrap()).await.unwrap();
    assert_eq!(position(&olga).await.unwrap(), before);
    // A place that is not ours, or too far back, is answered with everything that may be seen.
    for since in [-1, annas + 1_000] {
        assert!(changes_since(&anna, since).await.unwrap().topics.len() >= 4, "{since}");
    }
}

async fn committed(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let mut hints = world.store.db.live.subscribe();
    let seats = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
    let emil = world.person(EMIL).await.0;
    assign_seat(&anna, seats, emil).await.unwrap();
    let Ok(hint @ Hint::Event { chain, .. }) = hints.try_recv() else { panic!("a commit is told") };
    assert_eq!(chain, anna.principal.company.unwrap().0);
    assert!(hint.is_for(&anna) && !hint.is_for(&world.gina().await));
    assert!(!hint.is_for(&world.ctx(OLGA).await), "seats are no work of the programme's");
    assert!(hints.try_recv().is_err());
    // Refused: nothing happened, nothing is told.
    assert!(matches!(assign_seat(&anna, seats, emil).await, Err(StoreError::Seat(_))));
    assert!(hints.try_recv().is_err());
    assert_eq!(is_shared(&world.store.db), backend == Backend::Postgres);
}

mod postgres_programs {
    use super::*;

    /// Two programs on one database: what one commits, the other's pages are told of.
    #[tokio::test]
    async fn another_program_is_told() {
        let world = demo(Backend::Postgres).await;
        let anna = world.anna().await;
        let url = world.url.clone().unwrap();
        let other = Store { db: Db::connect(&url).await.unwrap(), ..world.store.clone() };
        let mut hints = other.db.live.subscribe();
        let listening = tokio::spawn({
            let other = other.clone();
            async move { listen(&other).await }
        });
        let next = async |hints: &mut tokio::sync::broadcast::Receiver<Hint>| {
            tokio::time::timeout(Duration::from_secs(20), hints.recv()).await.unwrap().unwrap()
        };
        assert_eq!(next(&mut hints).await, Hint::Unknown, "from here on nothing is missed");
        let seats = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
        assign_seat(&anna, seats, world.person(EMIL).await.0).await.unwrap();
        let hint = next(&mut hints).await;
        assert!(matches!(hint, Hint::Event { .. }) && hint.is_for(&anna), "{hint:?}");
        // The connection is cut: whoever listens finds out, and begins anew.
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        sea_orm::ConnectionTrait::execute_unprepared(world.store.db.conn(), cut).await.unwrap();
        tokio::time::timeout(Duration::from_secs(20), listening).await.unwrap().unwrap().unwrap_or_default();
    }
}
