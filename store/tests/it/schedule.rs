//! What the program does by itself: once, in time, also after it was away.

use crate::harness::{Backend, World, demo, on_both};
use crate::technical::{EMIL, OLGA, mails, work};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::access::Action;
use domain::benefits::BenefitStatus;
use domain::benefits::go_to_market::OfferState;
use domain::benefits::technical::SupportState;
use domain::live::Topic;
use domain::mail::MailFacts;
use domain::people::SeatsOfLeaver;
use domain::queue::WorkKind;
use domain::reminder::Ending;
use domain::schedule::Job;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use store::StoreError;
use store::benefits::go_to_market::{activate_offer, list_activations};
use store::benefits::list::get_detail;
use store::benefits::seat::assign_seat;
use store::benefits::technical::{get_technical, request_support};
use store::entity::{audit_event, company, job, mail, reminder};
use store::live::{changes_since, position};
use store::people::account::disable_user;
use store::people::reminders::{find_calendar, get_reminders, make_calendar, revoke_calendar, set_reminders};
use store::schedule::{LEASE, claim_job, finish_job, get_jobs, list_jobs, run_due, run_job, tell_late};
use uuid::Uuid;

on_both! {
    a_job_is_one_workers => claims,
    a_late_job_is_told => late,
    what_has_ended_is_marked_and_let_go => expiry,
    each_reminder_once => reminders,
    a_day_away_loses_nothing => outage,
    people_choose_their_reminders => chosen,
    a_calendar_at_a_secret_address => calendar,
    what_nobody_needs_goes => cleaning,
}

const ANNA: &str = "anna.global@contoso.example";
const GINA: &str = "gina.global@fabrikam.example";

