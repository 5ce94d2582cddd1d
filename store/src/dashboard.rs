//! What a person starts the day with.

use crate::benefits::list::{References, count_u32, facts, order_facts, parse_package, parse_product, unused};
use crate::context::Ctx;
use crate::entity::{
    benefit, catalogue_version, company, licence_key, marketing_contact, order, package_version, product,
    product_version, term,
};
use crate::error::{StoreError, StoreResult};
use crate::outbox::count_dead;
use crate::people::role_request::count_waiting;
use crate::queue::count_open;
use chrono::TimeDelta;
use domain::access::Action;
use domain::benefits::view::SOON_DAYS;
use domain::benefits::{BenefitStatus, status};
use domain::catalogue::Category;
use domain::orders::refund::{refund_ends, refundable};
use domain::orders::term::renewable;
use domain::view::{Attention, Concern, Dashboard, HeldPackage, OperatorDashboard, Stock};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Lines of the list; the category pages have the rest.
const LINES: u64 = 12;
/// A company holds a package of each kind; this bounds the page.
const PACKAGES: u64 = 12;

pub async fn get_dashboard(ctx: &Ctx) -> StoreResult<Dashboard> {
    let company = ctx.authorize_in_company(Action::OpenBenefits)?;
    let (db, now) = (ctx.store.db.conn(), ctx.now());
    let contact_set =
        marketing_contact::Entity::find().filter(marketing_contact::Column::CompanyId.eq(company)).count(db).await? > 0;
    let to_order = term::Entity::belongs_to(order::Entity).from(term::Column::OrderId).to(order::Column::Id).into();
    let terms = term::Entity::find()
        .join(JoinType::InnerJoin, to_order)
        .select_also(order::Entity)
        .filter(term::Column::CompanyId.eq(company))
        .filter(term::Column::EndsAt.gt(now))
        .filter(order::Column::EndedAt.is_null())
        .order_by_desc(term::Column::StartsAt)
        .limit(PACKAGES)
        .all(db)
        .await?;
    let term_ids: Vec<_> = terms.iter().map(|(t, _)| t.id).collect();
    let tallies: Vec<(domain::id::TermId, Category, i64, i64, i64)> = benefit::Entity::find()
        .select_only()
        .column(benefit::Column::TermId)
        .column(benefit::Column::Category)
        .column_as(benefit::Column::Id.count(), "n")
        .column_as(benefit::Column::ActivatedAt.count(), "activated")
        .column_as(benefit::Column::SeatsOut.max(), "seats")
        .filter(benefit::Column::TermId.is_in(term_ids))
        .group_by(benefit::Column::TermId)
        .group_by(benefit::Column::Category)
        .into_tuple::<(domain::id::TermId, Category, i64, i64, Option<i32>)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(t, c, n, a, s)| (t, c, n, a, i64::from(s.unwrap_or(0))))
        .collect();
    let versions: HashMap<_, _> = package_version::Entity::find()
        .filter(
            package_version::Column::Id
                .is_in(terms.iter().filter_map(|(_, o)| o.as_ref().map(|o| o.package_version_id))),
        )
        .all(db)
        .await?
        .into_iter()
        .map(|v| (v.id, v.definition))
        .collect();
    let mut packages = Vec::new();
    for (term, order) in &terms {
        let order = order.as_ref().ok_or(StoreError::Corrupt("terms.order_id"))?;
        let definition =
            versions.get(&order.package_version_id).ok_or(StoreError::Corrupt("orders.package_version_id"))?;
        let tally = |category| tallies.iter().find(|(t, c, ..)| *t == term.id && *c == category);
        let facts = order_facts(order);
        packages.push(HeldPackage {
            name: parse_package(definition)?.name.get(ctx.language).to_owned(),
            starts_at: term.starts_at,
            ends_at: term.ends_at,
            renewable: renewable(term.ends_at, now),
            refundable_until: if refundable(&facts, now).is_ok() { refund_ends(&facts) } else { None },
            keys_seen: order.first_key_revealed_at.is_some(),
            seats_assigned: tally(Category::VisualStudio).is_none_or(|(.., seats)| *seats > 0),
            contact_set,
            has_offers: tally(Category::GoToMarket).is_some_and(|(_, _, n, ..)| *n > 0),
        });
    }
    let (attention, more) = attention(ctx, company).await?;
    let role_requests =
        if ctx.principal.can(Action::GrantGlobalAdmin) { count_waiting(ctx, company).await? } else { 0 };
    Ok(Dashboard { packages, attention, more, role_requests })
}

