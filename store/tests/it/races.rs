//! Many at once: what must happen once happens once.

use crate::harness::{Backend, demo, empty};
use sea_orm::{EntityTrait, PaginatorTrait};
use store::Origin;
use store::benefits::software::reveal_keys;
use store::entity::{key_reveal, user};
use store::people::setup::{create_first_operator, issue_setup_token};

const WRITERS: u64 = 16;

/// Parallel reveals: each is recorded, the chain is whole, all got the same key.
async fn reveals(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let visio = world.benefit(&anna, "gold-core", "visio-professional-2019").await;
    let db = world.store.db.conn();
    let (reveals, events) =
        (key_reveal::Entity::find().count(db).await.unwrap(), world.audit_holds(anna.principal.company).await);
    let tasks: Vec<_> = (0..WRITERS)
        .map(|_| {
            let ctx = anna.clone();
            tokio::spawn(async move { reveal_keys(&ctx, visio, false).await.unwrap().remove(0).key })
        })
        .collect();
    let mut keys = std::collections::HashSet::new();
    for task in tasks {
        keys.insert(task.await.unwrap());
    }
    assert_eq!(keys.len(), 1);
    assert_eq!(key_reveal::Entity::find().count(db).await.unwrap(), reveals + WRITERS);
    assert_eq!(world.audit_holds(anna.principal.company).await, events + WRITERS);
}

/// One token, many hands: one operator.
async fn setup(backend: Backend) {
    let world = empty(backend).await;
    let token = issue_setup_token(&world.store).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|i| {
            let (store, token) = (world.store.clone(), token.clone());
            tokio::spawn(async move {
                let password = "korrekt pferd batterie";
                create_first_operator(
                    &store,
                    &token,
                    "Olga",
                    &format!("o{i}@p.example"),
                    password,
                    password,
                    &Origin::default(),
                )
                .await
                .is_ok()
            })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        made += usize::from(task.await.unwrap());
    }
    assert_eq!(made, 1);
    assert_eq!(user::Entity::find().count(world.store.db.conn()).await.unwrap(), 1);
}

/// Two programmes' files at once: a key gets in once.
async fn imports(backend: Backend) {
    let world = demo(backend).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let store = world.store.clone();
            let file = "product,key\nvisio-professional-2019,RACE1-AAAAA-AAAAA-AAAAA-AAAAA\n";
            tokio::spawn(async move {
                store::key_pool::import_keys(&store, file.as_bytes(), &Origin::default()).await.is_ok()
            })
        })
        .collect();
    let mut imported = 0;
    for task in tasks {
        imported += usize::from(task.await.unwrap());
    }
    assert_eq!(imported, 1);
}

/// A burst of guesses gets no further than one after the other.
async fn guesses(backend: Backend) {
    use domain::refusal::SignInRefusal;
    use store::StoreError;
    let world = demo(backend).await;
    let tasks: Vec<_> = (0..WRITERS)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move {
                let origin = Origin { address: "192.0.2.9".to_owned(), ..Origin::default() };
                store::people::sign_in::sign_in(&store, "marta.mpn@contoso.example", "wrong", None, &origin).await
            })
        })
        .collect();
    let (mut looked_at, mut paused) = (0, 0);
    for task in tasks {
        match task.await.unwrap().unwrap_err() {
            StoreError::SignIn(SignInRefusal::Mismatch) => looked_at += 1,
            StoreError::SignIn(SignInRefusal::TooManyTries { .. }) => paused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((looked_at, paused), (5, WRITERS - 5));
}

mod sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_burst_of_guesses() {
        guesses(Backend::SqliteFile).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn parallel_reveals() {
        reveals(Backend::SqliteFile).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn one_first_operator() {
        setup(Backend::SqliteFile).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn a_key_once() {
        imports(Backend::SqliteFile).await;
    }
}
mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_burst_of_guesses() {
        guesses(Backend::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn parallel_reveals() {
        reveals(Backend::Postgres).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn one_first_operator() {
        setup(Backend::Postgres).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn a_key_once() {
        imports(Backend::Postgres).await;
    }
}
