//! The lists of the Benefits pages, paged by key, with a constant number of statements.

use crate::benefits::history::list_first_holders;
use crate::context::Ctx;
use crate::entity::{
    assignment, benefit, key_reveal, licence_key, order, package_version, product_version, term, user,
};
use crate::error::{StoreError, StoreResult};
use crate::search::{holds, wanted};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Action;
use domain::benefits::view::{BenefitDetail, BenefitFilter, BenefitPage, BenefitRow, SOON_DAYS, Trace};
use domain::benefits::{BenefitFacts, ended, status};
use domain::catalogue::{Category, Package, Product};
use domain::id::{BenefitId, CompanyId, PackageVersionId, ProductVersionId, TermId};
use domain::language::Language;
use domain::orders::order::OrderKind;
use domain::orders::refund::{OrderFacts, refund_ends, refundable};
use domain::people::HeldPage;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows on a page.
pub const PAGE: u64 = 50;
/// Rows of a history inside a detail.
const TRACES: u64 = 10;

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    pub filter: BenefitFilter,
    pub search: String,
    /// [`BenefitPage::next`] of the page before.
    pub after: Option<String>,
}

pub(crate) fn parse_product(text: &str) -> StoreResult<Product> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("product_versions.definition"))
}
pub(crate) fn parse_package(text: &str) -> StoreResult<Package> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("package_versions.definition"))
}
pub(crate) fn count_u32(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

pub(crate) fn facts(row: &benefit::Model, product: &Product) -> BenefitFacts {
    BenefitFacts {
        fulfilment: product.fulfilment,
        quantity: row.quantity.map(count_u32),
        taken: taken(row, product),
        pending: row.pending,
        activated_at: row.activated_at,
        activate_by: row.activate_by,
        lapses_at: row.lapses_at,
    }
}
fn taken(row: &benefit::Model, product: &Product) -> u32 {
    if product.fulfilment.has_seats() {
        count_u32(row.seats_out)
    } else {
        count_u32(row.used) + count_u32(row.reserved)
    }
}
pub(crate) fn order_facts(row: &order::Model) -> OrderFacts {
    OrderFacts {
        paid_at: row.paid_at,
        first_key_revealed_at: row.first_key_revealed_at,
        ended_at: row.ended_at,
        bought_elsewhere: row.kind == OrderKind::Moved,
    }
}

/// What rows refer to, loaded together.
pub(crate) struct References {
    pub products: HashMap<ProductVersionId, Product>,
    pub packages: HashMap<PackageVersionId, Package>,
    pub orders: HashMap<TermId, order::Model>,
}

impl References {
    pub async fn load(db: &impl ConnectionTrait, rows: &[benefit::Model]) -> StoreResult<Self> {
        let of = |ids: BTreeSet<_>| ids;
        let product_ids = of(rows.iter().map(|r| r.product_version_id).collect());
        let package_ids: BTreeSet<_> = rows.iter().map(|r| r.package_version_id).collect();
        let term_ids: BTreeSet<_> = rows.iter().map(|r| r.term_id).collect();
        let mut products = HashMap::new();
        for v in product_version::Entity::find().filter(product_version::Column::Id.is_in(product_ids)).all(db).await? {
            products.insert(v.id, parse_product(&v.definition)?);
        }
        let mut packages = HashMap::new();
        for v in package_version::Entity::find().filter(package_version::Column::Id.is_in(package_ids)).all(db).await? {
            packages.insert(v.id, parse_package(&v.definition)?);
        }
        let to_order = term::Entity::belongs_to(order::Entity).from(term::Column::OrderId).to(order::Column::Id).into();
        let orders = term::Entity::find()
            .filter(term::Column::Id.is_in(term_ids))
            .join(JoinType::InnerJoin, to_order)
            .select_also(order::Entity)
            .all(db)
            .await?
            .into_iter()
            .filter_map(|(term, order)| Some((term.id, order?)))
            .collect();
        Ok(Self { products, packages, orders })
    }

    pub fn product(&self, row: &benefit::Model) -> StoreResult<&Product> {
        self.products.get(&row.product_version_id).ok_or(StoreError::Corrupt("benefits.product_version_id"))
    }
    pub fn package(&self, row: &benefit::Model) -> StoreResult<&Package> {
        self.packages.get(&row.package_version_id).ok_or(StoreError::Corrupt("benefits.package_version_id"))
    }
    pub fn order(&self, row: &benefit::Model) -> StoreResult<&order::Model> {
        self.orders.get(&row.term_id).ok_or(StoreError::Corrupt("benefits.term_id"))
    }

    pub fn row(&self, row: &benefit::Model, language: Language, now: DateTime<Utc>) -> StoreResult<BenefitRow> {
        let product = self.product(row)?;
        let order = order_facts(self.order(row)?);
        let facts = facts(row, product);
        Ok(BenefitRow {
            id: row.id,
            name: product.name.get(language).to_owned(),
            package: self.package(row)?.label.get(language).to_owned(),
            category: product.category,
            fulfilment: product.fulfilment,
            unit: product.unit,
            quantity: row.quantity.map(count_u32),
            taken: taken(row, product),
            status: status(&facts, now),
            activate_by: row.activate_by,
            // An order that is given back ends it before its date.
            expires_at: row.expires_at.min(row.lapses_at),
            grace_until: grace_until(row, now),
            refundable_until: if refundable(&order, now).is_ok() { refund_ends(&order) } else { None },
            ended: ended(&facts, order.ended_at, now),
        })
    }
}

/// Past its date, a benefit that is used goes on until then.
pub(crate) fn grace_until(row: &benefit::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (now >= row.expires_at && now < row.lapses_at && !unused_row(row)).then_some(row.lapses_at)
}

/// A benefit, looked for within the company: another's is not there.
pub(crate) fn own_benefit(company: CompanyId, id: BenefitId) -> Select<benefit::Entity> {
    benefit::Entity::find_by_id(id).filter(benefit::Column::CompanyId.eq(company))
}

fn of_company(company: CompanyId, category: Category) -> Select<benefit::Entity> {
    benefit::Entity::find()
        .filter(benefit::Column::CompanyId.eq(company))
        .filter(benefit::Column::Category.eq(category))
}

/// Nobody has used it in any way: `domain::benefits::status` says "available".
pub(crate) fn unused() -> Condition {
    use benefit::Column as C;
    let untouched =
        [C::SeatsOut, C::Used, C::Reserved].map(|c| c.eq(0)).into_iter().fold(Condition::all(), Condition::add);
    untouched.add(C::ActivatedAt.is_null()).add(C::Pending.eq(false))
}

/// The same, of a row.
pub(crate) fn unused_row(row: &benefit::Model) -> bool {
    row.seats_out == 0 && row.used == 0 && row.reserved == 0 && row.activated_at.is_none() && !row.pending
}

/// A filter as a condition: the list and its counts use the same one.
fn condition(filter: BenefitFilter, now: DateTime<Utc>) -> Condition {
    use benefit::Column as C;
    let soon = now + TimeDelta::days(SOON_DAYS);
    match filter {
        BenefitFilter::All => Condition::all(),
        BenefitFilter::NotActivated => unused().add(C::ActivateBy.gt(now)).add(C::LapsesAt.gt(now)),
        BenefitFilter::EndsSoon => Condition::all().add(C::LapsesAt.gt(now)).add(
            Condition::any()
                .add(C::ExpiresAt.lte(soon))
                .add(unused().add(C::ActivateBy.gt(now)).add(C::ActivateBy.lte(soon))),
        ),
    }
}

/// Searched is what the reader sees: the name in their language.
fn name_contains(folded: &str, language: Language) -> Condition {
    let name = match language {
        Language::En => product_version::Column::SearchEn,
        Language::De => product_version::Column::SearchDe,
    };
    Condition::all().add(holds((product_version::Entity, name), folded))
}

fn with_product(select: Select<benefit::Entity>) -> Select<benefit::Entity> {
    let to_product = benefit::Entity::belongs_to(product_version::Entity)
        .from(benefit::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    select.join(JoinType::InnerJoin, to_product)
}

/// A page of a category's list.
pub async fn list_benefits(ctx: &Ctx, category: Category, query: &ListQuery) -> StoreResult<BenefitPage> {
    ctx.authorize(Action::OpenBenefits)?;
    let company = ctx.authorize_in_company(category.spec().opens)?;
    let (db, now) = (ctx.store.db.conn(), ctx.now());
    let search = wanted(&query.search);
    let found = |filter| {
        let select = of_company(company, category).filter(condition(filter, now));
        if search.is_empty() { select } else { with_product(select).filter(name_contains(&search, ctx.language)) }
    };
    let mut select = found(query.filter);
    let total = select.clone().count(db).await?;
    if let Some((position, id)) = query.after.as_deref().and_then(parse_cursor) {
        let further = Condition::any()
            .add(benefit::Column::Position.gt(position))
            .add(Condition::all().add(benefit::Column::Position.eq(position)).add(benefit::Column::Id.gt(id)));
        select = select.filter(further);
    }
    let mut rows = select
        .order_by_asc(benefit::Column::Position)
        .order_by_asc(benefit::Column::Id)
        .limit(PAGE + 1)
        .all(db)
        .await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|r| format!("{}.{}", r.position, r.id));
    let references = References::load(db, &rows).await?;
    let rows = rows.iter().map(|r| references.row(r, ctx.language, now)).collect::<StoreResult<Vec<_>>>()?;
    let mut counts = [0; 3];
    for (count, filter) in counts.iter_mut().zip(BenefitFilter::ALL) {
        *count = found(filter).count(db).await?;
    }
    let all = if search.is_empty() { counts[0] } else { of_company(company, category).count(db).await? };
    let mut refundable: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.fulfilment.has_keys()) {
        if let Some(until) = row.refundable_until {
            refundable.insert(row.package.clone(), until);
        }
    }
    Ok(BenefitPage {
        rows,
        total,
        counts,
        all,
        next,
        refundable: refundable.into_iter().map(|(name, at)| Trace { name, at }).collect(),
    })
}

