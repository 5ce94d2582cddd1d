//! The outbox: written with what it tells of, claimed by one worker, marked once.

use crate::harness::{Backend, World, demo, on_both};
use chrono::TimeDelta;
use domain::access::{Action, Role};
use domain::email::EmailProblem;
use domain::language::Language;
use domain::mail::{MailFacts, MailState};
use domain::people::SeatsOfLeaver;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};
use secrecy::ExposeSecret;
use store::StoreError;
use store::benefits::seat::{assign_oneself, assign_seat};
use store::entity::{mail, user};
use store::outbox::{
    Claimed, LEASE, MailQuery, claim, count_dead, get_mail, let_go, list_mails, mark_failed, mark_sent, renew,
    retry_mail, send_test,
};
use store::people::account::{add_user, disable_user, invite_again};
use store::people::role_request::{decide_request, request_role};
use uuid::Uuid;

on_both! {
    mails_are_written_with_what_they_tell => written,
    a_mail_is_one_workers => claimed,
    failures_wait_longer_each_time => failures,
    a_deadly_mail_is_given_up => deadly,
    operators_look_after_it => console,
    an_invitation_leaves_nothing_in_clear => sealed,
}

const OLGA: &str = "olga.operator@programme.example";

/// Everything that is due, sent.
async fn empty(world: &World) {
    let worker = Uuid::new_v4();
    loop {
        let mails = claim(&world.store, worker, &[], 50).await.unwrap();
        if mails.is_empty() {
            return;
        }
        for mail in mails {
            assert!(mark_sent(&world.store, worker, mail.id).await.unwrap());
        }
    }
}

async fn due(world: &World) -> Vec<Claimed> {
    claim(&world.store, Uuid::new_v4(), &[], 50).await.unwrap()
}

async fn count(world: &World) -> u64 {
    mail::Entity::find().count(world.store.db.conn()).await.unwrap()
}

async fn written(backend: Backend) {
    let world = demo(backend).await;
    empty(&world).await;
    let anna = world.anna().await;
    let emil = world.person("emil.employee@contoso.example").await.0;
    let professional = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
    assign_seat(&anna, professional, emil).await.unwrap();
    let told = due(&world).await;
    assert_eq!(told.len(), 1);
    assert!(matches!(&told[0].facts, MailFacts::SeatAssigned { product, by, .. }
        if product == "Visual Studio Professional" && by == "Anna Global"));
    // Refused, rolled back, or done to oneself: nobody is told.
    let before = count(&world).await;
    assign_seat(&anna, professional, emil).await.unwrap_err();
    assign_seat(&anna, professional, anna.user()).await.unwrap();
    let azure = world.benefit(&anna, "action-pack", "azure-monthly-credit").await;
    assign_oneself(&anna, azure).await.unwrap();
    assert_eq!(count(&world).await, before);
    // In the language of whoever reads it, not of whoever acts.
    let row = user::Entity::find_by_id(emil).one(world.store.db.conn()).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.language = Set(Some(Language::De));
    row.update(world.store.db.conn()).await.unwrap();
    let marta = world.ctx("marta.mpn@contoso.example").await;
    let id = request_role(&marta, "").await.unwrap();
    decide_request(&anna, id, false, "Two are enough.").await.unwrap();
    let enterprise = world.benefit(&anna, "gold-core", "visual-studio-enterprise").await;
    let held = store::benefits::seat::assign_seat(&anna, enterprise, emil).await;
    assert!(held.is_err(), "Emil holds one already");
    let told = due(&world).await;
    assert!(
        matches!(&told[0].facts, MailFacts::RoleDecided { approved: false, reason, .. } if reason == "Two are enough.")
    );
    assert_eq!((told.len(), told[0].language), (1, Language::En));
    let nora = world.ctx("nora.new@northwind.example").await;
    let hers = request_role(&nora, "").await.unwrap();
    decide_request(&world.ctx(OLGA).await, hers, true, "").await.unwrap();
    assert!(matches!(&due(&world).await[0].facts, MailFacts::RoleDecided { approved: true, .. }));
}

