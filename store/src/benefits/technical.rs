//! Support benefits: asked for by a Global admin, activated by the programme's staff.
//!
//! Both sides lock the benefit before the activation, so that a withdrawal and a decision never
//! both succeed.

use crate::audit::{Entry, record};
use crate::benefits::advisory::{has_draft, list_latest};
use crate::benefits::list::{References, count_u32, own_benefit};
use crate::benefits::lock::{LockedBenefit, lock_benefit};
use crate::context::{Ctx, new_uuid};
use crate::entity::{benefit, company, support_activation, user};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::people::account::lock_person;
use crate::people::names::People;
use crate::queue;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::technical::{
    Activation, SupportFacts, SupportProblem, SupportState, SupportWork, Technical, TechnicalRefusal, check_id,
    requestable,
};
use domain::catalogue::Fulfilment;
use domain::email::Email;
use domain::id::{BenefitId, CompanyId, SupportActivationId, UserId};
use domain::licence_key::hide_keys;
use domain::mail::MailFacts;
use domain::people::MAX_REASON;
use domain::queue::WorkKind;
use domain::text::lines;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;

/// Activations that the details tell of.
const LISTED: u64 = 5;

pub(crate) fn refused<T>(refusal: TechnicalRefusal) -> StoreResult<T> {
    Err(StoreError::Technical(refusal))
}

/// Activations in words. The ids are shown of what is active, and to whom gives and decides; so is
/// the person's other address.
async fn told(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    rows: Vec<support_activation::Model>,
) -> StoreResult<Vec<Activation>> {
    let may_see = ctx.principal.can(Action::AssignSupport) || ctx.principal.can(Action::WorkQueue);
    let people = People::load(db, rows.iter().flat_map(|r| [r.user_id, r.requested_by]).collect()).await?;
    Ok(rows
        .into_iter()
        .map(|row| Activation {
            person: people.name(row.user_id),
            account: people.email(row.user_id),
            requested_by: people.name(row.requested_by),
            id: row.id,
            email: if may_see { row.email } else { String::new() },
            requested_at: row.requested_at,
            decided_at: row.decided_at,
            reason: row.reason,
            access_id: row.access_id.filter(|_| may_see && row.state == SupportState::Active),
            contract_id: row.contract_id.filter(|_| may_see && row.state == SupportState::Active),
            state: row.state,
        })
        .collect())
}

/// What a technical benefit's details show besides the benefit itself.
pub async fn get_technical(ctx: &Ctx, id: BenefitId) -> StoreResult<Technical> {
    let company = ctx.authorize_in_company(Action::OpenBenefits)?;
    let db = ctx.store.db.conn();
    own_benefit(company, id).one(db).await?.ok_or(StoreError::NotFound)?;
    let of = company::Entity::find_by_id(company).one(db).await?.ok_or(StoreError::NotFound)?;
    let of_benefit = |filter| {
        support_activation::Entity::find()
            .filter(support_activation::Column::CompanyId.eq(company))
            .filter(support_activation::Column::BenefitId.eq(id))
            .filter(filter)
            .order_by_desc(support_activation::Column::RequestedAt)
            .order_by_desc(support_activation::Column::Id)
            .limit(LISTED)
            .all(db)
    };
    // What waits and what is active is always told, however much was asked for since.
    let current = [SupportState::Pending, SupportState::Active];
    let mut rows = of_benefit(support_activation::Column::State.is_in(current)).await?;
    rows.extend(of_benefit(support_activation::Column::State.is_not_in(current)).await?);
    Ok(Technical {
        company_email: of.account_email,
        activations: told(ctx, db, rows).await?,
        cases: list_latest(ctx, company, id).await?,
        has_draft: has_draft(ctx, id).await?,
    })
}

/// The benefit's activation in this state; there is one at most of those that are asked for.
async fn find_in(
    tx: &impl ConnectionTrait,
    id: BenefitId,
    state: SupportState,
) -> StoreResult<Option<support_activation::Model>> {
    let found = support_activation::Entity::find()
        .filter(support_activation::Column::BenefitId.eq(id))
        .filter(support_activation::Column::State.eq(state));
    Ok(found.lock_exclusive().one(tx).await?)
}

