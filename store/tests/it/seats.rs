//! Who gets a seat, who loses one, and what is told of it afterwards.

use crate::harness::{Backend, World, demo, on_both, statements};
use chrono::TimeDelta;
use domain::access::Action;
use domain::benefits::bulk::{BulkMode, BulkRefusal, LineOutcome};
use domain::benefits::seat::{Given, SeatRefusal, Taken};
use domain::email::EmailProblem;
use domain::id::{BenefitId, UserId};
use domain::people::{PeopleRefusal, SeatMoved, SeatsOfLeaver};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use store::benefits::bulk::{assign_from_file, check_file, get_bulk};
use store::benefits::history::{Exported, PAGE, SeatQuery, Wanted, begin_export, list_seats};
use store::benefits::list::get_detail;
use store::benefits::mine::list_my_benefits;
use store::benefits::seat::{assign_oneself, assign_seat, move_seats, reassign_seat, remove_seat};
use store::entity::{assignment, benefit, product_version, seat};
use store::people::account::{PeopleQuery, disable_user, get_person, list_choices, list_people};
use store::{Ctx, StoreError};

on_both! {
    a_seat_is_given_taken_and_given_on => life,
    only_a_global_admin_moves_seats => roles,
    the_limits_of_a_product => limits,
    a_subscription_for_oneself => oneself,
    the_past_stays_as_it_was => past,
    a_leaver_leaves_nothing_behind => leaver,
    a_file_is_tried_then_done => file,
    files_that_do_not_read => bad_files,
    big_companies_cost_no_more => scale,
    exports_are_whole => export,
    no_sequence_gives_more_than_was_granted => sequences,
}

const EMIL: &str = "emil.employee@contoso.example";
const ADAM: &str = "adam.agent@contoso.example";
const URSULA: &str = "ursula.user@contoso.example";

/// Visual Studio Enterprise of Gold Core: ten seats, of which Anna, Emil and Marta hold one each.
async fn enterprise(world: &World, ctx: &Ctx) -> BenefitId {
    world.benefit(ctx, "gold-core", "visual-studio-enterprise").await
}

async fn id_of(world: &World, email: &str) -> UserId {
    world.person(email).await.0
}

async fn held_by(ctx: &Ctx, of: BenefitId) -> Vec<(u32, String)> {
    let page = list_seats(ctx, of, &SeatQuery::default()).await.unwrap().page;
    let mut held: Vec<_> = page.rows.into_iter().map(|h| (h.seat, h.name)).collect();
    held.sort();
    held
}

async fn held_seat(ctx: &Ctx, of: BenefitId, name: &str) -> domain::people::Held {
    let page = list_seats(ctx, of, &SeatQuery::default()).await.unwrap().page;
    page.rows.into_iter().find(|h| h.name == name).unwrap()
}

/// What the tables say of a benefit agrees in all places.
pub async fn consistent(world: &World, of: BenefitId) {
    let db = world.store.db.conn();
    let row = benefit::Entity::find_by_id(of).one(db).await.unwrap().unwrap();
    let seats = seat::Entity::find().filter(seat::Column::BenefitId.eq(of)).all(db).await.unwrap();
    let all = assignment::Entity::find().filter(assignment::Column::BenefitId.eq(of)).all(db).await.unwrap();
    let held: Vec<_> = all.iter().filter(|a| a.removed_at.is_none()).collect();
    assert_eq!(row.seats_out as usize, held.len());
    assert!(row.quantity.is_none_or(|q| row.seats_out <= q));
    for s in &seats {
        assert_eq!(s.taken, held.iter().any(|a| a.seat_id == s.id), "seat {}", s.number);
        assert_eq!(s.held_before, all.iter().any(|a| a.seat_id == s.id), "seat {}", s.number);
    }
    let firsts = seats.iter().filter(|s| s.held_before).count();
    assert_eq!(row.reassigned as usize, all.len() - firsts, "every further holder of a seat is a reassignment");
    for a in &all {
        assert_eq!(a.removed_at.is_some(), a.removed_by.is_some() && a.why.is_some());
        assert!(a.removed_at.is_none_or(|at| at >= a.assigned_at));
    }
}

