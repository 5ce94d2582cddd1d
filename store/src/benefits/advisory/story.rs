//! What happens to a case after it was submitted, by both sides.

use super::tell;
use crate::audit::{Entry, record};
use crate::benefits::list::count_u32;
use crate::benefits::lock::{LockedBenefit, lock_benefit};
use crate::benefits::technical::{check_reason, refused};
use crate::context::Ctx;
use crate::db::Tx;
use crate::entity::{case, user};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::queue;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::advisory::{CaseState, Side, check_text, settle, step};
use domain::benefits::technical::TechnicalRefusal;
use domain::id::{BenefitId, CaseEntryId, CaseId, CompanyId};
use domain::mail::MailFacts;
use domain::queue::WorkKind;
use domain::text::lines;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

/// Locks a case behind its benefit; of a company, only its own.
async fn lock_case(
    tx: &impl ConnectionTrait,
    id: CaseId,
    company: Option<CompanyId>,
) -> StoreResult<(LockedBenefit, case::Model)> {
    let seen = case::Entity::find_by_id(id).one(tx).await?;
    let seen = seen.filter(|row| company.is_none_or(|own| own == row.company_id)).ok_or(StoreError::NotFound)?;
    let locked = lock_benefit(tx, seen.company_id, seen.benefit_id).await?;
    let row = case::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(StoreError::NotFound)?;
    Ok((locked, row))
}

/// Goes on with a case: the hours that the new state settles, the story, the queue, the audit.
async fn advance(
    ctx: &Ctx,
    tx: &Tx,
    locked: LockedBenefit,
    row: case::Model,
    to: CaseState,
    used: u32,
    text: String,
) -> StoreResult<CaseEntryId> {
    let side = if ctx.principal.is_operator() { Side::Programme } else { Side::Company };
    step(row.state, to, side).map_err(StoreError::Technical)?;
    let reserved = count_u32(row.asked);
    let settled = match to {
        CaseState::Delivered => Some(settle(reserved, used).map_err(StoreError::Technical)?),
        CaseState::Withdrawn | CaseState::Declined => Some((0, reserved)),
        _ => None,
    };
    let mut case = row.clone().into_active_model();
    case.state = Set(to);
    if let Some((used, released)) = settled {
        let used = i32::try_from(used).map_err(|_| StoreError::Corrupt("cases.used"))?;
        let released = i32::try_from(released).map_err(|_| StoreError::Corrupt("cases.asked"))?;
        case.used = Set((to == CaseState::Delivered).then_some(used));
        let (all_used, all_reserved) = (locked.row.used + used, locked.row.reserved - used - released);
        // Taken back in time, and nothing came of any other: the benefit is as it was. What the
        // programme declines stays begun, so that it can be asked for again.
        let as_it_was = to == CaseState::Withdrawn
            && all_used == 0
            && all_reserved == 0
            && ctx.now() < locked.row.activate_by
            && !was_delivered(tx, row.benefit_id).await?;
        let begun = locked.row.activated_at.filter(|_| !as_it_was);
        let mut benefit = locked.row.into_active_model();
        benefit.used = Set(all_used);
        benefit.reserved = Set(all_reserved);
        benefit.activated_at = Set(begun);
        benefit.update(tx).await?;
    }
    case.update(tx).await?;
    let entry = tell(ctx, tx, &row, Some(to), text).await?;
    if to.is_over() || to == CaseState::Delivered {
        // What was delivered is closed by either side, without anybody waiting for it.
        queue::close(ctx, tx, WorkKind::Advisory, row.id.0).await?;
    } else {
        queue::answered(tx, WorkKind::Advisory, row.id.0).await?;
    }
    let mut event = Entry::by(ctx, ctx.now(), AuditAction::CaseMoved)
        .subject(row.id)
        .details(json!({ "from": row.state, "to": to, "used": settled.map(|s| s.0) }));
    event.company = Some(row.company_id);
    record(&ctx.store.keys, tx, event).await?;
    Ok(entry)
}

/// Whether a case of the benefit was delivered, with however few hours.
async fn was_delivered(tx: &impl ConnectionTrait, id: BenefitId) -> StoreResult<bool> {
    let delivered = case::Entity::find()
        .filter(case::Column::BenefitId.eq(id))
        .filter(case::Column::State.is_in([CaseState::Delivered, CaseState::Closed]));
    Ok(delivered.count(tx).await? > 0)
}

/// The company takes its request back: its hours are free again.
pub async fn withdraw_case(ctx: &Ctx, id: CaseId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let tx = ctx.store.db.begin().await?;
    let (locked, row) = lock_case(&tx, id, Some(company)).await?;
    advance(ctx, &tx, locked, row, CaseState::Withdrawn, 0, String::new()).await?;
    Ok(tx.commit().await?)
}

