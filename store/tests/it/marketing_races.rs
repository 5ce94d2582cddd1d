//! Go-To-Market and the jobs, many at once.

use crate::harness::{Backend, World, demo};
use crate::technical::{OLGA, mails};
use domain::benefits::go_to_market::{ContactForm, MarketingRefusal, OfferState};
use domain::schedule::Job;
use store::benefits::go_to_market::{
    activate_offer, fulfil_offer, get_marketing, list_activations, remove_contact, set_contact, withdraw_offer,
};
use store::schedule::{run_due, run_job};
use store::{Ctx, StoreError};
use uuid::Uuid;

fn form(n: u64) -> ContactForm {
    ContactForm { email: format!("c{n}@agency.example"), phone: "+49 30 5550177".to_owned(), language: "en".to_owned() }
}

async fn marta(world: &World) -> Ctx {
    world.ctx("marta.mpn@contoso.example").await
}

/// Eight people are named at once: three contacts, one of them primary.
async fn contacts(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let of = world.benefit(&anna, "gold-core", "visual-studio-enterprise").await;
    world.grow_people(&anna, of, 8, 0).await;
    let old = get_marketing(&anna).await.unwrap().contacts.remove(0).id;
    remove_contact(&anna, old).await.unwrap();
    let tasks: Vec<_> = (0..)
        .zip(world.persons(8).await)
        .map(|(n, (person, _))| {
            let ctx = anna.clone();
            tokio::spawn(async move { set_contact(&ctx, None, person, &form(n)).await })
        })
        .collect();
    let mut set = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => set += 1,
            Err(StoreError::Marketing(MarketingRefusal::TooManyContacts)) => {}
            other => panic!("{other:?}"),
        }
    }
    let contacts = get_marketing(&anna).await.unwrap().contacts;
    assert_eq!((set, contacts.len(), contacts.iter().filter(|c| c.is_main).count()), (3, 3, 1));
    world.audit_holds(anna.principal.company).await;
}

/// Activated by two while the last contact goes: one request at most, and none without a contact.
async fn offers(backend: Backend) {
    let world = demo(backend).await;
    let (anna, marta) = (world.anna().await, marta(&world).await);
    for product in ["gtm-presentation", "gtm-case-study", "gtm-press-release"] {
        let of = world.benefit(&anna, "gold-core", product).await;
        let contact = match get_marketing(&anna).await.unwrap().contacts.first() {
            Some(contact) => contact.id,
            None => set_contact(&anna, None, anna.user(), &form(0)).await.unwrap(),
        };
        let asking =
            [anna.clone(), marta.clone()].map(|ctx| tokio::spawn(async move { activate_offer(&ctx, of).await }));
        let gone = tokio::spawn({
            let ctx = anna.clone();
            async move { remove_contact(&ctx, contact).await }
        });
        let mut asked = 0;
        for task in asking {
            match task.await.unwrap() {
                Ok(_) => asked += 1,
                Err(StoreError::Marketing(MarketingRefusal::AlreadyPending | MarketingRefusal::NoContact)) => {}
                other => panic!("{other:?}"),
            }
        }
        gone.await.unwrap().unwrap();
        let pending = list_activations(&anna, of).await.unwrap();
        assert_eq!((asked, pending.len()), (pending.len(), pending.len().min(1)));
    }
    world.audit_holds(anna.principal.company).await;
}

/// Two operators activate while the company takes the request back: one of them has it.
async fn decision(backend: Backend) {
    let world = demo(backend).await;
    let (marta, olga) = (marta(&world).await, world.ctx(OLGA).await);
    let otto = world.operator("Otto Operator", "otto@programme.example").await;
    let of = world.benefit(&marta, "gold-core", "gtm-presentation").await;
    let id = activate_offer(&marta, of).await.unwrap();
    let before = mails(&world, "offer_active").await.len();
    let (a, b, c) = tokio::join!(
        tokio::spawn({
            let ctx = olga.clone();
            async move { fulfil_offer(&ctx, id, "").await }
        }),
        tokio::spawn({
            let ctx = otto.clone();
            async move { fulfil_offer(&ctx, id, "").await }
        }),
        tokio::spawn({
            let ctx = marta.clone();
            async move { withdraw_offer(&ctx, id).await }
        }),
    );
    let ended = [a.unwrap(), b.unwrap(), c.unwrap()];
    assert_eq!(ended.iter().filter(|r| r.is_ok()).count(), 1, "{ended:?}");
    let over = |r: &Result<(), StoreError>| {
        matches!(r, Ok(()) | Err(StoreError::Marketing(MarketingRefusal::NotPossibleAnyMore)))
    };
    assert!(ended.iter().all(over), "{ended:?}");
    let is_active = list_activations(&marta, of).await.unwrap()[0].state == OfferState::Active;
    assert_eq!(mails(&world, "offer_active").await.len() - before, usize::from(is_active));
}

/// Four programs look at the same moment: each job is done once. And if one is done twice all the
/// same, nobody is told twice.
async fn jobs(backend: Backend) {
    let world = demo(backend).await;
    let tasks: Vec<_> = (1..=4)
        .map(|n| {
            let store = world.store.clone();
            tokio::spawn(async move { run_due(&store, Uuid::from_u128(n)).await.unwrap() })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await.unwrap().into_iter().map(|(job, ended)| (job, ended.is_ok())));
    }
    done.sort_unstable();
    assert_eq!(done, Job::ALL.iter().map(|job| (*job, true)).collect::<Vec<_>>());
    let told = mails(&world, "reminders").await.len();
    assert!(told > 0);
    let again: Vec<_> = (0..4)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move { run_job(&store, Job::Remind).await.unwrap() })
        })
        .collect();
    for task in again {
        assert_eq!(task.await.unwrap(), 0);
    }
    assert_eq!(mails(&world, "reminders").await.len(), told);
}

macro_rules! races {
    ($($name:ident => $body:path),+ $(,)?) => {
        mod sqlite { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { use super::*; $body(Backend::SqliteFile).await } )+ }
        mod postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { use super::*; $body(Backend::Postgres).await } )+ }
    };
}

races! {
    three_contacts_at_once => contacts,
    an_offer_and_its_last_contact => offers,
    an_offer_is_decided_once => decision,
    each_job_once => jobs,
}
