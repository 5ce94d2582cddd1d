//! Seats: the one place where somebody is given one or loses it, whatever page or file it comes
//! from. What a new year hands on, and what an order frees that ends, is in `orders::carry`.
//!
//! Whoever changes seats locks the benefit first and the people after it, each in the order of
//! their ids; a unique index stands behind each limit.

use crate::audit::{Entry, record};
use crate::benefits::list::count_u32;
use crate::benefits::lock::{LockedBenefit, lock_benefit};
use crate::context::{Ctx, new_uuid};
use crate::entity::{assignment, benefit, seat, user};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::people::account::{lock_people, lock_person};
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::seat::{Given, ReassignLimits, SeatFacts, SeatRefusal, Taken, assignable, removable};
use domain::catalogue::{Fulfilment, Package, Product};
use domain::id::{AssignmentId, BenefitId, CompanyId, SeatId, UserId};
use domain::mail::MailFacts;
use domain::people::{MovedSeat, SeatMoved, SeatsOfLeaver};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// Rows in one statement: both databases bound the number of values.
pub(crate) const CHUNK: usize = 500;

/// A benefit whose seats are being changed: its row is locked.
pub(crate) struct Locked {
    pub row: benefit::Model,
    pub product: Product,
    pub package: Package,
    /// First instant at which no seat can be given any more.
    until: DateTime<Utc>,
    /// Who got a seat last, before this operation.
    last_given: Option<(String, DateTime<Utc>)>,
}

impl Locked {
    pub fn limits(&self) -> ReassignLimits {
        self.product.reassign_limits()
    }
    fn granted(&self) -> u32 {
        self.row.quantity.map_or(0, count_u32)
    }
}

/// Locks a benefit with seats.
pub(crate) async fn lock(tx: &impl ConnectionTrait, company: CompanyId, id: BenefitId) -> StoreResult<Locked> {
    let LockedBenefit { row, product, package, until } = lock_benefit(tx, company, id).await?;
    if !product.fulfilment.has_seats() {
        return Err(StoreError::Seat(SeatRefusal::NoSeats));
    }
    let last_given = last_given(tx, row.id).await?;
    Ok(Locked { row, product, package, until, last_given })
}

/// Written so that the index of free seats fits.
fn free_seat() -> Expr {
    use sea_orm::sea_query::ExprTrait;
    Expr::col((seat::Entity, seat::Column::Taken)).not()
}