async fn life(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let before = held_by(&anna, vs).await;
    assert_eq!(before, [(1, "Anna Global".to_owned()), (2, "Emil Employee".to_owned()), (3, "Marta MPN".to_owned())]);
    let events = world.audit_holds(anna.principal.company).await;
    let adam = id_of(&world, ADAM).await;
    assign_seat(&anna, vs, adam).await.unwrap();
    assert_eq!(held_by(&anna, vs).await[3], (4, "Adam Agent".to_owned()), "a seat that nobody had comes first");
    assert!(matches!(assign_seat(&anna, vs, adam).await, Err(StoreError::Seat(SeatRefusal::AlreadyHolds))));
    let adams = held_seat(&anna, vs, "Adam Agent").await;
    assert_eq!((adams.by.as_str(), adams.how, adams.from), ("Anna Global", Given::Assigned, world.store.now()));
    world.store.clock.advance(TimeDelta::days(1));
    let ursula = id_of(&world, URSULA).await;
    reassign_seat(&anna, adams.id, ursula).await.unwrap();
    assert_eq!(held_by(&anna, vs).await[3], (4, "Ursula User".to_owned()), "the same seat");
    assert!(matches!(remove_seat(&anna, adams.id).await, Err(StoreError::Seat(SeatRefusal::NotHeldAnyMore))));
    let ursulas = held_seat(&anna, vs, "Ursula User").await;
    assert!(matches!(reassign_seat(&anna, ursulas.id, ursula).await, Err(StoreError::Seat(SeatRefusal::AlreadyHolds))));
    let emil = id_of(&world, EMIL).await;
    assert!(matches!(reassign_seat(&anna, ursulas.id, emil).await, Err(StoreError::Seat(SeatRefusal::AlreadyHolds))));
    assert_eq!(held_by(&anna, vs).await[3], (4, "Ursula User".to_owned()), "a refused hand-over changes nothing");
    remove_seat(&anna, ursulas.id).await.unwrap();
    assert_eq!(held_by(&anna, vs).await, before);
    assert_eq!(world.audit_holds(anna.principal.company).await, events + 3, "one event for each that happened");
    consistent(&world, vs).await;
    // Emil sees what he holds, and where to use it.
    let emils = list_my_benefits(&world.ctx(EMIL).await).await.unwrap();
    assert!(emils.seats.iter().any(|s| s.name == "Visual Studio Enterprise" && s.portal.is_some()));
}

async fn roles(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let (adam, held) = (id_of(&world, ADAM).await, held_seat(&anna, vs, "Emil Employee").await.id);
    for email in [URSULA, ADAM, "marta.mpn@contoso.example", EMIL, "olga.operator@programme.example"] {
        let ctx = world.ctx(email).await;
        let forbidden = |r: Result<(), StoreError>| {
            assert!(matches!(r, Err(StoreError::Forbidden(Action::AssignSeat))), "{email}: {r:?}");
        };
        forbidden(assign_seat(&ctx, vs, adam).await.map(drop));
        forbidden(remove_seat(&ctx, held).await);
        forbidden(reassign_seat(&ctx, held, adam).await.map(drop));
        forbidden(move_seats(&ctx, adam, SeatsOfLeaver::Free, None).await.map(drop));
        forbidden(check_file(&ctx, vs, "email\na@b.example").await.map(drop));
    }
    // Another company's Global admin, and a person of another company.
    let gina = world.gina().await;
    let ginas = gina.user();
    assert!(matches!(assign_seat(&gina, vs, ginas).await, Err(StoreError::NotFound)));
    assert!(matches!(remove_seat(&gina, held).await, Err(StoreError::NotFound)));
    assert!(matches!(reassign_seat(&gina, held, ginas).await, Err(StoreError::NotFound)));
    assert!(matches!(list_seats(&gina, vs, &SeatQuery::default()).await, Err(StoreError::NotFound)));
    assert!(matches!(move_seats(&gina, adam, SeatsOfLeaver::Free, None).await, Err(StoreError::NotFound)));
    assert!(matches!(check_file(&gina, vs, "email\na@b.example").await, Err(StoreError::NotFound)));
    assert!(matches!(assign_seat(&anna, vs, ginas).await, Err(StoreError::NotFound)));
    assert!(matches!(reassign_seat(&anna, held, ginas).await, Err(StoreError::NotFound)));
    assert!(matches!(move_seats(&anna, adam, SeatsOfLeaver::HandOver, Some(ginas)).await, Err(StoreError::NotFound)));
    let office = world.benefit(&anna, "gold-core", "office-professional-plus-2019").await;
    assert!(matches!(assign_seat(&anna, office, adam).await, Err(StoreError::Seat(SeatRefusal::NoSeats))));
    consistent(&world, vs).await;
}

