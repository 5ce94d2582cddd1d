//! What a person starts the day with.

use crate::benefits::advisory::count_open_cases;
use crate::benefits::go_to_market::find_main;
use crate::benefits::list::{References, count_u32, facts, grace_until, order_facts, parse_package, unused};
use crate::context::Ctx;
use crate::entity::{benefit, catalogue_version, company, marketing_contact, order, package_version, term};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::list_pools;
use crate::orders::load_packages;
use crate::outbox::count_dead;
use crate::people::role_request::count_waiting;
use crate::queue::count_open;
use crate::schedule::get_jobs;
use chrono::TimeDelta;
use domain::access::Action;
use domain::benefits::go_to_market::reachable;
use domain::benefits::view::SOON_DAYS;
use domain::benefits::{BenefitStatus, status};
use domain::catalogue::{Category, Fulfilment};
use domain::id::CompanyId;
use domain::orders::order::payable_until;
use domain::orders::refund::{refund_ends, refundable};
use domain::orders::term::renewable;
use domain::reminder::may_begin;
use domain::view::{Attention, Concern, Dashboard, Few, HeldPackage, OperatorDashboard, Stock, WaitingOrder};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Lines of a section; the category pages have the rest.
const LINES: usize = 8;
/// Benefits that are looked through for them: some of those that are found have nothing to say.
const SEEN: u64 = 60;
/// A company holds a package of each kind; this bounds the page.
const PACKAGES: u64 = 12;

/// Of a term and a category: benefits, those activated, most seats out, keys owed.
type Tally = (domain::id::TermId, Category, i64, i64, i64, i64);

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
        .filter(term::Column::LapsesAt.gt(now))
        .filter(term::Column::EndedAt.is_null())
        .filter(order::Column::EndedAt.is_null())
        .order_by_desc(term::Column::StartsAt)
        .limit(PACKAGES)
        .all(db)
        .await?;
    let term_ids: Vec<_> = terms.iter().map(|(t, _)| t.id).collect();
    let tallies: Vec<Tally> = benefit::Entity::find()
        .select_only()
        .column(benefit::Column::TermId)
        .column(benefit::Column::Category)
        .column_as(benefit::Column::Id.count(), "n")
        .column_as(benefit::Column::ActivatedAt.count(), "activated")
        .column_as(benefit::Column::SeatsOut.max(), "seats")
        .column_as(benefit::Column::KeysOwed.sum(), "owed")
        .filter(benefit::Column::TermId.is_in(term_ids))
        .group_by(benefit::Column::TermId)
        .group_by(benefit::Column::Category)
        .into_tuple::<(domain::id::TermId, Category, i64, i64, Option<i32>, Option<i64>)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(t, c, n, a, s, o)| (t, c, n, a, i64::from(s.unwrap_or(0)), o.unwrap_or(0)))
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
        let package = parse_package(definition)?;
        let renewed = terms
            .iter()
            .find_map(|(next, order)| (order.as_ref()?.continues_term_id == Some(term.id)).then_some(next.starts_at));
        let begun = term.begun_at.is_some();
        packages.push(HeldPackage {
            order: order.id,
            code: package.code,
            name: package.name.get(ctx.language).to_owned(),
            starts_at: term.starts_at,
            ends_at: term.ends_at,
            lapses_at: term.lapses_at,
            is_upcoming: !begun,
            is_grace: now >= term.ends_at,
            renewable: begun && renewed.is_none() && renewable(term.ends_at, now),
            renewed_from: renewed,
            keys_owed: tallies
                .iter()
                .filter(|(t, ..)| *t == term.id)
                .map(|(.., owed)| u32::try_from(*owed).unwrap_or(u32::MAX))
                .sum(),
            refundable_until: if refundable(&facts, now).is_ok() { refund_ends(&facts) } else { None },
            keys_seen: order.first_key_revealed_at.is_some(),
            seats_assigned: tally(Category::VisualStudio).is_none_or(|(.., seats, _)| *seats > 0),
            contact_set,
            has_offers: tally(Category::GoToMarket).is_some_and(|(_, _, n, ..)| *n > 0),
        });
    }
    let role_requests =
        if ctx.principal.can(Action::GrantGlobalAdmin) { count_waiting(ctx, company).await? } else { 0 };
    let main = find_main(db, company).await?;
    let has_offers = packages.iter().any(|p| p.has_offers);
    Ok(Dashboard {
        packages,
        ends: list_few(ctx, company, Section::Ends).await?,
        waits: list_few(ctx, company, Section::Waits).await?,
        free: list_few(ctx, company, Section::Free).await?,
        orders: list_waiting(ctx, company).await?,
        cases: count_open_cases(ctx, company).await?,
        role_requests,
        needs_contact: has_offers
            && reachable(main.as_ref()).is_err()
            && ctx.principal.can(Action::ManageMarketingContact),
    })
}

