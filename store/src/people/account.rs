//! The people of a company: found, added, given roles, disabled. "Account settings".
//!
//! Whoever changes who is Global admin locks the company first, so that two of them cannot take
//! the role from each other at once and leave nobody.

use crate::audit::{Entry, record};
use crate::benefits::history::{list_before, list_held_now};
use crate::benefits::seat::{check_successor, move_all};
use crate::context::{Ctx, new_uuid};
use crate::entity::{assignment, company, invitation, session, user, user_role};
use crate::error::{StoreError, StoreResult};
use crate::people::invitation::{issue, revoke};
use crate::people::profile::list_keys_seen_by;
use crate::search::each_word;
use chrono::{DateTime, Utc};
use domain::access::{Action, Role};
use domain::audit::AuditAction;
use domain::email::Email;
use domain::id::{CompanyId, UserId};
use domain::language::Language;
use domain::people::{
    AccountState, Choice, Choices, MovedSeat, NameProblem, PeopleFilter, PeoplePage, PeopleRefusal, Person, PersonRow,
    RoleFacts, SeatsOfLeaver, change_roles, disable, read_name,
};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::json;
use std::collections::HashMap;

/// Rows on a page.
pub const PAGE: u64 = 50;
/// People whom a picker offers at once.
const OFFERED: u64 = 20;

/// What is asked of the list.
#[derive(Clone, Debug, Default)]
pub struct PeopleQuery {
    pub filter: PeopleFilter,
    pub search: String,
    /// [`PeoplePage::next`] of the page before.
    pub after: Option<String>,
}

pub(crate) fn state_of(row: &user::Model) -> AccountState {
    match (&row.disabled_at, &row.password_hash) {
        (Some(_), _) => AccountState::Disabled,
        (None, None) => AccountState::Invited,
        (None, Some(_)) => AccountState::Active,
    }
}

fn of_company(company: CompanyId) -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::CompanyId.eq(company))
}

fn condition(filter: PeopleFilter) -> Condition {
    let all = Condition::all();
    let enabled = user::Column::DisabledAt.is_null();
    match filter {
        PeopleFilter::All => all,
        PeopleFilter::WithRole => all.add(enabled).add(
            user::Column::Id
                .in_subquery(Query::select().column(user_role::Column::UserId).from(user_role::Entity).to_owned()),
        ),
        PeopleFilter::Invited => all.add(enabled).add(user::Column::PasswordHash.is_null()),
        PeopleFilter::Disabled => all.add(user::Column::DisabledAt.is_not_null()),
    }
}

/// Every word has to be found, in the name or the address.
fn found_by(search: &str) -> Condition {
    each_word((user::Entity, user::Column::Search), search)
}

pub(crate) async fn roles_of(db: &impl ConnectionTrait, ids: &[UserId]) -> StoreResult<HashMap<UserId, Vec<Role>>> {
    let mut roles: HashMap<UserId, Vec<Role>> = HashMap::new();
    let rows = user_role::Entity::find().filter(user_role::Column::UserId.is_in(ids.iter().copied())).all(db).await?;
    for row in rows {
        roles.entry(row.user_id).or_default().push(row.role);
    }
    for held in roles.values_mut() {
        held.sort();
    }
    Ok(roles)
}

/// A page of the company's people, by name.
pub async fn list_people(ctx: &Ctx, query: &PeopleQuery) -> StoreResult<PeoplePage> {
    let company = ctx.authorize_in_company(Action::SeeRoleHolders)?;
    let db = ctx.store.db.conn();
    let mut select = of_company(company).filter(condition(query.filter)).filter(found_by(&query.search));
    let total = select.clone().count(db).await?;
    if let Some(after) = query.after.as_deref().and_then(|id| id.parse::<UserId>().ok()) {
        // Where the page before ended; an id that is not there starts anew.
        if let Some(last) = of_company(company).filter(user::Column::Id.eq(after)).one(db).await? {
            let further = Condition::any()
                .add(user::Column::Search.gt(last.search.clone()))
                .add(Condition::all().add(user::Column::Search.eq(last.search)).add(user::Column::Id.gt(last.id)));
            select = select.filter(further);
        }
    }
    let mut rows =
        select.order_by_asc(user::Column::Search).order_by_asc(user::Column::Id).limit(PAGE + 1).all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|r| r.id.to_string());
    let ids: Vec<UserId> = rows.iter().map(|r| r.id).collect();
    let mut roles = roles_of(db, &ids).await?;
    let held: Vec<(UserId, i64)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::UserId)
        .column_as(assignment::Column::Id.count(), "n")
        .filter(assignment::Column::CompanyId.eq(company))
        .filter(assignment::Column::UserId.is_in(ids))
        .filter(assignment::Column::RemovedAt.is_null())
        .group_by(assignment::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    let held: HashMap<UserId, u64> = held.into_iter().map(|(id, n)| (id, u64::try_from(n).unwrap_or(0))).collect();
    let mut counts = [0; 4];
    for (count, filter) in counts.iter_mut().zip(PeopleFilter::ALL) {
        *count = of_company(company).filter(condition(filter)).filter(found_by(&query.search)).count(db).await?;
    }
    Ok(PeoplePage {
        rows: rows
            .into_iter()
            .map(|row| PersonRow {
                roles: roles.remove(&row.id).unwrap_or_default(),
                seats: held.get(&row.id).copied().unwrap_or(0),
                state: state_of(&row),
                id: row.id,
                name: row.name,
                email: row.email,
            })
            .collect(),
        total,
        counts,
        next,
        global_admins: count_global_admins(db, company, None).await?,
    })
}

