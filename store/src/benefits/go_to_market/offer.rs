//! Offers: asked for by the company, activated by the programme's staff.

use super::contact::find_main;
use super::refused;
use crate::audit::{Entry, record};
use crate::benefits::list::{References, own_benefit};
use crate::benefits::lock::{LockedBenefit, lock_benefit};
use crate::benefits::technical::check_reason;
use crate::context::{Ctx, new_uuid};
use crate::entity::{benefit, company, offer_activation, user};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::people::account::lock_company;
use crate::people::names::People;
use crate::queue;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::go_to_market::{
    MAX_MESSAGE, MarketingRefusal, OfferActivation, OfferFacts, OfferState, OfferWork, activatable, offer_ends,
    reachable,
};
use domain::benefits::technical::TechnicalRefusal;
use domain::catalogue::Fulfilment;
use domain::id::{BenefitId, CompanyId, OfferActivationId};
use domain::licence_key::hide_keys;
use domain::mail::MailFacts;
use domain::queue::WorkKind;
use domain::text::lines;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;

/// Activations that the details tell of.
const LISTED: u64 = 5;

async fn told(db: &impl ConnectionTrait, rows: Vec<offer_activation::Model>) -> StoreResult<Vec<OfferActivation>> {
    let people = People::load(db, rows.iter().map(|r| r.requested_by).collect()).await?;
    Ok(rows
        .into_iter()
        .map(|row| OfferActivation {
            id: row.id,
            state: row.state,
            requested_by: people.name(row.requested_by),
            requested_at: row.requested_at,
            decided_at: row.decided_at,
            reason: row.reason,
            told: row.told_name.zip(row.told_email),
        })
        .collect())
}

/// Where the activation of an offer stands, and what became of it before: the newest first.
pub async fn list_activations(ctx: &Ctx, id: BenefitId) -> StoreResult<Vec<OfferActivation>> {
    let company = ctx.authorize_in_company(Action::ActivateOffer)?;
    let db = ctx.store.db.conn();
    own_benefit(company, id).one(db).await?.ok_or(StoreError::NotFound)?;
    let rows = offer_activation::Entity::find()
        .filter(offer_activation::Column::CompanyId.eq(company))
        .filter(offer_activation::Column::BenefitId.eq(id))
        .order_by_desc(offer_activation::Column::RequestedAt)
        .order_by_desc(offer_activation::Column::Id)
        .limit(LISTED)
        .all(db)
        .await?;
    told(db, rows).await
}

async fn find_in(
    tx: &impl ConnectionTrait,
    id: BenefitId,
    state: OfferState,
) -> StoreResult<Option<offer_activation::Model>> {
    let found = offer_activation::Entity::find()
        .filter(offer_activation::Column::BenefitId.eq(id))
        .filter(offer_activation::Column::State.eq(state));
    Ok(found.lock_exclusive().one(tx).await?)
}

/// Asks for an offer. Rule R-GTM-2.
pub async fn activate_offer(ctx: &Ctx, id: BenefitId) -> StoreResult<OfferActivationId> {
    let company = ctx.authorize_in_company(Action::ActivateOffer)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let locked = lock_benefit(&tx, company, id).await?;
    let contact = find_main(&tx, company).await?;
    let facts = OfferFacts {
        is_offer: locked.product.fulfilment == Fulfilment::GtmActivate,
        until: locked.until,
        is_pending: find_in(&tx, id, OfferState::Pending).await?.is_some(),
        is_active: locked.row.activated_at.is_some(),
        contact: contact.as_ref(),
    };
    activatable(&facts, now)?;
    let activation = OfferActivationId(new_uuid());
    offer_activation::ActiveModel {
        id: Set(activation),
        company_id: Set(company),
        benefit_id: Set(id),
        state: Set(OfferState::Pending),
        requested_by: Set(ctx.user()),
        requested_at: Set(now),
        decided_by: Set(None),
        decided_at: Set(None),
        reason: Set(String::new()),
        told_name: Set(None),
        told_email: Set(None),
    }
    .insert(&tx)
    .await?;
    locked.set_pending(&tx, true).await?;
    queue::open(ctx, &tx, WorkKind::Offer, activation.0, company).await?;
    let entry =
        Entry::by(ctx, now, AuditAction::OfferRequested).subject(id).details(json!({ "activation": activation }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(activation)
}

/// Locks an activation that waits, behind its company and its benefit.
async fn lock_pending(
    tx: &impl ConnectionTrait,
    id: OfferActivationId,
    company: Option<CompanyId>,
) -> StoreResult<(company::Model, LockedBenefit, offer_activation::Model)> {
    let seen = offer_activation::Entity::find_by_id(id).one(tx).await?;
    let seen = seen.filter(|row| company.is_none_or(|own| own == row.company_id)).ok_or(StoreError::NotFound)?;
    let of = lock_company(tx, seen.company_id).await?;
    let locked = lock_benefit(tx, seen.company_id, seen.benefit_id).await?;
    match find_in(tx, seen.benefit_id, OfferState::Pending).await? {
        Some(row) if row.id == id => Ok((of, locked, row)),
        _ => refused(MarketingRefusal::NotPossibleAnyMore),
    }
}

/// Takes a request back while it waits.
pub async fn withdraw_offer(ctx: &Ctx, id: OfferActivationId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::ActivateOffer)?;
    let tx = ctx.store.db.begin().await?;
    let (_, locked, row) = lock_pending(&tx, id, Some(company)).await?;
    end(ctx, &tx, locked, row, OfferState::Withdrawn, String::new()).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::OfferWithdrawn).subject(id)).await?;
    Ok(tx.commit().await?)
}

