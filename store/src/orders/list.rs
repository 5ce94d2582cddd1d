//! Orders as people see them: a company its own, the programme's staff all of them.

use super::cancel::{cancel_facts, newest_of, told};
use super::offers::list_contents;
use super::{load_packages, money, own_order};
use crate::context::Ctx;
use crate::entity::{cancellation, company, order, payment, term};
use crate::error::{StoreError, StoreResult};
use crate::people::names::{People, company_names};
use crate::search::{holds, like, wanted};
use domain::access::Action;
use domain::id::{CompanyId, OrderId, UserId};
use domain::language::Language;
use domain::orders::billing::Billing;
use domain::orders::cancel::{CancellationState, cancellable};
use domain::orders::order::{Issuer, Order, OrderPage, OrderRow, OrderStanding, TermTimes, order_state, payable_until};
use domain::orders::payment::Payment;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use std::collections::{HashMap, HashSet};

pub use domain::orders::order::OrderFilter;

/// Rows on a page.
const PAGE: u64 = 50;

/// What is asked of the list of all orders.
#[derive(Clone, Debug, Default)]
pub struct OrderQuery {
    pub filter: OrderFilter,
    /// A number, or a company's name.
    pub search: String,
    /// [`OrderPage::next`] of the page before.
    pub after: Option<String>,
}

/// The company's orders, the newest first.
pub async fn list_orders(ctx: &Ctx, after: Option<&str>) -> StoreResult<OrderPage> {
    let company = ctx.authorize_in_company(Action::SeeOrders)?;
    page(ctx, order::Entity::find().filter(order::Column::CompanyId.eq(company)), after).await
}

/// The newest orders of a company, for the programme's staff.
pub(crate) async fn list_of_company(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    company: CompanyId,
    most: u64,
) -> StoreResult<Vec<OrderRow>> {
    let rows = order::Entity::find()
        .filter(order::Column::CompanyId.eq(company))
        .order_by_desc(order::Column::OrderedAt)
        .order_by_desc(order::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    told_rows(ctx, db, &rows).await
}

/// All orders, for the programme's staff.
pub async fn list_all_orders(ctx: &Ctx, query: &OrderQuery) -> StoreResult<OrderPage> {
    use order::Column as C;
    ctx.authorize(Action::ManageOrders)?;
    let waiting = Condition::all().add(C::PaidAt.is_null()).add(C::EndedAt.is_null());
    let mut select = order::Entity::find();
    select = match query.filter {
        OrderFilter::All => select,
        OrderFilter::Open => select.filter(waiting),
        OrderFilter::Paid => select.filter(C::PaidAt.is_not_null()).filter(C::EndedAt.is_null()),
        OrderFilter::Ended => select.filter(C::EndedAt.is_not_null()),
    };
    let search = wanted(&query.search);
    if !search.is_empty() {
        let number = Expr::expr(Func::lower(Expr::col(C::Number)));
        let named = sea_orm::sea_query::Query::select()
            .column(company::Column::Id)
            .from(company::Entity)
            .and_where(holds(company::Column::Search, &search))
            .to_owned();
        select = select.filter(Condition::any().add(like(number, &search)).add(C::CompanyId.in_subquery(named)));
    }
    page(ctx, select, query.after.as_deref()).await
}

async fn page(ctx: &Ctx, select: Select<order::Entity>, after: Option<&str>) -> StoreResult<OrderPage> {
    use order::Column as C;
    let db = ctx.store.db.conn();
    let total = select.clone().count(db).await?;
    let last = match after.and_then(|id| id.parse::<OrderId>().ok()) {
        // Of those that the reader may see.
        Some(id) => select.clone().filter(C::Id.eq(id)).one(db).await?,
        None => None,
    };
    let mut rows = select
        .apply_if(last, |select, last| {
            let same = Condition::all().add(C::OrderedAt.eq(last.ordered_at)).add(C::Id.lt(last.id));
            select.filter(Condition::any().add(C::OrderedAt.lt(last.ordered_at)).add(same))
        })
        .order_by_desc(C::OrderedAt)
        .order_by_desc(C::Id)
        .limit(PAGE + 1)
        .all(db)
        .await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(OrderPage { rows: told_rows(ctx, db, &rows).await?, total, next })
}

/// Lines with their words; a constant number of statements.
async fn told_rows(ctx: &Ctx, db: &impl ConnectionTrait, rows: &[order::Model]) -> StoreResult<Vec<OrderRow>> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let terms: HashMap<OrderId, term::Model> = term::Entity::find()
        .filter(term::Column::OrderId.is_in(ids.iter().copied()))
        .all(db)
        .await?
        .into_iter()
        .map(|term| (term.order_id, term))
        .collect();
    let waits: HashSet<OrderId> = cancellation::Entity::find()
        .select_only()
        .column(cancellation::Column::OrderId)
        .filter(cancellation::Column::OrderId.is_in(ids))
        .filter(cancellation::Column::State.eq(CancellationState::Requested))
        .into_tuple::<OrderId>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let packages = load_packages(db, rows.iter().map(|row| row.package_version_id).collect()).await?;
    let people = People::load(db, rows.iter().map(|row| row.ordered_by).collect()).await?;
    let companies = company_names(db, rows.iter().map(|row| row.company_id).collect()).await?;
    rows.iter()
        .map(|row| {
            let term = terms.get(&row.id).map(|t| TermTimes {
                starts_at: t.starts_at,
                ends_at: t.ends_at,
                ended_at: t.ended_at,
            });
            let package = packages.get(&row.package_version_id).ok_or(StoreError::Corrupt("orders.package"))?;
            let standing = OrderStanding { ordered_at: row.ordered_at, end: row.end_kind, term };
            Ok(OrderRow {
                id: row.id,
                number: row.number.clone(),
                company: companies.get(&row.company_id).cloned().unwrap_or_default(),
                package: package.name.get(ctx.language).to_owned(),
                kind: row.kind,
                state: order_state(&standing, ctx.now()),
                price: money(row.price_minor, &row.currency)?,
                ordered_at: row.ordered_at,
                by: people.name(row.ordered_by),
                payable_until: payable_until(row.ordered_at),
                term,
                cancellation_waits: waits.contains(&row.id),
            })
        })
        .collect()
}

