//! The request form: kept as a draft of its author, then submitted with its hours.

use super::tell;
use crate::audit::{Entry, record};
use crate::benefits::list::References;
use crate::benefits::list::{count_u32, own_benefit};
use crate::benefits::lock::{lock_benefit, usable_until};
use crate::context::{Ctx, new_uuid};
use crate::entity::{benefit, case, case_draft, user};
use crate::error::{StoreError, StoreResult};
use crate::numbers::{Sequence, next_number};
use crate::outbox::{self, Draft};
use crate::queue;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::advisory::{CaseForm, CaseState, HoursFacts, NewCase, Requestable, requestable};
use domain::benefits::technical::TechnicalRefusal;
use domain::catalogue::{Fulfilment, Product};
use domain::id::{BenefitId, CaseId, CompanyId};
use domain::mail::MailFacts;
use domain::queue::WorkKind;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Select,
};
use serde_json::json;
use uuid::Uuid;

fn own_draft(ctx: &Ctx, company: CompanyId, id: BenefitId) -> Select<case_draft::Entity> {
    case_draft::Entity::find()
        .filter(case_draft::Column::CompanyId.eq(company))
        .filter(case_draft::Column::BenefitId.eq(id))
        .filter(case_draft::Column::UserId.eq(ctx.user()))
}

/// Whether the reader has begun a request for this benefit.
pub(crate) async fn has_draft(ctx: &Ctx, id: BenefitId) -> StoreResult<bool> {
    let Some(company) = ctx.principal.company else { return Ok(false) };
    Ok(own_draft(ctx, company, id).count(ctx.store.db.conn()).await? > 0)
}

pub(super) fn hours_facts(row: &benefit::Model, product: &Product, until: chrono::DateTime<chrono::Utc>) -> HoursFacts {
    HoursFacts {
        is_form: product.fulfilment == Fulfilment::RequestForm,
        granted: row.quantity.map(count_u32),
        taken: count_u32(row.used) + count_u32(row.reserved),
        most: product.max_per_request,
        until,
    }
}

/// What can be asked for of a benefit; nothing where nothing is asked for with a form, or any more.
pub(super) fn offer(
    ctx: &Ctx,
    row: &benefit::Model,
    references: &References,
    has_draft: bool,
) -> StoreResult<Option<Requestable>> {
    let product = references.product(row)?;
    let facts = hours_facts(row, product, usable_until(row, references.order(row)?));
    if !facts.is_form || ctx.now() >= facts.until {
        return Ok(None);
    }
    Ok(Some(Requestable {
        id: row.id,
        name: product.name.get(ctx.language).to_owned(),
        package: references.package(row)?.label.get(ctx.language).to_owned(),
        left: facts.granted.map(|granted| granted.saturating_sub(facts.taken)),
        most: facts.most_now(),
        has_draft,
    }))
}

/// The request form for a benefit, with what its author has typed before.
pub async fn get_new_case(ctx: &Ctx, id: BenefitId) -> StoreResult<NewCase> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let db = ctx.store.db.conn();
    let row = own_benefit(company, id).one(db).await?.ok_or(StoreError::NotFound)?;
    let references = References::load(db, std::slice::from_ref(&row)).await?;
    let draft = own_draft(ctx, company, id).one(db).await?;
    let until = usable_until(&row, references.order(&row)?);
    let Some(benefit) = offer(ctx, &row, &references, draft.is_some())? else {
        return Err(StoreError::Technical(match references.product(&row)?.fulfilment {
            Fulfilment::RequestForm => TechnicalRefusal::Expired { at: until },
            _ => TechnicalRefusal::OtherKind,
        }));
    };
    let (form, saved_at) = match draft {
        Some(draft) => {
            let form = serde_json::from_str(&draft.form).map_err(|_| StoreError::Corrupt("case_drafts.form"))?;
            (form, Some(draft.saved_at))
        }
        None => {
            let author = user::Entity::find_by_id(ctx.user()).one(db).await?.ok_or(StoreError::NotFound)?;
            let form =
                CaseForm { contact: author.name, language: ctx.language.tag().to_owned(), ..CaseForm::default() };
            (form, None)
        }
    };
    Ok(NewCase { benefit, form, saved_at, once: new_uuid() })
}

