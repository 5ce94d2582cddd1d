//! Orders and the terms that they start.

mod begin;
pub mod cancel;
mod carry;
mod issuer;
mod list;
mod offers;
mod pay;
mod place;

pub(crate) use begin::{Why, begin_due, end_term, record_start, start_term};
pub use issuer::{get_issuer, set_issuer};
pub(crate) use issuer::{load_issuer, write_issuer};
pub use list::{OrderFilter, OrderQuery, get_any_order, get_order, list_all_orders, list_orders};
pub(crate) use list::{list_of_company, order_for_programme};
pub(crate) use offers::list_on_sale;
pub use offers::{list_offers, new_order};
pub use pay::record_payment;
pub(crate) use place::{NewRow, insert_order, lapse_due};
pub use place::{place_order, withdraw_order};

use crate::benefits::list::parse_package;
use crate::entity::{order, package_version, term};
use crate::error::{StoreError, StoreResult};
use domain::catalogue::Package;
use domain::id::{CompanyId, OrderId, PackageVersionId};
use domain::money::Money;
use domain::orders::buy::HeldTerm;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::{BTreeSet, HashMap};

/// An order, looked for within the company: another's is not there.
pub(crate) fn own_order(company: CompanyId, id: OrderId) -> Select<order::Entity> {
    order::Entity::find_by_id(id).filter(order::Column::CompanyId.eq(company))
}

pub(crate) fn money(minor: i64, currency: &str) -> StoreResult<Money> {
    let currency = currency.parse().map_err(|_| StoreError::Corrupt("currency"))?;
    Ok(Money { minor, currency })
}

/// What packages were in the versions that were sold.
pub(crate) async fn load_packages(
    db: &impl ConnectionTrait,
    ids: BTreeSet<PackageVersionId>,
) -> StoreResult<HashMap<PackageVersionId, Package>> {
    package_version::Entity::find()
        .filter(package_version::Column::Id.is_in(ids))
        .all(db)
        .await?
        .into_iter()
        .map(|version| Ok((version.id, parse_package(&version.definition)?)))
        .collect()
}

/// A term that is not over, with what its package excludes.
pub(crate) struct Held {
    pub held: HeldTerm,
    pub version: PackageVersionId,
    pub not_with: Vec<String>,
    pub begun: bool,
}

/// The terms of companies that were not ended, the newest first.
pub(crate) async fn list_held(
    db: &impl ConnectionTrait,
    companies: &[CompanyId],
) -> StoreResult<Vec<(CompanyId, Held)>> {
    let to_order = term::Entity::belongs_to(order::Entity).from(term::Column::OrderId).to(order::Column::Id).into();
    let rows = term::Entity::find()
        .join(JoinType::InnerJoin, to_order)
        .select_also(order::Entity)
        .filter(term::Column::CompanyId.is_in(companies.iter().copied()))
        .filter(term::Column::EndedAt.is_null())
        .order_by_desc(term::Column::StartsAt)
        .all(db)
        .await?;
    let ids = rows.iter().filter_map(|(_, order)| order.as_ref().map(|o| o.package_version_id)).collect();
    let packages = load_packages(db, ids).await?;
    rows.into_iter()
        .map(|(term, order)| {
            let version = order.ok_or(StoreError::Corrupt("terms.order_id"))?.package_version_id;
            let package = packages.get(&version).ok_or(StoreError::Corrupt("orders.package_version_id"))?;
            let held = Held {
                held: HeldTerm {
                    id: term.id,
                    package: package.code.clone(),
                    name: package.name.clone(),
                    starts_at: term.starts_at,
                    ends_at: term.ends_at,
                },
                version,
                not_with: package.not_with.clone(),
                begun: term.begun_at.is_some(),
            };
            Ok((term.company_id, held))
        })
        .collect()
}