/// The company is content: nothing more is expected.
pub async fn close_case(ctx: &Ctx, id: CaseId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let tx = ctx.store.db.begin().await?;
    let (locked, row) = lock_case(&tx, id, Some(company)).await?;
    advance(ctx, &tx, locked, row, CaseState::Closed, 0, String::new()).await?;
    Ok(tx.commit().await?)
}

/// An operator goes on with a case; to decline takes a reason. Rules R-ADV-2 and R-ADV-3.
pub async fn advance_case(ctx: &Ctx, id: CaseId, to: CaseState, used: u32, text: &str) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let text = match to {
        CaseState::Declined => check_reason(text)?,
        _ if lines(text).is_empty() => String::new(),
        _ => check_text(text).map_err(StoreError::Technical)?,
    };
    let tx = ctx.store.db.begin().await?;
    let (locked, row) = lock_case(&tx, id, None).await?;
    let entry = advance(ctx, &tx, locked, row.clone(), to, used, text.clone()).await?;
    let (used, released) = match to {
        CaseState::Delivered => (used, count_u32(row.asked).saturating_sub(used)),
        CaseState::Declined => (0, count_u32(row.asked)),
        _ => (0, 0),
    };
    let facts =
        MailFacts::CaseMoved { number: row.number.clone(), title: row.title.clone(), state: to, used, released, text };
    tell_author(ctx, &tx, &row, entry, facts).await?;
    Ok(tx.commit().await?)
}

/// The order of these benefits is given back: what was asked for and not delivered is declined, and
/// says under which number.
pub(crate) async fn decline_open(ctx: &Ctx, tx: &Tx, benefits: &[BenefitId], number: &str) -> StoreResult<()> {
    let open: Vec<CaseId> = case::Entity::find()
        .select_only()
        .column(case::Column::Id)
        .filter(case::Column::BenefitId.is_in(benefits.iter().copied()))
        .filter(case::Column::State.is_in([CaseState::Submitted, CaseState::InContact]))
        .order_by_asc(case::Column::Id)
        // All of them before the first is recorded.
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    for id in open {
        let (locked, row) = lock_case(tx, id, None).await?;
        advance(ctx, tx, locked, row, CaseState::Declined, 0, number.to_owned()).await?;
    }
    Ok(())
}

/// The author hears of it by mail, as long as they can sign in.
async fn tell_author(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    of: &case::Model,
    entry: CaseEntryId,
    facts: MailFacts,
) -> StoreResult<()> {
    let author = user::Entity::find_by_id(of.submitted_by).one(tx).await?.ok_or(StoreError::NotFound)?;
    if author.disabled_at.is_some() {
        return Ok(());
    }
    outbox::write(&ctx.store, tx, vec![Draft::to(ctx, &author, format!("case-entry:{entry}"), facts)]).await
}

/// The company writes; an answer is due anew.
pub async fn write_message(ctx: &Ctx, id: CaseId, text: &str) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let tx = ctx.store.db.begin().await?;
    let (row, _) = write(ctx, &tx, id, Some(company), text).await?;
    queue::asked_again(ctx, &tx, WorkKind::Advisory, row.id.0, company).await?;
    Ok(tx.commit().await?)
}

/// The programme writes; the author hears of it by mail.
pub async fn write_answer(ctx: &Ctx, id: CaseId, text: &str) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let tx = ctx.store.db.begin().await?;
    let (row, entry) = write(ctx, &tx, id, None, text).await?;
    if row.state == CaseState::Delivered {
        queue::close(ctx, &tx, WorkKind::Advisory, row.id.0).await?;
    } else {
        queue::answered(&tx, WorkKind::Advisory, row.id.0).await?;
    }
    let text = check_text(text).map_err(StoreError::Technical)?;
    let facts = MailFacts::CaseAnswered { number: row.number.clone(), title: row.title.clone(), text };
    tell_author(ctx, &tx, &row, entry, facts).await?;
    Ok(tx.commit().await?)
}

async fn write(
    ctx: &Ctx,
    tx: &Tx,
    id: CaseId,
    company: Option<CompanyId>,
    text: &str,
) -> StoreResult<(case::Model, CaseEntryId)> {
    let text = check_text(text).map_err(StoreError::Technical)?;
    let (_, row) = lock_case(tx, id, company).await?;
    if row.state.is_over() {
        return refused(TechnicalRefusal::NotPossibleAnyMore);
    }
    let entry = tell(ctx, tx, &row, None, text).await?;
    let mut event = Entry::by(ctx, ctx.now(), AuditAction::CaseWritten).subject(id);
    event.company = Some(row.company_id);
    record(&ctx.store.keys, tx, event).await?;
    Ok((row, entry))
}