/// Gives a seat to each of these people, as far as the rules allow, and says of each what became
/// of it. Their rows are locked; `from` is the one seat that can be given, otherwise any free one.
///
/// Rule R-SEAT-1.
pub(crate) async fn give(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    of: &mut Locked,
    people: &[user::Model],
    from: Option<SeatId>,
    how: Given,
) -> StoreResult<Vec<Result<AssignmentId, SeatRefusal>>> {
    let now = ctx.now();
    let limits = of.limits();
    let free = seat::Entity::find()
        .filter(seat::Column::BenefitId.eq(of.row.id))
        .filter(free_seat())
        // A seat that nobody had costs no reassignment.
        .order_by_asc(seat::Column::HeldBefore)
        .order_by_asc(seat::Column::Number);
    let free = match from {
        Some(id) => free.filter(seat::Column::Id.eq(id)).limit(1),
        None => free.limit(people.len() as u64),
    };
    let mut free: VecDeque<seat::Model> = free.all(tx).await?.into();
    let mut holders: HashSet<UserId> = HashSet::new();
    for chunk in people.chunks(CHUNK) {
        let held: Vec<UserId> = assignment::Entity::find()
            .select_only()
            .column(assignment::Column::UserId)
            .filter(assignment::Column::BenefitId.eq(of.row.id))
            .filter(assignment::Column::UserId.is_in(chunk.iter().map(|p| p.id)))
            .filter(assignment::Column::RemovedAt.is_null())
            .into_tuple()
            .all(tx)
            .await?;
        holders.extend(held);
    }
    let (mut out, mut reassigned) = (count_u32(of.row.seats_out), count_u32(of.row.reassigned));
    let mut outcomes = Vec::with_capacity(people.len());
    let mut rows = Vec::new();
    let mut seats = Vec::new();
    let mut mails = Vec::new();
    let by = outbox::actor_name(ctx, tx).await?;
    for person in people {
        let next = free.front();
        let facts = SeatFacts {
            granted: of.granted(),
            out,
            limits,
            reassigned,
            had_holder: next.is_some_and(|s| s.held_before),
            person_holds_one: holders.contains(&person.id),
            person_disabled: person.disabled_at.is_some(),
            for_oneself: of.product.fulfilment == Fulfilment::UsageAssign,
            person_asks: person.id == ctx.user(),
            last_given: of.last_given.clone(),
            expires_at: of.until,
        };
        if let Err(refusal) = assignable(&facts, now) {
            outcomes.push(Err(refusal));
            continue;
        }
        let seat = free.pop_front().ok_or(StoreError::Corrupt("benefits.seats_out"))?;
        let id = AssignmentId(new_uuid());
        rows.push(assignment::ActiveModel {
            id: Set(id),
            company_id: Set(of.row.company_id),
            benefit_id: Set(of.row.id),
            seat_id: Set(seat.id),
            user_id: Set(person.id),
            assigned_at: Set(now),
            assigned_by: Set(ctx.user()),
            removed_at: Set(None),
            removed_by: Set(None),
            how: Set(how),
            why: Set(None),
            exclusive: Set(limits.one_per_person),
        });
        out += 1;
        reassigned += u32::from(seat.held_before);
        holders.insert(person.id);
        seats.push(seat.id);
        // Whoever takes a seat themselves knows.
        if person.id != ctx.user() {
            mails.push(told(ctx, of, person, id, &by));
        }
        outcomes.push(Ok(id));
    }
    if rows.is_empty() {
        return Ok(outcomes);
    }
    for chunk in rows.chunks(CHUNK) {
        assignment::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    outbox::write(&ctx.store, tx, mails).await?;
    mark(tx, &seats, true).await?;
    let first = of.row.activated_at.unwrap_or(now);
    set_counts(tx, of, out, reassigned, Some(first)).await?;
    Ok(outcomes)
}

/// The mail to somebody who got a seat.
fn told(ctx: &Ctx, of: &Locked, person: &user::Model, id: AssignmentId, by: &str) -> Draft {
    let language = outbox::language_of(ctx, person);
    let facts = MailFacts::SeatAssigned {
        product: of.product.name.get(language).to_owned(),
        package: of.package.label.get(language).to_owned(),
        by: by.to_owned(),
    };
    Draft::to(ctx, person, format!("seat:{id}"), facts)
}

/// Takes seats of one benefit back. The caller has asked [`removable`].
async fn take(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    of: &mut Locked,
    held: &[assignment::Model],
    why: Taken,
) -> StoreResult<()> {
    let ids = held.iter().map(|a| a.id);
    let ended = assignment::Entity::update_many()
        .col_expr(assignment::Column::RemovedAt, Expr::value(ctx.now()))
        .col_expr(assignment::Column::RemovedBy, Expr::value(ctx.user()))
        .col_expr(assignment::Column::Why, Expr::value(why))
        .filter(assignment::Column::Id.is_in(ids))
        .filter(assignment::Column::RemovedAt.is_null())
        .exec(tx)
        .await?;
    if ended.rows_affected != held.len() as u64 {
        return Err(StoreError::Seat(SeatRefusal::NotHeldAnyMore));
    }
    mark(tx, &held.iter().map(|a| a.seat_id).collect::<Vec<_>>(), false).await?;
    let out = count_u32(of.row.seats_out).saturating_sub(u32::try_from(held.len()).unwrap_or(u32::MAX));
    let (reassigned, activated) = (count_u32(of.row.reassigned), of.row.activated_at);
    set_counts(tx, of, out, reassigned, activated).await
}

/// Marks seats as taken or free, each exactly once.
async fn mark(tx: &impl ConnectionTrait, seats: &[SeatId], taken: bool) -> StoreResult<()> {
    for chunk in seats.chunks(CHUNK) {
        let mut update = seat::Entity::update_many().col_expr(seat::Column::Taken, Expr::value(taken));
        if taken {
            update = update.col_expr(seat::Column::HeldBefore, Expr::value(true));
        }
        let done = update
            .filter(seat::Column::Id.is_in(chunk.iter().copied()))
            .filter(seat::Column::Taken.eq(!taken))
            .exec(tx)
            .await?;
        if done.rows_affected != chunk.len() as u64 {
            return Err(StoreError::Corrupt("seats.taken"));
        }
    }
    Ok(())
}

async fn set_counts(
    tx: &impl ConnectionTrait,
    of: &mut Locked,
    out: u32,
    reassigned: u32,
    activated_at: Option<DateTime<Utc>>,
) -> StoreResult<()> {
    let signed = |n: u32| i32::try_from(n).map_err(|_| StoreError::Corrupt("benefits.seats_out"));
    let mut row = of.row.clone().into_active_model();
    row.seats_out = Set(signed(out)?);
    row.reassigned = Set(signed(reassigned)?);
    row.activated_at = Set(activated_at);
    of.row = row.update(tx).await?;
    Ok(())
}

/// Who got a seat of the benefit last, and when.
async fn last_given(tx: &impl ConnectionTrait, id: BenefitId) -> StoreResult<Option<(String, DateTime<Utc>)>> {
    let to = assignment::Entity::belongs_to(user::Entity).from(assignment::Column::UserId).to(user::Column::Id).into();
    Ok(assignment::Entity::find()
        .select_only()
        .column(user::Column::Name)
        .column(assignment::Column::AssignedAt)
        .join(JoinType::InnerJoin, to)
        .filter(assignment::Column::BenefitId.eq(id))
        .filter(assignment::Column::RemovedAt.is_null())
        .order_by_desc(assignment::Column::AssignedAt)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?)
}

/// A seat that somebody holds. Whose it is, is known only once the benefit is locked.
async fn find_held(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    id: AssignmentId,
) -> StoreResult<Option<assignment::Model>> {
    Ok(assignment::Entity::find_by_id(id).filter(assignment::Column::CompanyId.eq(company)).one(tx).await?)
}

async fn lock_held(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    id: AssignmentId,
) -> StoreResult<(Locked, assignment::Model)> {
    let seen = find_held(tx, company, id).await?.ok_or(StoreError::NotFound)?;
    let of = lock(tx, company, seen.benefit_id).await?;
    let held = find_held(tx, company, id).await?.ok_or(StoreError::NotFound)?;
    if held.removed_at.is_some() {
        return Err(StoreError::Seat(SeatRefusal::NotHeldAnyMore));
    }
    Ok((of, held))
}

async fn give_one(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    of: &mut Locked,
    to: UserId,
    from: Option<SeatId>,
    how: Given,
) -> StoreResult<AssignmentId> {
    let person = lock_person(tx, of.row.company_id, to).await?;
    let mut outcomes = give(ctx, tx, of, std::slice::from_ref(&person), from, how).await?;
    outcomes.pop().ok_or(StoreError::Corrupt("seats"))?.map_err(StoreError::Seat)
}

/// Gives a free seat to a person.
pub async fn assign_seat(ctx: &Ctx, benefit: BenefitId, to: UserId) -> StoreResult<AssignmentId> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    assign(ctx, company, benefit, to, Given::Assigned).await
}

