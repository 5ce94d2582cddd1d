//! Cases as both sides see them.

use super::request::offer;
use crate::benefits::list::{References, count_u32};
use crate::context::Ctx;
use crate::entity::{benefit, case, case_draft, case_entry, company, work_item};
use crate::error::{StoreError, StoreResult};
use crate::people::names::People;
use domain::access::Action;
use domain::benefits::advisory::{Case, CaseEntry, CaseFilter, CasePage, CaseRow, CaseState, Side};
use domain::catalogue::{Category, SoftwareLanguage};
use domain::id::{BenefitId, CaseId, CompanyId};
use domain::queue::WorkKind;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::{BTreeSet, HashMap};

/// Rows on a page.
const PAGE: u64 = 50;
/// Entries of a case that its page shows: far more than anybody reads.
const ENTRIES: u64 = 1_000;
/// Cases in a benefit's details.
const LATEST: u64 = 5;
/// Benefits that a request can be made for: a handful in each package.
const OFFERED: u64 = 50;

/// What is asked of the list.
#[derive(Clone, Debug, Default)]
pub struct CaseQuery {
    pub filter: CaseFilter,
    /// [`CasePage::next`] of the page before.
    pub after: Option<String>,
}

fn of_company(company: CompanyId) -> Select<case::Entity> {
    case::Entity::find().filter(case::Column::CompanyId.eq(company))
}

fn condition(filter: CaseFilter) -> Condition {
    let over = CaseState::ALL.iter().copied().filter(|s| s.is_over());
    match filter {
        CaseFilter::All => Condition::all(),
        CaseFilter::Open => Condition::all().add(case::Column::State.is_not_in(over)),
        CaseFilter::Over => Condition::all().add(case::Column::State.is_in(over)),
    }
}

async fn told(ctx: &Ctx, db: &impl ConnectionTrait, rows: &[case::Model]) -> StoreResult<Vec<CaseRow>> {
    let people = People::load(db, rows.iter().map(|r| r.submitted_by).collect()).await?;
    let ids: BTreeSet<BenefitId> = rows.iter().map(|r| r.benefit_id).collect();
    let benefits = benefit::Entity::find().filter(benefit::Column::Id.is_in(ids)).all(db).await?;
    let references = References::load(db, &benefits).await?;
    let benefits: HashMap<BenefitId, &benefit::Model> = benefits.iter().map(|b| (b.id, b)).collect();
    rows.iter()
        .map(|row| {
            let of = benefits.get(&row.benefit_id).ok_or(StoreError::Corrupt("cases.benefit_id"))?;
            Ok(CaseRow {
                id: row.id,
                number: row.number.clone(),
                title: row.title.clone(),
                benefit: references.product(of)?.name.get(ctx.language).to_owned(),
                package: references.package(of)?.label.get(ctx.language).to_owned(),
                state: row.state,
                hours: row.used.map_or(count_u32(row.asked), count_u32),
                submitted_at: row.submitted_at,
                by: people.name(row.submitted_by),
            })
        })
        .collect()
}

/// The company's cases, the newest first, and what more can be asked for.
pub async fn list_cases(ctx: &Ctx, query: &CaseQuery) -> StoreResult<CasePage> {
    use case::Column as C;
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let db = ctx.store.db.conn();
    let mut select = of_company(company).filter(condition(query.filter));
    let total = select.clone().count(db).await?;
    if let Some(id) = query.after.as_deref().and_then(|id| id.parse::<CaseId>().ok())
        && let Some(last) = of_company(company).filter(C::Id.eq(id)).one(db).await?
    {
        let further = Condition::any()
            .add(C::SubmittedAt.lt(last.submitted_at))
            .add(Condition::all().add(C::SubmittedAt.eq(last.submitted_at)).add(C::Id.lt(last.id)));
        select = select.filter(further);
    }
    let mut rows = select.order_by_desc(C::SubmittedAt).order_by_desc(C::Id).limit(PAGE + 1).all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|r| r.id.to_string());
    let mut counts = [0; 3];
    for (count, filter) in counts.iter_mut().zip(CaseFilter::ALL) {
        *count = of_company(company).filter(condition(filter)).count(db).await?;
    }
    Ok(CasePage { rows: told(ctx, db, &rows).await?, total, counts, next, benefits: offered(ctx, company).await? })
}

