//! Sign-in: the same answer and the same time for an unknown account and a wrong password, and
//! a growing pause for whoever guesses.

use crate::audit::{Entry, record};
use crate::context::{Origin, Store};
use crate::entity::{company, session, sign_in_throttle, user};
use crate::error::{StoreError, StoreResult};
use crate::secrets::token_hash;
use chrono::{DateTime, Utc};
use domain::audit::AuditAction;
use domain::email::{Email, MAX_EMAIL_LEN};
use domain::id::UserId;
use domain::password::MAX_PASSWORD_CHARS;
use domain::refusal::SignInRefusal;
use domain::session::{FORGET_FAILURES_AFTER, Guessing, pause};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};

/// Who has just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// For the cookie, and for nothing else.
    pub token: String,
    pub user: UserId,
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
    // Cut, not refused: an over-long account is an unknown one.
    let account: String = email.trim().to_lowercase().chars().take(MAX_EMAIL_LEN).collect();
    let subjects = subjects(store, &account, &origin.address);
    if let Some(until) = blocked_until(store, &subjects, now).await? {
        return Err(StoreError::SignIn(SignInRefusal::TooManyTries { until }));
    }
    let normalized = Email::parse(&account).map(|e| e.normalized()).unwrap_or(account);
    let found = user::Entity::find().filter(user::Column::EmailNormalized.eq(normalized)).one(store.db.conn()).await?;
    let hash = found.as_ref().and_then(|u| u.password_hash.as_deref());
    // The bound keeps the work per try the same; it is longer than any password that can be set.
    let candidate: String = password.chars().take(MAX_PASSWORD_CHARS + 1).collect();
    let matches = store.passwords.verify(&candidate, hash).await?;
    let person = match found {
        Some(person) if matches => person,
        other => {
            fail(store, &subjects, other.as_ref(), origin, now).await?;
            return Err(StoreError::SignIn(SignInRefusal::Mismatch));
        }
    };
    if person.disabled_at.is_some() {
        return Err(StoreError::SignIn(SignInRefusal::Disabled));
    }
    if let Some(id) = person.company_id {
        let company = company::Entity::find_by_id(id).one(store.db.conn()).await?.ok_or(StoreError::Corrupt("company"))?;
        if company.suspended_at.is_some() {
            return Err(StoreError::SignIn(SignInRefusal::CompanySuspended));
        }
    }
    let tx = store.db.begin().await?;
    if let Some(token) = previous_token {
        session::Entity::delete_many().filter(session::Column::TokenHash.eq(token_hash(token))).exec(&tx).await?;
    }
    let token = super::session::start(&tx, &person, origin, now).await?;
    let forgiven = &subjects[0].1;
    sign_in_throttle::Entity::delete_many().filter(sign_in_throttle::Column::Subject.eq(forgiven.clone())).exec(&tx).await?;
    record(&tx, entry(&person, AuditAction::SignedIn, origin, now)).await?;
    tx.commit().await?;
    Ok(SignedIn { token, user: person.id })
}

fn entry<'a>(person: &user::Model, action: AuditAction, origin: &'a Origin, now: DateTime<Utc>) -> Entry<'a> {
    Entry { company: person.company_id, actor: Some(person.id), ..Entry::programme(origin, now, action) }
}

/// What failures are counted for, the pair of account and address first.
fn subjects(store: &Store, account: &str, address: &str) -> [(Guessing, Vec<u8>); 3] {
    let index = |kind: &str, text: &str| store.keys.blind_index(&format!("throttle/{kind}"), text.as_bytes());
    [
        (Guessing::AccountFromAddress, index("pair", &format!("{account}\n{address}"))),
        (Guessing::Address, index("address", address)),
        (Guessing::Account, index("account", account)),
    ]
}

async fn blocked_until(store: &Store, subjects: &[(Guessing, Vec<u8>); 3], now: DateTime<Utc>) -> StoreResult<Option<DateTime<Utc>>> {
    let rows = sign_in_throttle::Entity::find()
        .filter(sign_in_throttle::Column::Subject.is_in(subjects.iter().map(|(_, s)| s.clone())))
        .filter(sign_in_throttle::Column::BlockedUntil.gt(now))
        .all(store.db.conn())
        .await?;
    Ok(rows.into_iter().map(|r| r.blocked_until).max())
}

async fn fail(
    store: &Store,
    subjects: &[(Guessing, Vec<u8>); 3],
    person: Option<&user::Model>,
    origin: &Origin,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let tx = store.db.begin().await?;
    for (kind, subject) in subjects {
        count_failure(&tx, *kind, subject, now).await?;
    }
    let entry = match person {
        Some(person) => Entry { actor: None, ..entry(person, AuditAction::SignInFailed, origin, now) }.subject(person.id),
        None => Entry::programme(origin, now, AuditAction::SignInFailed),
    };
    record(&tx, entry).await?;
    Ok(tx.commit().await?)
}

async fn count_failure(tx: &impl ConnectionTrait, kind: Guessing, subject: &[u8], now: DateTime<Utc>) -> StoreResult<()> {
    let fresh = sign_in_throttle::ActiveModel {
        subject: Set(subject.to_vec()),
        failures: Set(0),
        last_failure_at: Set(now),
        blocked_until: Set(now),
    };
    sign_in_throttle::Entity::insert(fresh)
        .on_conflict(OnConflict::column(sign_in_throttle::Column::Subject).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let row = sign_in_throttle::Entity::find_by_id(subject.to_vec())
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(StoreError::Corrupt("sign_in_throttles"))?;
    let before = if now - row.last_failure_at > FORGET_FAILURES_AFTER { 0 } else { row.failures };
    let failures = before.saturating_add(1);
    sign_in_throttle::Entity::update(sign_in_throttle::ActiveModel {
        subject: Set(subject.to_vec()),
        failures: Set(failures),
        last_failure_at: Set(now),
        blocked_until: Set(now + pause(kind, u32::try_from(failures).unwrap_or(0))),
    })
    .exec(tx)
    .await?;
    Ok(())
}
