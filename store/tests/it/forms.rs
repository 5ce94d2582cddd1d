//! A form is sent once, whichever program it reaches.

use crate::harness::{Backend, demo, on_both};
use chrono::TimeDelta;
use domain::id::FormId;
use store::forms::{Claim, claim, finish, release};

fn form() -> FormId {
    FormId(uuid::Uuid::now_v7())
}

async fn one_act(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let id = form();
    assert_eq!(claim(&anna, id).await.unwrap(), Claim::Mine);
    assert_eq!(claim(&anna, id).await.unwrap(), Claim::Busy);
    finish(&anna, id, Some("/account/users?done=added".to_owned())).await.unwrap();
    let done = Claim::Done { location: Some("/account/users?done=added".to_owned()) };
    assert_eq!(claim(&anna, id).await.unwrap(), done);
    // Refused, then corrected.
    let refused = form();
    assert_eq!(claim(&anna, refused).await.unwrap(), Claim::Mine);
    release(&anna, refused).await.unwrap();
    assert_eq!(claim(&anna, refused).await.unwrap(), Claim::Mine);
    // A program that died holds it for a minute.
    world.store.clock.advance(TimeDelta::seconds(61));
    assert_eq!(claim(&anna, refused).await.unwrap(), Claim::Mine);
    // Old ones go.
    world.store.clock.advance(TimeDelta::days(3));
    store::schedule::run_job(&world.store, domain::schedule::Job::Clean).await.unwrap();
    assert_eq!(claim(&anna, id).await.unwrap(), Claim::Mine);
}

async fn many_at_once(backend: Backend) {
    // Several connections at once.
    let world = demo(if backend == Backend::Sqlite { Backend::SqliteFile } else { backend }).await;
    let anna = world.anna().await;
    let id = form();
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let anna = anna.clone();
            tokio::spawn(async move { claim(&anna, id).await.unwrap() })
        })
        .collect();
    let mut mine = 0;
    for tried in tries {
        mine += usize::from(tried.await.unwrap() == Claim::Mine);
    }
    assert_eq!(mine, 1);
}

on_both! {
    the_same_form_twice_is_one_act => one_act,
    one_of_many_at_once_has_it => many_at_once,
}