/// How many of a company's cases are not finished.
pub(crate) async fn count_open_cases(ctx: &Ctx, company: CompanyId) -> StoreResult<u64> {
    ctx.authorize(Action::SubmitAdvisoryRequest)?;
    Ok(of_company(company).filter(condition(CaseFilter::Open)).count(ctx.store.db.conn()).await?)
}

/// Benefits that the reader can ask hours of.
async fn offered(ctx: &Ctx, company: CompanyId) -> StoreResult<Vec<domain::benefits::advisory::Requestable>> {
    let db = ctx.store.db.conn();
    let benefits = benefit::Entity::find()
        .filter(benefit::Column::CompanyId.eq(company))
        .filter(benefit::Column::Category.eq(Category::Technical))
        .filter(benefit::Column::LapsesAt.gt(ctx.now()))
        .order_by_asc(benefit::Column::Position)
        .order_by_asc(benefit::Column::Id)
        .limit(OFFERED)
        .all(db)
        .await?;
    let drafts: Vec<BenefitId> = case_draft::Entity::find()
        .select_only()
        .column(case_draft::Column::BenefitId)
        .filter(case_draft::Column::CompanyId.eq(company))
        .filter(case_draft::Column::UserId.eq(ctx.user()))
        .into_tuple()
        .all(db)
        .await?;
    let references = References::load(db, &benefits).await?;
    let mut offers = Vec::new();
    for row in &benefits {
        offers.extend(offer(ctx, row, &references, drafts.contains(&row.id))?);
    }
    Ok(offers)
}

/// The latest cases of a benefit.
pub(crate) async fn list_latest(ctx: &Ctx, company: CompanyId, id: BenefitId) -> StoreResult<Vec<CaseRow>> {
    let db = ctx.store.db.conn();
    let rows = of_company(company)
        .filter(case::Column::BenefitId.eq(id))
        .order_by_desc(case::Column::SubmittedAt)
        .order_by_desc(case::Column::Id)
        .limit(LATEST)
        .all(db)
        .await?;
    told(ctx, db, &rows).await
}

/// A case by its number.
pub async fn get_case(ctx: &Ctx, number: &str) -> StoreResult<Case> {
    let company = ctx.authorize_in_company(Action::SubmitAdvisoryRequest)?;
    let row = of_company(company).filter(case::Column::Number.eq(number)).one(ctx.store.db.conn()).await?;
    whole(ctx, row.ok_or(StoreError::NotFound)?).await
}

/// A case in the operators' hands. The caller has authorized.
pub(crate) async fn case_for_programme(ctx: &Ctx, id: CaseId) -> StoreResult<Case> {
    let row = case::Entity::find_by_id(id).one(ctx.store.db.conn()).await?;
    whole(ctx, row.ok_or(StoreError::NotFound)?).await
}

async fn whole(ctx: &Ctx, row: case::Model) -> StoreResult<Case> {
    let db = ctx.store.db.conn();
    let of = company::Entity::find_by_id(row.company_id).one(db).await?.ok_or(StoreError::NotFound)?;
    let entries = case_entry::Entity::find()
        .filter(case_entry::Column::CaseId.eq(row.id))
        .order_by_asc(case_entry::Column::At)
        .order_by_asc(case_entry::Column::Id)
        .limit(ENTRIES)
        .all(db)
        .await?;
    let people = People::load(db, entries.iter().map(|e| e.user_id).collect()).await?;
    let due_at = work_item::Entity::find()
        .filter(work_item::Column::Kind.eq(WorkKind::Advisory))
        .filter(work_item::Column::SubjectId.eq(row.id.0))
        .filter(work_item::Column::ClosedAt.is_null())
        .one(db)
        .await?
        .and_then(|item| item.due_at);
    let told = told(ctx, db, std::slice::from_ref(&row)).await?.pop().ok_or(StoreError::NotFound)?;
    Ok(Case {
        row: told,
        company: of.name,
        description: row.description,
        stage: row.stage,
        product: row.product,
        contact: row.contact,
        phone: row.phone,
        country: row.country,
        language: SoftwareLanguage::from_tag(&row.language).ok_or(StoreError::Corrupt("cases.language"))?,
        asked: count_u32(row.asked),
        used: row.used.map(count_u32),
        is_late: due_at.is_some_and(|due| ctx.now() >= due),
        due_at,
        entries: entries
            .into_iter()
            .map(|e| CaseEntry {
                at: e.at,
                by: people.name(e.user_id),
                side: if e.programme { Side::Programme } else { Side::Company },
                state: e.state,
                text: e.text,
            })
            .collect(),
    })
}
