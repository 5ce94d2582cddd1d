//! The first start: one installation row, and one token that makes the first operator.

use crate::audit::{Entry, record};
use crate::context::{Origin, Store, new_uuid};
use crate::db::Db;
use crate::entity::{installation, setup_token, user};
use crate::error::{StoreError, StoreResult};
use crate::people::account::check_name;
use crate::secrets::{KeyRing, Place, RingProblem, new_token, token_hash};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::AuditAction;
use domain::email::Email;
use domain::id::UserId;
use domain::password::check_new_password;
use domain::refusal::SetupRefusal;
use domain::text::trim;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use std::path::Path;
use uuid::Uuid;

/// How long the printed token works; starting the service again prints another.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::hours(24);

/// A known text under the ring: opens with the right ring only.
#[derive(Serialize, Deserialize)]
struct KeyCheck {
    sealed: Vec<u8>,
    index: Vec<u8>,
}
const KNOWN: &[u8] = b"vorteil key check";
const CHECK_PLACE: Place = Place { company: None, row: Uuid::nil(), column: "key_check" };

#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error(transparent)]
    Ring(#[from] RingProblem),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The key ring that this database was made with; for an empty database, a new one.
///
/// A missing or wrong ring is an error before anything is written.
pub async fn open_installation(
    db: &Db,
    path: &Path,
    from_environment: Option<&str>,
    demo: bool,
    now: DateTime<Utc>,
) -> Result<KeyRing, InstallError> {
    let row = installation::Entity::find_by_id(1).one(db.conn()).await.map_err(StoreError::from)?;
    let given = match from_environment {
        Some(text) => Some(KeyRing::parse("from the environment", text)?),
        None => KeyRing::load(path)?,
    };
    let ring = match (given, &row) {
        (Some(ring), _) => ring,
        (None, Some(_)) => return Err(RingProblem::Missing(path.to_owned()).into()),
        (None, None) => {
            let ring = KeyRing::generate();
            ring.create(path)?;
            ring
        }
    };
    match row {
        Some(row) => {
            let check: KeyCheck = serde_json::from_str(&row.key_check).map_err(|_| StoreError::Corrupt("key_check"))?;
            let opens = ring.open(CHECK_PLACE, &check.sealed).is_ok_and(|text| text == KNOWN);
            if !opens || ring.blind_index("key_check", KNOWN) != check.index {
                return Err(RingProblem::Wrong.into());
            }
        }
        None => {
            let check =
                KeyCheck { sealed: ring.seal(CHECK_PLACE, KNOWN)?, index: ring.blind_index("key_check", KNOWN) };
            let key_check = serde_json::to_string(&check).map_err(|_| StoreError::Corrupt("key_check"))?;
            installation::ActiveModel { id: Set(1), key_check: Set(key_check), demo: Set(demo), created_at: Set(now) }
                .insert(db.conn())
                .await
                .map_err(StoreError::from)?;
        }
    }
    Ok(ring)
}

/// Whether this database was made by a start in demo mode; `None` before the first start.
pub async fn is_demo(db: &Db) -> StoreResult<Option<bool>> {
    Ok(installation::Entity::find_by_id(1).one(db.conn()).await?.map(|row| row.demo))
}

/// Whether there is no operator yet.
pub async fn needs_setup(store: &Store) -> StoreResult<bool> {
    Ok(user::Entity::find().filter(user::Column::CompanyId.is_null()).count(store.db.conn()).await? == 0)
}

/// Makes the token for the first operator; tokens from before stop working.
pub async fn issue_setup_token(store: &Store) -> StoreResult<String> {
    let token = new_token();
    let now = store.now();
    let tx = store.db.begin().await?;
    setup_token::Entity::delete_many().filter(setup_token::Column::UsedAt.is_null()).exec(&tx).await?;
    setup_token::ActiveModel {
        id: Set(new_uuid()),
        token_hash: Set(token_hash(&token)),
        expires_at: Set(now + TOKEN_LIFE),
        used_at: Set(None),
    }
    .insert(&tx)
    .await?;
    tx.commit().await?;
    Ok(token)
}

/// Creates the first operator. The token works once. Rule R-AUTH-3.
pub async fn create_first_operator(
    store: &Store,
    token: &str,
    name: &str,
    email: &str,
    password: &str,
    repeated: &str,
    origin: &Origin,
) -> StoreResult<UserId> {
    let name = check_name(name)?;
    let email = Email::parse(email).map_err(StoreError::Email)?;
    check_new_password(password, repeated).map_err(StoreError::Password)?;
    let now = store.now();
    // Looked at before the expensive work, and again under the lock.
    check_token(setup_token::Entity::find().all(store.db.conn()).await?, token, now)?;
    store.passwords.judge(password, &[&name, email.as_str()]).await?;
    let hash = store.passwords.hash(password).await?;
    let tx = store.db.begin().await?;
    let locked = setup_token::Entity::find().order_by_asc(setup_token::Column::Id).lock_exclusive();
    let row = check_token(locked.all(&tx).await?, token, now)?;
    if user::Entity::find().filter(user::Column::CompanyId.is_null()).count(&tx).await? > 0 {
        return Err(StoreError::Setup(SetupRefusal::AlreadyDone));
    }
    let mut used = row.into_active_model();
    used.used_at = Set(Some(now));
    used.update(&tx).await?;
    let id = UserId(new_uuid());
    user::ActiveModel {
        id: Set(id),
        company_id: Set(None),
        search: Set(user::search_text(&name, email.as_str())),
        name: Set(name),
        email: Set(email.as_str().to_owned()),
        email_normalized: Set(email.normalized()),
        password_hash: Set(Some(hash)),
        language: Set(None),
        theme: Set(None),
        disabled_at: Set(None),
        created_at: Set(now),
    }
    .insert(&tx)
    .await?;
    record(&store.keys, &tx, Entry::programme(origin, now, AuditAction::OperatorCreated).subject(id)).await?;
    tx.commit().await?;
    Ok(id)
}

fn check_token(rows: Vec<setup_token::Model>, token: &str, now: DateTime<Utc>) -> StoreResult<setup_token::Model> {
    use subtle::ConstantTimeEq;
    let hash = token_hash(trim(token));
    rows.into_iter()
        .find(|row| row.used_at.is_none() && now < row.expires_at && bool::from(row.token_hash.ct_eq(&hash)))
        .ok_or(StoreError::Setup(SetupRefusal::Token))
}
