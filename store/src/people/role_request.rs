//! "Become a global admin": asked for, then decided by a Global admin of the company; where there
//! is none, by the company's domain or by an operator.

use crate::audit::{Entry, record};
use crate::context::{Ctx, new_uuid};
use crate::entity::{company, role_request, user, user_role};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::people::account::{count_global_admins, grant, lock_company, lock_person};
use crate::people::names::{People, company_names};
use crate::people::who_may::names_with;
use crate::queue;
use chrono::{DateTime, Utc};
use domain::access::{Action, Role};
use domain::audit::AuditAction;
use domain::id::{CompanyId, RoleRequestId, UserId};
use domain::licence_key::hide_keys;
use domain::mail::MailFacts;
use domain::people::{
    BecomeGlobalAdmin, DomainProof, MAX_REASON, PROOF_EVERY, PeopleRefusal, RequestState, RoleRequest, proof_name,
    proof_value, proves,
};
use domain::queue::WorkKind;
use domain::text::lines;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

/// Requests that a page lists; more wait until these are decided.
const LISTED: u64 = 50;

fn refused<T>(refusal: PeopleRefusal) -> StoreResult<T> {
    Err(StoreError::People(refusal))
}

/// A text that somebody writes for another: its length is bounded, and a key in it is blanked.
fn check_text(raw: &str) -> StoreResult<String> {
    let text = lines(raw);
    if text.chars().count() > MAX_REASON { refused(PeopleRefusal::ReasonTooLong) } else { Ok(hide_keys(&text)) }
}

async fn told(db: &impl ConnectionTrait, rows: Vec<role_request::Model>) -> StoreResult<Vec<RoleRequest>> {
    let people =
        People::load(db, rows.iter().flat_map(|r| [Some(r.user_id), r.decided_by]).flatten().collect()).await?;
    let companies = company_names(db, rows.iter().map(|r| r.company_id).collect()).await?;
    Ok(rows
        .into_iter()
        .map(|r| RoleRequest {
            id: r.id,
            person: people.name(r.user_id),
            email: people.email(r.user_id),
            company: companies.get(&r.company_id).cloned().unwrap_or_default(),
            state: r.state,
            note: r.note,
            created_at: r.created_at,
            decided_at: r.decided_at,
            decided_by: r.decided_by.map(|id| people.name(id)),
            reason: r.reason,
        })
        .collect())
}

/// Whom to ask, where one's own request stands, and what one has to decide.
pub async fn get_become(ctx: &Ctx) -> StoreResult<BecomeGlobalAdmin> {
    let company = ctx.authorize_in_company(Action::RequestGlobalAdmin)?;
    let db = ctx.store.db.conn();
    let is_one = ctx.principal.roles.contains(&Role::GlobalAdmin);
    let mine = role_request::Entity::find()
        .filter(role_request::Column::CompanyId.eq(company))
        .filter(role_request::Column::UserId.eq(ctx.user()))
        .order_by_desc(role_request::Column::CreatedAt)
        .one(db)
        .await?;
    let global_admins = names_with(ctx, company, &[Role::GlobalAdmin]).await?;
    let proof = match &mine {
        Some(row) if row.state == RequestState::Pending && global_admins.is_empty() => {
            let of = company::Entity::find_by_id(company).one(db).await?.ok_or(StoreError::NotFound)?;
            of.domain.map(|domain| DomainProof { name: proof_name(&domain), value: proof_value(&row.code) })
        }
        _ => None,
    };
    let to_decide = if ctx.principal.can(Action::GrantGlobalAdmin) {
        let waiting = role_request::Entity::find()
            .filter(role_request::Column::CompanyId.eq(company))
            .filter(role_request::Column::State.eq(RequestState::Pending))
            .order_by_asc(role_request::Column::CreatedAt)
            .limit(LISTED)
            .all(db)
            .await?;
        told(db, waiting).await?
    } else {
        Vec::new()
    };
    let mine = match mine {
        Some(row) => told(db, vec![row]).await?.pop(),
        None => None,
    };
    Ok(BecomeGlobalAdmin { is_one, global_admins, mine, proof, to_decide })
}

/// Requests that wait for a Global admin of the company.
pub(crate) async fn count_waiting(ctx: &Ctx, company: CompanyId) -> StoreResult<u64> {
    let waiting = role_request::Entity::find()
        .filter(role_request::Column::CompanyId.eq(company))
        .filter(role_request::Column::State.eq(RequestState::Pending));
    Ok(waiting.count(ctx.store.db.conn()).await?)
}