/// An order of the company, with its invoice.
pub async fn get_order(ctx: &Ctx, id: OrderId) -> StoreResult<Order> {
    let company = ctx.authorize_in_company(Action::SeeOrders)?;
    let row = own_order(company, id).one(ctx.store.db.conn()).await?.ok_or(StoreError::NotFound)?;
    whole(ctx, row).await
}

/// Any order, for the programme's staff.
pub async fn get_any_order(ctx: &Ctx, id: OrderId) -> StoreResult<Order> {
    ctx.authorize(Action::ManageOrders)?;
    order_for_programme(ctx, id).await
}

pub(crate) async fn order_for_programme(ctx: &Ctx, id: OrderId) -> StoreResult<Order> {
    let row = order::Entity::find_by_id(id).one(ctx.store.db.conn()).await?.ok_or(StoreError::NotFound)?;
    whole(ctx, row).await
}

async fn whole(ctx: &Ctx, row: order::Model) -> StoreResult<Order> {
    let db = ctx.store.db.conn();
    let line = told_rows(ctx, db, std::slice::from_ref(&row)).await?.pop().ok_or(StoreError::NotFound)?;
    let contents = contents(db, &row, ctx.language).await?;
    let paid = payment::Entity::find().filter(payment::Column::OrderId.eq(row.id)).one(db).await?;
    let request = newest_of(db, row.id).await?;
    let mut known: Vec<UserId> = paid.iter().map(|p| p.recorded_by).collect();
    known.extend(request.iter().flat_map(|r| [Some(r.requested_by), r.decided_by]).flatten());
    let people = People::load(db, known.into_iter().collect()).await?;
    let facts = cancel_facts(db, &row, ctx.language).await?;
    let payment = match paid {
        Some(paid) => Some(Payment {
            amount: money(paid.amount_minor, &paid.currency)?,
            on: paid.paid_on,
            reference: paid.reference,
            by: people.name(paid.recorded_by),
            at: paid.recorded_at,
        }),
        None => None,
    };
    let cancellation = match request {
        Some(request) => Some(told(&people, &row, request)?),
        None => None,
    };
    Ok(Order {
        row: line,
        contents,
        payment,
        cancellation,
        refund: cancellable(&facts, ctx.now()),
        billing: Billing {
            bill_to: row.bill_to,
            address: row.bill_address,
            country: row.bill_country,
            tax_id: row.tax_id,
            purchase_order: row.purchase_order,
        },
        issuer: Issuer { name: row.issuer, pay_to: row.pay_to },
    })
}

async fn contents(
    db: &impl ConnectionTrait,
    row: &order::Model,
    language: Language,
) -> StoreResult<Vec<domain::orders::order::Allocation>> {
    let mut all = list_contents(db, [row.package_version_id].into(), language).await?;
    Ok(all.remove(&row.package_version_id).unwrap_or_default())
}