/// Gives the product of a benefit other limits.
async fn limit(world: &World, of: BenefitId, field: &str, value: serde_json::Value) {
    let db = world.store.db.conn();
    let row = benefit::Entity::find_by_id(of).one(db).await.unwrap().unwrap();
    let version = product_version::Entity::find_by_id(row.product_version_id).one(db).await.unwrap().unwrap();
    let mut definition: serde_json::Value = serde_json::from_str(&version.definition).unwrap();
    definition[field] = value;
    let mut version = version.into_active_model();
    version.definition = Set(definition.to_string());
    version.update(db).await.unwrap();
}

async fn limits(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let adam = id_of(&world, ADAM).await;
    limit(&world, vs, "reassign_lock_days", 90.into()).await;
    // Emil's is 60 days old.
    let emils = held_seat(&anna, vs, "Emil Employee").await;
    let until = emils.from + TimeDelta::days(90);
    assert_eq!(emils.locked_until, Some(until));
    for refused in [remove_seat(&anna, emils.id).await, reassign_seat(&anna, emils.id, adam).await.map(drop)] {
        assert!(matches!(refused, Err(StoreError::Seat(SeatRefusal::Locked { until: at })) if at == until));
    }
    world.store.clock.advance(TimeDelta::days(30));
    // Seat 2 changed hands once already.
    limit(&world, vs, "reassign_limit", 1.into()).await;
    let refused = reassign_seat(&anna, emils.id, adam).await;
    assert!(matches!(refused, Err(StoreError::Seat(SeatRefusal::LimitReached { limit: 1 }))), "{refused:?}");
    assert_eq!(get_detail(&anna, vs).await.unwrap().reassignments_left, Some(0));
    assign_seat(&anna, vs, adam).await.expect("a seat that nobody had costs no reassignment");
    limit(&world, vs, "several_per_person", true.into()).await;
    assign_seat(&anna, vs, adam).await.expect("this product lets a person hold several");
    consistent(&world, vs).await;
    // Once the term is over, nothing is given.
    world.store.clock.advance(TimeDelta::days(365));
    let late = assign_seat(&anna, vs, id_of(&world, URSULA).await).await;
    assert!(matches!(late, Err(StoreError::Seat(SeatRefusal::Expired { .. }))), "{late:?}");
}