/// Asks for the role. Rule R-REQ-1.
pub async fn request_role(ctx: &Ctx, note: &str) -> StoreResult<RoleRequestId> {
    let company = ctx.authorize_in_company(Action::RequestGlobalAdmin)?;
    let note = check_text(note)?;
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    if holds_role(&tx, ctx.user()).await? {
        return refused(PeopleRefusal::AlreadyGlobalAdmin);
    }
    let id = RoleRequestId(new_uuid());
    role_request::ActiveModel {
        id: Set(id),
        company_id: Set(company),
        user_id: Set(ctx.user()),
        state: Set(RequestState::Pending),
        note: Set(note),
        code: Set(crate::secrets::new_token()),
        checked_at: Set(None),
        created_at: Set(ctx.now()),
        decided_at: Set(None),
        decided_by: Set(None),
        reason: Set(String::new()),
    }
    .insert(&tx)
    .await
    .map_err(|error| match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => StoreError::People(PeopleRefusal::AlreadyRequested),
        _ => error.into(),
    })?;
    // An operator's affair only while the company has nobody to decide: the queue looks.
    queue::open(ctx, &tx, WorkKind::RoleRequest, id.0, company).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::RoleRequested).subject(id)).await?;
    tx.commit().await?;
    Ok(id)
}

async fn holds_role(tx: &impl ConnectionTrait, id: UserId) -> StoreResult<bool> {
    Ok(user_role::Entity::find_by_id((id, Role::GlobalAdmin)).one(tx).await?.is_some())
}

/// Locks a request that waits: its company first, then the row.
async fn lock_pending(
    tx: &impl ConnectionTrait,
    id: RoleRequestId,
    company: Option<CompanyId>,
) -> StoreResult<role_request::Model> {
    let find = || {
        let select = role_request::Entity::find_by_id(id);
        match company {
            Some(company) => select.filter(role_request::Column::CompanyId.eq(company)),
            None => select,
        }
    };
    let seen = find().one(tx).await?.ok_or(StoreError::NotFound)?;
    lock_company(tx, seen.company_id).await?;
    let row = find().lock_exclusive().one(tx).await?.ok_or(StoreError::NotFound)?;
    if row.state == RequestState::Pending { Ok(row) } else { refused(PeopleRefusal::AlreadyDecided) }
}

async fn close(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    row: role_request::Model,
    state: RequestState,
    reason: String,
) -> StoreResult<()> {
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.decided_at = Set(Some(ctx.now()));
    row.decided_by = Set(Some(ctx.user()));
    row.reason = Set(reason);
    let id = row.update(tx).await?.id;
    queue::close(ctx, tx, WorkKind::RoleRequest, id.0).await?;
    Ok(())
}

/// The person hears of the decision by mail.
async fn tell(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    id: RoleRequestId,
    person: UserId,
    approved: bool,
    reason: &str,
) -> StoreResult<()> {
    let person = user::Entity::find_by_id(person).one(tx).await?.ok_or(StoreError::NotFound)?;
    if person.disabled_at.is_some() {
        return Ok(());
    }
    let company = match person.company_id {
        Some(id) => company::Entity::find_by_id(id).one(tx).await?.map(|c| c.name).unwrap_or_default(),
        None => String::new(),
    };
    let by = outbox::actor_name(ctx, tx).await?;
    let facts = MailFacts::RoleDecided { approved, by, reason: reason.to_owned(), company };
    outbox::write(&ctx.store, tx, vec![Draft::to(ctx, &person, format!("role-request:{id}"), facts)]).await
}

/// Takes one's own request back.
pub async fn withdraw_request(ctx: &Ctx, id: RoleRequestId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::RequestGlobalAdmin)?;
    let tx = ctx.store.db.begin().await?;
    let row = lock_pending(&tx, id, Some(company)).await?;
    if row.user_id != ctx.user() {
        return Err(StoreError::NotFound);
    }
    close(ctx, &tx, row, RequestState::Withdrawn, String::new()).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::RoleRequestWithdrawn).subject(id)).await?;
    Ok(tx.commit().await?)
}

