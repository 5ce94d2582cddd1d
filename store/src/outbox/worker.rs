//! What a worker does with the outbox: claim, say that it lives, mark.

use super::{parse_facts, place};
use crate::context::Store;
use crate::entity::mail;
use crate::error::StoreResult;
use chrono::TimeDelta;
use domain::id::MailId;
use domain::language::Language;
use domain::mail::{MOST_TRIES, MailFacts, MailState, pause_after};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use secrecy::SecretString;
use uuid::Uuid;

/// How long a claim holds. Its worker renews it meanwhile; when it dies, others take over then.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);
/// What is kept of a mail server's words.
const MAX_ERROR: usize = 500;

/// A mail in a worker's hands.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Also its Message-ID, the same at each try.
    pub id: MailId,
    pub address: String,
    pub name: String,
    pub language: Language,
    pub facts: MailFacts,
    /// An invitation's token.
    pub token: Option<SecretString>,
    /// Tries before this one.
    pub attempts: u32,
}

/// Takes up to `most` mails that are due, or whose worker has died, for this worker alone.
/// `in_hand` are those that it has already, whatever the clock has done meanwhile.
pub async fn claim(store: &Store, worker: Uuid, in_hand: &[MailId], most: u64) -> StoreResult<Vec<Claimed>> {
    use mail::Column as C;
    let now = store.now();
    // Written so that the index of what is to be sent fits: a claimed mail keeps its time.
    let due = Condition::all()
        .add(Condition::any().add(C::State.eq(MailState::Waiting)).add(C::State.eq(MailState::Sending)))
        .add(C::NextAt.lte(now))
        .add(Condition::any().add(C::State.eq(MailState::Waiting)).add(C::ClaimedUntil.lte(now)))
        .add(C::Id.is_not_in(in_hand.iter().copied()));
    // Looked for without the write lock first: most looks find nothing.
    let any = mail::Entity::find().filter(due.clone()).limit(1).one(store.db.conn()).await?;
    if any.is_none() {
        return Ok(Vec::new());
    }
    let tx = store.db.begin().await?;
    let rows = mail::Entity::find()
        .filter(due)
        .order_by_asc(C::NextAt)
        .order_by_asc(C::Id)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&tx)
        .await?;
    // One that kills its worker each time is given up.
    let (rows, deadly): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| u32::try_from(row.attempts).unwrap_or(u32::MAX) < MOST_TRIES);
    mail::Entity::update_many()
        .col_expr(C::State, Expr::value(MailState::Dead))
        .col_expr(C::NextAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .col_expr(C::ClaimedBy, Expr::value(Option::<Uuid>::None))
        .col_expr(C::ClaimedUntil, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(C::Id.is_in(deadly.iter().map(|r| r.id)))
        .exec(&tx)
        .await?;
    mail::Entity::update_many()
        .col_expr(C::State, Expr::value(MailState::Sending))
        .col_expr(C::ClaimedBy, Expr::value(worker))
        .col_expr(C::ClaimedUntil, Expr::value(now + LEASE))
        // Counted before it is tried.
        .col_expr(C::Attempts, Expr::col(C::Attempts).add(1))
        .filter(C::Id.is_in(rows.iter().map(|r| r.id)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        match read(store, &row) {
            Ok(mail) => claimed.push(mail),
            // The key ring does not open it: an operator sees why.
            Err(error) => {
                tracing::error!(mail = %row.id, %error, "a mail cannot be read");
                if let Err(error) = mark_failed(store, worker, row.id, "unreadable", true, 0.5).await {
                    // Its claim ends by itself, and it is looked at again.
                    tracing::warn!(mail = %row.id, %error, "that could not be written down");
                }
            }
        }
    }
    Ok(claimed)
}

fn read(store: &Store, row: &mail::Model) -> StoreResult<Claimed> {
    let token = match &row.secret {
        Some(sealed) => {
            let opened = store.keys.open(place(row.company_id, row.id), sealed)?;
            Some(String::from_utf8(opened).map_err(|_| crate::StoreError::Unreadable)?.into())
        }
        None => None,
    };
    Ok(Claimed {
        id: row.id,
        address: row.address.clone(),
        name: row.name.clone(),
        language: row.language,
        facts: parse_facts(&row.facts)?,
        token,
        attempts: u32::try_from(row.attempts).unwrap_or(0),
    })
}

fn own(worker: Uuid) -> Condition {
    Condition::all().add(mail::Column::State.eq(MailState::Sending)).add(mail::Column::ClaimedBy.eq(worker))
}

/// Says that the worker lives: its claims on these hold on.
pub async fn renew(store: &Store, worker: Uuid, in_hand: &[MailId]) -> StoreResult<()> {
    mail::Entity::update_many()
        .col_expr(mail::Column::ClaimedUntil, Expr::value(store.now() + LEASE))
        .filter(own(worker))
        .filter(mail::Column::Id.is_in(in_hand.iter().copied()))
        .exec(store.db.conn())
        .await?;
    Ok(())
}

/// The mail server has accepted it. Gives whether the mail was still this worker's.
pub async fn mark_sent(store: &Store, worker: Uuid, id: MailId) -> StoreResult<bool> {
    use mail::Column as C;
    let done = mail::Entity::update_many()
        .col_expr(C::State, Expr::value(MailState::Sent))
        .col_expr(C::SentAt, Expr::value(store.now()))
        .col_expr(C::NextAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .col_expr(C::ClaimedBy, Expr::value(Option::<Uuid>::None))
        .col_expr(C::ClaimedUntil, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .col_expr(C::LastError, Expr::value(Option::<String>::None))
        .col_expr(C::Secret, Expr::value(Option::<Vec<u8>>::None))
        .filter(C::Id.eq(id))
        .filter(own(worker))
        .exec(store.db.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// The mail server did not accept it: tried again after a pause, or given up. Rule R-MAIL-2.
pub async fn mark_failed(
    store: &Store,
    worker: Uuid,
    id: MailId,
    why: &str,
    for_good: bool,
    jitter: f64,
) -> StoreResult<()> {
    use mail::Column as C;
    let Some(row) = mail::Entity::find_by_id(id).filter(own(worker)).one(store.db.conn()).await? else {
        return Ok(());
    };
    let pause = pause_after(u32::try_from(row.attempts).unwrap_or(u32::MAX), jitter).filter(|_| !for_good);
    let (state, next) = match pause {
        Some(pause) => (MailState::Waiting, Some(store.now() + pause)),
        None => (MailState::Dead, None),
    };
    let why: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_ERROR).collect();
    mail::Entity::update_many()
        .col_expr(C::State, Expr::value(state))
        .col_expr(C::NextAt, Expr::value(next))
        .col_expr(C::ClaimedBy, Expr::value(Option::<Uuid>::None))
        .col_expr(C::ClaimedUntil, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .col_expr(C::LastError, Expr::value(Some(why)))
        .filter(C::Id.eq(id))
        .filter(own(worker))
        .exec(store.db.conn())
        .await?;
    Ok(())
}

/// At the start: on SQLite one program at a time serves a file (`server::start` holds a lock), so
/// whoever claimed a mail is dead.
pub async fn let_go(store: &Store) -> StoreResult<()> {
    if store.db.conn().get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    mail::Entity::update_many()
        .col_expr(mail::Column::ClaimedUntil, Expr::value(store.now()))
        .filter(mail::Column::State.eq(MailState::Sending))
        .exec(store.db.conn())
        .await?;
    Ok(())
}
