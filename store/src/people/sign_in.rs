//! Sign-in: the same answer and the same time for an unknown account and a wrong password, and
//! a growing pause for whoever guesses.

use crate::audit::{Entry, record};
use crate::context::{Origin, Store};
use crate::entity::{company, session, sign_in_throttle, user};
use crate::error::{StoreError, StoreResult};
use crate::secrets::token_hash;
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::AuditAction;
use domain::email::{Email, MAX_EMAIL_LEN};
use domain::id::UserId;
use domain::refusal::SignInRefusal;
use domain::session::{FORGET_FAILURES_AFTER, Guessing, pause};
use domain::text::fold;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use serde_json::json;
use std::net::IpAddr;

/// Who has just signed in.
pub struct SignedIn {
    /// For the cookie, and for nothing else.
    pub token: String,
    pub user: UserId,
}

/// Without the token.
impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedIn({:?})", self.user)
    }
}

/// Signs a person in and starts a session. A session that the browser had is ended, so that a
/// token from before the sign-in is worth nothing after it.
pub async fn sign_in(
    store: &Store,
    email: &str,
    password: &str,
    previous_token: Option<&str>,
    origin: &Origin,
) -> StoreResult<SignedIn> {
    let now = store.now();
    // One form of the account for the counters and for the look-up, or padding would give each
    // try a counter of its own.
    let parsed = Email::known(email).ok().map(|e| e.normalized());
    let account = parsed.clone().unwrap_or_else(|| fold(email).chars().take(MAX_EMAIL_LEN).collect());
    let subjects = subjects(store, &account, &origin.address);
    count_try(store, &subjects, now).await?;
    let found = match parsed {
        Some(email) => {
            user::Entity::find().filter(user::Column::EmailNormalized.eq(email)).one(store.db.conn()).await?
        }
        None => None,
    };
    let hash = found.as_ref().and_then(|u| u.password_hash.clone());
    let matches = store.passwords.verify(password, hash.as_deref()).await?;
    let mismatch = StoreError::SignIn(SignInRefusal::Mismatch);
    let person = match found {
        Some(person) if matches => person,
        other => {
            record_failure(store, other.as_ref(), "password", origin, now).await?;
            return Err(mismatch);
        }
    };
    let tx = store.db.begin().await?;
    // Under the lock once more: the password may have been changed, or the person disabled, while
    // the old one was being verified.
    let person = user::Entity::find_by_id(person.id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if person.password_hash != hash {
        return Err(mismatch);
    }
    let company = match person.company_id {
        Some(id) => company::Entity::find_by_id(id).one(&tx).await?,
        None => None,
    };
    let refusal = match (person.disabled_at, company.and_then(|c| c.suspended_at)) {
        (Some(_), _) => Some((SignInRefusal::Disabled, "disabled")),
        (None, Some(_)) => Some((SignInRefusal::CompanySuspended, "suspended")),
        (None, None) => None,
    };
    if let Some((refusal, reason)) = refusal {
        tx.rollback().await?;
        record_failure(store, Some(&person), reason, origin, now).await?;
        return Err(StoreError::SignIn(refusal));
    }
    if let Some(token) = previous_token {
        session::Entity::delete_many().filter(session::Column::TokenHash.eq(token_hash(token))).exec(&tx).await?;
    }
    let token = super::session::start(&tx, &person, origin, now).await?;
    forgive(&tx, &subjects, now).await?;
    record(&store.keys, &tx, entry(&person, AuditAction::SignedIn, origin, now)).await?;
    tx.commit().await?;
    Ok(SignedIn { token, user: person.id })
}

fn entry<'a>(person: &user::Model, action: AuditAction, origin: &'a Origin, now: DateTime<Utc>) -> Entry<'a> {
    Entry { company: person.company_id, actor: Some(person.id), ..Entry::programme(origin, now, action) }
}

/// Asks for the password again, of somebody who is signed in. The same brake as at the sign-in:
/// whoever holds a session must not guess here either.
pub(crate) async fn confirm_password(
    store: &Store,
    person: &user::Model,
    password: &str,
    origin: &Origin,
) -> StoreResult<()> {
    let now = store.now();
    let subject = store.keys.blind_index("throttle/confirm", person.id.0.as_bytes());
    let subjects = [(Guessing::AccountFromAddress, subject)];
    count_try(store, &subjects, now).await?;
    if store.passwords.verify(password, person.password_hash.as_deref()).await? {
        let tx = store.db.begin().await?;
        forgive(&tx, &subjects, now).await?;
        tx.commit().await?;
        return Ok(());
    }
    record_failure(store, Some(person), "confirmation", origin, now).await?;
    Err(StoreError::CurrentPassword)
}