/// Asks for a support benefit for a person. Rules R-SUP-1 and R-MAIL-1.
pub async fn request_support(
    ctx: &Ctx,
    id: BenefitId,
    person: UserId,
    alternative: &str,
) -> StoreResult<SupportActivationId> {
    let company = ctx.authorize_in_company(Action::AssignSupport)?;
    let tx = ctx.store.db.begin().await?;
    let of = company::Entity::find_by_id(company).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let locked = lock_benefit(&tx, company, id).await?;
    let to = lock_person(&tx, company, person).await?;
    let stored = |address: &str| Email::known(address).map_err(|_| StoreError::Corrupt("an address"));
    let facts = SupportFacts {
        is_support: locked.product.fulfilment == Fulfilment::SupportAssign,
        until: locked.until,
        is_pending: find_in(&tx, id, SupportState::Pending).await?.is_some(),
        active_for: find_in(&tx, id, SupportState::Active).await?.map(|a| a.user_id),
        person,
        person_disabled: to.disabled_at.is_some(),
        company_email: &stored(&of.account_email)?,
        account_email: &stored(&to.email)?,
    };
    let email = requestable(&facts, alternative, ctx.now()).map_err(|problem| match problem {
        SupportProblem::Refused(refusal) => StoreError::Technical(refusal),
        SupportProblem::Email(problem) => StoreError::Email(problem),
    })?;
    let activation = SupportActivationId(new_uuid());
    support_activation::ActiveModel {
        id: Set(activation),
        company_id: Set(company),
        benefit_id: Set(id),
        user_id: Set(person),
        email: Set(email.email().as_str().to_owned()),
        state: Set(SupportState::Pending),
        requested_by: Set(ctx.user()),
        requested_at: Set(ctx.now()),
        decided_by: Set(None),
        decided_at: Set(None),
        reason: Set(String::new()),
        access_id: Set(None),
        contract_id: Set(None),
    }
    .insert(&tx)
    .await?;
    locked.set_pending(&tx, true).await?;
    queue::open(ctx, &tx, WorkKind::Support, activation.0, company).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SupportRequested)
        .subject(id)
        .details(json!({ "activation": activation, "person": person }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(activation)
}

/// Locks an activation that waits, behind its benefit.
async fn lock_pending(
    tx: &impl ConnectionTrait,
    id: SupportActivationId,
    company: Option<CompanyId>,
) -> StoreResult<(LockedBenefit, support_activation::Model)> {
    let seen = support_activation::Entity::find_by_id(id).one(tx).await?;
    let seen = seen.filter(|row| company.is_none_or(|own| own == row.company_id)).ok_or(StoreError::NotFound)?;
    let locked = lock_benefit(tx, seen.company_id, seen.benefit_id).await?;
    match find_in(tx, seen.benefit_id, SupportState::Pending).await? {
        Some(row) if row.id == id => Ok((locked, row)),
        _ => refused(TechnicalRefusal::NotPossibleAnyMore),
    }
}

/// Takes a request back while it waits.
pub async fn withdraw_support(ctx: &Ctx, id: SupportActivationId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::AssignSupport)?;
    let tx = ctx.store.db.begin().await?;
    let (locked, row) = lock_pending(&tx, id, Some(company)).await?;
    end(ctx, &tx, locked, row, SupportState::Withdrawn, String::new()).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::SupportWithdrawn).subject(id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Ends a request without an activation.
async fn end(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    locked: LockedBenefit,
    row: support_activation::Model,
    state: SupportState,
    reason: String,
) -> StoreResult<()> {
    let id = row.id;
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.reason = Set(reason);
    row.decided_by = Set(Some(ctx.user()));
    row.decided_at = Set(Some(ctx.now()));
    row.update(tx).await?;
    locked.set_pending(tx, false).await?;
    queue::close(ctx, tx, WorkKind::Support, id.0).await?;
    Ok(())
}

/// An operator activates a support benefit: its ids appear, and the instructions go to both of the
/// person's addresses. Rule R-SUP-2.
pub async fn fulfil_support(ctx: &Ctx, id: SupportActivationId, access_id: &str, contract_id: &str) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let (locked, row) = lock_pending(&tx, id, None).await?;
    // After the lock: where there is nothing to fill in any more, no field can be marked.
    let access_id = check_id(access_id).ok_or(StoreError::Technical(TechnicalRefusal::AccessId))?;
    let contract_id = check_id(contract_id).ok_or(StoreError::Technical(TechnicalRefusal::ContractId))?;
    if now >= locked.until {
        return refused(TechnicalRefusal::Expired { at: locked.until });
    }
    let company = row.company_id;
    let person = lock_person(&tx, company, row.user_id).await?;
    if person.disabled_at.is_some() {
        return refused(TechnicalRefusal::PersonDisabled);
    }
    if let Some(before) = find_in(&tx, row.benefit_id, SupportState::Active).await? {
        let mut before = before.into_active_model();
        before.state = Set(SupportState::Replaced);
        before.update(&tx).await?;
    }
    let alternative = row.email.clone();
    let mut row = row.into_active_model();
    row.state = Set(SupportState::Active);
    row.decided_by = Set(Some(ctx.user()));
    row.decided_at = Set(Some(now));
    row.access_id = Set(Some(access_id));
    row.contract_id = Set(Some(contract_id));
    row.update(&tx).await?;
    let first = locked.row.activated_at.unwrap_or(now);
    let mut benefit = locked.row.into_active_model();
    benefit.pending = Set(false);
    benefit.activated_at = Set(Some(first));
    benefit.update(&tx).await?;
    queue::close(ctx, &tx, WorkKind::Support, id.0).await?;
    let language = outbox::language_of(ctx, &person);
    let of = company::Entity::find_by_id(company).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let facts = MailFacts::SupportActive {
        person: person.name.clone(),
        company: of.name,
        product: locked.product.name.get(language).to_owned(),
        package: locked.package.label.get(language).to_owned(),
    };
    let account = Draft::to(ctx, &person, format!("support:{id}:account"), facts.clone());
    let other = Draft { address: alternative, ..Draft::to(ctx, &person, format!("support:{id}:alternative"), facts) };
    outbox::write(&ctx.store, &tx, vec![account, other]).await?;
    let mut entry = Entry::by(ctx, now, AuditAction::SupportFulfilled).subject(id);
    entry.company = Some(company);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// An operator declines, with a reason that the company reads.
pub async fn decline_support(ctx: &Ctx, id: SupportActivationId, reason: &str) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let reason = check_reason(reason)?;
    let tx = ctx.store.db.begin().await?;
    let (locked, row) = lock_pending(&tx, id, None).await?;
    let company = row.company_id;
    let asked = user::Entity::find_by_id(row.requested_by).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let person = user::Entity::find_by_id(row.user_id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    if asked.disabled_at.is_none() {
        let language = outbox::language_of(ctx, &asked);
        let facts = MailFacts::SupportDeclined {
            person: person.name,
            product: locked.product.name.get(language).to_owned(),
            package: locked.package.label.get(language).to_owned(),
            reason: reason.clone(),
        };
        outbox::write(&ctx.store, &tx, vec![Draft::to(ctx, &asked, format!("support:{id}:declined"), facts)]).await?;
    }
    end(ctx, &tx, locked, row, SupportState::Declined, reason).await?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::SupportDeclined).subject(id);
    entry.company = Some(company);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// A reason that somebody reads: there is one, and it is not too long.
pub(crate) fn check_reason(reason: &str) -> StoreResult<String> {
    let reason = lines(reason);
    if reason.is_empty() {
        refused(TechnicalRefusal::ReasonMissing)
    } else if reason.chars().count() > MAX_REASON {
        Err(StoreError::People(domain::people::PeopleRefusal::ReasonTooLong))
    } else {
        // Somebody may paste the key that it is about.
        Ok(hide_keys(&reason))
    }
}

/// How many incidents were used so far, as the programme's support has counted them. Rule R-SUP-3.
pub async fn record_incidents(ctx: &Ctx, id: SupportActivationId, used: u32) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let tx = ctx.store.db.begin().await?;
    let seen = support_activation::Entity::find_by_id(id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let locked = lock_benefit(&tx, seen.company_id, seen.benefit_id).await?;
    let active = find_in(&tx, seen.benefit_id, SupportState::Active).await?;
    if active.is_none_or(|row| row.id != id) {
        return refused(TechnicalRefusal::NotPossibleAnyMore);
    }
    let granted = locked.row.quantity.map_or(u32::MAX, count_u32);
    let number = i32::try_from(used).ok().filter(|_| used <= granted);
    let Some(number) = number else { return refused(TechnicalRefusal::IncidentsGranted { granted }) };
    let mut row = locked.row.into_active_model();
    row.used = Set(number);
    row.update(&tx).await?;
    let mut entry =
        Entry::by(ctx, ctx.now(), AuditAction::IncidentsRecorded).subject(id).details(json!({ "used": used }));
    entry.company = Some(seen.company_id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// An activation for the queue, with the benefit as the company sees it.
pub(crate) async fn support_for_programme(ctx: &Ctx, id: SupportActivationId) -> StoreResult<SupportWork> {
    let db = ctx.store.db.conn();
    let row = support_activation::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?;
    let of = benefit::Entity::find_by_id(row.benefit_id).one(db).await?.ok_or(StoreError::NotFound)?;
    let references = References::load(db, std::slice::from_ref(&of)).await?;
    let activation = told(ctx, db, vec![row]).await?.pop().ok_or(StoreError::NotFound)?;
    Ok(SupportWork { row: references.row(&of, ctx.language, ctx.now())?, activation, used: count_u32(of.used) })
}
