//! What has ended is marked, so that pages that are open are told, and what waited is let go.

use crate::audit::{Entry, record};
use crate::benefits::list::unused;
use crate::context::{Origin, Store};
use crate::db::Tx;
use crate::entity::{benefit, offer_activation, support_activation, term, work_item};
use crate::error::{StoreError, StoreResult};
use domain::audit::AuditAction;
use domain::benefits::go_to_market::OfferState;
use domain::benefits::technical::SupportState;
use domain::id::{BenefitId, CompanyId, TermId};
use domain::queue::WorkKind;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Benefits of one transaction.
const BATCH: u64 = 200;

/// Ended, by the rule of the status, and not marked yet.
fn ended(store: &Store) -> Condition {
    use benefit::Column as C;
    let now = store.now();
    Condition::all()
        .add(C::EndedAt.is_null())
        .add(Condition::any().add(C::LapsesAt.lte(now)).add(unused().add(C::ActivateBy.lte(now))))
}

pub(super) async fn run(store: &Store) -> StoreResult<u64> {
    let (mut done, mut broken, mut failed) = (0, BTreeSet::new(), None);
    let mut broke = |company: CompanyId, error: StoreError| {
        // What is wrong with one company is no reason to leave out the others.
        tracing::error!(%company, %error, "what has ended could not be marked");
        broken.insert(company);
        failed = Some(error);
        broken.clone()
    };
    let mut left_out = BTreeSet::new();
    loop {
        let found: Vec<(BenefitId, CompanyId)> = benefit::Entity::find()
            .select_only()
            .column(benefit::Column::Id)
            .column(benefit::Column::CompanyId)
            .filter(ended(store))
            .filter(benefit::Column::CompanyId.is_not_in(left_out.iter().copied()))
            .order_by_asc(benefit::Column::CompanyId)
            .order_by_asc(benefit::Column::Id)
            .limit(BATCH)
            .into_tuple()
            .all(store.db.conn())
            .await?;
        if found.is_empty() {
            break;
        }
        let mut by_company: BTreeMap<CompanyId, Vec<BenefitId>> = BTreeMap::new();
        for (id, company) in found {
            by_company.entry(company).or_default().push(id);
        }
        for (company, ids) in by_company {
            match end_benefits(store, company, ids).await {
                Ok(ended) => done += ended,
                Err(error) => left_out = broke(company, error),
            }
        }
    }
    loop {
        let over = term::Entity::find()
            .filter(term::Column::EndedAt.is_null())
            .filter(term::Column::LapsesAt.lte(store.now()))
            .filter(term::Column::CompanyId.is_not_in(left_out.iter().copied()))
            .order_by_asc(term::Column::CompanyId)
            .one(store.db.conn())
            .await?;
        let Some(over) = over else { break };
        match end_terms(store, over.company_id).await {
            Ok(ended) => done += ended,
            Err(error) => left_out = broke(over.company_id, error),
        }
    }
    failed.map_or(Ok(done), Err)
}

/// Marks the benefits of a company that have ended. Somebody may have used one in between: what is
/// locked is looked at again.
async fn end_benefits(store: &Store, company: CompanyId, ids: Vec<BenefitId>) -> StoreResult<u64> {
    let tx = store.db.begin().await?;
    let rows = benefit::Entity::find()
        .filter(benefit::Column::Id.is_in(ids))
        .filter(ended(store))
        .order_by_asc(benefit::Column::Id)
        .lock_exclusive()
        .all(&tx)
        .await?;
    let ids: Vec<BenefitId> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let now = store.now();
    benefit::Entity::update_many()
        .col_expr(benefit::Column::EndedAt, Expr::value(now))
        .col_expr(benefit::Column::Pending, Expr::value(false))
        .filter(benefit::Column::Id.is_in(ids.iter().copied()))
        .exec(&tx)
        .await?;
    let waiting: Vec<BenefitId> = rows.iter().filter(|row| row.pending).map(|row| row.id).collect();
    if !waiting.is_empty() {
        let_go(store, &tx, &waiting).await?;
    }
    let origin = Origin::default();
    let mut entry = Entry::programme(&origin, now, AuditAction::BenefitsEnded).details(json!({ "benefits": ids }));
    entry.company = Some(company);
    record(&store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(ids.len() as u64)
}

/// What waited for the programme's staff can no longer be given.
pub(crate) async fn let_go(store: &Store, tx: &Tx, benefits: &[BenefitId]) -> StoreResult<()> {
    use {offer_activation::Column as O, support_activation::Column as S, work_item::Column as W};
    let now = store.now();
    let supports: Vec<Uuid> = support_activation::Entity::find()
        .select_only()
        .column(S::Id)
        .filter(S::BenefitId.is_in(benefits.iter().copied()))
        .filter(S::State.eq(SupportState::Pending))
        .into_tuple()
        .all(tx)
        .await?;
    let offers: Vec<Uuid> = offer_activation::Entity::find()
        .select_only()
        .column(O::Id)
        .filter(O::BenefitId.is_in(benefits.iter().copied()))
        .filter(O::State.eq(OfferState::Pending))
        .into_tuple()
        .all(tx)
        .await?;
    support_activation::Entity::update_many()
        .col_expr(S::State, Expr::value(SupportState::Lapsed))
        .col_expr(S::DecidedAt, Expr::value(now))
        .filter(S::Id.is_in(supports.iter().copied()))
        .exec(tx)
        .await?;
    offer_activation::Entity::update_many()
        .col_expr(O::State, Expr::value(OfferState::Lapsed))
        .col_expr(O::DecidedAt, Expr::value(now))
        .filter(O::Id.is_in(offers.iter().copied()))
        .exec(tx)
        .await?;
    work_item::Entity::update_many()
        .col_expr(W::ClosedAt, Expr::value(now))
        .col_expr(W::DueAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(W::Kind.is_in([WorkKind::Support, WorkKind::Offer]))
        .filter(W::SubjectId.is_in(supports.into_iter().chain(offers)))
        .filter(W::ClosedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Marks the terms of a company that have ended.
async fn end_terms(store: &Store, company: CompanyId) -> StoreResult<u64> {
    let now = store.now();
    let tx = store.db.begin().await?;
    let over = term::Entity::find()
        .filter(term::Column::CompanyId.eq(company))
        .filter(term::Column::EndedAt.is_null())
        .filter(term::Column::LapsesAt.lte(now))
        .order_by_asc(term::Column::Id)
        .lock_exclusive()
        .all(&tx)
        .await?;
    let ids: Vec<TermId> = over.iter().map(|term| term.id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    term::Entity::update_many()
        .col_expr(term::Column::EndedAt, Expr::value(now))
        .filter(term::Column::Id.is_in(ids.iter().copied()))
        .exec(&tx)
        .await?;
    let origin = Origin::default();
    let mut entry = Entry::programme(&origin, now, AuditAction::TermEnded).details(json!({ "terms": ids }));
    entry.company = Some(company);
    record(&store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(ids.len() as u64)
}