async fn claimed(backend: Backend) {
    let world = demo(backend).await;
    let (store, first, second) = (&world.store, Uuid::new_v4(), Uuid::new_v4());
    let all = count(&world).await;
    let mine = claim(store, first, &[], 2).await.unwrap();
    let rest = claim(store, second, &[], 50).await.unwrap();
    assert_eq!(mine.len() as u64 + rest.len() as u64, all);
    assert!(mine.iter().all(|m| rest.iter().all(|r| r.id != m.id)));
    // Another's mail is not this worker's to mark.
    assert!(!mark_sent(store, second, mine[0].id).await.unwrap());
    mark_failed(store, second, mine[0].id, "no", true, 0.5).await.unwrap();
    assert!(mark_sent(store, first, mine[0].id).await.unwrap());
    assert!(!mark_sent(store, first, mine[0].id).await.unwrap(), "once");
    for mail in &rest {
        assert!(mark_sent(store, second, mail.id).await.unwrap());
    }
    // A worker that lives keeps what it has; one that died loses it, and comes too late.
    store.clock.advance(LEASE - TimeDelta::seconds(1));
    renew(store, first, &[mine[1].id]).await.unwrap();
    store.clock.advance(LEASE - TimeDelta::seconds(1));
    assert!(claim(store, second, &[], 50).await.unwrap().is_empty());
    store.clock.advance(TimeDelta::seconds(1));
    let taken = claim(store, second, &[], 50).await.unwrap();
    assert_eq!((taken.len(), taken[0].id, taken[0].attempts), (1, mine[1].id, 1));
    assert!(!mark_sent(store, first, mine[1].id).await.unwrap());
    assert!(mark_sent(store, second, mine[1].id).await.unwrap());
    store.clock.advance(LEASE * 10);
    assert!(claim(store, first, &[], 50).await.unwrap().is_empty(), "what is sent stays sent");
    // A start on SQLite: whoever had a mail is dead. On PostgreSQL others may live.
    let anna = world.anna().await;
    invite_again(&anna, add_user(&anna, "Ida", "ida@contoso.example", &[]).await.unwrap().0).await.unwrap();
    assert_eq!(claim(store, first, &[], 50).await.unwrap().len(), 1);
    let_go(store).await.unwrap();
    assert_eq!(claim(store, second, &[], 50).await.unwrap().len(), usize::from(backend != Backend::Postgres));
}