async fn oneself(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let azure = world.benefit(&anna, "action-pack", "azure-monthly-credit").await;
    let adam = id_of(&world, ADAM).await;
    assert!(matches!(assign_seat(&anna, azure, adam).await, Err(StoreError::Seat(SeatRefusal::OnlyForOneself))));
    let marta = world.ctx("marta.mpn@contoso.example").await;
    assert!(matches!(assign_oneself(&marta, azure).await, Err(StoreError::Forbidden(Action::AssignSelfToCloud))));
    assert!(!get_detail(&anna, azure).await.unwrap().is_mine);
    assign_oneself(&anna, azure).await.unwrap();
    let detail = get_detail(&anna, azure).await.unwrap();
    assert!(detail.is_mine);
    assert_eq!((detail.holders.rows[0].how, detail.reassignments_left), (Given::ByOneself, Some(5)));
    assert!(matches!(assign_oneself(&anna, azure).await, Err(StoreError::Seat(SeatRefusal::AlreadyHolds))));
    consistent(&world, azure).await;
}

async fn past(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let names = async |wanted| {
        let query = SeatQuery { wanted, ..SeatQuery::default() };
        let mut names: Vec<_> =
            list_seats(&anna, vs, &query).await.unwrap().page.rows.into_iter().map(|h| h.name).collect();
        names.sort();
        names
    };
    let ago = |days| Wanted::AsOf(world.store.now() - TimeDelta::days(days));
    assert_eq!(names(ago(200)).await, [""; 0]);
    assert_eq!(names(ago(100)).await, ["Adam Agent", "Anna Global", "Marta MPN"]);
    assert_eq!(names(ago(60)).await, ["Anna Global", "Emil Employee", "Marta MPN"], "the instant of the change");
    assert_eq!(names(Wanted::History).await, ["Adam Agent", "Anna Global", "Emil Employee", "Marta MPN"]);
    for after in ["x", "9000000000000000000.x", "-9000000000000000.00000000-0000-0000-0000-000000000000"] {
        let query = SeatQuery { after: Some(after.to_owned()), search: "\0".to_owned(), ..SeatQuery::default() };
        assert_eq!(list_seats(&anna, vs, &query).await.unwrap().page.rows.len(), 3, "{after}");
    }
    let query = SeatQuery { wanted: Wanted::History, search: " ADAM agent ".to_owned(), ..SeatQuery::default() };
    let adams = list_seats(&anna, vs, &query).await.unwrap().page;
    assert_eq!(adams.total, 1);
    assert_eq!((adams.rows[0].why, adams.rows[0].ended_by.as_deref()), (Some(Taken::Reassigned), Some("Anna Global")));
    let person = get_person(&anna, id_of(&world, ADAM).await, None).await.unwrap();
    assert_eq!((person.seats.total, person.history.total), (0, 1));
}

async fn leaver(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let (emil, adam, marta) =
        (id_of(&world, EMIL).await, id_of(&world, ADAM).await, id_of(&world, "marta.mpn@contoso.example").await);
    let professional = world.benefit(&anna, "action-pack", "visual-studio-professional").await;
    assign_seat(&anna, professional, emil).await.unwrap();
    for (seats, to) in [(SeatsOfLeaver::HandOver, None), (SeatsOfLeaver::HandOver, Some(emil))] {
        let refused = move_seats(&anna, emil, seats, to).await;
        assert!(matches!(refused, Err(StoreError::People(PeopleRefusal::NoSuccessor))));
    }
    // Marta holds one of the two already.
    let moved = move_seats(&anna, emil, SeatsOfLeaver::HandOver, Some(marta)).await.unwrap();
    let outcome = |id| moved.iter().find(|m| m.benefit == id).unwrap().outcome.clone();
    assert_eq!(outcome(vs), SeatMoved::FreedInstead(SeatRefusal::AlreadyHolds));
    assert_eq!(outcome(professional), SeatMoved::HandedOver);
    assert_eq!(held_seat(&anna, professional, "Marta MPN").await.how, Given::HandedOver);
    assert_eq!(get_person(&anna, emil, None).await.unwrap().seats.total, 0);
    // What cannot be taken back yet stays with the person, and is named.
    assign_seat(&anna, vs, adam).await.unwrap();
    limit(&world, vs, "reassign_lock_days", 5.into()).await;
    let left = disable_user(&anna, adam, SeatsOfLeaver::Free, None).await.unwrap();
    let until = world.store.now() + TimeDelta::days(5);
    assert_eq!(left[0].outcome, SeatMoved::Stays(SeatRefusal::Locked { until }));
    assert_eq!(get_person(&anna, adam, None).await.unwrap().seats.total, 1);
    world.store.clock.advance(TimeDelta::days(5));
    let moved = move_seats(&anna, adam, SeatsOfLeaver::Free, None).await.unwrap();
    assert_eq!(moved[0].outcome, SeatMoved::Freed);
    assert!(matches!(assign_seat(&anna, vs, adam).await, Err(StoreError::Seat(SeatRefusal::PersonDisabled))));
    consistent(&world, vs).await;
    consistent(&world, professional).await;
}

