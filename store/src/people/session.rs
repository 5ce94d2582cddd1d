//! Sessions: a random token in the browser, its hash here.

use crate::audit::{Entry, record};
use crate::context::{Ctx, Origin, Store};
use crate::entity::{company, session, user, user_role};
use crate::error::{StoreError, StoreResult};
use crate::secrets::token_hash;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Action, Principal};
use domain::audit::AuditAction;
use domain::id::SessionId;
use domain::language::Language;
use domain::refusal::CompanyRefusal;
use domain::session::{alive, life};
use domain::theme::Theme;
use domain::view::SessionRow;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;

/// A session is written to at most this often, however many requests come.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// More open sessions than anybody looks through; older ones are listed no further.
const LISTED: u64 = 50;

/// What a cookie stands for.
#[derive(Clone, Debug)]
pub struct Found {
    pub principal: Principal,
    pub session: SessionId,
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub company_refusal: Option<CompanyRefusal>,
    /// Unless something is asked for before.
    pub ends_at: DateTime<Utc>,
}

/// Finds the living session of a token, for a request: the session lives on. Its person must not
/// be disabled.
pub async fn find_session(store: &Store, token: &str) -> StoreResult<Option<Found>> {
    find(store, token, true).await
}

/// The same, for a page that is only open: that alone keeps no session alive.
pub async fn look_up(store: &Store, token: &str) -> StoreResult<Option<Found>> {
    find(store, token, false).await
}

async fn find(store: &Store, token: &str, is_request: bool) -> StoreResult<Option<Found>> {
    let db = store.db.conn();
    let now = store.now();
    let Some((row, Some(person))) = session::Entity::find()
        .filter(session::Column::TokenHash.eq(token_hash(token)))
        .find_also_related_user()
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    let operator = person.company_id.is_none();
    if person.disabled_at.is_some() || !alive(life(operator), row.last_seen_at, row.expires_at, now) {
        return Ok(None);
    }
    let roles = user_role::Entity::find()
        .filter(user_role::Column::UserId.eq(person.id))
        .order_by_asc(user_role::Column::Role)
        .all(db)
        .await?;
    let company_refusal = match person.company_id {
        None => None,
        Some(id) => {
            let company = company::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::Corrupt("company"))?;
            match (company.suspended_at, company.in_predecessor) {
                (Some(_), _) => Some(CompanyRefusal::Suspended),
                (None, true) => Some(CompanyRefusal::InPredecessor),
                (None, false) => None,
            }
        }
    };
    let is_touched = is_request && now - row.last_seen_at >= TOUCH_EVERY;
    let last_seen_at = if is_touched { now } else { row.last_seen_at };
    if is_touched {
        let seen = session::ActiveModel { id: Set(row.id), last_seen_at: Set(now), ..Default::default() };
        if let Err(error) = seen.update(db).await {
            // A page can be read while the database takes no writes.
            tracing::warn!(%error, "a session could not be marked as seen");
        }
    }
    Ok(Some(Found {
        principal: Principal {
            user: person.id,
            company: person.company_id,
            roles: roles.into_iter().map(|r| r.role).collect(),
        },
        session: row.id,
        language: person.language,
        theme: person.theme,
        company_refusal,
        ends_at: row.expires_at.min(last_seen_at + life(operator).idle),
    }))
}

trait FindRelatedUser {
    fn find_also_related_user(self) -> sea_orm::SelectTwo<session::Entity, user::Entity>;
}
impl FindRelatedUser for sea_orm::Select<session::Entity> {
    fn find_also_related_user(self) -> sea_orm::SelectTwo<session::Entity, user::Entity> {
        let join = session::Entity::belongs_to(user::Entity).from(session::Column::UserId).to(user::Column::Id).into();
        self.join(sea_orm::JoinType::InnerJoin, join).select_also(user::Entity)
    }
}

/// Starts a session and gives its token, which is shown to nobody but the browser.
pub(crate) async fn start(
    tx: &impl sea_orm::ConnectionTrait,
    person: &user::Model,
    origin: &Origin,
    now: DateTime<Utc>,
) -> StoreResult<String> {
    let token = crate::secrets::new_token();
    let short = |text: &str, most: usize| text.chars().filter(|c| !c.is_control()).take(most).collect::<String>();
    session::ActiveModel {
        id: Set(SessionId(crate::context::new_uuid())),
        token_hash: Set(token_hash(&token)),
        user_id: Set(person.id),
        device: Set(short(&origin.device, 200)),
        address: Set(short(&origin.address, 64)),
        created_at: Set(now),
        last_seen_at: Set(now),
        expires_at: Set(now + life(person.company_id.is_none()).absolute),
    }
    .insert(tx)
    .await?;
    Ok(token)
}