/// People to pick from: enabled, by name, the first matches. `selected` comes first when given.
pub async fn list_choices(ctx: &Ctx, search: &str, selected: Option<UserId>) -> StoreResult<Choices> {
    let company = ctx.authorize_in_company(Action::SeeRoleHolders)?;
    let db = ctx.store.db.conn();
    let enabled = || of_company(company).filter(user::Column::DisabledAt.is_null());
    let mut rows = enabled()
        .filter(found_by(search))
        .order_by_asc(user::Column::Search)
        .order_by_asc(user::Column::Id)
        .limit(OFFERED + 1)
        .all(db)
        .await?;
    let more = rows.len() as u64 > OFFERED;
    rows.truncate(OFFERED as usize);
    if let Some(id) = selected.filter(|id| rows.iter().all(|r| r.id != *id))
        && let Some(row) = enabled().filter(user::Column::Id.eq(id)).one(db).await?
    {
        rows.insert(0, row);
    }
    Ok(Choices { people: rows.into_iter().map(|r| Choice { id: r.id, name: r.name, email: r.email }).collect(), more })
}

/// Global admins of a company who can act, but for one: not disabled, and joined already.
pub(crate) async fn count_global_admins(
    db: &impl ConnectionTrait,
    company: CompanyId,
    but: Option<UserId>,
) -> StoreResult<u64> {
    let admins = Query::select()
        .column(user_role::Column::UserId)
        .from(user_role::Entity)
        .and_where(Expr::col(user_role::Column::Role).eq(Role::GlobalAdmin))
        .to_owned();
    let mut select = of_company(company)
        .filter(user::Column::DisabledAt.is_null())
        .filter(user::Column::PasswordHash.is_not_null())
        .filter(user::Column::Id.in_subquery(admins));
    if let Some(but) = but {
        select = select.filter(user::Column::Id.ne(but));
    }
    Ok(select.count(db).await?)
}

/// Locks the company against other changes of who is Global admin; its other rows stay free.
pub(crate) async fn lock_company(tx: &impl ConnectionTrait, id: CompanyId) -> StoreResult<company::Model> {
    company::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?.ok_or(StoreError::NotFound)
}