type Subject = (Guessing, Vec<u8>);

/// What tries are counted for, the pair of account and address first.
fn subjects(store: &Store, account: &str, address: &str) -> [Subject; 3] {
    let index = |kind: &str, text: &str| store.keys.blind_index(&format!("throttle/{kind}"), text.as_bytes());
    let network = network(address);
    [
        (Guessing::AccountFromAddress, index("pair", &format!("{account}\n{network}"))),
        (Guessing::Address, index("address", &network)),
        (Guessing::Account, index("account", account)),
    ]
}

/// One subscriber has a whole /64 of IPv6 addresses; they count as one.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => ip.segments()[..4].iter().map(|s| format!("{s:x}:")).collect(),
        _ => address.to_owned(),
    }
}

/// Counts a try before the password is looked at, so that a burst of parallel tries gets no
/// further than one after the other. Refuses while a pause lasts; for a whole account it only
/// waits, or strangers could keep a person out.
async fn count_try(store: &Store, subjects: &[Subject], now: DateTime<Utc>) -> StoreResult<()> {
    let tx = store.db.begin().await?;
    let mut wait = TimeDelta::zero();
    for (kind, subject) in subjects {
        let fresh = sign_in_throttle::ActiveModel {
            subject: Set(subject.clone()),
            failures: Set(0),
            last_failure_at: Set(now),
            blocked_until: Set(now),
        };
        sign_in_throttle::Entity::insert(fresh)
            .on_conflict(OnConflict::column(sign_in_throttle::Column::Subject).do_nothing().to_owned())
            .exec_without_returning(&tx)
            .await?;
        let row = sign_in_throttle::Entity::find_by_id(subject.clone())
            .lock_exclusive()
            .one(&tx)
            .await?
            .ok_or(StoreError::Corrupt("sign_in_throttles"))?;
        if row.blocked_until > now {
            if *kind != Guessing::Account {
                return Err(StoreError::SignIn(SignInRefusal::TooManyTries { until: row.blocked_until }));
            }
            wait = row.blocked_until - now;
        }
        let before = if now - row.last_failure_at > FORGET_FAILURES_AFTER { 0 } else { row.failures };
        let failures = before.saturating_add(1);
        sign_in_throttle::Entity::update(sign_in_throttle::ActiveModel {
            subject: Set(subject.clone()),
            failures: Set(failures),
            last_failure_at: Set(now),
            blocked_until: Set(now + pause(*kind, u32::try_from(failures).unwrap_or(0))),
        })
        .exec(&tx)
        .await?;
    }
    tx.commit().await?;
    tokio::time::sleep(wait.to_std().unwrap_or_default()).await;
    Ok(())
}

/// The right password: the pair starts anew, and the try counts for nothing elsewhere.
async fn forgive(tx: &impl ConnectionTrait, subjects: &[Subject], now: DateTime<Utc>) -> StoreResult<()> {
    for (kind, subject) in subjects {
        let row = sign_in_throttle::Entity::find_by_id(subject.clone()).lock_exclusive().one(tx).await?;
        let Some(row) = row else { continue };
        if *kind == Guessing::AccountFromAddress || row.failures <= 1 {
            sign_in_throttle::Entity::delete_by_id(subject.clone()).exec(tx).await?;
        } else {
            let mut row = row.into_active_model();
            row.failures = Set(row.failures.take().unwrap_or(1) - 1);
            row.blocked_until = Set(now);
            row.update(tx).await?;
        }
    }
    Ok(())
}

async fn record_failure(
    store: &Store,
    person: Option<&user::Model>,
    reason: &str,
    origin: &Origin,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let tx = store.db.begin().await?;
    let entry = match person {
        Some(person) => {
            Entry { actor: None, ..entry(person, AuditAction::SignInFailed, origin, now) }.subject(person.id)
        }
        None => Entry::programme(origin, now, AuditAction::SignInFailed),
    };
    record(&store.keys, &tx, entry.details(json!({ "reason": reason }))).await?;
    Ok(tx.commit().await?)
}

/// Forgets tries that count no more. Gives how many rows.
pub(crate) async fn delete_old(store: &Store) -> StoreResult<u64> {
    let old = store.now() - FORGET_FAILURES_AFTER;
    let gone = sign_in_throttle::Entity::delete_many()
        .filter(sign_in_throttle::Column::LastFailureAt.lt(old))
        .exec(store.db.conn())
        .await?;
    Ok(gone.rows_affected)
}
