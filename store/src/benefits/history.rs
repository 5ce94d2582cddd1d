//! Who holds a seat and who held it: per benefit, per person, on any day.
//!
//! Assignments are closed, never overwritten, so every question about the past has one answer.

use crate::audit::{Entry, record};
use crate::benefits::list::{References, count_u32, own_benefit};
use crate::context::Ctx;
use crate::entity::{assignment, benefit, seat, user};
use crate::error::{StoreError, StoreResult};
use crate::search::{each_word, wanted};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::seat::{SeatRefusal, removable};
use domain::catalogue::Category;
use domain::id::{AssignmentId, BenefitId, CompanyId, UserId};
use domain::people::{Held, HeldPage};
use domain::view::SeatsOfBenefit;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Rows on a page.
pub const PAGE: u64 = 50;
/// Rows that an export reads at once.
const EXPORTED: u64 = 1_000;
/// Seats that one person can reasonably hold; bounds their page.
const OF_PERSON: u64 = 100;

/// Which lines of a benefit's seats are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Who holds a seat now.
    #[default]
    Now,
    /// Who held one at this instant.
    AsOf(DateTime<Utc>),
    /// Everybody who ever held one, the newest first.
    History,
}

/// What is asked of a benefit's seats.
#[derive(Clone, Debug, Default)]
pub struct SeatQuery {
    pub wanted: Wanted,
    pub search: String,
    pub after: Option<String>,
}

fn of_benefit(company: CompanyId, id: BenefitId) -> Select<assignment::Entity> {
    assignment::Entity::find()
        .filter(assignment::Column::CompanyId.eq(company))
        .filter(assignment::Column::BenefitId.eq(id))
}

fn wanted_rows(select: Select<assignment::Entity>, wanted: Wanted) -> Select<assignment::Entity> {
    use assignment::Column as C;
    match wanted {
        Wanted::Now => select.filter(C::RemovedAt.is_null()),
        Wanted::AsOf(at) => select
            .filter(C::AssignedAt.lte(at))
            .filter(Condition::any().add(C::RemovedAt.is_null()).add(C::RemovedAt.gt(at))),
        Wanted::History => select,
    }
}

fn held_by(select: Select<assignment::Entity>, search: &str) -> Select<assignment::Entity> {
    if wanted(search).is_empty() {
        return select;
    }
    let to = assignment::Entity::belongs_to(user::Entity).from(assignment::Column::UserId).to(user::Column::Id).into();
    select.join(JoinType::InnerJoin, to).filter(each_word((user::Entity, user::Column::Search), search))
}

/// Where a page ended: the time, and the id of the last row.
fn cursor(row: &assignment::Model) -> String {
    format!("{}.{}", row.assigned_at.timestamp_micros(), row.id)
}

fn parse_cursor(text: &str) -> Option<(DateTime<Utc>, AssignmentId)> {
    let (at, id) = text.split_once('.')?;
    let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
    (1900..=9999).contains(&at.year()).then_some(())?;
    Some((at, id.parse().ok()?))
}

/// In the order of time, or the newest first; a cursor that does not read is the first page.
fn page_by_time(
    select: Select<assignment::Entity>,
    after: Option<&str>,
    newest_first: bool,
) -> Select<assignment::Entity> {
    use assignment::Column as C;
    let (order, further): (_, fn(C, sea_orm::Value) -> sea_orm::sea_query::SimpleExpr) = match newest_first {
        true => (Order::Desc, |column, value| column.lt(value)),
        false => (Order::Asc, |column, value| column.gt(value)),
    };
    let select = match after.and_then(parse_cursor) {
        Some((at, id)) => select.filter(
            Condition::any()
                .add(further(C::AssignedAt, at.into()))
                .add(Condition::all().add(C::AssignedAt.eq(at)).add(further(C::Id, id.into()))),
        ),
        None => select,
    };
    select.order_by(C::AssignedAt, order.clone()).order_by(C::Id, order)
}