/// Ends the session that the request came with.
pub async fn sign_out(ctx: &Ctx) -> StoreResult<()> {
    let tx = ctx.store.db.begin().await?;
    session::Entity::delete_by_id(ctx.session).exec(&tx).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::SignedOut)).await?;
    Ok(tx.commit().await?)
}

/// Ends every session of the person, this one too.
pub async fn sign_out_everywhere(ctx: &Ctx) -> StoreResult<()> {
    let tx = ctx.store.db.begin().await?;
    let ended = session::Entity::delete_many().filter(session::Column::UserId.eq(ctx.user())).exec(&tx).await?;
    let entry =
        Entry::by(ctx, ctx.now(), AuditAction::SignedOutEverywhere).details(json!({ "sessions": ended.rows_affected }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Ends one of the person's own sessions.
pub async fn end_session(ctx: &Ctx, id: SessionId) -> StoreResult<()> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let tx = ctx.store.db.begin().await?;
    let ended = session::Entity::delete_many()
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::UserId.eq(ctx.user()))
        .exec(&tx)
        .await?;
    if ended.rows_affected == 0 {
        return Err(StoreError::NotFound);
    }
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::SessionEnded).subject(id)).await?;
    Ok(tx.commit().await?)
}

/// The person's living sessions, the newest first.
pub async fn list_sessions(ctx: &Ctx) -> StoreResult<Vec<SessionRow>> {
    let now = ctx.now();
    let life = life(ctx.principal.is_operator());
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(ctx.user()))
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::LastSeenAt.gt(now - life.idle))
        .order_by_desc(session::Column::LastSeenAt)
        .limit(LISTED)
        .all(ctx.store.db.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| SessionRow {
            current: row.id == ctx.session,
            id: row.id,
            device: row.device,
            address: row.address,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        })
        .collect())
}

/// Removes sessions that ended and tries that count no more. Gives how many.
pub async fn delete_ended(store: &Store) -> StoreResult<u64> {
    let now = store.now();
    let ended = session::Entity::delete_many()
        .filter(
            Condition::any()
                .add(session::Column::ExpiresAt.lte(now))
                .add(session::Column::LastSeenAt.lte(now - life(false).idle)),
        )
        .exec(store.db.conn())
        .await?;
    let forgotten = super::sign_in::delete_old(store).await?;
    Ok(ended.rows_affected + forgotten)
}

/// Ends every session of a person but one.
pub(crate) async fn end_others(tx: &impl sea_orm::ConnectionTrait, ctx: &Ctx) -> StoreResult<u64> {
    let ended = session::Entity::delete_many()
        .filter(session::Column::UserId.eq(ctx.user()))
        .filter(session::Column::Id.ne(ctx.session))
        .exec(tx)
        .await?;
    Ok(ended.rows_affected)
}

/// Gives the request's session a new token.
pub(crate) async fn renew(tx: &impl sea_orm::ConnectionTrait, ctx: &Ctx) -> StoreResult<String> {
    let token = crate::secrets::new_token();
    let renewed =
        session::ActiveModel { id: Set(ctx.session), token_hash: Set(token_hash(&token)), ..Default::default() };
    renewed.update(tx).await?;
    Ok(token)
}

pub(crate) async fn own_row(tx: &impl sea_orm::ConnectionTrait, ctx: &Ctx) -> StoreResult<user::Model> {
    user::Entity::find_by_id(ctx.user()).lock_exclusive().one(tx).await?.ok_or(StoreError::NotFound)
}

/// Keeps a choice of language.
pub async fn set_language(ctx: &Ctx, language: Language) -> StoreResult<()> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let tx = ctx.store.db.begin().await?;
    let mut row = own_row(&tx, ctx).await?.into_active_model();
    row.language = Set(Some(language));
    row.update(&tx).await?;
    record(
        &ctx.store.keys,
        &tx,
        Entry::by(ctx, ctx.now(), AuditAction::LanguageChanged).details(json!({ "language": language.tag() })),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Keeps a choice of theme.
pub async fn set_theme(ctx: &Ctx, theme: Theme) -> StoreResult<()> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let tx = ctx.store.db.begin().await?;
    let mut row = own_row(&tx, ctx).await?.into_active_model();
    row.theme = Set(Some(theme));
    row.update(&tx).await?;
    record(
        &ctx.store.keys,
        &tx,
        Entry::by(ctx, ctx.now(), AuditAction::ThemeChanged).details(json!({ "theme": theme.slug() })),
    )
    .await?;
    Ok(tx.commit().await?)
}
