//! What the program does by itself. Several programs on one database share the jobs: whoever
//! claims one has it alone, for as long as they say that they live.

mod clean;
mod endings;
mod expire;
mod remind;

pub(crate) use endings::list_endings;
pub(crate) use expire::let_go;

use crate::context::{Ctx, Store};
use crate::entity::{job, mail, user};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::deliver_owed;
use crate::orders::{begin_due, lapse_due};
use crate::outbox::{self, Draft};
use chrono::TimeDelta;
use domain::access::Action;
use domain::mail::MailFacts;
use domain::schedule::{Job, JobRow};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::time::Duration;
use uuid::Uuid;

/// Whoever has a job and does not say within this time that they live has it no more.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);
/// No run takes longer; one that does is given up.
const LONGEST: Duration = Duration::from_secs(1_800);
/// So often whoever has a job says that they live.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// Makes the rows of jobs that are new: they are due at once.
async fn make_rows(store: &Store) -> StoreResult<()> {
    let rows = Job::ALL.iter().map(|&job| job::ActiveModel {
        job: Set(job),
        due_at: Set(store.now()),
        next_at: Set(store.now()),
        claimed_by: Set(None),
        claimed_until: Set(None),
        last_at: Set(None),
        did: Set(None),
        failures: Set(0),
    });
    job::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(job::Column::Job).do_nothing().to_owned())
        .exec_without_returning(store.db.conn())
        .await?;
    Ok(())
}

/// Claims a job that is due and that nobody has. Rule R-JOB-1.
pub async fn claim_job(store: &Store, worker: Uuid) -> StoreResult<Option<Job>> {
    let now = store.now();
    let seen = job::Entity::find().all(store.db.conn()).await?;
    if seen.len() < Job::ALL.len() {
        make_rows(store).await?;
    }
    let is_free = |row: &job::Model| {
        // A claim of a clock that has been put back since would hold for too long.
        row.claimed_until.is_none_or(|until| until <= now || until > now + LEASE * 2)
    };
    // Most of the time nothing is due, and nothing is locked.
    let is_wanted = |row: &job::Model| row.job.is_due(row.next_at, now) && is_free(row);
    if seen.len() == Job::ALL.len() && !seen.iter().any(is_wanted) {
        return Ok(None);
    }
    let tx = store.db.begin().await?;
    // In one order, or two programs that look at once would wait for each other.
    let rows = job::Entity::find().order_by_asc(job::Column::Job).lock_exclusive().all(&tx).await?;
    let mut due: Vec<_> = rows.into_iter().filter(is_wanted).collect();
    due.sort_by_key(|row| row.job);
    let Some(row) = due.into_iter().next() else { return Ok(None) };
    let found = row.job;
    let mut row = row.into_active_model();
    row.claimed_by = Set(Some(worker));
    row.claimed_until = Set(Some(now + LEASE));
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(Some(found))
}

/// Says that the worker lives. Gives whether the job is still theirs.
async fn renew(store: &Store, worker: Uuid, job: Job) -> StoreResult<bool> {
    use job::Column as C;
    let renewed = job::Entity::update_many()
        .col_expr(C::ClaimedUntil, sea_orm::sea_query::Expr::value(store.now() + LEASE))
        .filter(C::Job.eq(job))
        .filter(C::ClaimedBy.eq(worker))
        .exec(store.db.conn())
        .await?;
    Ok(renewed.rows_affected > 0)
}

/// Writes down how a run ended, and when the next one is. A run whose claim went to somebody else
/// writes nothing.
pub async fn finish_job(store: &Store, worker: Uuid, job: Job, did: Option<u64>) -> StoreResult<()> {
    let now = store.now();
    let tx = store.db.begin().await?;
    let row = job::Entity::find_by_id(job).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if row.claimed_by != Some(worker) {
        return Ok(());
    }
    let failures = if did.is_some() { 0 } else { row.failures.saturating_add(1) };
    let mut row = row.into_active_model();
    row.last_at = Set(Some(now));
    row.did = Set(did.map(|n| i64::try_from(n).unwrap_or(i64::MAX)));
    row.failures = Set(failures);
    match did {
        Some(_) => {
            row.due_at = Set(job.next_run(now));
            row.next_at = Set(job.next_run(now));
        }
        // Still the same run: one that never succeeds is late at some time.
        None => row.next_at = Set(job.next_try(now, u32::try_from(failures).unwrap_or(u32::MAX))),
    }
    row.claimed_by = Set(None);
    row.claimed_until = Set(None);
    row.update(&tx).await?;
    Ok(tx.commit().await?)
}