fn parse_cursor(text: &str) -> Option<(i32, BenefitId)> {
    let (position, id) = text.split_once('.')?;
    Some((position.parse().ok()?, id.parse().ok()?))
}

/// What the arrow opens.
pub async fn get_detail(ctx: &Ctx, id: BenefitId) -> StoreResult<BenefitDetail> {
    let company = ctx.authorize_in_company(Action::OpenBenefits)?;
    let (db, now) = (ctx.store.db.conn(), ctx.now());
    let row = own_benefit(company, id).one(db).await?.ok_or(StoreError::NotFound)?;
    ctx.authorize(row.category.spec().opens)?;
    let references = References::load(db, std::slice::from_ref(&row)).await?;
    let product = references.product(&row)?;
    let keys = licence_key::Entity::find()
        .filter(licence_key::Column::BenefitId.eq(id))
        .filter(licence_key::Column::CompanyId.eq(company))
        .filter(licence_key::Column::WithdrawnAt.is_null())
        .count(db)
        .await?;
    let by = key_reveal::Entity::belongs_to(user::Entity).from(key_reveal::Column::UserId).to(user::Column::Id).into();
    // One line per look, however many keys it showed.
    let reveals: Vec<(String, DateTime<Utc>)> = key_reveal::Entity::find()
        .select_only()
        .column(user::Column::Name)
        .column(key_reveal::Column::RevealedAt)
        .distinct()
        .join(JoinType::InnerJoin, by)
        .filter(key_reveal::Column::CompanyId.eq(company))
        .filter(key_reveal::Column::BenefitId.eq(id))
        .order_by_desc(key_reveal::Column::RevealedAt)
        .limit(TRACES)
        .into_tuple()
        .all(db)
        .await?;
    let (holders, is_mine) = if product.fulfilment.has_seats() {
        let mine = assignment::Entity::find()
            .filter(assignment::Column::CompanyId.eq(company))
            .filter(assignment::Column::BenefitId.eq(id))
            .filter(assignment::Column::UserId.eq(ctx.user()))
            .filter(assignment::Column::RemovedAt.is_null())
            .count(db)
            .await?;
        (list_first_holders(ctx, company, id, TRACES).await?, mine > 0)
    } else {
        (HeldPage::default(), false)
    };
    let traces = |rows: Vec<(String, DateTime<Utc>)>| rows.into_iter().map(|(name, at)| Trace { name, at }).collect();
    let text = |t: &domain::language::LocalText| t.get(ctx.language).to_owned();
    Ok(BenefitDetail {
        row: references.row(&row, ctx.language, now)?,
        summary: text(&product.summary),
        instructions: product.instructions.as_ref().map(text),
        portal: product.portal.clone(),
        downloads: product.downloads.clone(),
        keys: u32::try_from(keys).unwrap_or(u32::MAX),
        keys_owed: count_u32(row.keys_owed),
        reveals: traces(reveals),
        holders,
        is_mine,
        reassignments_left: product.reassign_limit.map(|most| most.saturating_sub(count_u32(row.reassigned))),
        used: count_u32(row.used),
        reserved: count_u32(row.reserved),
        activated_at: row.activated_at,
        valid_months: product.valid_months,
        max_per_request: product.max_per_request,
    })
}