fn worker(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// The mails of a kind to somebody.
async fn told(world: &World, kind: &str, to: &str) -> Vec<MailFacts> {
    mails(world, kind).await.into_iter().filter(|(address, _)| address == to).map(|(_, facts)| facts).collect()
}

async fn claims(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    // New jobs are due at once; each goes to one.
    let first = claim_job(store, worker(1)).await.unwrap().unwrap();
    let second = claim_job(store, worker(2)).await.unwrap().unwrap();
    let third = claim_job(store, worker(1)).await.unwrap().unwrap();
    let fourth = claim_job(store, worker(1)).await.unwrap().unwrap();
    assert_eq!([first, second, third, fourth], [Job::Expire, Job::Orders, Job::Remind, Job::Clean]);
    assert_eq!(claim_job(store, worker(2)).await.unwrap(), None);
    finish_job(store, worker(1), first, Some(3)).await.unwrap();
    // Somebody else's claim is not finished by whoever has lost it.
    finish_job(store, worker(1), second, Some(9)).await.unwrap();
    let jobs = get_jobs(store).await.unwrap();
    assert_eq!(jobs.iter().map(|j| j.did).collect::<Vec<_>>(), [Some(3), None, None, None]);
    assert_eq!(jobs[0].next_at, store.now() + TimeDelta::minutes(1));
    // A worker that died: its job goes to somebody else once the claim has run out.
    store.clock.advance(LEASE - TimeDelta::seconds(1));
    assert_eq!(claim_job(store, worker(3)).await.unwrap(), Some(Job::Expire));
    store.clock.advance(TimeDelta::seconds(1));
    assert_eq!(claim_job(store, worker(3)).await.unwrap(), Some(Job::Orders));
    finish_job(store, worker(3), Job::Orders, Some(0)).await.unwrap();
    assert_eq!(claim_job(store, worker(3)).await.unwrap(), Some(Job::Remind));
    finish_job(store, worker(1), Job::Remind, Some(1)).await.unwrap();
    assert_eq!(get_jobs(store).await.unwrap()[2].last_at, None, "too late");
    // Failed: again soon, and said.
    finish_job(store, worker(3), Job::Remind, None).await.unwrap();
    let remind = get_jobs(store).await.unwrap().remove(2);
    assert_eq!((remind.failures, remind.did), (1, None));
    assert_eq!(remind.next_at, store.now() + TimeDelta::minutes(2));
    // The clock is put back by a year: nothing waits for a year.
    store.clock.advance(-TimeDelta::days(365));
    let mut again = Vec::new();
    while let Some(job) = claim_job(store, worker(4)).await.unwrap() {
        again.push(job);
    }
    assert_eq!(again, Job::ALL);
    // Only operators look.
    assert!(matches!(list_jobs(&world.anna().await).await, Err(StoreError::Forbidden(Action::SeeJobs))));
    assert_eq!(list_jobs(&world.ctx(OLGA).await).await.unwrap().len(), 4);
}

async fn late(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    run_due(store, worker(1)).await.unwrap();
    assert_eq!(tell_late(store).await.unwrap(), []);
    // The program was away, or hangs.
    store.clock.advance(TimeDelta::minutes(16) + TimeDelta::seconds(1));
    assert_eq!(tell_late(store).await.unwrap(), [Job::Expire, Job::Orders]);
    assert_eq!(tell_late(store).await.unwrap(), [], "once");
    assert!(get_jobs(store).await.unwrap()[0].is_late);
    let olga = world.ctx(OLGA).await;
    assert_eq!(store::dashboard::get_operator_dashboard(&olga).await.unwrap().late_jobs, 2);
    let told = told(&world, "job_late", OLGA).await;
    assert!(matches!(told[..], [MailFacts::JobLate { job: Job::Expire, .. }, MailFacts::JobLate { .. }]), "{told:?}");
    run_due(store, worker(1)).await.unwrap();
    assert!(!get_jobs(store).await.unwrap()[0].is_late);
    // A job that is tried and fails each time is late as well: the run that is awaited does not come.
    store.clock.advance(TimeDelta::minutes(1));
    let due = get_jobs(store).await.unwrap()[0].due_at;
    while store.now() <= due + TimeDelta::minutes(15) {
        assert_eq!(tell_late(store).await.unwrap(), []);
        assert_eq!(claim_job(store, worker(1)).await.unwrap(), Some(Job::Expire));
        finish_job(store, worker(1), Job::Expire, None).await.unwrap();
        if claim_job(store, worker(1)).await.unwrap() == Some(Job::Orders) {
            finish_job(store, worker(1), Job::Orders, Some(0)).await.unwrap();
        }
        store.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(tell_late(store).await.unwrap(), [Job::Expire]);
    assert_eq!(tell_late(store).await.unwrap(), [], "once for all of its tries");
}

async fn expiry(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let (anna, emil) = (world.anna().await, world.person(EMIL).await.0);
    run_job(store, Job::Expire).await.unwrap();
    let incidents = world.benefit(&anna, "action-pack", "product-support-incidents").await;
    let offer = world.benefit(&anna, "gold-core", "gtm-presentation").await;
    request_support(&anna, incidents, emil, "emil@home.example").await.unwrap();
    activate_offer(&anna, offer).await.unwrap();
    let ends = get_detail(&anna, offer).await.unwrap().row.expires_at;
    let (offers, supports) = (work(&world, WorkKind::Offer).await, work(&world, WorkKind::Support).await);
    store.clock.advance(ends - store.now() - TimeDelta::microseconds(1));
    assert!(run_job(store, Job::Expire).await.unwrap() > 0, "Silver of another company ended before");
    assert_eq!(work(&world, WorkKind::Offer).await, offers, "not an instant too early");
    let seen = position(&anna).await.unwrap();
    store.clock.advance(TimeDelta::microseconds(1));
    assert!(run_job(store, Job::Expire).await.unwrap() > 10, "what nobody began with");
    assert_eq!(work(&world, WorkKind::Offer).await, offers, "what is in use, or waits, goes on");
    store.clock.advance(TimeDelta::days(30));
    assert!(run_job(store, Job::Expire).await.unwrap() > 5, "Gold Core, and its term");
    assert_eq!(run_job(store, Job::Expire).await.unwrap(), 0, "once");
    // Open pages are told, and what waited is let go.
    assert!(changes_since(&anna, seen).await.unwrap().topics.contains(&Topic::Offers));
    assert_eq!(get_detail(&anna, offer).await.unwrap().row.status, BenefitStatus::Expired);
    assert_eq!(list_activations(&anna, offer).await.unwrap()[0].state, OfferState::Lapsed);
    assert_eq!(work(&world, WorkKind::Offer).await, 0);
    // Gold's support lapsed, Action Pack's goes on waiting.
    assert_eq!(work(&world, WorkKind::Support).await, supports - 1);
    assert_eq!(get_technical(&anna, incidents).await.unwrap().activations[0].state, SupportState::Pending);
    let ended = audit_event::Entity::find()
        .filter(audit_event::Column::Chain.eq(anna.principal.company.unwrap().0))
        .filter(audit_event::Column::Action.is_in(["benefit.ended", "term.ended"]))
        .count(store.db.conn())
        .await
        .unwrap();
    assert_eq!(ended, 3, "two events for the benefits, one for the term");
    world.audit_holds(anna.principal.company).await;
}

/// Days on which somebody was told of the end of a term, walking through time a day at a time.
async fn walk(world: &World, to: &str, until: DateTime<Utc>) -> Vec<i64> {
    let mut days = Vec::new();
    let mut before = told(world, "reminders", to).await.len();
    while world.store.now() < until {
        run_due(&world.store, worker(1)).await.unwrap();
        let mails = told(world, "reminders", to).await;
        assert!(mails.len() <= before + 1, "at most one mail a day");
        if let Some(MailFacts::Reminders { lines, .. }) = mails.get(before) {
            before += 1;
            let term = lines.iter().find(|line| line.ending == Ending::Term);
            days.extend(term.map(|line| (line.at.date_naive() - world.store.now().date_naive()).num_days()));
        }
        world.store.clock.advance(TimeDelta::days(1));
    }
    days
}

async fn reminders(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let gold =
        get_detail(&anna, world.benefit(&anna, "gold-core", "gtm-case-study").await).await.unwrap().row.expires_at;
    assert_eq!(walk(&world, ANNA, gold).await, [90, 60, 30, 7, 1]);
    // Each in the database once; the same morning twice tells nothing more.
    let count = async || reminder::Entity::find().count(world.store.db.conn()).await.unwrap();
    let before = count().await;
    run_job(&world.store, Job::Remind).await.unwrap();
    let again = count().await;
    run_job(&world.store, Job::Remind).await.unwrap();
    assert_eq!(count().await, again);
    assert!(again >= before);
    // Who may not begin with it is not told that it lapses: keys are for Anna and Marta.
    let lines = |facts: Vec<MailFacts>| {
        facts
            .into_iter()
            .flat_map(|f| match f {
                MailFacts::Reminders { lines, .. } => lines,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    let adams = lines(told(&world, "reminders", "adam.agent@contoso.example").await);
    assert!(adams.iter().any(|l| l.ending == Ending::Term));
    assert!(adams.iter().all(|l| !l.name.contains("Office") && !l.name.contains("Visual Studio")), "{adams:?}");
    let annas = lines(told(&world, "reminders", ANNA).await);
    assert!(annas.iter().any(|l| l.ending == Ending::Activation && l.name.contains("SQL Server")), "{annas:?}");
    assert!(annas.iter().all(|l| !l.name.contains("CAL")), "no key is needed, nothing is to be done");
    // Emil has no role: he is told of what he holds.
    let emils = lines(told(&world, "reminders", EMIL).await);
    assert!(!emils.is_empty() && emils.iter().all(|l| l.ending == Ending::Benefit), "{emils:?}");
    assert!(emils.iter().any(|l| l.name == "Visual Studio Enterprise"));
    // Another company's dates are nobody's else.
    assert!(lines(told(&world, "reminders", GINA).await).iter().all(|l| l.package.contains("Silver")));
}

async fn outage(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    // Gina's term ends in 25 days: 90, 60 and 30 days have gone by before the program ever ran.
    run_due(store, worker(1)).await.unwrap();
    let first = told(&world, "reminders", GINA).await;
    assert_eq!(first.len(), 1, "one mail for what was missed");
    let MailFacts::Reminders { lines, .. } = &first[0] else { panic!("{first:?}") };
    let term = lines.iter().find(|l| l.ending == Ending::Term).unwrap().at;
    // Down from the day before the seventh to the day after it.
    let seventh = term - TimeDelta::days(8);
    store.clock.advance(seventh - store.now());
    run_due(store, worker(1)).await.unwrap();
    assert_eq!(told(&world, "reminders", GINA).await.len(), 1);
    store.clock.advance(TimeDelta::days(2));
    // Two programs come back at once.
    let (a, b) = (store.clone(), store.clone());
    let (a, b) = tokio::join!(run_due(&a, worker(1)), run_due(&b, worker(2)));
    let runs: usize = [a.unwrap(), b.unwrap()].iter().flatten().filter(|(job, _)| *job == Job::Remind).count();
    assert_eq!(runs, 1);
    assert_eq!(told(&world, "reminders", GINA).await.len(), 2);
    // A program that died after it had told, before it could say so: the next one tells nothing twice.
    let mut row = job::Entity::find_by_id(Job::Remind).one(store.db.conn()).await.unwrap().unwrap().into_active_model();
    row.next_at = Set(store.now());
    row.update(store.db.conn()).await.unwrap();
    run_due(store, worker(3)).await.unwrap();
    assert_eq!(told(&world, "reminders", GINA).await.len(), 2);
    // Back by a week, and forward again.
    store.clock.advance(-TimeDelta::days(7));
    run_due(store, worker(1)).await.unwrap();
    store.clock.advance(TimeDelta::days(7));
    run_due(store, worker(1)).await.unwrap();
    assert_eq!(told(&world, "reminders", GINA).await.len(), 2);
    // Over a leap day, and over the end.
    store.clock.advance(Utc.with_ymd_and_hms(2028, 2, 29, 9, 0, 0).unwrap() - store.now());
    run_due(store, worker(1)).await.unwrap();
    assert_eq!(told(&world, "reminders", GINA).await.len(), 2, "what is over is not told of");
}

async fn chosen(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    assert_eq!(get_reminders(&anna).await.unwrap().days, [90, 60, 30, 7, 1]);
    set_reminders(&anna, &[30, 12]).await.unwrap();
    assert_eq!(get_reminders(&anna).await.unwrap().days, [30, 1], "nobody opts out of the last one");
    set_reminders(&anna, &[]).await.unwrap();
    set_reminders(&anna, &[30]).await.unwrap();
    let gold =
        get_detail(&anna, world.benefit(&anna, "gold-core", "gtm-case-study").await).await.unwrap().row.expires_at;
    assert_eq!(walk(&world, ANNA, gold).await, [30, 1]);
    // Who has left, and whose company is suspended, is not written to.
    let before = mails(&world, "reminders").await.len();
    let marta = world.person("marta.mpn@contoso.example").await.0;
    disable_user(&anna, marta, SeatsOfLeaver::Keep, None).await.unwrap();
    let contoso = anna.principal.company.unwrap();
    let row = company::Entity::find_by_id(contoso).one(world.store.db.conn()).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.suspended_at = Set(Some(world.store.now()));
    row.update(world.store.db.conn()).await.unwrap();
    world.store.clock.advance(TimeDelta::days(150));
    run_due(&world.store, worker(1)).await.unwrap();
    let after: Vec<_> = mails(&world, "reminders").await.into_iter().skip(before).collect();
    assert!(after.iter().all(|(to, _)| to.ends_with("@fabrikam.example")), "{after:?}");
}

async fn calendar(backend: Backend) {
    let world = demo(backend).await;
    let (anna, store) = (world.anna().await, &world.store);
    assert_eq!(find_calendar(store, "").await.unwrap(), None);
    let first = make_calendar(&anna).await.unwrap();
    let dates = find_calendar(store, &first).await.unwrap().unwrap();
    assert_eq!(dates.company, "Contoso GmbH");
    let terms: Vec<_> = dates.dates.iter().filter(|d| d.line.ending == Ending::Term).collect();
    assert_eq!(terms.len(), 2);
    assert!(
        terms.iter().all(|d| d.renewal == Some((d.line.at - TimeDelta::days(30), d.line.at + TimeDelta::days(30))))
    );
    assert!(dates.dates.iter().any(|d| d.line.ending == Ending::Activation));
    // What is used needs no activation any more.
    let vs = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
    assert!(dates.dates.iter().any(|d| d.id == vs.0));
    assign_seat(&anna, vs, world.person(EMIL).await.0).await.unwrap();
    assert!(!find_calendar(store, &first).await.unwrap().unwrap().dates.iter().any(|d| d.id == vs.0));
    // Emil's has what he holds.
    let emil = world.ctx(EMIL).await;
    let emils = make_calendar(&emil).await.unwrap();
    let seen = find_calendar(store, &emils).await.unwrap().unwrap();
    assert!(seen.dates.iter().all(|d| d.line.ending == Ending::Benefit) && seen.dates.iter().any(|d| d.id == vs.0));
    // A new address ends the one before; a revoked one is none; nothing stands in clear.
    let second = make_calendar(&anna).await.unwrap();
    assert_eq!(find_calendar(store, &first).await.unwrap(), None);
    assert!(find_calendar(store, &second).await.unwrap().is_some());
    assert!(get_reminders(&anna).await.unwrap().calendar_since.is_some());
    revoke_calendar(&anna).await.unwrap();
    revoke_calendar(&anna).await.unwrap();
    assert_eq!(find_calendar(store, &second).await.unwrap(), None);
    disable_user(&anna, emil.user(), SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(find_calendar(store, &emils).await.unwrap(), None, "nor is one of somebody who left");
    assert!(matches!(make_calendar(&world.ctx(OLGA).await).await, Err(StoreError::Forbidden(_))));
    world.audit_holds(anna.principal.company).await;
}

async fn cleaning(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let all = async || mail::Entity::find().count(store.db.conn()).await.unwrap();
    let before = all().await;
    let Some(one) = mail::Entity::find().one(store.db.conn()).await.unwrap() else { panic!("the demo has mails") };
    let mut row = one.into_active_model();
    row.state = Set(domain::mail::MailState::Sent);
    row.sent_at = Set(Some(store.now()));
    row.update(store.db.conn()).await.unwrap();
    store.clock.advance(TimeDelta::days(90));
    run_job(store, Job::Clean).await.unwrap();
    assert_eq!(all().await, before, "the ninetieth day still counts");
    store.clock.advance(TimeDelta::seconds(1));
    assert!(run_job(store, Job::Clean).await.unwrap() >= 1);
    assert_eq!(all().await, before - 1, "what was not sent stays");
}