/// Takes a usage-based subscription for oneself.
pub async fn assign_oneself(ctx: &Ctx, benefit: BenefitId) -> StoreResult<AssignmentId> {
    let company = ctx.authorize_in_company(Action::AssignSelfToCloud)?;
    assign(ctx, company, benefit, ctx.user(), Given::ByOneself).await
}

async fn assign(
    ctx: &Ctx,
    company: CompanyId,
    benefit: BenefitId,
    to: UserId,
    how: Given,
) -> StoreResult<AssignmentId> {
    let tx = ctx.store.db.begin().await?;
    let mut of = lock(&tx, company, benefit).await?;
    let id = give_one(ctx, &tx, &mut of, to, None, how).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatAssigned)
        .subject(benefit)
        .details(json!({ "assignment": id, "person": to }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes a seat back. Rule R-SEAT-2.
pub async fn remove_seat(ctx: &Ctx, id: AssignmentId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let tx = ctx.store.db.begin().await?;
    let (mut of, held) = lock_held(&tx, company, id).await?;
    removable(&of.limits(), held.assigned_at, ctx.now()).map_err(StoreError::Seat)?;
    take(ctx, &tx, &mut of, std::slice::from_ref(&held), Taken::Removed).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatRemoved)
        .subject(of.row.id)
        .details(json!({ "assignment": id, "person": held.user_id }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Takes a seat back and gives it to somebody else, in one step: both happen or neither.
pub async fn reassign_seat(ctx: &Ctx, id: AssignmentId, to: UserId) -> StoreResult<AssignmentId> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let tx = ctx.store.db.begin().await?;
    let (mut of, held) = lock_held(&tx, company, id).await?;
    if held.user_id == to {
        return Err(StoreError::Seat(SeatRefusal::AlreadyHolds));
    }
    removable(&of.limits(), held.assigned_at, ctx.now()).map_err(StoreError::Seat)?;
    take(ctx, &tx, &mut of, std::slice::from_ref(&held), Taken::Reassigned).await?;
    let given = give_one(ctx, &tx, &mut of, to, Some(held.seat_id), Given::Reassigned).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatReassigned)
        .subject(of.row.id)
        .details(json!({ "from": id, "to": given, "before": held.user_id, "person": to }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(given)
}

/// Seats that a person holds now, locked with their benefits, in the order of the benefits' ids;
/// and a second person, locked too.
async fn lock_all_of(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    person: UserId,
    also: Option<UserId>,
) -> StoreResult<(BTreeMap<BenefitId, (Locked, Vec<assignment::Model>)>, Option<user::Model>)> {
    let held = || {
        assignment::Entity::find()
            .filter(assignment::Column::CompanyId.eq(company))
            .filter(assignment::Column::UserId.eq(person))
            .filter(assignment::Column::RemovedAt.is_null())
            .order_by_asc(assignment::Column::AssignedAt)
            .order_by_asc(assignment::Column::Id)
            .all(tx)
    };
    let ids: std::collections::BTreeSet<BenefitId> = held().await?.into_iter().map(|a| a.benefit_id).collect();
    let mut locked = BTreeMap::new();
    for id in ids {
        locked.insert(id, (lock(tx, company, id).await?, Vec::new()));
    }
    // From here on nobody can give this person another seat.
    let ids: Vec<UserId> = [person].into_iter().chain(also).collect();
    let mut people = lock_people(tx, company, &ids).await?;
    let also = also.and_then(|_| people.pop());
    for row in held().await? {
        match locked.get_mut(&row.benefit_id) {
            Some((_, rows)) => rows.push(row),
            // Given since we looked; locking it now would break the order of the locks.
            None => return Err(StoreError::Busy),
        }
    }
    Ok((locked, also))
}

/// What a person leaves behind: every seat freed or handed over, in the caller's transaction.
///
/// A seat that cannot be taken back yet stays; one that cannot go to the colleague is freed.
pub(crate) async fn move_all(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    company: CompanyId,
    person: UserId,
    seats: SeatsOfLeaver,
    successor: Option<UserId>,
) -> StoreResult<Vec<MovedSeat>> {
    let mut moved = Vec::new();
    if seats == SeatsOfLeaver::Keep {
        lock_person(tx, company, person).await?;
        return Ok(moved);
    }
    let (all, successor) = lock_all_of(tx, company, person, successor).await?;
    let why = if successor.is_some() { Taken::HandedOver } else { Taken::Freed };
    for (id, (mut of, rows)) in all {
        for held in rows {
            let number = seat_number(tx, held.seat_id).await?;
            let outcome = match removable(&of.limits(), held.assigned_at, ctx.now()) {
                Err(refusal) => SeatMoved::Stays(refusal),
                Ok(()) => {
                    take(ctx, tx, &mut of, std::slice::from_ref(&held), why).await?;
                    match &successor {
                        None => SeatMoved::Freed,
                        Some(to) => {
                            let to = std::slice::from_ref(to);
                            let given = give(ctx, tx, &mut of, to, Some(held.seat_id), Given::HandedOver).await?;
                            match given.into_iter().next() {
                                Some(Err(refusal)) => SeatMoved::FreedInstead(refusal),
                                _ => SeatMoved::HandedOver,
                            }
                        }
                    }
                }
            };
            moved.push(MovedSeat {
                benefit: id,
                product: of.product.name.get(ctx.language).to_owned(),
                package: of.package.label.get(ctx.language).to_owned(),
                seat: number,
                outcome,
            });
        }
    }
    Ok(moved)
}

async fn seat_number(tx: &impl ConnectionTrait, id: SeatId) -> StoreResult<u32> {
    let row = seat::Entity::find_by_id(id).one(tx).await?.ok_or(StoreError::Corrupt("assignments.seat_id"))?;
    Ok(count_u32(row.number))
}

/// Frees every seat of a person, or hands them to a colleague, in one transaction.
pub async fn move_seats(
    ctx: &Ctx,
    person: UserId,
    seats: SeatsOfLeaver,
    successor: Option<UserId>,
) -> StoreResult<Vec<MovedSeat>> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let successor = check_successor(person, seats, successor)?;
    let tx = ctx.store.db.begin().await?;
    let moved = move_all(ctx, &tx, company, person, seats, successor).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatsMoved)
        .subject(person)
        .details(json!({ "seats": moved.len(), "successor": successor }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(moved)
}

/// A hand-over takes somebody else to hand to.
pub(crate) fn check_successor(
    person: UserId,
    seats: SeatsOfLeaver,
    successor: Option<UserId>,
) -> StoreResult<Option<UserId>> {
    use domain::people::PeopleRefusal::NoSuccessor;
    match (seats, successor) {
        (SeatsOfLeaver::HandOver, None) => Err(StoreError::People(NoSuccessor)),
        (SeatsOfLeaver::HandOver, Some(to)) if to == person => Err(StoreError::People(NoSuccessor)),
        (SeatsOfLeaver::HandOver, to) => Ok(to),
        _ => Ok(None),
    }
}
