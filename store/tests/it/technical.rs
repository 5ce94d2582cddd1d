//! Support, from the request to the ids.

use crate::harness::{Backend, World, demo, on_both};
use domain::access::Action;
use domain::benefits::BenefitStatus;
use domain::benefits::technical::{SupportState, TechnicalRefusal};
use domain::email::EmailProblem;
use domain::id::{BenefitId, SupportActivationId};
use domain::mail::MailFacts;
use domain::people::{PeopleRefusal, SeatsOfLeaver};
use domain::queue::WorkKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::benefits::list::get_detail;
use store::benefits::mine::list_my_benefits;
use store::benefits::technical::{
    decline_support, fulfil_support, get_technical, record_incidents, request_support, withdraw_support,
};
use store::entity::mail;
use store::people::account::disable_user;
use store::queue::{WorkQuery, list_work};
use store::{Ctx, StoreError};

on_both! {
    support_goes_from_request_to_ids => life,
    what_is_refused_changes_nothing => refused,
    another_person_takes_over => replaced,
}

pub const EMIL: &str = "emil.employee@contoso.example";
pub const OLGA: &str = "olga.operator@programme.example";
const HOME: &str = "emil@home.example";

/// Action Pack's incidents: nobody has asked for them.
async fn incidents(world: &World, ctx: &Ctx) -> BenefitId {
    world.benefit(ctx, "action-pack", "product-support-incidents").await
}

pub fn refusal(r: Result<impl std::fmt::Debug, StoreError>) -> TechnicalRefusal {
    match r {
        Err(StoreError::Technical(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Mails of a kind, the oldest first: address and facts.
pub async fn mails(world: &World, kind: &str) -> Vec<(String, MailFacts)> {
    let rows = mail::Entity::find()
        .filter(mail::Column::Kind.eq(kind))
        .order_by_asc(mail::Column::Id)
        .all(world.store.db.conn())
        .await
        .unwrap();
    rows.into_iter().map(|m| (m.address, serde_json::from_str(&m.facts).unwrap())).collect()
}

/// Work of a kind that waits: its subjects.
pub async fn work(world: &World, kind: WorkKind) -> usize {
    let query = WorkQuery { kind: Some(kind), ..WorkQuery::default() };
    list_work(&world.ctx(OLGA).await, &query).await.unwrap().rows.len()
}

async fn state(ctx: &Ctx, id: BenefitId) -> SupportState {
    get_technical(ctx, id).await.unwrap().activations[0].state
}

async fn life(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga, emil) = (world.anna().await, world.ctx(OLGA).await, world.person(EMIL).await.0);
    let of = incidents(&world, &anna).await;
    let waiting = work(&world, WorkKind::Support).await;
    // Withdrawn, then asked for again.
    let first = request_support(&anna, of, emil, HOME).await.unwrap();
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::Pending);
    assert_eq!(work(&world, WorkKind::Support).await, waiting + 1);
    withdraw_support(&anna, first).await.unwrap();
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::Available);
    assert_eq!(work(&world, WorkKind::Support).await, waiting);
    world.store.clock.advance(chrono::TimeDelta::seconds(1));
    let second = request_support(&anna, of, emil, &format!(" {HOME} ")).await.unwrap();
    assert!(list_my_benefits(&world.ctx(EMIL).await).await.unwrap().support.iter().any(|s| s.access_id.is_none()));
    fulfil_support(&olga, second, " A-100 ", "C-200").await.unwrap();
    let technical = get_technical(&anna, of).await.unwrap();
    let active = &technical.activations[0];
    assert_eq!((active.state, active.email.as_str()), (SupportState::Active, HOME));
    assert_eq!((active.access_id.as_deref(), active.contract_id.as_deref()), (Some("A-100"), Some("C-200")));
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::Active);
    assert_eq!(work(&world, WorkKind::Support).await, waiting);
    // Both addresses are told, and no mail holds the ids.
    let told = mails(&world, "support_active").await;
    assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [EMIL, HOME]);
    assert!(!format!("{told:?}").contains("A-100") && !format!("{told:?}").contains("C-200"));
    // The person finds them, whatever their role.
    let mine = list_my_benefits(&world.ctx(EMIL).await).await.unwrap().support;
    assert!(mine.iter().any(|s| s.access_id.as_deref() == Some("A-100")), "{mine:?}");
    record_incidents(&olga, second, 10).await.unwrap();
    let detail = get_detail(&anna, of).await.unwrap();
    assert_eq!((detail.used, detail.row.status), (10, BenefitStatus::UsedUp));
    assert_eq!(refusal(record_incidents(&olga, second, 11).await), TechnicalRefusal::IncidentsGranted { granted: 10 });
    world.audit_holds(anna.principal.company).await;
}