/// Orders that wait for their payment.
async fn list_waiting(ctx: &Ctx, company: CompanyId) -> StoreResult<Vec<WaitingOrder>> {
    let db = ctx.store.db.conn();
    let rows = order::Entity::find()
        .filter(order::Column::CompanyId.eq(company))
        .filter(order::Column::PaidAt.is_null())
        .filter(order::Column::EndedAt.is_null())
        .order_by_asc(order::Column::OrderedAt)
        .limit(PACKAGES)
        .all(db)
        .await?;
    let packages = load_packages(db, rows.iter().map(|row| row.package_version_id).collect()).await?;
    Ok(rows
        .into_iter()
        .filter(|row| ctx.now() <= payable_until(row.ordered_at))
        .filter_map(|row| {
            let package = packages.get(&row.package_version_id)?.name.get(ctx.language).to_owned();
            Some(WaitingOrder { id: row.id, number: row.number, package, until: payable_until(row.ordered_at) })
        })
        .collect())
}

/// A part of the dashboard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Ends,
    Waits,
    Free,
}

/// The first lines of a section: the nearest date first.
async fn list_few(ctx: &Ctx, company: CompanyId, section: Section) -> StoreResult<Few> {
    use benefit::Column as C;
    let (db, now) = (ctx.store.db.conn(), ctx.now());
    let soon = now + TimeDelta::days(SOON_DAYS);
    let lapses = unused().add(C::ActivateBy.lte(soon));
    let room = || Expr::cust("quantity IS NULL OR used + reserved < quantity");
    let wanting = match section {
        Section::Waits => Condition::any().add(C::Pending.eq(true)),
        Section::Ends => Condition::any().add(C::ExpiresAt.lte(soon)).add(lapses),
        Section::Free => Condition::any()
            .add(C::Category.is_in([Category::VisualStudio, Category::Cloud]).and(Expr::cust("seats_out < quantity")))
            .add(C::Category.eq(Category::Technical).and(room()))
            .add(Condition::all().add(C::Category.eq(Category::GoToMarket)).add(unused())),
    };
    // What lapsed unused is over: nothing can be done about it.
    let over = unused().add(C::ActivateBy.lte(now)).not();
    // Whichever comes first; one that is used has no date to activate it by.
    let nearest: Expr =
        Expr::case(C::ActivatedAt.is_null(), C::ActivateBy.into_expr()).finally(C::ExpiresAt.into_expr()).into();
    let rows = benefit::Entity::find()
        .filter(C::CompanyId.eq(company))
        // What the reader cannot open is no concern of theirs.
        .filter(C::Category.is_in(Category::ALL.into_iter().filter(|c| ctx.principal.can(c.spec().opens))))
        .filter(C::LapsesAt.gt(now))
        .filter(C::Pending.eq(section == Section::Waits))
        .filter(over)
        .filter(wanting)
        .order_by_asc(nearest)
        .order_by_asc(C::Position)
        .order_by_asc(C::Id)
        .limit(SEEN)
        .all(db)
        .await?;
    let references = References::load(db, &rows).await?;
    let mut few = Few::default();
    for row in &rows {
        let product = references.product(row)?;
        let status = status(&facts(row, product), now);
        let left = |taken: i32| row.quantity.map(|granted| count_u32(granted - taken));
        let concern = match (section, product.fulfilment) {
            _ if status == BenefitStatus::Expired => None,
            (Section::Waits, _) => Some(Concern::Pending),
            (Section::Ends, _) if status == BenefitStatus::Available && row.activate_by <= soon => {
                Some(Concern::ActivateBy(row.activate_by))
            }
            (Section::Ends, _) => Some(grace_until(row, now).map_or(Concern::Ends(row.expires_at), Concern::Grace)),
            (Section::Free, f) if f.has_seats() => left(row.seats_out).filter(|n| *n > 0).map(Concern::SeatsFree),
            (Section::Free, Fulfilment::RequestForm) => Some(Concern::HoursFree(left(row.used + row.reserved))),
            (Section::Free, Fulfilment::GtmActivate) => Some(Concern::OfferFree),
            (Section::Free, _) => None,
        };
        let Some(concern) = concern else { continue };
        if few.lines.len() == LINES {
            few.more = true;
            break;
        }
        few.lines.push(Attention {
            benefit: row.id,
            name: product.name.get(ctx.language).to_owned(),
            package: references.package(row)?.label.get(ctx.language).to_owned(),
            category: row.category,
            fulfilment: product.fulfilment,
            concern,
            may: may_begin(&ctx.principal, product.fulfilment),
        });
    }
    Ok(few)
}

/// Stock and size of the programme. No company's secret is in it.
pub async fn get_operator_dashboard(ctx: &Ctx) -> StoreResult<OperatorDashboard> {
    ctx.authorize(Action::ManageKeyPools)?;
    let db = ctx.store.db.conn();
    let pools = list_pools(ctx).await?;
    let stock = pools
        .into_iter()
        .map(|pool| Stock {
            product: pool.name,
            in_stock: u64::from(pool.in_stock),
            allocated: u64::from(pool.allocated),
            owed: u64::from(pool.owed),
            is_low: pool.is_low,
        })
        .collect();
    let catalogue_version = catalogue_version::Entity::find()
        .select_only()
        .column(catalogue_version::Column::Number)
        .order_by_desc(catalogue_version::Column::Number)
        .into_tuple::<i32>()
        .one(db)
        .await?;
    let (queue, late) = count_open(ctx).await?;
    let dead_mails = count_dead(ctx).await?;
    let late_jobs = get_jobs(&ctx.store).await?.iter().filter(|job| job.is_late).count() as u64;
    let companies = company::Entity::find().count(db).await?;
    Ok(OperatorDashboard { companies, catalogue_version, stock, queue, late, dead_mails, late_jobs })
}