/// Locks a person of the company.
pub(crate) async fn lock_person(tx: &impl ConnectionTrait, company: CompanyId, id: UserId) -> StoreResult<user::Model> {
    of_company(company)
        .filter(user::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(StoreError::NotFound)
}

/// Locks people of the company in the order of their ids, and gives them in the order asked for.
pub(crate) async fn lock_people(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    ids: &[UserId],
) -> StoreResult<Vec<user::Model>> {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut found = HashMap::with_capacity(sorted.len());
    for chunk in sorted.chunks(crate::benefits::seat::CHUNK) {
        let rows = of_company(company)
            .filter(user::Column::Id.is_in(chunk.iter().copied()))
            .order_by_asc(user::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(tx)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    ids.iter().map(|id| found.get(id).cloned().ok_or(StoreError::NotFound)).collect()
}

pub(crate) fn check_name(name: &str) -> StoreResult<String> {
    read_name(name).map_err(|problem| match problem {
        NameProblem::Shape => StoreError::Name,
        NameProblem::Hidden(hidden) => StoreError::HiddenInName(hidden),
    })
}

/// Adds a person to the company and invites them. Gives their id, and the invitation's token,
/// which is shown once.
pub async fn add_user(ctx: &Ctx, name: &str, email: &str, roles: &[Role]) -> StoreResult<(UserId, String)> {
    let company = ctx.authorize_in_company(Action::AddUser)?;
    let name = check_name(name)?;
    let email = Email::parse(email).map_err(StoreError::Email)?;
    let id = UserId(new_uuid());
    let tx = ctx.store.db.begin().await?;
    let facts = RoleFacts {
        actor: &ctx.principal,
        person: id,
        before: &[],
        after: roles,
        other_global_admins: 0,
        is_out: true,
    };
    let change = change_roles(&facts)?;
    let token = create_person(ctx, &tx, (id, company), name, &email, None, &change.added).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::UserAdded).subject(id).details(json!({ "roles": change.added }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok((id, token))
}

/// Adds a person with roles and invites them. Gives the invitation's token.
pub(crate) async fn create_person(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    (id, company): (UserId, CompanyId),
    name: String,
    email: &Email,
    language: Option<Language>,
    roles: &[Role],
) -> StoreResult<String> {
    let now = ctx.now();
    let taken = user::Entity::find().filter(user::Column::EmailNormalized.eq(email.normalized())).count(tx).await?;
    // Also when it is another company's: an address has one account.
    if taken > 0 {
        return Err(StoreError::People(PeopleRefusal::EmailTaken));
    }
    let person = user::ActiveModel {
        id: Set(id),
        company_id: Set(Some(company)),
        search: Set(user::search_text(&name, email.as_str())),
        name: Set(name),
        email: Set(email.as_str().to_owned()),
        email_normalized: Set(email.normalized()),
        password_hash: Set(None),
        language: Set(language),
        theme: Set(None),
        disabled_at: Set(None),
        created_at: Set(now),
    }
    .insert(tx)
    .await
    .map_err(|error| match error.sql_err() {
        // Somebody else was faster.
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => StoreError::People(PeopleRefusal::EmailTaken),
        _ => error.into(),
    })?;
    grant(tx, id, roles, Some(ctx.user()), now).await?;
    issue(ctx, tx, &person).await
}

pub(crate) async fn grant(
    tx: &impl ConnectionTrait,
    id: UserId,
    roles: &[Role],
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    for &role in roles {
        user_role::ActiveModel { user_id: Set(id), role: Set(role), granted_at: Set(now), granted_by: Set(by) }
            .insert(tx)
            .await?;
    }
    Ok(())
}

/// Gives the person who was invited a new link; the old one works no more.
pub async fn invite_again(ctx: &Ctx, id: UserId) -> StoreResult<String> {
    let company = ctx.authorize_in_company(Action::AddUser)?;
    let tx = ctx.store.db.begin().await?;
    let row = lock_person(&tx, company, id).await?;
    match state_of(&row) {
        AccountState::Active => return Err(StoreError::People(PeopleRefusal::AlreadyJoined)),
        AccountState::Disabled => return Err(StoreError::People(PeopleRefusal::Disabled)),
        AccountState::Invited => {}
    }
    let roles = roles_of(&tx, &[id]).await?.remove(&id).unwrap_or_default();
    // Whoever makes the link could use it themselves.
    if roles.contains(&Role::GlobalAdmin) && !ctx.principal.can(Action::GrantGlobalAdmin) {
        return Err(StoreError::Forbidden(Action::GrantGlobalAdmin));
    }
    let token = issue(ctx, &tx, &row).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::UserInvited).subject(id)).await?;
    tx.commit().await?;
    Ok(token)
}

/// Changes a person's roles to these. Rule R-ROLE-1.
///
/// `seen` are the roles that whoever decides had before their eyes, if they say so: when they are
/// others by now, nothing is changed.
pub async fn set_roles(ctx: &Ctx, id: UserId, roles: &[Role], seen: Option<&[Role]>) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::GrantRole)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let row = lock_person(&tx, company, id).await?;
    let before = roles_of(&tx, &[id]).await?.remove(&id).unwrap_or_default();
    if seen.is_some_and(|seen| seen != before) {
        return Err(StoreError::People(PeopleRefusal::RolesChanged));
    }
    let facts = RoleFacts {
        actor: &ctx.principal,
        person: id,
        before: &before,
        after: roles,
        other_global_admins: count_global_admins(&tx, company, Some(id)).await?,
        is_out: state_of(&row) != AccountState::Active,
    };
    let change = change_roles(&facts)?;
    if change.added.is_empty() && change.removed.is_empty() {
        return Ok(());
    }
    user_role::Entity::delete_many()
        .filter(user_role::Column::UserId.eq(id))
        .filter(user_role::Column::Role.is_in(change.removed.iter().copied()))
        .exec(&tx)
        .await?;
    grant(&tx, id, &change.added, Some(ctx.user()), now).await?;
    if change.added.contains(&Role::GlobalAdmin) && row.password_hash.is_none() {
        // Whoever has an earlier link would become Global admin with it.
        revoke(&tx, id).await?;
    }
    let entry = Entry::by(ctx, now, AuditAction::RolesChanged)
        .subject(id)
        .details(json!({ "added": change.added, "removed": change.removed }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Disables a person's account: their sessions end at once, an open invitation works no more,
/// and their seats are kept, freed or handed over, all in one transaction. Rule R-ROLE-2.
pub async fn disable_user(
    ctx: &Ctx,
    id: UserId,
    seats: SeatsOfLeaver,
    successor: Option<UserId>,
) -> StoreResult<Vec<MovedSeat>> {
    let company = ctx.authorize_in_company(Action::DisableUser)?;
    if seats != SeatsOfLeaver::Keep {
        ctx.authorize(Action::AssignSeat)?;
    }
    let successor = check_successor(id, seats, successor)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let moved = move_all(ctx, &tx, company, id, seats, successor).await?;
    let row = lock_person(&tx, company, id).await?;
    let roles = roles_of(&tx, &[id]).await?.remove(&id).unwrap_or_default();
    let facts = RoleFacts {
        actor: &ctx.principal,
        person: id,
        before: &roles,
        after: &roles,
        other_global_admins: count_global_admins(&tx, company, Some(id)).await?,
        is_out: state_of(&row) != AccountState::Active,
    };
    disable(&facts)?;
    if row.disabled_at.is_some() {
        return Err(StoreError::People(PeopleRefusal::Disabled));
    }
    let mut row = row.into_active_model();
    row.disabled_at = Set(Some(now));
    row.update(&tx).await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(id)).exec(&tx).await?;
    revoke(&tx, id).await?;
    let entry = Entry::by(ctx, now, AuditAction::UserDisabled)
        .subject(id)
        .details(json!({ "seats": moved.len(), "successor": successor }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(moved)
}

/// Lets a disabled person in again, with the roles that they had.
pub async fn enable_user(ctx: &Ctx, id: UserId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::DisableUser)?;
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let row = lock_person(&tx, company, id).await?;
    let roles = roles_of(&tx, &[id]).await?.remove(&id).unwrap_or_default();
    // Letting a Global admin in again gives the role back in effect.
    if roles.contains(&Role::GlobalAdmin) && !ctx.principal.can(Action::GrantGlobalAdmin) {
        return Err(StoreError::Forbidden(Action::GrantGlobalAdmin));
    }
    if row.disabled_at.is_none() {
        return Ok(());
    }
    let mut row = row.into_active_model();
    row.disabled_at = Set(None);
    row.update(&tx).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::UserEnabled).subject(id)).await?;
    Ok(tx.commit().await?)
}

/// A person's page: who they are, what they hold and held, which keys they saw.
pub async fn get_person(ctx: &Ctx, id: UserId, after: Option<&str>) -> StoreResult<Person> {
    let company = ctx.authorize_in_company(Action::SeeRoleHolders)?;
    let db = ctx.store.db.conn();
    let row = of_company(company).filter(user::Column::Id.eq(id)).one(db).await?.ok_or(StoreError::NotFound)?;
    let roles = roles_of(db, &[id]).await?.remove(&id).unwrap_or_default();
    let invited_until = invitation::Entity::find()
        .filter(invitation::Column::UserId.eq(id))
        .filter(invitation::Column::UsedAt.is_null())
        .one(db)
        .await?
        .map(|i| i.expires_at);
    let others = count_global_admins(db, company, Some(id)).await?;
    Ok(Person {
        is_oneself: id == ctx.user(),
        is_last_global_admin: roles.contains(&Role::GlobalAdmin)
            && state_of(&row) == AccountState::Active
            && others == 0,
        state: state_of(&row),
        id,
        name: row.name,
        email: row.email,
        roles,
        created_at: row.created_at,
        disabled_at: row.disabled_at,
        invited_until,
        seats: list_held_now(ctx, company, id).await?,
        history: list_before(ctx, company, id, after).await?,
        keys_seen: list_keys_seen_by(ctx, company, id).await?,
    })
}