/// Pending benefits, ones that end or lapse soon, and free seats: the nearest date first.
async fn attention(ctx: &Ctx, company: domain::id::CompanyId) -> StoreResult<(Vec<Attention>, bool)> {
    use benefit::Column as C;
    let (db, now) = (ctx.store.db.conn(), ctx.now());
    let soon = now + TimeDelta::days(SOON_DAYS);
    let lapses = unused().add(C::ActivateBy.lte(soon));
    let wanting = Condition::any()
        .add(C::Pending.eq(true))
        .add(C::ExpiresAt.lte(soon))
        .add(lapses)
        .add(C::Category.eq(Category::VisualStudio).and(Expr::cust("seats_out < quantity")));
    // What lapsed unused is over: nothing can be done about it.
    let over = unused().add(C::ActivateBy.lte(now)).not();
    // Whichever comes first; one that is used has no date to activate it by.
    let nearest: Expr =
        Expr::case(C::ActivatedAt.is_null(), C::ActivateBy.into_expr()).finally(C::ExpiresAt.into_expr()).into();
    let mut rows = benefit::Entity::find()
        .filter(C::CompanyId.eq(company))
        .filter(C::ExpiresAt.gt(now))
        .filter(over)
        .filter(wanting)
        .order_by_desc(C::Pending)
        .order_by_asc(nearest)
        .order_by_asc(C::Position)
        .order_by_asc(C::Id)
        .limit(LINES + 1)
        .all(db)
        .await?;
    let more = rows.len() as u64 > LINES;
    rows.truncate(LINES as usize);
    let references = References::load(db, &rows).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let product = references.product(row)?;
        let concern = match status(&facts(row, product), now) {
            BenefitStatus::Expired => continue,
            BenefitStatus::Pending => Concern::Pending,
            BenefitStatus::Available if row.activate_by <= soon => Concern::ActivateBy(row.activate_by),
            _ if row.expires_at <= soon => Concern::Ends(row.expires_at),
            _ => Concern::SeatsFree(count_u32(row.quantity.unwrap_or(0) - row.seats_out)),
        };
        lines.push(Attention {
            benefit: row.id,
            name: product.name.get(ctx.language).to_owned(),
            package: references.package(row)?.label.get(ctx.language).to_owned(),
            category: row.category,
            concern,
        });
    }
    Ok((lines, more))
}

/// Stock and size of the programme. No company's secret is in it.
pub async fn get_operator_dashboard(ctx: &Ctx) -> StoreResult<OperatorDashboard> {
    ctx.authorize(Action::ManageKeyPools)?;
    let db = ctx.store.db.conn();
    let counted: Vec<(domain::id::ProductId, i64, i64)> = licence_key::Entity::find()
        .select_only()
        .column(licence_key::Column::ProductId)
        .column_as(licence_key::Column::Id.count(), "n")
        .column_as(licence_key::Column::CompanyId.count(), "allocated")
        .group_by(licence_key::Column::ProductId)
        .into_tuple()
        .all(db)
        .await?;
    let counted: HashMap<_, _> = counted.into_iter().map(|(id, n, allocated)| (id, (n, allocated))).collect();
    let current = product::Entity::belongs_to(product_version::Entity)
        .from(product::Column::CurrentVersionId)
        .to(product_version::Column::Id)
        .into();
    let rows = product::Entity::find()
        .join(JoinType::InnerJoin, current)
        .select_also(product_version::Entity)
        .order_by_asc(product_version::Column::Position)
        .all(db)
        .await?;
    let mut stock = Vec::new();
    for (row, version) in rows {
        let product = parse_product(&version.ok_or(StoreError::Corrupt("products.current_version_id"))?.definition)?;
        if product.fulfilment.has_keys() {
            let (all, allocated) = counted.get(&row.id).copied().unwrap_or((0, 0));
            stock.push(Stock {
                product: product.name.get(ctx.language).to_owned(),
                in_stock: u64::try_from(all - allocated).unwrap_or(0),
                allocated: u64::try_from(allocated).unwrap_or(0),
            });
        }
    }
    let catalogue_version = catalogue_version::Entity::find()
        .order_by_desc(catalogue_version::Column::Number)
        .one(db)
        .await?
        .map(|v| v.number);
    let (queue, late) = count_open(ctx).await?;
    let dead_mails = count_dead(ctx).await?;
    let companies = company::Entity::find().count(db).await?;
    Ok(OperatorDashboard { companies, catalogue_version, stock, queue, late, dead_mails })
}