/// Does a job. Gives how many things it did.
pub async fn run_job(store: &Store, job: Job) -> StoreResult<u64> {
    match job {
        Job::Expire => expire::run(store).await,
        Job::Orders => run_orders(store).await,
        Job::Remind => remind::run(store).await,
        Job::Clean => clean::run(store).await,
    }
}

/// Orders, terms and keys whose time has come.
async fn run_orders(store: &Store) -> StoreResult<u64> {
    let parts = [lapse_due(store).await, begin_due(store).await, deliver_owed(store).await];
    // What fails keeps nothing else from being done.
    parts.into_iter().try_fold(0, |did, part| part.map(|n| did + n))
}

/// Does all that is due. Gives what was done, and how it ended.
pub async fn run_due(store: &Store, worker: Uuid) -> StoreResult<Vec<(Job, StoreResult<u64>)>> {
    let mut done = Vec::new();
    while let Some(job) = claim_job(store, worker).await? {
        let ended = run_claimed(store, worker, job).await;
        finish_job(store, worker, job, ended.as_ref().ok().copied()).await?;
        done.push((job, ended));
    }
    Ok(done)
}

/// Does a job in a task of its own, so that it goes on while its claim is renewed, and so that
/// nothing that goes wrong in it ends whoever waits for it.
async fn run_claimed(store: &Store, worker: Uuid, job: Job) -> StoreResult<u64> {
    let mut run = tokio::spawn({
        let store = store.clone();
        async move { run_job(&store, job).await }
    });
    let too_long = tokio::time::sleep(LONGEST);
    tokio::pin!(too_long);
    loop {
        tokio::select! {
            ended = &mut run => return ended.unwrap_or(Err(StoreError::Job("it broke off"))),
            () = &mut too_long => {
                run.abort();
                return Err(StoreError::Job("it took too long"));
            }
            () = tokio::time::sleep(HEARTBEAT) => match renew(store, worker, job).await {
                Ok(true) => {}
                Ok(false) => tracing::warn!(job = job.slug(), "somebody else does the job by now"),
                Err(error) => tracing::warn!(job = job.slug(), %error, "the claim of a job was not renewed"),
            },
        }
    }
}

/// The jobs, in their order. Says nothing of any company.
pub async fn get_jobs(store: &Store) -> StoreResult<Vec<JobRow>> {
    let now = store.now();
    let mut rows = job::Entity::find().all(store.db.conn()).await?;
    rows.sort_by_key(|row| row.job);
    Ok(rows
        .into_iter()
        .map(|row| JobRow {
            job: row.job,
            last_at: row.last_at,
            did: row.did.and_then(|n| u64::try_from(n).ok()),
            failures: u32::try_from(row.failures).unwrap_or(0),
            due_at: row.due_at,
            next_at: row.next_at,
            is_late: row.job.is_late(row.due_at, now),
        })
        .collect())
}

/// Tells the operators by mail of each job that is late: once for each run that did not come, and
/// once, whoever finds out. Gives the jobs that are told of now.
pub async fn tell_late(store: &Store) -> StoreResult<Vec<Job>> {
    let late: Vec<JobRow> = get_jobs(store).await?.into_iter().filter(|row| row.is_late).collect();
    let mut told = Vec::new();
    for row in late {
        let about = format!("job:{}:{}", row.job.slug(), row.due_at.timestamp());
        let known = || mail::Entity::find().filter(mail::Column::Once.starts_with(&about));
        if known().count(store.db.conn()).await? > 0 {
            continue;
        }
        let tx = store.db.begin().await?;
        // Whoever tells of it at the same time waits here.
        job::Entity::find_by_id(row.job).lock_exclusive().one(&tx).await?;
        if known().count(&tx).await? > 0 {
            continue;
        }
        let operators = user::Entity::find()
            .filter(user::Column::CompanyId.is_null())
            .filter(user::Column::DisabledAt.is_null())
            .all(&tx)
            .await?;
        let mails = operators.into_iter().map(|person| {
            let once = format!("{about}:{}", person.id);
            Draft::by_itself(person, once, |_| MailFacts::JobLate { job: row.job, since: row.due_at })
        });
        outbox::write(store, &tx, mails.collect()).await?;
        tx.commit().await?;
        told.push(row.job);
    }
    Ok(told)
}

/// The jobs, for an operator.
pub async fn list_jobs(ctx: &Ctx) -> StoreResult<Vec<JobRow>> {
    ctx.authorize(Action::SeeJobs)?;
    get_jobs(&ctx.store).await
}