/// Names, numbers and products beside the rows, loaded together.
async fn told(ctx: &Ctx, db: &impl ConnectionTrait, rows: Vec<assignment::Model>) -> StoreResult<Vec<Held>> {
    let people: BTreeSet<UserId> =
        rows.iter().flat_map(|r| [Some(r.user_id), Some(r.assigned_by), r.removed_by]).flatten().collect();
    let people: HashMap<UserId, (String, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name, user::Column::Email])
        .filter(user::Column::Id.is_in(people))
        .into_tuple::<(UserId, String, String)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(id, name, email)| (id, (name, email)))
        .collect();
    let seats: BTreeSet<_> = rows.iter().map(|r| r.seat_id).collect();
    let seats: HashMap<_, _> = seat::Entity::find()
        .filter(seat::Column::Id.is_in(seats))
        .all(db)
        .await?
        .into_iter()
        .map(|s| (s.id, s.number))
        .collect();
    let benefits: BTreeSet<BenefitId> = rows.iter().map(|r| r.benefit_id).collect();
    let benefits = benefit::Entity::find().filter(benefit::Column::Id.is_in(benefits)).all(db).await?;
    let references = References::load(db, &benefits).await?;
    let benefits: HashMap<BenefitId, benefit::Model> = benefits.into_iter().map(|b| (b.id, b)).collect();
    let now = ctx.now();
    let name = |id: UserId| people.get(&id).map(|(name, _)| name.clone()).unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let of = benefits.get(&row.benefit_id).ok_or(StoreError::Corrupt("assignments.benefit_id"))?;
            let product = references.product(of)?;
            let locked_until = match removable(&product.reassign_limits(), row.assigned_at, now) {
                Err(SeatRefusal::Locked { until }) if row.removed_at.is_none() => Some(until),
                _ => None,
            };
            let email = people.get(&row.user_id).map(|(_, email)| email.clone()).unwrap_or_default();
            Ok(Held {
                id: row.id,
                benefit: row.benefit_id,
                category: of.category,
                product: product.name.get(ctx.language).to_owned(),
                package: references.package(of)?.label.get(ctx.language).to_owned(),
                seat: seats.get(&row.seat_id).copied().map_or(0, count_u32),
                person: row.user_id,
                name: name(row.user_id),
                email,
                from: row.assigned_at,
                by: name(row.assigned_by),
                how: row.how,
                until: row.removed_at,
                ended_by: row.removed_by.map(name),
                why: row.why,
                locked_until,
            })
        })
        .collect()
}

async fn page(
    ctx: &Ctx,
    select: Select<assignment::Entity>,
    after: Option<&str>,
    newest_first: bool,
    limit: u64,
) -> StoreResult<HeldPage> {
    let db = ctx.store.db.conn();
    let total = select.clone().count(db).await?;
    let mut rows = page_by_time(select, after, newest_first).limit(limit + 1).all(db).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(cursor);
    Ok(HeldPage { rows: told(ctx, db, rows).await?, total, next })
}

/// The seats of a benefit: who holds them, held them on a day, or ever did.
pub async fn list_seats(ctx: &Ctx, id: BenefitId, query: &SeatQuery) -> StoreResult<SeatsOfBenefit> {
    let company = ctx.authorize_in_company(Action::OpenBenefits)?;
    let db = ctx.store.db.conn();
    let row = own_benefit(company, id).one(db).await?.ok_or(StoreError::NotFound)?;
    let references = References::load(db, std::slice::from_ref(&row)).await?;
    if !references.product(&row)?.fulfilment.has_seats() {
        return Err(StoreError::NotFound);
    }
    let select = held_by(wanted_rows(of_benefit(company, id), query.wanted), &query.search);
    let newest_first = query.wanted == Wanted::History;
    let page = page(ctx, select, query.after.as_deref(), newest_first, PAGE).await?;
    Ok(SeatsOfBenefit { row: references.row(&row, ctx.language, ctx.now())?, page })
}