/// Ends a request without an activation.
async fn end(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    locked: LockedBenefit,
    row: offer_activation::Model,
    state: OfferState,
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
    queue::close(ctx, tx, WorkKind::Offer, id.0).await?;
    Ok(())
}

/// An operator activates an offer: from now on it has its own end, and the primary contact gets the
/// instructions, in the contact's language. Rule R-GTM-3.
pub async fn fulfil_offer(ctx: &Ctx, id: OfferActivationId, text: &str) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let (of, locked, row) = lock_pending(&tx, id, None).await?;
    // After the lock: where there is nothing to fill in any more, no field can be marked.
    let text = check_message(text)?;
    if now >= locked.until {
        return refused(MarketingRefusal::Expired { at: locked.until });
    }
    let contact = find_main(&tx, of.id).await?;
    let contact = reachable(contact.as_ref())?;
    let until = offer_ends(now, locked.product.valid_months, locked.row.expires_at);
    let mut row = row.into_active_model();
    row.state = Set(OfferState::Active);
    row.decided_by = Set(Some(ctx.user()));
    row.decided_at = Set(Some(now));
    row.told_name = Set(Some(contact.person.clone()));
    row.told_email = Set(Some(contact.email.clone()));
    row.update(&tx).await?;
    let (used, contract_end) = (locked.row.quantity.unwrap_or(1), locked.row.expires_at);
    let mut benefit = locked.row.into_active_model();
    benefit.pending = Set(false);
    benefit.activated_at = Set(Some(now));
    benefit.used = Set(used);
    benefit.expires_at = Set(until);
    if until != contract_end {
        // An end of its own has no grace.
        benefit.lapses_at = Set(until);
    }
    benefit.update(&tx).await?;
    queue::close(ctx, &tx, WorkKind::Offer, id.0).await?;
    let language = contact.language;
    let draft = Draft {
        company: Some(of.id),
        user: Some(contact.user),
        address: contact.email.clone(),
        name: contact.person.clone(),
        language,
        once: format!("offer:{id}:active"),
        secret: None,
        facts: MailFacts::OfferActive {
            company: of.name,
            product: locked.product.name.get(language).to_owned(),
            package: locked.package.label.get(language).to_owned(),
            until,
            instructions: locked.product.instructions.as_ref().map(|t| t.get(language).to_owned()).unwrap_or_default(),
            text,
        },
    };
    outbox::write(&ctx.store, &tx, vec![draft]).await?;
    let mut entry = Entry::by(ctx, now, AuditAction::OfferFulfilled).subject(id);
    entry.company = Some(of.id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// A message that may be left out. A key in it is blanked.
fn check_message(raw: &str) -> StoreResult<String> {
    let text = lines(raw);
    if text.chars().count() > MAX_MESSAGE {
        let most = u32::try_from(MAX_MESSAGE).unwrap_or(u32::MAX);
        return Err(StoreError::Technical(TechnicalRefusal::TextTooLong { most }));
    }
    Ok(hide_keys(&text))
}

/// An operator declines, with a reason that the company reads.
pub async fn decline_offer(ctx: &Ctx, id: OfferActivationId, reason: &str) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let reason = check_reason(reason)?;
    let tx = ctx.store.db.begin().await?;
    let (of, locked, row) = lock_pending(&tx, id, None).await?;
    let asked = user::Entity::find_by_id(row.requested_by).one(&tx).await?.ok_or(StoreError::NotFound)?;
    if asked.disabled_at.is_none() {
        let language = outbox::language_of(ctx, &asked);
        let facts = MailFacts::OfferDeclined {
            product: locked.product.name.get(language).to_owned(),
            package: locked.package.label.get(language).to_owned(),
            reason: reason.clone(),
        };
        outbox::write(&ctx.store, &tx, vec![Draft::to(ctx, &asked, format!("offer:{id}:declined"), facts)]).await?;
    }
    end(ctx, &tx, locked, row, OfferState::Declined, reason).await?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::OfferDeclined).subject(id);
    entry.company = Some(of.id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// An activation for the queue, with the benefit as the company sees it.
pub(crate) async fn offer_for_programme(ctx: &Ctx, id: OfferActivationId) -> StoreResult<OfferWork> {
    let db = ctx.store.db.conn();
    let row = offer_activation::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?;
    let of = benefit::Entity::find_by_id(row.benefit_id).one(db).await?.ok_or(StoreError::NotFound)?;
    let references = References::load(db, std::slice::from_ref(&of)).await?;
    let contact = find_main(db, row.company_id).await?;
    let activation = told(db, vec![row]).await?.pop().ok_or(StoreError::NotFound)?;
    let months = references.product(&of)?.valid_months;
    Ok(OfferWork {
        row: references.row(&of, ctx.language, ctx.now())?,
        would_end: offer_ends(ctx.now(), months, of.expires_at),
        activation,
        contact,
    })
}
