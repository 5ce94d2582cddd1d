//! Seats for many people from a file: read and tried first, done when somebody says so.
//!
//! The trial takes the same way as the real thing, through [`give`], and is rolled back, so
//! that it tells what would happen and changes nothing.

use crate::audit::{Entry, record};
use crate::benefits::list::{References, count_u32};
use crate::benefits::seat::{CHUNK, give, lock};
use crate::context::{Ctx, new_uuid};
use crate::entity::{benefit, bulk_assignment, bulk_line, user};
use crate::error::{StoreError, StoreResult};
use crate::people::account::lock_people;
use crate::table;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::bulk::{
    Bulk, BulkMode, BulkProgress, BulkRefusal, BulkRow, Line, LineOutcome, MAX_FILE, is_column, read_lines,
};
use domain::benefits::seat::Given;
use domain::email::Email;
use domain::file::{NotText, UNREAD, only_ascii};
use domain::id::{BenefitId, BulkId, CompanyId, UserId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Lines on a page.
const PAGE: u64 = 100;

/// How far each file is, for who waits. Only of this process: a figure to look at, not to decide on.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Mutex<HashMap<BulkId, BulkProgress>>>);

impl Progress {
    fn set(&self, id: BulkId, progress: BulkProgress) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, progress);
    }
    fn end(&self, id: BulkId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
    fn of(&self, id: BulkId) -> Option<BulkProgress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}

/// Ends the count of a file whichever way its work ends.
struct Counting<'a>(&'a Progress, BulkId);
impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.end(self.1);
    }
}

fn refused<T>(refusal: BulkRefusal) -> StoreResult<T> {
    Err(StoreError::Bulk(refusal))
}

/// Reads the file: the one column that names people. The others may be in any encoding of single
/// bytes, because nothing of them is used.
fn parse(file: &[u8]) -> StoreResult<Vec<Line>> {
    if file.len() > MAX_FILE {
        return refused(BulkRefusal::TooLarge);
    }
    let not_text = |NotText { line }| StoreError::Bulk(BulkRefusal::NotText { line });
    let (table, unread) = match table::read(file) {
        Ok(table) => (table, None),
        Err(unread) => (table::read(only_ascii(file).as_bytes()).map_err(|_| not_text(unread))?, Some(unread)),
    };
    if table.columns.is_empty() {
        return refused(BulkRefusal::Empty);
    }
    let Some(column) = table.columns.iter().position(|name| is_column(name)) else {
        return Err(unread.map_or(StoreError::Bulk(BulkRefusal::NoColumn), not_text));
    };
    if unread.is_some()
        && let Some(row) = table.rows.iter().find(|row| row.cell(column).contains(UNREAD))
    {
        return refused(BulkRefusal::NotText { line: row.line });
    }
    let number = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
    let cells = table.rows.iter().map(|row| (number(row.line), row.cell(column).to_owned()));
    read_lines(cells).map_err(StoreError::Bulk)
}

/// Whose addresses these are, within the company.
async fn find_people(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    lines: &[Line],
) -> StoreResult<HashMap<String, UserId>> {
    let wanted: Vec<String> = lines.iter().filter_map(|l| l.email.as_ref().ok()).map(Email::normalized).collect();
    let mut found = HashMap::with_capacity(wanted.len());
    for chunk in wanted.chunks(CHUNK) {
        let rows: Vec<(String, UserId)> = user::Entity::find()
            .select_only()
            .column(user::Column::EmailNormalized)
            .column(user::Column::Id)
            .filter(user::Column::CompanyId.eq(company))
            .filter(user::Column::EmailNormalized.is_in(chunk))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// What becomes of each line, done in the caller's transaction.
async fn run(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    company: CompanyId,
    benefit: BenefitId,
    lines: &[Line],
    told: impl Fn(usize),
) -> StoreResult<Vec<LineOutcome>> {
    let mut of = lock(tx, company, benefit).await?;
    let people = find_people(tx, company, lines).await?;
    let mut outcomes = Vec::with_capacity(lines.len());
    let mut ids = Vec::new();
    for line in lines {
        match &line.email {
            Err(outcome) => outcomes.push(Some(outcome.clone())),
            Ok(email) => match people.get(&email.normalized()) {
                None => outcomes.push(Some(LineOutcome::Unknown)),
                Some(&id) => {
                    ids.push(id);
                    outcomes.push(None);
                }
            },
        }
    }
    let known = outcomes.iter().filter(|o| o.is_some()).count();
    let mut given = Vec::with_capacity(ids.len());
    for chunk in lock_people(tx, company, &ids).await?.chunks(CHUNK) {
        given.extend(give(ctx, tx, &mut of, chunk, None, Given::FromFile).await?);
        told(known + given.len());
    }
    let mut given = given.into_iter();
    outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Some(outcome) => Ok(outcome),
            None => match given.next() {
                Some(Ok(_)) => Ok(LineOutcome::Assigned),
                Some(Err(refusal)) => Ok(LineOutcome::Refused(refusal)),
                None => Err(StoreError::Corrupt("bulk")),
            },
        })
        .collect()
}