async fn refused(backend: Backend) {
    use TechnicalRefusal as R;
    let world = demo(backend).await;
    let (anna, olga, gina) = (world.anna().await, world.ctx(OLGA).await, world.gina().await);
    let (emil, gina_id) = (world.person(EMIL).await.0, gina.user());
    let of = incidents(&world, &anna).await;
    for (typed, problem) in [
        ("office@contoso.example", EmailProblem::SameAsCompany),
        (" OFFICE@Contoso.Example ", EmailProblem::SameAsCompany),
        ("EMIL.employee@contoso.example", EmailProblem::SameAsAccount),
        ("emil@home.example\r\nBcc: x@y.example", EmailProblem::NotAnAddress),
        ("", EmailProblem::Empty),
    ] {
        let refused = request_support(&anna, of, emil, typed).await;
        assert!(matches!(&refused, Err(StoreError::Email(p)) if *p == problem), "{typed:?}: {refused:?}");
    }
    // A stranger's person, a stranger's benefit, another kind, no right.
    assert!(matches!(request_support(&anna, of, gina_id, HOME).await, Err(StoreError::NotFound)));
    assert!(matches!(request_support(&gina, of, gina_id, HOME).await, Err(StoreError::NotFound)));
    assert!(matches!(get_technical(&gina, of).await, Err(StoreError::NotFound)));
    let office = world.benefit(&anna, "gold-core", "office-professional-plus-2019").await;
    assert_eq!(refusal(request_support(&anna, office, emil, HOME).await), R::OtherKind);
    let marta = world.ctx("marta.mpn@contoso.example").await;
    assert!(matches!(request_support(&marta, of, emil, HOME).await, Err(StoreError::Forbidden(Action::AssignSupport))));
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::Available);
    let id = request_support(&anna, of, emil, HOME).await.unwrap();
    assert_eq!(refusal(request_support(&anna, of, anna.user(), HOME).await), R::AlreadyPending);
    assert!(matches!(withdraw_support(&gina, id).await, Err(StoreError::NotFound)));
    // A company decides nothing; an operator needs both ids, or a reason.
    assert!(matches!(fulfil_support(&anna, id, "A", "C").await, Err(StoreError::Forbidden(Action::WorkQueue))));
    assert_eq!(refusal(fulfil_support(&olga, id, " ", "C").await), R::AccessId);
    assert_eq!(refusal(fulfil_support(&olga, id, "A", "C\r\n1").await), R::ContractId);
    assert_eq!(refusal(decline_support(&olga, id, " \0 ").await), R::ReasonMissing);
    assert!(matches!(
        decline_support(&olga, id, &"x".repeat(501)).await,
        Err(StoreError::People(PeopleRefusal::ReasonTooLong))
    ));
    assert_eq!(refusal(record_incidents(&olga, id, 1).await), R::NotPossibleAnyMore);
    let invented = SupportActivationId::new(uuid::Uuid::now_v7());
    assert!(matches!(fulfil_support(&olga, invented, "A", "C").await, Err(StoreError::NotFound)));
    // Somebody who cannot sign in any more gets nothing; the request can be declined.
    disable_user(&anna, emil, SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(refusal(fulfil_support(&olga, id, "A", "C").await), R::PersonDisabled);
    decline_support(&olga, id, "Emil has left.").await.unwrap();
    assert_eq!(state(&anna, of).await, SupportState::Declined);
    let told = mails(&world, "support_declined").await;
    assert!(told.iter().all(|(to, _)| to == "anna.global@contoso.example") && told.len() == 1, "{told:?}");
    assert_eq!(refusal(fulfil_support(&olga, id, "A", "C").await), R::NotPossibleAnyMore);
    assert_eq!(refusal(withdraw_support(&anna, id).await), R::NotPossibleAnyMore);
    assert_eq!(refusal(request_support(&anna, of, emil, HOME).await), R::PersonDisabled);
    // After its end, nothing is asked for.
    let until = get_detail(&anna, of).await.unwrap().row.activate_by;
    world.store.clock.advance(until - world.store.now());
    assert_eq!(refusal(request_support(&anna, of, anna.user(), HOME).await), R::Expired { at: until });
}

async fn replaced(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga, emil) = (world.anna().await, world.ctx(OLGA).await, world.person(EMIL).await.0);
    let adam = world.person("adam.agent@contoso.example").await.0;
    let of = incidents(&world, &anna).await;
    let emils = request_support(&anna, of, emil, HOME).await.unwrap();
    fulfil_support(&olga, emils, "A-1", "C-1").await.unwrap();
    assert_eq!(refusal(request_support(&anna, of, emil, HOME).await), TechnicalRefusal::AlreadyTheirs);
    world.store.clock.advance(chrono::TimeDelta::seconds(1));
    let adams = request_support(&anna, of, adam, "adam@home.example").await.unwrap();
    let states = async || {
        let rows = get_technical(&anna, of).await.unwrap().activations;
        rows.into_iter().map(|a| a.state).collect::<Vec<_>>()
    };
    assert_eq!(states().await, [SupportState::Pending, SupportState::Active], "Emil keeps it meanwhile");
    fulfil_support(&olga, adams, "A-2", "C-2").await.unwrap();
    assert_eq!(states().await, [SupportState::Active, SupportState::Replaced]);
    // However often it is asked for and taken back, what is active is told; the ids, to few.
    for _ in 0..6 {
        world.store.clock.advance(chrono::TimeDelta::seconds(1));
        let again = request_support(&anna, of, emil, HOME).await.unwrap();
        withdraw_support(&anna, again).await.unwrap();
    }
    let seen = get_technical(&anna, of).await.unwrap().activations;
    assert_eq!((seen[0].state, seen[0].access_id.as_deref()), (SupportState::Active, Some("A-2")));
    assert!(seen[1..].iter().all(|a| a.access_id.is_none()), "old ids are not told");
    let ursula = world.ctx("ursula.user@contoso.example").await;
    let seen = get_technical(&ursula, of).await.unwrap().activations;
    assert!(seen.iter().all(|a| a.access_id.is_none() && a.email.is_empty()), "{seen:?}");
    let emils = list_my_benefits(&world.ctx(EMIL).await).await.unwrap().support;
    assert!(!format!("{emils:?}").contains("A-1"), "what was Emil's is not shown to him any more");
}
