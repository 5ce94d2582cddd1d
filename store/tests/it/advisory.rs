//! Cases: drafts, hours at each step, both sides' messages.

use crate::harness::{Backend, World, demo, on_both, statements};
use crate::technical::{OLGA, mails, refusal, work};
use domain::access::Action;
use domain::benefits::BenefitStatus;
use domain::benefits::advisory::{CaseField, CaseForm, CaseState, Side};
use domain::benefits::technical::TechnicalRefusal as R;
use domain::id::BenefitId;
use domain::mail::MailFacts;
use domain::queue::{WorkFilter, WorkKind};
use std::sync::atomic::Ordering;
use store::benefits::advisory::{
    CaseQuery, advance_case, close_case, discard_draft, get_case, get_new_case, list_cases, save_draft, submit_case,
    withdraw_case, write_answer, write_message,
};
use store::benefits::list::get_detail;
use store::queue::{WorkQuery, count_open, get_work, list_work, release_work, take_work};
use store::{Ctx, StoreError};

on_both! {
    a_case_from_draft_to_closed => life,
    hours_are_given_back => released,
    a_form_sent_twice_is_one_case => once,
    drafts_are_their_authors_own => drafts,
    the_queue_knows_what_is_late => late,
    a_colleague_was_faster => taken,
    lists_cost_the_same_however_long => scale,
}

const ADAM: &str = "adam.agent@contoso.example";
const URSULA: &str = "ursula.user@contoso.example";

pub fn form(hours: u32) -> CaseForm {
    CaseForm {
        title: "A new customer".to_owned(),
        description: "What we plan.".to_owned(),
        stage: "presales".to_owned(),
        product: "Azure".to_owned(),
        contact: "Adam".to_owned(),
        phone: "+49 30 5550100".to_owned(),
        country: "Germany".to_owned(),
        language: "en".to_owned(),
        hours: hours.to_string(),
    }
}

/// Gold Core's advisory hours: fifty, of which the story has reserved eight.
async fn hours(world: &World, ctx: &Ctx) -> BenefitId {
    world.benefit(ctx, "gold-core", "partner-advisory-hours").await
}

/// Used and reserved.
async fn booked(ctx: &Ctx, of: BenefitId) -> (u32, u32) {
    let detail = get_detail(ctx, of).await.unwrap();
    (detail.used, detail.reserved)
}