async fn file(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let text = "\u{feff}Name;Email\nAdam;Adam.Agent@CONTOSO.example\nX;nonsense\nG;gina.global@fabrikam.example\nAdam;adam.agent@contoso.example\n;\nEmil;emil.employee@contoso.example\nUrsula;ursula.user@contoso.example\n";
    let out = held_by(&anna, vs).await;
    let id = check_file(&anna, vs, text).await.unwrap();
    assert_eq!(held_by(&anna, vs).await, out, "a trial changes nothing");
    let tried = get_bulk(&anna, id, false, None).await.unwrap();
    let told: Vec<_> = tried.rows.iter().map(|r| (r.line, r.outcome.clone())).collect();
    assert_eq!(
        told,
        [
            (2, LineOutcome::Assigned),
            (3, LineOutcome::Email(EmailProblem::NotAnAddress)),
            (4, LineOutcome::Unknown),
            (5, LineOutcome::Repeated { line: 2 }),
            (7, LineOutcome::Refused(SeatRefusal::AlreadyHolds)),
            (8, LineOutcome::Assigned),
        ]
    );
    assert_eq!((tried.good, tried.bad, tried.free, tried.done_at), (2, 4, 7, None));
    assert_eq!(get_bulk(&anna, id, true, None).await.unwrap().rows.len(), 4);
    let refused = assign_from_file(&anna, id, BulkMode::AllOrNothing).await;
    assert!(matches!(refused, Err(StoreError::Bulk(BulkRefusal::SomeRefused { bad: 4 }))), "{refused:?}");
    assert_eq!(held_by(&anna, vs).await, out);
    assign_from_file(&anna, id, BulkMode::SkipBad).await.unwrap();
    assert_eq!(held_by(&anna, vs).await.len(), out.len() + 2);
    assert_eq!(held_seat(&anna, vs, "Adam Agent").await.how, Given::FromFile);
    assert!(matches!(
        assign_from_file(&anna, id, BulkMode::SkipBad).await,
        Err(StoreError::Bulk(BulkRefusal::AlreadyDone))
    ));
    assert!(get_bulk(&anna, id, false, None).await.unwrap().done_at.is_some());
    let gina = world.gina().await;
    assert!(matches!(get_bulk(&gina, id, false, None).await, Err(StoreError::NotFound)));
    assert!(matches!(assign_from_file(&gina, id, BulkMode::SkipBad).await, Err(StoreError::NotFound)));
    consistent(&world, vs).await;
    world.audit_holds(anna.principal.company).await;
}