/// Approves or declines a request: a Global admin of the company, or an operator where the company
/// has none. To decline takes a reason. Rule R-REQ-2.
pub async fn decide_request(ctx: &Ctx, id: RoleRequestId, approve: bool, reason: &str) -> StoreResult<()> {
    let operator = ctx.principal.is_operator();
    ctx.authorize(if operator { Action::AppointGlobalAdmin } else { Action::GrantGlobalAdmin })?;
    let reason = check_text(reason)?;
    if !approve && reason.is_empty() {
        return refused(PeopleRefusal::ReasonMissing);
    }
    let tx = ctx.store.db.begin().await?;
    let row = lock_pending(&tx, id, ctx.principal.company).await?;
    let (company, person) = (row.company_id, row.user_id);
    if operator && count_global_admins(&tx, company, None).await? > 0 {
        return refused(PeopleRefusal::HasGlobalAdmin);
    }
    tell(ctx, &tx, id, person, approve, &reason).await?;
    let action = if approve {
        appoint(ctx, &tx, company, person).await?;
        close(ctx, &tx, row, RequestState::Approved, reason).await?;
        AuditAction::RoleRequestApproved
    } else {
        close(ctx, &tx, row, RequestState::Declined, reason).await?;
        AuditAction::RoleRequestDeclined
    };
    let mut entry = Entry::by(ctx, ctx.now(), action).subject(id).details(json!({ "person": person }));
    // The company's own log tells of it, whoever decided.
    entry.company = Some(company);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

async fn appoint(ctx: &Ctx, tx: &impl ConnectionTrait, company: CompanyId, person: UserId) -> StoreResult<()> {
    let row = lock_person(tx, company, person).await?;
    if row.disabled_at.is_some() {
        return refused(PeopleRefusal::Disabled);
    }
    if holds_role(tx, person).await? {
        return refused(PeopleRefusal::AlreadyGlobalAdmin);
    }
    grant(tx, person, &[Role::GlobalAdmin], Some(ctx.user()), ctx.now()).await
}

/// Looks for the proof in the company's domain; when it is there, the person becomes Global admin.
/// Only while the company has nobody to decide. Rule R-REQ-3.
pub async fn prove_domain(ctx: &Ctx, id: RoleRequestId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::RequestGlobalAdmin)?;
    let now = ctx.now();
    // The look itself takes seconds; no lock is held meanwhile.
    let tx = ctx.store.db.begin().await?;
    let row = lock_pending(&tx, id, Some(company)).await?;
    if row.user_id != ctx.user() {
        return Err(StoreError::NotFound);
    }
    if count_global_admins(&tx, company, None).await? > 0 {
        return refused(PeopleRefusal::HasGlobalAdmin);
    }
    // Of whichever request: a new one does not look sooner.
    let looked: Option<DateTime<Utc>> = role_request::Entity::find()
        .select_only()
        .column(role_request::Column::CheckedAt)
        .filter(role_request::Column::CompanyId.eq(company))
        .filter(role_request::Column::CheckedAt.is_not_null())
        .order_by_desc(role_request::Column::CheckedAt)
        .limit(1)
        .into_tuple()
        .one(&tx)
        .await?;
    if let Some(until) = looked.map(|at| at + PROOF_EVERY).filter(|&until| now < until) {
        return refused(PeopleRefusal::TooSoon { until });
    }
    let of = company::Entity::find_by_id(company).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let Some(domain) = of.domain else { return refused(PeopleRefusal::NoDomain) };
    let code = row.code.clone();
    let mut row = row.into_active_model();
    row.checked_at = Set(Some(now));
    row.update(&tx).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, now, AuditAction::DomainLookedAt).subject(id)).await?;
    tx.commit().await?;
    let texts = ctx.store.dns.texts(&proof_name(&domain)).await;
    if !proves(&texts, &code) {
        return refused(PeopleRefusal::ProofNotFound);
    }
    let tx = ctx.store.db.begin().await?;
    let row = lock_pending(&tx, id, Some(company)).await?;
    if count_global_admins(&tx, company, None).await? > 0 {
        return refused(PeopleRefusal::HasGlobalAdmin);
    }
    // What was proved has to be the company's still: it is locked now.
    let of = company::Entity::find_by_id(company).one(&tx).await?.ok_or(StoreError::NotFound)?;
    if of.domain.as_ref() != Some(&domain) {
        return refused(PeopleRefusal::ProofNotFound);
    }
    appoint(ctx, &tx, company, ctx.user()).await?;
    close(ctx, &tx, row, RequestState::Proved, String::new()).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::DomainProved).subject(id).details(json!({ "domain": domain }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Companies that have a Global admin who can act: they decide themselves.
pub(crate) fn owned_companies() -> SelectStatement {
    Query::select()
        .column((user::Entity, user::Column::CompanyId))
        .from(user::Entity)
        .inner_join(
            user_role::Entity,
            Expr::col((user_role::Entity, user_role::Column::UserId)).equals((user::Entity, user::Column::Id)),
        )
        .and_where(Expr::col((user_role::Entity, user_role::Column::Role)).eq(Role::GlobalAdmin))
        .and_where(Expr::col((user::Entity, user::Column::DisabledAt)).is_null())
        .and_where(Expr::col((user::Entity, user::Column::PasswordHash)).is_not_null())
        .and_where(Expr::col((user::Entity, user::Column::CompanyId)).is_not_null())
        .to_owned()
}

/// A request in the operators' hands. The caller has authorized.
pub(crate) async fn request_for_programme(ctx: &Ctx, id: RoleRequestId) -> StoreResult<RoleRequest> {
    let db = ctx.store.db.conn();
    let row = role_request::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?;
    told(db, vec![row]).await?.pop().ok_or(StoreError::NotFound)
}
