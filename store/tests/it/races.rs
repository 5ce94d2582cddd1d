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

/// Sixty-four hands for the last ten seats, through every way there is: ten get one, each of the
/// others is told why not, and the history tells the same story.
async fn last_seats(backend: Backend) {
    use domain::benefits::bulk::BulkMode;
    use domain::benefits::seat::SeatRefusal;
    use domain::people::{SeatMoved, SeatsOfLeaver};
    use store::StoreError;
    use store::benefits::bulk::{assign_from_file, check_file, get_bulk};
    use store::benefits::seat::{assign_seat, move_seats};
    const HANDS: u64 = 64;
    let world = demo(backend).await;
    let anna = world.anna().await;
    let company = anna.principal.company;
    let vs = world.benefit(&anna, "gold-core", "visual-studio-enterprise").await;
    let professional = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
    // Seven seats are free; the last ten are wanted.
    world.grow_people(&anna, vs, HANDS * 2, 0).await;
    world.grow_seats(vs, 3).await;
    world.grow_seats(professional, HANDS).await;
    let people: Vec<_> = world.persons(HANDS * 2).await;
    let events = world.audit_holds(company).await;
    let mut files = Vec::new();
    for n in (0..HANDS).filter(|n| n % 4 == 1) {
        files.push((n, check_file(&anna, vs, &format!("email\n{}", people[n as usize].1)).await.unwrap()));
    }
    let files: std::collections::HashMap<_, _> = files.into_iter().collect();
    let tasks: Vec<_> = (0..HANDS)
        .map(|n| {
            let (ctx, to) = (anna.clone(), people[n as usize].0);
            let other = people[(HANDS + n) as usize].0;
            let file = files.get(&n).copied();
            tokio::spawn(async move {
                match (n % 4, file) {
                    (1, Some(file)) => {
                        assign_from_file(&ctx, file, BulkMode::SkipBad).await.unwrap();
                        get_bulk(&ctx, file, false, None).await.unwrap().good == 1
                    }
                    // A leaver's seat goes to a colleague: no seat more is out afterwards.
                    (2, _) => {
                        let given = match assign_seat(&ctx, vs, other).await {
                            Ok(_) => true,
                            Err(StoreError::Seat(SeatRefusal::NoneLeft { .. } | SeatRefusal::JustGiven { .. })) => {
                                false
                            }
                            Err(error) => panic!("{error}"),
                        };
                        let moved = move_seats(&ctx, other, SeatsOfLeaver::HandOver, Some(to)).await.unwrap();
                        assert_eq!(moved.iter().any(|m| m.outcome == SeatMoved::HandedOver), given);
                        given
                    }
                    _ => match assign_seat(&ctx, vs, to).await {
                        Ok(_) => true,
                        Err(StoreError::Seat(SeatRefusal::JustGiven { to })) => {
                            assert!(to.starts_with("Person "), "{to}");
                            false
                        }
                        Err(error) => panic!("{error}"),
                    },
                }
            })
        })
        .collect();
    let mut given = 0;
    for task in tasks {
        given += usize::from(task.await.unwrap());
    }
    assert_eq!(given, 10);
    crate::seats::consistent(&world, vs).await;
    assert!(world.audit_holds(company).await > events);
    assert_eq!(world.seats_of(vs).await, (13, 13), "all that were granted are out, and no more");
}

/// Two Global admins take the role from each other at once: one of them keeps it.
async fn last_admin(backend: Backend) {
    use domain::access::Role;
    use store::people::account::{disable_user, set_roles};
    let world = demo(backend).await;
    let anna = world.anna().await;
    let ursula = world.person("ursula.user@contoso.example").await.0;
    set_roles(&anna, ursula, &[Role::GlobalAdmin], None).await.unwrap();
    let ursulas = world.ctx("ursula.user@contoso.example").await;
    let annas = anna.user();
    let first = tokio::spawn(async move { set_roles(&anna, ursula, &[], None).await.is_ok() });
    let second =
        tokio::spawn(
            async move { disable_user(&ursulas, annas, domain::people::SeatsOfLeaver::Free, None).await.is_ok() },
        );
    let done = [first.await.unwrap(), second.await.unwrap()];
    assert_eq!(done.iter().filter(|d| **d).count(), 1, "{done:?}");
}