fn counts(outcomes: &[LineOutcome]) -> StoreResult<(i32, i32)> {
    let good = outcomes.iter().filter(|o| **o == LineOutcome::Assigned).count();
    let signed = |n: usize| i32::try_from(n).map_err(|_| StoreError::Corrupt("bulk"));
    Ok((signed(good)?, signed(outcomes.len() - good)?))
}

async fn write_lines(
    tx: &impl ConnectionTrait,
    id: BulkId,
    lines: &[Line],
    outcomes: &[LineOutcome],
) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(lines.len());
    for (line, outcome) in lines.iter().zip(outcomes) {
        rows.push(bulk_line::ActiveModel {
            bulk_id: Set(id),
            line: Set(i32::try_from(line.number).unwrap_or(i32::MAX)),
            typed: Set(line.typed.clone()),
            good: Set(*outcome == LineOutcome::Assigned),
            outcome: Set(serde_json::to_string(outcome).map_err(|_| StoreError::Corrupt("bulk"))?),
        });
    }
    for chunk in rows.chunks(CHUNK) {
        bulk_line::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Reads a file and tries it: nobody gets a seat yet.
pub async fn check_file(ctx: &Ctx, benefit: BenefitId, file: impl AsRef<[u8]>) -> StoreResult<BulkId> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let lines = parse(file.as_ref())?;
    let trial = ctx.store.db.begin().await?;
    let outcomes = run(ctx, &trial, company, benefit, &lines, |_| {}).await?;
    trial.rollback().await?;
    let (good, bad) = counts(&outcomes)?;
    let id = BulkId(new_uuid());
    let tx = ctx.store.db.begin().await?;
    bulk_assignment::ActiveModel {
        id: Set(id),
        company_id: Set(company),
        benefit_id: Set(benefit),
        created_by: Set(ctx.user()),
        created_at: Set(ctx.now()),
        done_at: Set(None),
        good: Set(good),
        bad: Set(bad),
    }
    .insert(&tx)
    .await?;
    write_lines(&tx, id, &lines, &outcomes).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatFileRead)
        .subject(benefit)
        .details(json!({ "file": id, "good": good, "bad": bad }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Does what the file says, in one transaction. What has changed since it was tried is decided
/// anew; with all or nothing, one line that cannot be done keeps all others back.
pub async fn assign_from_file(ctx: &Ctx, id: BulkId, mode: BulkMode) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let tx = ctx.store.db.begin().await?;
    let find = || bulk_assignment::Entity::find_by_id(id).filter(bulk_assignment::Column::CompanyId.eq(company));
    let file = find().lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if file.done_at.is_some() {
        return refused(BulkRefusal::AlreadyDone);
    }
    let rows = bulk_line::Entity::find()
        .filter(bulk_line::Column::BulkId.eq(id))
        .order_by_asc(bulk_line::Column::Line)
        .all(&tx)
        .await?;
    let total = rows.len() as u64;
    let cells = rows.into_iter().map(|r| (u32::try_from(r.line).unwrap_or(0), r.typed));
    let lines = read_lines(cells).map_err(StoreError::Bulk)?;
    let progress = &ctx.store.progress;
    progress.set(id, BulkProgress { done: 0, total });
    let _counting = Counting(progress, id);
    let benefit = file.benefit_id;
    let told = |done: usize| progress.set(id, BulkProgress { done: done as u64, total });
    let outcomes = run(ctx, &tx, company, benefit, &lines, told).await?;
    let (good, bad) = counts(&outcomes)?;
    if mode == BulkMode::AllOrNothing && bad > 0 {
        let bad = u64::from(count_u32(bad));
        return refused(BulkRefusal::SomeRefused { bad });
    }
    bulk_line::Entity::delete_many().filter(bulk_line::Column::BulkId.eq(id)).exec(&tx).await?;
    write_lines(&tx, id, &lines, &outcomes).await?;
    let mut file = file.into_active_model();
    file.done_at = Set(Some(ctx.now()));
    file.good = Set(good);
    file.bad = Set(bad);
    file.update(&tx).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SeatsAssignedFromFile)
        .subject(benefit)
        .details(json!({ "file": id, "assigned": good, "left_out": bad }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// The same, but finished even when nobody waits for it any more.
pub async fn assign_in_background(ctx: &Ctx, id: BulkId, mode: BulkMode) -> StoreResult<()> {
    let ctx = ctx.clone();
    let work = tokio::spawn(async move { assign_from_file(&ctx, id, mode).await });
    work.await.map_err(|_| StoreError::Corrupt("bulk"))?
}

/// How far a file is, while it is being worked on by this process.
pub async fn get_progress(ctx: &Ctx, id: BulkId) -> StoreResult<Option<BulkProgress>> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let own = bulk_assignment::Entity::find_by_id(id).filter(bulk_assignment::Column::CompanyId.eq(company));
    own.one(ctx.store.db.conn()).await?.ok_or(StoreError::NotFound)?;
    Ok(ctx.store.progress.of(id))
}

/// A file, and a page of its lines.
pub async fn get_bulk(ctx: &Ctx, id: BulkId, only_bad: bool, after: Option<u32>) -> StoreResult<Bulk> {
    let company = ctx.authorize_in_company(Action::AssignSeat)?;
    let db = ctx.store.db.conn();
    let file = bulk_assignment::Entity::find_by_id(id)
        .filter(bulk_assignment::Column::CompanyId.eq(company))
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    let of = benefit::Entity::find_by_id(file.benefit_id).one(db).await?.ok_or(StoreError::Corrupt("bulk"))?;
    let references = References::load(db, std::slice::from_ref(&of)).await?;
    let mut select = bulk_line::Entity::find().filter(bulk_line::Column::BulkId.eq(id));
    if only_bad {
        select = select.filter(bulk_line::Column::Good.eq(false));
    }
    if let Some(after) = after {
        select = select.filter(bulk_line::Column::Line.gt(after));
    }
    let mut rows = select.order_by_asc(bulk_line::Column::Line).limit(PAGE + 1).all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|r| count_u32(r.line));
    let rows = rows
        .into_iter()
        .map(|r| {
            let outcome = serde_json::from_str(&r.outcome).map_err(|_| StoreError::Corrupt("bulk_lines.outcome"))?;
            Ok(BulkRow { line: count_u32(r.line), typed: r.typed, outcome })
        })
        .collect::<StoreResult<Vec<_>>>()?;
    Ok(Bulk {
        id,
        benefit: file.benefit_id,
        category: of.category,
        product: references.product(&of)?.name.get(ctx.language).to_owned(),
        package: references.package(&of)?.label.get(ctx.language).to_owned(),
        free: of.quantity.map_or(0, count_u32).saturating_sub(count_u32(of.seats_out)),
        created_at: file.created_at,
        done_at: file.done_at,
        good: u64::from(count_u32(file.good)),
        bad: u64::from(count_u32(file.bad)),
        rows,
        only_bad,
        next,
    })
}