async fn life(backend: Backend) {
    let world = demo(backend).await;
    let (adam, olga) = (world.ctx(ADAM).await, world.ctx(OLGA).await);
    let of = hours(&world, &adam).await;
    assert_eq!(booked(&adam, of).await, (0, 8));
    save_draft(&adam, of, &CaseForm { title: "Half".to_owned(), ..CaseForm::default() }, None).await.unwrap();
    assert_eq!(booked(&adam, of).await, (0, 8), "a draft reserves nothing");
    let number = submit_case(&adam, of, &form(20), None).await.unwrap();
    assert_eq!(number, "AR-2026-00002");
    assert_eq!(booked(&adam, of).await, (0, 28));
    assert_eq!(get_new_case(&adam, of).await.unwrap().form.title, "", "the draft is gone");
    let (to, facts) = mails(&world, "case_submitted").await.pop().unwrap();
    assert_eq!(to, ADAM);
    assert!(matches!(facts, MailFacts::CaseSubmitted { hours: 20, number: n, .. } if n == number));
    // Colleagues with a role see it, strangers do not.
    let ursula = world.ctx(URSULA).await;
    let case = get_case(&ursula, &number).await.unwrap();
    let id = case.row.id;
    assert_eq!((case.row.state, case.asked, case.row.by.as_str()), (CaseState::Submitted, 20, "Adam Agent"));
    assert!(case.due_at.is_some() && !case.is_late);
    assert!(matches!(get_case(&world.gina().await, &number).await, Err(StoreError::NotFound)));
    assert!(matches!(write_message(&world.gina().await, id, "x").await, Err(StoreError::NotFound)));
    assert!(matches!(withdraw_case(&world.gina().await, id).await, Err(StoreError::NotFound)));
    // Contact, a question, an answer.
    assert!(matches!(
        advance_case(&adam, id, CaseState::InContact, 0, "").await,
        Err(StoreError::Forbidden(Action::WorkQueue))
    ));
    advance_case(&olga, id, CaseState::InContact, 0, "When can we call?").await.unwrap();
    assert_eq!(get_case(&adam, &number).await.unwrap().due_at, None, "the company has its answer");
    write_message(&ursula, id, " Tomorrow. ").await.unwrap();
    assert!(get_case(&adam, &number).await.unwrap().due_at.is_some(), "it asks again");
    write_answer(&olga, id, "Fine.").await.unwrap();
    assert_eq!(refusal(write_answer(&olga, id, " ").await), R::TextMissing);
    assert_eq!(refusal(write_message(&adam, id, &"x".repeat(4_001)).await), R::TextTooLong { most: 4_000 });
    assert_eq!(booked(&adam, of).await, (0, 28), "hours stay reserved until they are delivered");
    // Delivered with less than was reserved, then closed.
    assert_eq!(refusal(advance_case(&olga, id, CaseState::Delivered, 21, "").await), R::HoursReserved { reserved: 20 });
    let waiting = work(&world, WorkKind::Advisory).await;
    advance_case(&olga, id, CaseState::Delivered, 12, "That was it.").await.unwrap();
    assert_eq!(booked(&adam, of).await, (12, 8));
    assert_eq!(work(&world, WorkKind::Advisory).await, waiting - 1);
    assert_eq!(refusal(withdraw_case(&adam, id).await), R::NotPossibleAnyMore);
    // Something is still open: it is work again until it is answered.
    write_message(&adam, id, "One more thing.").await.unwrap();
    assert_eq!(work(&world, WorkKind::Advisory).await, waiting);
    write_answer(&olga, id, "Here it is.").await.unwrap();
    assert_eq!(work(&world, WorkKind::Advisory).await, waiting - 1);
    close_case(&adam, id).await.unwrap();
    assert_eq!(booked(&adam, of).await, (12, 8));
    assert_eq!(refusal(write_message(&adam, id, "And?").await), R::NotPossibleAnyMore);
    let case = get_case(&adam, &number).await.unwrap();
    assert_eq!((case.row.state, case.used, case.row.hours), (CaseState::Closed, Some(12), 12));
    let story: Vec<_> = case.entries.iter().map(|e| (e.side, e.state, e.text.as_str())).collect();
    assert_eq!(
        story,
        [
            (Side::Company, Some(CaseState::Submitted), ""),
            (Side::Programme, Some(CaseState::InContact), "When can we call?"),
            (Side::Company, None, "Tomorrow."),
            (Side::Programme, None, "Fine."),
            (Side::Programme, Some(CaseState::Delivered), "That was it."),
            (Side::Company, None, "One more thing."),
            (Side::Programme, None, "Here it is."),
            (Side::Company, Some(CaseState::Closed), ""),
        ]
    );
    assert_eq!(mails(&world, "case_moved").await.len(), 2);
    assert_eq!(mails(&world, "case_answered").await.len(), 2);
    world.audit_holds(adam.principal.company).await;
}

async fn released(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let of = world.benefit(&anna, "action-pack", "partner-advisory-hours").await;
    assert_eq!(refusal(submit_case(&anna, of, &form(6), None).await), R::HoursLeft { left: 5 });
    assert_eq!(refusal(submit_case(&anna, of, &form(26), None).await), R::TooManyHours { most: 25 });
    let bad = CaseForm { phone: "030".to_owned(), ..form(1) };
    assert!(matches!(refusal(submit_case(&anna, of, &bad, None).await), R::Phone(_)));
    let bad = CaseForm { title: " ".to_owned(), ..form(1) };
    assert_eq!(refusal(submit_case(&anna, of, &bad, None).await), R::Missing(CaseField::Title));
    assert_eq!(booked(&anna, of).await, (0, 0), "what is refused reserves nothing");
    let first = submit_case(&anna, of, &form(5), None).await.unwrap();
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::UsedUp);
    assert_eq!(refusal(submit_case(&anna, of, &form(1), None).await), R::HoursLeft { left: 0 });
    let first = get_case(&anna, &first).await.unwrap().row.id;
    withdraw_case(&anna, first).await.unwrap();
    let detail = get_detail(&anna, of).await.unwrap();
    assert_eq!((detail.used, detail.reserved, detail.row.status), (0, 0, BenefitStatus::Available), "as it was");
    assert_eq!(refusal(withdraw_case(&anna, first).await), R::NotPossibleAnyMore);
    let second = submit_case(&anna, of, &form(3), None).await.unwrap();
    let second = get_case(&anna, &second).await.unwrap().row.id;
    assert_eq!(refusal(advance_case(&olga, second, CaseState::Declined, 0, " ").await), R::ReasonMissing);
    advance_case(&olga, second, CaseState::Declined, 0, "Not this quarter.").await.unwrap();
    assert_eq!(booked(&anna, of).await, (0, 0));
    // Declined is not taken back: the benefit stays begun, and its hours can be asked for again.
    let until = get_detail(&anna, of).await.unwrap().row.activate_by;
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::Active);
    assert!(until > world.store.now());
    // Unlimited hours are counted all the same.
    let presales = world.benefit(&anna, "gold-core", "technical-presales").await;
    let number = submit_case(&anna, presales, &form(900), None).await.unwrap();
    assert_eq!(booked(&anna, presales).await, (0, 900));
    let id = get_case(&anna, &number).await.unwrap().row.id;
    advance_case(&olga, id, CaseState::Delivered, 0, "").await.unwrap();
    assert_eq!(booked(&anna, presales).await, (0, 0));
    // What is asked for with keys is not asked for with hours.
    let office = world.benefit(&anna, "gold-core", "office-professional-plus-2019").await;
    assert_eq!(refusal(submit_case(&anna, office, &form(1), None).await), R::OtherKind);
    assert_eq!(refusal(get_new_case(&anna, office).await), R::OtherKind);
}