async fn bad_files(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    // Lines are counted as editors count them, whatever ends them.
    for end in ["\n", "\r\n", "\r"] {
        let text = ["email", "", "x", "", "", "\"y", "z\"", "adam.agent@contoso.example", ""].join(end);
        let id = check_file(&anna, vs, &text).await.unwrap();
        let lines: Vec<u32> = get_bulk(&anna, id, false, None).await.unwrap().rows.iter().map(|r| r.line).collect();
        assert_eq!(lines, [3, 6, 8], "{end:?}");
    }
    let bell = check_file(&anna, vs, "email\nx\u{7}@b.example").await.unwrap();
    assert_eq!(get_bulk(&anna, bell, false, None).await.unwrap().rows[0].typed, "x@b.example");
    // Whatever another column is written in, the addresses are read.
    for file in [&include_bytes!("files/seats-multiline.csv")[..], b"Name;Email\r\nJ\xf6rg;adam.agent@contoso.example"]
    {
        let id = check_file(&anna, vs, file).await.unwrap();
        let rows = get_bulk(&anna, id, false, None).await.unwrap().rows;
        assert_eq!((rows[0].line, rows[0].typed.as_str()), (2, "adam.agent@contoso.example"));
        let rest: Vec<u32> = rows[1..].iter().map(|r| r.line).collect();
        assert!(rest.is_empty() || rest == [4, 5], "{rest:?}");
    }
    for (file, line) in [
        (&b"Name;Email\r\nA;a@b.example\r\nJ\xf6rg;j\xf6rg@b.example"[..], 3),
        (b"Stra\xdfe\r\nx", 1),
        (b"email\nx\0@b.example", 2),
        (b"\xff\xfee\0m", 1),
    ] {
        let refused = check_file(&anna, vs, file).await;
        let at = matches!(&refused, Err(StoreError::Bulk(BulkRefusal::NotText { line: at })) if *at == line);
        assert!(at, "{line}: {refused:?}");
    }
    let too_long = format!("email\n{}", "x".repeat(domain::benefits::bulk::MAX_FILE));
    for (text, expected) in [
        ("", BulkRefusal::Empty),
        ("  \n ", BulkRefusal::Empty),
        ("email\n", BulkRefusal::Empty),
        ("name\nAnna", BulkRefusal::NoColumn),
        (too_long.as_str(), BulkRefusal::TooLarge),
    ] {
        let refused = check_file(&anna, vs, text).await;
        assert!(matches!(&refused, Err(StoreError::Bulk(found)) if *found == expected), "{refused:?}");
    }
}

async fn export(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let read = async |ctx: &Ctx, what| {
        let mut export = begin_export(ctx, what).await?;
        let mut rows = Vec::new();
        loop {
            let next = export.next().await?;
            if next.is_empty() {
                return Ok::<_, StoreError>(rows);
            }
            rows.extend(next);
        }
    };
    assert_eq!(read(&anna, Exported::Benefit(vs, Wanted::History)).await.unwrap().len(), 4);
    assert_eq!(read(&anna, Exported::Benefit(vs, Wanted::Now)).await.unwrap().len(), 3);
    let category = domain::catalogue::Category::VisualStudio;
    assert_eq!(read(&anna, Exported::Category(category, Wanted::History)).await.unwrap().len(), 4);
    let adam = id_of(&world, ADAM).await;
    assert_eq!(read(&anna, Exported::Person(adam)).await.unwrap().len(), 1);
    let gina = world.gina().await;
    assert!(matches!(read(&gina, Exported::Benefit(vs, Wanted::Now)).await, Err(StoreError::NotFound)));
    assert!(matches!(read(&gina, Exported::Person(adam)).await, Err(StoreError::NotFound)));
    let ursula = world.ctx(URSULA).await;
    assert!(matches!(read(&ursula, Exported::Person(adam)).await, Err(StoreError::Forbidden(Action::ExportData))));
}

