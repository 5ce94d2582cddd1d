//! Invitations: a link that a person sets their first password with.
//!
//! The token is stored hashed, works once and for [`INVITATION_LIFE`]; a new one replaces it.

use crate::audit::{Entry, record};
use crate::context::{Ctx, Origin, Store, new_uuid};
use crate::entity::{company, invitation, user};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::secrets::{new_token, token_hash};
use domain::audit::AuditAction;
use domain::id::{InvitationId, UserId};
use domain::mail::MailFacts;
use domain::password::check_new_password;
use domain::people::{INVITATION_LIFE, PeopleRefusal};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use serde::{Deserialize, Serialize};

/// Whom an invitation is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub name: String,
    pub email: String,
    pub company: String,
}

/// An invitation that was not used works no more, and is not sent any more.
pub(crate) async fn revoke(tx: &impl ConnectionTrait, person: UserId) -> StoreResult<()> {
    invitation::Entity::delete_many()
        .filter(invitation::Column::UserId.eq(person))
        .filter(invitation::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    outbox::drop_invitations(tx, person).await
}

/// Makes a new link for a person and sends it to them; an earlier one that was not used is
/// replaced.
pub(crate) async fn issue(ctx: &Ctx, tx: &impl ConnectionTrait, person: &user::Model) -> StoreResult<String> {
    let token = new_token();
    let now = ctx.now();
    revoke(tx, person.id).await?;
    let id = InvitationId(new_uuid());
    let company = match person.company_id {
        Some(id) => company::Entity::find_by_id(id).one(tx).await?.map(|c| c.name).unwrap_or_default(),
        None => String::new(),
    };
    let facts = MailFacts::Invitation { by: outbox::actor_name(ctx, tx).await?, company };
    let mail = Draft { secret: Some(token.clone()), ..Draft::to(ctx, person, format!("invitation:{id}"), facts) };
    outbox::write(&ctx.store, tx, vec![mail]).await?;
    invitation::ActiveModel {
        id: Set(id),
        user_id: Set(person.id),
        token_hash: Set(token_hash(&token)),
        created_by: Set(ctx.user()),
        created_at: Set(now),
        expires_at: Set(now + INVITATION_LIFE),
        used_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(token)
}

/// The invitation of a token that works now, and its person.
async fn find(
    db: &impl ConnectionTrait,
    store: &Store,
    token: &str,
    lock: bool,
) -> StoreResult<(invitation::Model, user::Model)> {
    let refused = || StoreError::People(PeopleRefusal::Invitation);
    let mut select = invitation::Entity::find()
        .filter(invitation::Column::TokenHash.eq(token_hash(token.trim())))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(store.now()));
    if lock {
        select = select.lock_exclusive();
    }
    let row = select.one(db).await?.ok_or_else(refused)?;
    let person = user::Entity::find_by_id(row.user_id).one(db).await?.ok_or_else(refused)?;
    if person.disabled_at.is_some() || person.password_hash.is_some() {
        return Err(refused());
    }
    Ok((row, person))
}

/// Whom a link is for, to greet them.
pub async fn get_invited(store: &Store, token: &str) -> StoreResult<Invited> {
    let db = store.db.conn();
    let (_, person) = find(db, store, token, false).await?;
    let company = match person.company_id {
        Some(id) => company::Entity::find_by_id(id).one(db).await?.map(|c| c.name).unwrap_or_default(),
        None => String::new(),
    };
    Ok(Invited { name: person.name, email: person.email, company })
}

/// Sets the first password. The link works once. Rule R-INV-1.
pub async fn accept_invitation(
    store: &Store,
    token: &str,
    password: &str,
    repeated: &str,
    origin: &Origin,
) -> StoreResult<()> {
    check_new_password(password, repeated).map_err(StoreError::Password)?;
    // Looked at before the expensive work, and again under the lock.
    let invited = get_invited(store, token).await?;
    store.passwords.judge(password, &[&invited.name, &invited.email, &invited.company]).await?;
    let hash = store.passwords.hash(password).await?;
    let now = store.now();
    let tx = store.db.begin().await?;
    // The person first, as whoever disables them does.
    let (_, person) = find(&tx, store, token, false).await?;
    user::Entity::find_by_id(person.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let (row, person) = find(&tx, store, token, true).await?;
    let (id, company) = (person.id, person.company_id);
    let mut row = row.into_active_model();
    row.used_at = Set(Some(now));
    row.update(&tx).await?;
    let mut person = person.into_active_model();
    person.password_hash = Set(Some(hash));
    person.update(&tx).await?;
    outbox::drop_invitations(&tx, id).await?;
    let mut entry = Entry::programme(origin, now, AuditAction::UserJoined).subject(id);
    entry.company = company;
    entry.actor = Some(id);
    record(&store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}