/// Keeps what was typed. A draft is its author's alone and decides nothing, so it is not recorded.
///
/// `once` names the form; what was submitted already is no draft any more.
pub async fn save_draft(ctx: &Ctx, id: BenefitId, form: &CaseForm, once: Option<Uuid>) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let tx = ctx.store.db.begin().await?;
    own_benefit(company, id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    if find_submitted(&tx, company, once).await?.is_some() {
        return Ok(());
    }
    let form = serde_json::to_string(&form.cut()).map_err(|_| StoreError::Corrupt("case_drafts.form"))?;
    let draft = case_draft::ActiveModel {
        id: Set(CaseId(new_uuid())),
        company_id: Set(company),
        benefit_id: Set(id),
        user_id: Set(ctx.user()),
        form: Set(form),
        saved_at: Set(ctx.now()),
    };
    case_draft::Entity::insert(draft)
        .on_conflict(
            OnConflict::columns([case_draft::Column::BenefitId, case_draft::Column::UserId])
                .update_columns([case_draft::Column::Form, case_draft::Column::SavedAt])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The case that came from this form.
async fn find_submitted(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    once: Option<Uuid>,
) -> StoreResult<Option<case::Model>> {
    let Some(once) = once else { return Ok(None) };
    let found = case::Entity::find().filter(case::Column::CompanyId.eq(company)).filter(case::Column::Once.eq(once));
    Ok(found.one(tx).await?)
}

async fn remove_draft(ctx: &Ctx, tx: &impl ConnectionTrait, company: CompanyId, id: BenefitId) -> StoreResult<()> {
    case_draft::Entity::delete_many()
        .filter(case_draft::Column::CompanyId.eq(company))
        .filter(case_draft::Column::BenefitId.eq(id))
        .filter(case_draft::Column::UserId.eq(ctx.user()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Throws one's own draft away.
pub async fn discard_draft(ctx: &Ctx, id: BenefitId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    remove_draft(ctx, ctx.store.db.conn(), company, id).await
}

/// Submits the form: hours are reserved, the case gets its number, the author a confirmation.
/// Rule R-ADV-1.
///
/// The same form, sent twice, is one case: the second gets the number of the first.
pub async fn submit_case(ctx: &Ctx, id: BenefitId, form: &CaseForm, once: Option<Uuid>) -> StoreResult<String> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let asked = form.read().map_err(StoreError::Technical)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let locked = lock_benefit(&tx, company, id).await?;
    if let Some(case) = find_submitted(&tx, company, once).await? {
        return Ok(case.number);
    }
    requestable(&hours_facts(&locked.row, &locked.product, locked.until), asked.hours, now)
        .map_err(StoreError::Technical)?;
    let hours = i32::try_from(asked.hours).map_err(|_| StoreError::Corrupt("cases.asked"))?;
    let (reserved, first) = (locked.row.reserved + hours, locked.row.activated_at.unwrap_or(now));
    let mut row = locked.row.into_active_model();
    row.reserved = Set(reserved);
    row.activated_at = Set(Some(first));
    row.update(&tx).await?;
    let number = next_number(&tx, Sequence::Case, now).await?;
    let case = case::ActiveModel {
        id: Set(CaseId(new_uuid())),
        company_id: Set(company),
        benefit_id: Set(id),
        number: Set(number.clone()),
        state: Set(CaseState::Submitted),
        title: Set(asked.title.clone()),
        description: Set(asked.description),
        stage: Set(asked.stage),
        product: Set(asked.product),
        contact: Set(asked.contact),
        phone: Set(asked.phone),
        country: Set(asked.country),
        language: Set(asked.language.tag().to_owned()),
        asked: Set(hours),
        used: Set(None),
        submitted_by: Set(ctx.user()),
        submitted_at: Set(now),
        once: Set(once.unwrap_or_else(new_uuid)),
    }
    .insert(&tx)
    .await?;
    tell(ctx, &tx, &case, Some(CaseState::Submitted), String::new()).await?;
    remove_draft(ctx, &tx, company, id).await?;
    queue::open(ctx, &tx, WorkKind::Advisory, case.id.0, company).await?;
    let author = user::Entity::find_by_id(ctx.user()).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let facts = MailFacts::CaseSubmitted {
        number: number.clone(),
        title: asked.title,
        product: locked.product.name.get(outbox::language_of(ctx, &author)).to_owned(),
        hours: asked.hours,
    };
    outbox::write(&ctx.store, &tx, vec![Draft::to(ctx, &author, format!("case:{}:submitted", case.id), facts)]).await?;
    let entry = Entry::by(ctx, now, AuditAction::CaseSubmitted)
        .subject(case.id)
        .details(json!({ "benefit": id, "hours": asked.hours }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(number)
}