/// A double click, or a form that was sent again: one case, and its hours once.
async fn once(backend: Backend) {
    let world = demo(backend).await;
    let adam = world.ctx(ADAM).await;
    let of = hours(&world, &adam).await;
    let once = Some(get_new_case(&adam, of).await.unwrap().once);
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let ctx = adam.clone();
            tokio::spawn(async move { submit_case(&ctx, of, &form(5), once).await.unwrap() })
        })
        .collect();
    let mut numbers = std::collections::HashSet::new();
    for task in tasks {
        numbers.insert(task.await.unwrap());
    }
    assert_eq!((numbers.len(), booked(&adam, of).await), (1, (0, 13)));
    // What saves itself a moment too late does not bring the draft back.
    save_draft(&adam, of, &form(5), once).await.unwrap();
    assert!(!get_new_case(&adam, of).await.unwrap().benefit.has_draft);
}

async fn drafts(backend: Backend) {
    let world = demo(backend).await;
    let (adam, ursula) = (world.ctx(ADAM).await, world.ctx(URSULA).await);
    let of = hours(&world, &adam).await;
    let half = CaseForm { title: "Half \0a thought".to_owned(), hours: "many".to_owned(), ..CaseForm::default() };
    save_draft(&adam, of, &half, None).await.unwrap();
    save_draft(&adam, of, &CaseForm { title: "A whole thought".to_owned(), ..half }, None).await.unwrap();
    let mine = get_new_case(&adam, of).await.unwrap();
    assert_eq!((mine.form.title.as_str(), mine.form.hours.as_str()), ("A whole thought", "many"));
    assert!(mine.saved_at.is_some() && mine.benefit.has_draft);
    let hers = get_new_case(&ursula, of).await.unwrap();
    assert_eq!((hers.form.title.as_str(), hers.form.contact.as_str()), ("", "Ursula User"));
    assert!(!list_cases(&ursula, &CaseQuery::default()).await.unwrap().benefits.iter().any(|b| b.has_draft));
    discard_draft(&ursula, of).await.unwrap();
    assert!(list_cases(&adam, &CaseQuery::default()).await.unwrap().benefits.iter().any(|b| b.has_draft));
    discard_draft(&adam, of).await.unwrap();
    assert!(!get_new_case(&adam, of).await.unwrap().benefit.has_draft);
    let gina = world.gina().await;
    assert!(matches!(save_draft(&gina, of, &CaseForm::default(), None).await, Err(StoreError::NotFound)));
    let emil = world.ctx("emil.employee@contoso.example").await;
    assert!(matches!(get_new_case(&emil, of).await, Err(StoreError::Forbidden(Action::SubmitAdvisoryRequest))));
}