/// A company with many people and seats; the same number of statements, whatever their number.
async fn scale(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let vs = enterprise(&world, &anna).await;
    let mut taken = Vec::new();
    for (people, seats) in [(10, 10), (9_990, 9_990)] {
        world.grow_people(&anna, vs, people, seats).await;
        let (counted, count) = statements(&anna);
        let person = id_of(&world, EMIL).await;
        let mut told = Vec::new();
        macro_rules! counts {
            ($name:literal, $call:expr) => {{
                count.store(0, std::sync::atomic::Ordering::Relaxed);
                $call;
                told.push(($name, count.load(std::sync::atomic::Ordering::Relaxed)));
            }};
        }
        let whole = |wanted| SeatQuery { wanted, ..SeatQuery::default() };
        counts!(
            "people",
            assert_eq!(
                list_people(&counted, &PeopleQuery::default()).await.unwrap().rows.len() as u64,
                u64::min(people + 5, 50)
            )
        );
        let search = PeopleQuery { search: "person 3".to_owned(), ..PeopleQuery::default() };
        counts!("search", assert!(list_people(&counted, &search).await.unwrap().total >= 1));
        counts!("choices", assert!(!list_choices(&counted, "person", None).await.unwrap().people.is_empty()));
        counts!("seats", assert!(!list_seats(&counted, vs, &whole(Wanted::Now)).await.unwrap().page.rows.is_empty()));
        counts!(
            "history",
            assert!(!list_seats(&counted, vs, &whole(Wanted::History)).await.unwrap().page.rows.is_empty())
        );
        counts!("as of", list_seats(&counted, vs, &whole(Wanted::AsOf(world.store.now()))).await.unwrap());
        counts!("detail", get_detail(&counted, vs).await.unwrap());
        counts!("person", get_person(&counted, person, None).await.unwrap());
        counts!("mine", list_my_benefits(&counted).await.unwrap());
        counts!("assign and remove", {
            let ursula = id_of(&world, URSULA).await;
            let given = assign_seat(&counted, vs, ursula).await.unwrap();
            remove_seat(&counted, given).await.unwrap();
        });
        taken.push(told);
    }
    assert_eq!(taken[0], taken[1]);
    assert!(taken[0].iter().all(|(_, n)| *n > 0), "the counter counts");
    // Every page once, nobody twice.
    let (mut seen, mut after) = (std::collections::HashSet::new(), None);
    for _ in 0..10 {
        let page = list_seats(&anna, vs, &SeatQuery { after, ..SeatQuery::default() }).await.unwrap().page;
        assert_eq!(page.rows.len() as u64, PAGE);
        for row in page.rows {
            assert!(seen.insert(row.id), "a row twice");
        }
        after = page.next;
    }
    consistent(&world, vs).await;
    let seats = seat::Entity::find().filter(seat::Column::BenefitId.eq(vs)).count(world.store.db.conn()).await.unwrap();
    assert_eq!(seats, 10_010);
}

/// What may happen to a company's seats.
#[derive(Clone, Debug)]
enum Command {
    Assign { person: usize },
    Remove { nth: usize },
    Reassign { nth: usize, person: usize },
    Disable { person: usize, seats: SeatsOfLeaver, to: usize },
    Enable { person: usize },
    Move { person: usize, to: Option<usize> },
    Wait { days: i64 },
}

fn command() -> impl proptest::strategy::Strategy<Value = Command> {
    use proptest::prelude::*;
    let who = 0usize..8;
    let kept = prop_oneof![Just(SeatsOfLeaver::Keep), Just(SeatsOfLeaver::Free), Just(SeatsOfLeaver::HandOver)];
    prop_oneof![
        6 => who.clone().prop_map(|person| Command::Assign { person }),
        3 => (0usize..12).prop_map(|nth| Command::Remove { nth }),
        3 => ((0usize..12), who.clone()).prop_map(|(nth, person)| Command::Reassign { nth, person }),
        2 => (who.clone(), kept, who.clone()).prop_map(|(person, seats, to)| Command::Disable { person, seats, to }),
        2 => who.clone().prop_map(|person| Command::Enable { person }),
        2 => (who.clone(), proptest::option::of(who)).prop_map(|(person, to)| Command::Move { person, to }),
        1 => (0i64..6).prop_map(|days| Command::Wait { days }),
    ]
}