/// Sixty-four hands for the last twenty hours, five each: four get them.
async fn last_hours(backend: Backend) {
    use domain::benefits::technical::TechnicalRefusal;
    use store::StoreError;
    use store::benefits::advisory::submit_case;
    use store::benefits::list::get_detail;
    let world = demo(backend).await;
    let anna = world.anna().await;
    let hours = world.benefit(&anna, "gold-core", "partner-advisory-hours").await;
    // Fifty were granted and eight are reserved; twenty-two more leave twenty.
    submit_case(&anna, hours, &crate::advisory::form(22), None).await.unwrap();
    let tasks: Vec<_> = (0..WRITERS * 4)
        .map(|_| {
            let ctx = anna.clone();
            tokio::spawn(async move {
                match submit_case(&ctx, hours, &crate::advisory::form(5), None).await {
                    Ok(number) => Some(number),
                    Err(StoreError::Technical(TechnicalRefusal::HoursLeft { .. })) => None,
                    Err(error) => panic!("{error}"),
                }
            })
        })
        .collect();
    let mut numbers = std::collections::HashSet::new();
    for task in tasks {
        numbers.extend(task.await.unwrap());
    }
    assert_eq!(numbers.len(), 4, "{numbers:?}");
    let detail = get_detail(&anna, hours).await.unwrap();
    assert_eq!((detail.used, detail.reserved), (0, 50));
    world.audit_holds(anna.principal.company).await;
}

/// The company withdraws while operators decide: one of them has it, and the queue is empty of it.
async fn decisions(backend: Backend) {
    use store::benefits::technical::{
        decline_support, fulfil_support, get_technical, request_support, withdraw_support,
    };
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(crate::technical::OLGA).await);
    let emil = world.person(crate::technical::EMIL).await.0;
    let of = world.benefit(&anna, "action-pack", "product-support-incidents").await;
    let id = request_support(&anna, of, emil, "emil@home.example").await.unwrap();
    let (first, second, third) = (anna.clone(), olga.clone(), olga.clone());
    let tasks = [
        tokio::spawn(async move { withdraw_support(&first, id).await.is_ok() }),
        tokio::spawn(async move { fulfil_support(&second, id, "A-1", "C-1").await.is_ok() }),
        tokio::spawn(async move { decline_support(&third, id, "No.").await.is_ok() }),
    ];
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    assert_eq!(done.iter().filter(|d| **d).count(), 1, "{done:?}");
    let mails = crate::technical::mails(&world, "support_active").await.len();
    assert_eq!(mails, if done[1] { 2 } else { 0 });
    assert_eq!(get_technical(&anna, of).await.unwrap().activations.len(), 1);
}

/// Eight workers on one outbox: each mail is in one pair of hands.
async fn workers(backend: Backend) {
    use store::outbox::{claim, mark_sent, send_test};
    let world = demo(backend).await;
    let olga = world.ctx(crate::technical::OLGA).await;
    for n in 0..40 {
        send_test(&olga, &format!("a{n}@b.example")).await.unwrap();
    }
    let all = store::entity::mail::Entity::find().count(world.store.db.conn()).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move {
                let worker = uuid::Uuid::new_v4();
                let mut had = Vec::new();
                loop {
                    let mails = claim(&store, worker, &[], 3).await.unwrap();
                    if mails.is_empty() {
                        return had;
                    }
                    for mail in mails {
                        assert!(mark_sent(&store, worker, mail.id).await.unwrap());
                        had.push(mail.id);
                    }
                }
            })
        })
        .collect();
    let mut sent = Vec::new();
    for task in tasks {
        sent.extend(task.await.unwrap());
    }
    let different: std::collections::HashSet<_> = sent.iter().collect();
    assert_eq!((sent.len() as u64, different.len() as u64), (all, all));
}

mod sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_hours() {
        last_hours(Backend::SqliteFile).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn one_decision() {
        decisions(Backend::SqliteFile).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn one_worker_per_mail() {
        workers(Backend::SqliteFile).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_ten_seats() {
        last_seats(Backend::SqliteFile).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_global_admin() {
        last_admin(Backend::SqliteFile).await;
    }

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
    async fn the_last_hours() {
        last_hours(Backend::Postgres).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn one_decision() {
        decisions(Backend::Postgres).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn one_worker_per_mail() {
        workers(Backend::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_ten_seats() {
        last_seats(Backend::Postgres).await;
    }
    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_global_admin() {
        last_admin(Backend::Postgres).await;
    }

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