async fn late(backend: Backend) {
    let world = demo(backend).await;
    let (adam, olga) = (world.ctx(ADAM).await, world.ctx(OLGA).await);
    let of = hours(&world, &adam).await;
    // The story's case is five days old, its support request three, its offer one; it is a Sunday.
    let (before, before_late) = count_open(&olga).await.unwrap();
    assert_eq!((before, before_late), (3, 1));
    let number = submit_case(&adam, of, &form(1), None).await.unwrap();
    let due = get_case(&adam, &number).await.unwrap().due_at.unwrap();
    world.store.clock.advance(due - world.store.now() - chrono::TimeDelta::microseconds(1));
    assert!(!get_case(&adam, &number).await.unwrap().is_late);
    world.store.clock.advance(chrono::TimeDelta::microseconds(1));
    assert!(get_case(&adam, &number).await.unwrap().is_late);
    let query = WorkQuery { filter: WorkFilter::Late, ..WorkQuery::default() };
    let page = list_work(&olga, &query).await.unwrap();
    assert_eq!((page.total, page.counts), (4, [4, 0, 4, 4, 1]));
    assert!(page.rows.windows(2).all(|w| w[0].opened_at <= w[1].opened_at), "the oldest first");
    let id = get_case(&adam, &number).await.unwrap().row.id;
    write_answer(&olga, id, "Tomorrow.").await.unwrap();
    assert_eq!(list_work(&olga, &query).await.unwrap().total, 3);
    // What is finished can be found again.
    advance_case(&olga, id, CaseState::Delivered, 1, "").await.unwrap();
    let done = WorkQuery { filter: WorkFilter::Done, ..WorkQuery::default() };
    let page = list_work(&olga, &done).await.unwrap();
    assert!(page.total == 2 && page.rows[0].is_done && page.counts[4] == 2, "{page:?}");
    assert!(matches!(list_work(&adam, &query).await, Err(StoreError::Forbidden(Action::WorkQueue))));
}

async fn taken(backend: Backend) {
    use domain::queue::WorkRefusal;
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    let otto = world.operator("Otto Operator", "otto@programme.example").await;
    let row = list_work(&olga, &WorkQuery::default()).await.unwrap().rows.remove(0);
    take_work(&olga, row.id, None).await.unwrap();
    take_work(&olga, row.id, None).await.unwrap();
    match take_work(&otto, row.id, None).await {
        Err(StoreError::Work(WorkRefusal::TakenBy { name })) => assert_eq!(name, "Olga Operator"),
        other => panic!("{other:?}"),
    }
    assert!(get_work(&olga, row.id).await.unwrap().row.is_mine);
    take_work(&otto, row.id, Some(olga.user())).await.unwrap();
    assert!(matches!(release_work(&olga, row.id).await, Err(StoreError::Work(WorkRefusal::TakenBy { .. }))));
    release_work(&otto, row.id).await.unwrap();
    assert_eq!(get_work(&otto, row.id).await.unwrap().row.taken_by, None);
    assert!(matches!(take_work(&world.anna().await, row.id, None).await, Err(StoreError::Forbidden(_))));
    assert!(matches!(get_work(&world.anna().await, row.id).await, Err(StoreError::Forbidden(_))));
    world.audit_holds(None).await;
}

/// Five cases or sixty: the same number of statements, and every page is reached.
async fn scale(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let presales = world.benefit(&anna, "gold-core", "technical-presales").await;
    let (olga, counter) = statements(&world.ctx(OLGA).await);
    let (counted, company_counter) = statements(&anna);
    let mut taken = Vec::new();
    for more in [5, 60] {
        for _ in 0..more {
            submit_case(&anna, presales, &form(1), None).await.unwrap();
        }
        counter.store(0, Ordering::Relaxed);
        company_counter.store(0, Ordering::Relaxed);
        list_work(&olga, &WorkQuery::default()).await.unwrap();
        list_cases(&counted, &CaseQuery::default()).await.unwrap();
        taken.push((counter.load(Ordering::Relaxed), company_counter.load(Ordering::Relaxed)));
    }
    assert_eq!(taken[0], taken[1]);
    assert!(taken[0].0 > 3 && taken[0].1 > 3, "the counters count");
    let (mut seen, mut after) = (std::collections::HashSet::new(), None);
    loop {
        let page = list_cases(&anna, &CaseQuery { after, ..CaseQuery::default() }).await.unwrap();
        seen.extend(page.rows.into_iter().map(|r| r.number));
        after = page.next;
        if after.is_none() {
            assert_eq!(seen.len() as u64, page.total);
            break;
        }
    }
    let (mut seen, mut after) = (std::collections::HashSet::new(), None);
    loop {
        let page = list_work(&olga, &WorkQuery { after, ..WorkQuery::default() }).await.unwrap();
        seen.extend(page.rows.into_iter().map(|r| r.id));
        after = page.next;
        if after.is_none() {
            assert_eq!(seen.len() as u64, page.total);
            break;
        }
    }
}