/// Everything that another company has, to see that nothing of it moves.
async fn belongings(world: &World, company: domain::id::CompanyId) -> String {
    use sea_orm::QueryOrder;
    use store::entity::{licence_key, user};
    let db = world.store.db.conn();
    let benefits =
        benefit::Entity::find().filter(benefit::Column::CompanyId.eq(company)).order_by_asc(benefit::Column::Id);
    let seats = seat::Entity::find().filter(seat::Column::CompanyId.eq(company)).order_by_asc(seat::Column::Id);
    let held = assignment::Entity::find()
        .filter(assignment::Column::CompanyId.eq(company))
        .order_by_asc(assignment::Column::Id);
    let people = user::Entity::find().filter(user::Column::CompanyId.eq(company)).order_by_asc(user::Column::Id);
    let keys = licence_key::Entity::find()
        .filter(licence_key::Column::CompanyId.eq(company))
        .order_by_asc(licence_key::Column::Id);
    format!(
        "{:?}{:?}{:?}{:?}{:?}",
        benefits.all(db).await.unwrap(),
        seats.all(db).await.unwrap(),
        held.all(db).await.unwrap(),
        people.all(db).await.unwrap(),
        keys.all(db).await.unwrap()
    )
}

/// Over any sequence of commands: seats out never exceed the grant, the tables agree with each
/// other, the chain is whole, and another company's rows are as they were.
async fn sequences(backend: Backend) {
    use proptest::strategy::{Strategy, ValueTree};
    let world = demo(backend).await;
    let (anna, gina) = (world.anna().await, world.gina().await);
    let vs = enterprise(&world, &anna).await;
    let ginas = world.benefit(&gina, "silver-core", "visual-studio-enterprise").await;
    assign_seat(&gina, ginas, gina.user()).await.unwrap();
    let theirs = belongings(&world, gina.principal.company.unwrap()).await;
    limit(&world, vs, "reassign_lock_days", 3.into()).await;
    limit(&world, vs, "reassign_limit", 30.into()).await;
    world.grow_people(&anna, vs, 8, 0).await;
    let people: Vec<UserId> = world.persons(8).await.into_iter().map(|(id, _)| id).collect();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let plan = proptest::collection::vec(command(), 150..151);
    let (mut done, mut refused) = (0, 0);
    for _ in 0..2 {
        for command in plan.new_tree(&mut runner).unwrap().current() {
            let held = list_seats(&anna, vs, &SeatQuery::default()).await.unwrap().page.rows;
            let nth = |n: usize| held[n % held.len()].id;
            let outcome = match &command {
                Command::Wait { days } => {
                    world.store.clock.advance(TimeDelta::days(*days) / 10);
                    Ok(())
                }
                Command::Assign { person } => assign_seat(&anna, vs, people[*person]).await.map(drop),
                Command::Remove { .. } | Command::Reassign { .. } if held.is_empty() => Ok(()),
                Command::Remove { nth: n } => remove_seat(&anna, nth(*n)).await,
                Command::Reassign { nth: n, person } => reassign_seat(&anna, nth(*n), people[*person]).await.map(drop),
                Command::Disable { person, seats, to } => {
                    disable_user(&anna, people[*person], *seats, Some(people[*to])).await.map(drop)
                }
                Command::Enable { person } => store::people::account::enable_user(&anna, people[*person]).await,
                Command::Move { person, to: Some(to) } => {
                    move_seats(&anna, people[*person], SeatsOfLeaver::HandOver, Some(people[*to])).await.map(drop)
                }
                Command::Move { person, to: None } => {
                    move_seats(&anna, people[*person], SeatsOfLeaver::Free, None).await.map(drop)
                }
            };
            match outcome {
                Ok(()) => done += 1,
                Err(StoreError::Seat(_) | StoreError::People(_)) => refused += 1,
                Err(error) => panic!("{command:?}: {error}"),
            }
            consistent(&world, vs).await;
        }
    }
    assert!(done > 50 && refused > 30, "the sequences reach both: {done} done, {refused} refused");
    assert_eq!(belongings(&world, gina.principal.company.unwrap()).await, theirs);
    world.audit_holds(anna.principal.company).await;
}