async fn failures(backend: Backend) {
    let world = demo(backend).await;
    empty(&world).await;
    let (store, olga, worker) = (&world.store, world.ctx(OLGA).await, Uuid::new_v4());
    send_test(&olga, "olga@programme.example").await.unwrap();
    let mut before = TimeDelta::zero();
    for attempt in 1..=10 {
        let mail = claim(store, worker, &[], 1).await.unwrap().remove(0);
        assert_eq!(mail.attempts + 1, attempt);
        mark_failed(store, worker, mail.id, "451 busy\r\nBcc: x", false, 0.5).await.unwrap();
        let row = get_mail(&olga, mail.id).await.unwrap().row;
        assert_eq!(row.last_error.as_deref(), Some("451 busy  Bcc: x"));
        if attempt == 10 {
            assert_eq!((row.state, row.next_at), (MailState::Dead, None));
            break;
        }
        let pause = row.next_at.unwrap() - store.now();
        assert!(pause > before, "{attempt}: {pause}");
        before = pause;
        store.clock.advance(pause - TimeDelta::seconds(1));
        assert!(claim(store, worker, &[], 1).await.unwrap().is_empty(), "not before its time");
        store.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(count_dead(&olga).await.unwrap(), 1);
    // Refused for good: not tried again by itself, but by an operator.
    send_test(&olga, "nobody@programme.example").await.unwrap();
    let mail = claim(store, worker, &[], 1).await.unwrap().remove(0);
    assert!(matches!(retry_mail(&olga, mail.id).await, Err(StoreError::MailState(MailState::Sending))));
    mark_failed(store, worker, mail.id, "550 no such user", true, 0.5).await.unwrap();
    assert_eq!(get_mail(&olga, mail.id).await.unwrap().row.state, MailState::Dead);
    store.clock.advance(TimeDelta::days(30));
    assert!(claim(store, worker, &[], 1).await.unwrap().is_empty());
    retry_mail(&olga, mail.id).await.unwrap();
    let again = claim(store, worker, &[], 1).await.unwrap().remove(0);
    assert_eq!((again.id, again.attempts), (mail.id, 0));
    mark_sent(store, worker, mail.id).await.unwrap();
    assert!(matches!(retry_mail(&olga, mail.id).await, Err(StoreError::MailState(MailState::Sent))));
}

/// A mail that kills whoever takes it is given up like one that is refused.
async fn deadly(backend: Backend) {
    let world = demo(backend).await;
    empty(&world).await;
    let olga = world.ctx(OLGA).await;
    send_test(&olga, "olga@programme.example").await.unwrap();
    let mut had = None;
    for attempt in 1..=11 {
        let taken = claim(&world.store, Uuid::new_v4(), &[], 5).await.unwrap();
        assert_eq!(taken.len(), usize::from(attempt < 11), "{attempt}");
        had = taken.first().map(|m| m.id).or(had);
        world.store.clock.advance(LEASE);
    }
    assert_eq!(get_mail(&olga, had.unwrap()).await.unwrap().row.state, MailState::Dead);
    // Its own that it has still in hand, a worker does not take again, whatever the clock does.
    retry_mail(&olga, had.unwrap()).await.unwrap();
    let worker = Uuid::new_v4();
    let mine = claim(&world.store, worker, &[], 5).await.unwrap();
    world.store.clock.advance(LEASE * 2);
    assert!(claim(&world.store, worker, &[mine[0].id], 5).await.unwrap().is_empty());
    assert_eq!(claim(&world.store, worker, &[], 5).await.unwrap().len(), 1, "one that it lost, it does");
}

async fn console(backend: Backend) {
    let world = demo(backend).await;
    let (olga, anna) = (world.ctx(OLGA).await, world.anna().await);
    for refused in [
        list_mails(&anna, &MailQuery::default()).await.map(|_| ()),
        send_test(&anna, "a@b.example").await,
        count_dead(&anna).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(StoreError::Forbidden(Action::SeeOutbox))), "{refused:?}");
    }
    let bad = send_test(&olga, "a@b.example\r\nBcc: c@d.example").await;
    assert!(matches!(bad, Err(StoreError::Email(EmailProblem::NotAnAddress))));
    for n in 0..60 {
        send_test(&olga, &format!("a{n}@b.example")).await.unwrap();
    }
    let total = count(&world).await;
    let (mut seen, mut after) = (std::collections::HashSet::new(), None);
    loop {
        let page = list_mails(&olga, &MailQuery { after, ..MailQuery::default() }).await.unwrap();
        assert_eq!((page.total, page.counts), (total, [total, 0, 0, 0]));
        seen.extend(page.rows.into_iter().map(|r| r.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len() as u64, total);
    assert!(list_mails(&olga, &MailQuery { state: Some(MailState::Dead), after: None }).await.unwrap().rows.is_empty());
}

async fn sealed(backend: Backend) {
    let world = demo(backend).await;
    empty(&world).await;
    let (anna, worker) = (world.anna().await, Uuid::new_v4());
    let (id, token) = add_user(&anna, "Ida Invited", "ida@contoso.example", &[Role::AdminAgent]).await.unwrap();
    let row = async |id| mail::Entity::find_by_id(id).one(world.store.db.conn()).await.unwrap();
    let claimed = claim(&world.store, worker, &[], 5).await.unwrap().remove(0);
    assert_eq!(claimed.token.as_ref().unwrap().expose_secret(), token);
    let stored = row(claimed.id).await.unwrap();
    assert!(!format!("{stored:?}").contains(&token) && !format!("{claimed:?}").contains(&token));
    let sealed = stored.secret.unwrap();
    assert!(!sealed.windows(token.len()).any(|w| w == token.as_bytes()));
    mark_sent(&world.store, worker, claimed.id).await.unwrap();
    assert_eq!(row(claimed.id).await.unwrap().secret, None, "gone once it is sent");
    // A new link replaces one that was not sent yet, and disabling sends none at all.
    invite_again(&anna, id).await.unwrap();
    let newest = invite_again(&anna, id).await.unwrap();
    let waiting = claim(&world.store, worker, &[], 5).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].token.as_ref().unwrap().expose_secret(), newest);
    mark_sent(&world.store, worker, waiting[0].id).await.unwrap();
    invite_again(&anna, id).await.unwrap();
    disable_user(&anna, id, SeatsOfLeaver::Keep, None).await.unwrap();
    assert!(claim(&world.store, worker, &[], 5).await.unwrap().is_empty());
}