/// The first holders of a benefit, for its details.
pub(crate) async fn list_first_holders(
    ctx: &Ctx,
    company: CompanyId,
    id: BenefitId,
    limit: u64,
) -> StoreResult<HeldPage> {
    page(ctx, wanted_rows(of_benefit(company, id), Wanted::Now), None, false, limit).await
}

fn of_person(company: CompanyId, person: UserId) -> Select<assignment::Entity> {
    assignment::Entity::find()
        .filter(assignment::Column::CompanyId.eq(company))
        .filter(assignment::Column::UserId.eq(person))
}

/// What a person holds now.
pub(crate) async fn list_held_now(ctx: &Ctx, company: CompanyId, person: UserId) -> StoreResult<HeldPage> {
    page(ctx, wanted_rows(of_person(company, person), Wanted::Now), None, false, OF_PERSON).await
}

/// What a person held before, the newest first.
pub(crate) async fn list_before(
    ctx: &Ctx,
    company: CompanyId,
    person: UserId,
    after: Option<&str>,
) -> StoreResult<HeldPage> {
    let ended = of_person(company, person).filter(assignment::Column::RemovedAt.is_not_null());
    page(ctx, ended, after, true, PAGE).await
}

/// Whose seats an export tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exported {
    Benefit(BenefitId, Wanted),
    /// Every benefit of a category.
    Category(Category, Wanted),
    Person(UserId),
}

/// An export that was allowed and is recorded.
pub struct Export {
    ctx: Ctx,
    company: CompanyId,
    what: Exported,
    after: Option<String>,
    done: bool,
}

/// Begins an export: who may, and that it happened, is settled before the first row.
pub async fn begin_export(ctx: &Ctx, what: Exported) -> StoreResult<Export> {
    let company = ctx.authorize_in_company(Action::ExportData)?;
    let tx = ctx.store.db.begin().await?;
    let subject = match what {
        Exported::Benefit(id, _) => {
            own_benefit(company, id).one(&tx).await?.ok_or(StoreError::NotFound)?;
            id.to_string()
        }
        Exported::Person(id) => {
            crate::people::account::lock_person(&tx, company, id).await?;
            id.to_string()
        }
        Exported::Category(category, _) => category.spec().slug.to_owned(),
    };
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatHistoryExported).subject(subject).details(json!({}));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(Export { ctx: ctx.clone(), company, what, after: None, done: false })
}

impl Export {
    /// The next rows, in the order of time; none when all were given.
    pub async fn next(&mut self) -> StoreResult<Vec<Held>> {
        if self.done {
            return Ok(Vec::new());
        }
        let db = self.ctx.store.db.conn();
        let select = match self.what {
            Exported::Benefit(id, wanted) => wanted_rows(of_benefit(self.company, id), wanted),
            Exported::Person(id) => of_person(self.company, id),
            Exported::Category(category, wanted) => {
                let to = assignment::Entity::belongs_to(benefit::Entity)
                    .from(assignment::Column::BenefitId)
                    .to(benefit::Column::Id)
                    .into();
                let all = assignment::Entity::find()
                    .filter(assignment::Column::CompanyId.eq(self.company))
                    .join(JoinType::InnerJoin, to)
                    .filter(benefit::Column::Category.eq(category));
                wanted_rows(all, wanted)
            }
        };
        let rows = page_by_time(select, self.after.as_deref(), false).limit(EXPORTED).all(db).await?;
        self.done = (rows.len() as u64) < EXPORTED;
        self.after = rows.last().map(cursor);
        told(&self.ctx, db, rows).await
    }
}

/// The last instant of a day, which "as of" a date means.
pub fn end_of_day(day: chrono::NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::days(1) - TimeDelta::microseconds(1)
}
