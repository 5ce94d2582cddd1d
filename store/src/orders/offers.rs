//! What is on sale, and to whom.

use super::{Held, list_held, load_packages, money};
use crate::benefits::list::{count_u32, parse_package, parse_product};
use crate::context::Ctx;
use crate::entity::{benefit, order, package, package_item, package_version, product_version};
use crate::error::{StoreError, StoreResult};
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::catalogue::{Package, Product};
use domain::id::{CompanyId, PackageVersionId, ProductVersionId, TermId};
use domain::language::Language;
use domain::orders::billing::Billing;
use domain::orders::buy::{Buy, BuyFacts, Follows, HeldTerm, NewOrder, Offer, Offers, OpenOrder, buyable};
use domain::orders::order::{Allocation, changes, payable_until};
use domain::orders::{OrderRefusal, buy::BuyRefusal};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};

/// A package as it is published now.
pub(crate) struct OnSale {
    pub version: package_version::Model,
    pub package: Package,
}

pub(crate) async fn list_on_sale(db: &impl ConnectionTrait) -> StoreResult<Vec<OnSale>> {
    let current = package::Entity::belongs_to(package_version::Entity)
        .from(package::Column::CurrentVersionId)
        .to(package_version::Column::Id)
        .into();
    package::Entity::find()
        .join(JoinType::InnerJoin, current)
        .select_also(package_version::Entity)
        .order_by_asc(package_version::Column::Position)
        .all(db)
        .await?
        .into_iter()
        .map(|(_, version)| {
            let version = version.ok_or(StoreError::Corrupt("packages.current_version_id"))?;
            Ok(OnSale { package: parse_package(&version.definition)?, version })
        })
        .collect()
}

/// What packages contain, by their versions.
pub(crate) async fn list_contents(
    db: &impl ConnectionTrait,
    versions: BTreeSet<PackageVersionId>,
    language: Language,
) -> StoreResult<HashMap<PackageVersionId, Vec<Allocation>>> {
    let items = package_item::Entity::find()
        .filter(package_item::Column::PackageVersionId.is_in(versions))
        .order_by_asc(package_item::Column::Position)
        .all(db)
        .await?;
    let ids: BTreeSet<ProductVersionId> = items.iter().map(|item| item.product_version_id).collect();
    let mut products: HashMap<ProductVersionId, (i32, Product)> = HashMap::new();
    for version in product_version::Entity::find().filter(product_version::Column::Id.is_in(ids)).all(db).await? {
        products.insert(version.id, (version.position, parse_product(&version.definition)?));
    }
    let mut contents: HashMap<PackageVersionId, Vec<(i32, Allocation)>> = HashMap::new();
    for item in items {
        let (position, product) =
            products.get(&item.product_version_id).ok_or(StoreError::Corrupt("package_items.product_version_id"))?;
        let line = Allocation {
            code: product.code.clone(),
            name: product.name.get(language).to_owned(),
            category: product.category,
            fulfilment: product.fulfilment,
            unit: product.unit,
            quantity: item.quantity.map(count_u32),
        };
        contents.entry(item.package_version_id).or_default().push((*position, line));
    }
    Ok(contents
        .into_iter()
        .map(|(version, mut lines)| {
            // As in the menu: by category, then as in the catalogue.
            lines.sort_by_key(|(position, line)| (line.category, *position));
            (version, lines.into_iter().map(|(_, line)| line).collect())
        })
        .collect())
}

/// Orders of the company that can still be paid.
pub(super) async fn list_open(
    db: &impl ConnectionTrait,
    company: CompanyId,
    now: DateTime<Utc>,
) -> StoreResult<Vec<OpenOrder>> {
    let rows = order::Entity::find()
        .filter(order::Column::CompanyId.eq(company))
        .filter(order::Column::PaidAt.is_null())
        .filter(order::Column::EndedAt.is_null())
        .order_by_asc(order::Column::OrderedAt)
        .all(db)
        .await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| now <= payable_until(row.ordered_at)).collect();
    let packages = load_packages(db, rows.iter().map(|row| row.package_version_id).collect()).await?;
    rows.into_iter()
        .map(|row| {
            let package = packages.get(&row.package_version_id).ok_or(StoreError::Corrupt("orders.package"))?;
            Ok(OpenOrder { number: row.number, package: package.code.clone(), not_with: package.not_with.clone() })
        })
        .collect()
}

/// What a purchase is decided on.
pub(super) struct Standing {
    pub held: Vec<Held>,
    pub terms: Vec<HeldTerm>,
    pub open: Vec<OpenOrder>,
}

impl Standing {
    pub async fn load(db: &impl ConnectionTrait, company: CompanyId, now: DateTime<Utc>) -> StoreResult<Self> {
        let held: Vec<Held> = list_held(db, &[company]).await?.into_iter().map(|(_, held)| held).collect();
        let terms = held.iter().map(|t| t.held.clone()).collect();
        Ok(Self { terms, open: list_open(db, company, now).await?, held })
    }

    pub fn decide(&self, package: Option<&Package>, now: DateTime<Utc>) -> Result<Buy, BuyRefusal> {
        buyable(&BuyFacts { package, held: &self.terms, open: &self.open }, now)
    }
}

fn offer(ctx: &Ctx, on_sale: &OnSale, contents: Vec<Allocation>, standing: &Standing) -> StoreResult<Offer> {
    let package = &on_sale.package;
    Ok(Offer {
        code: package.code.clone(),
        version: on_sale.version.id,
        name: package.name.get(ctx.language).to_owned(),
        summary: package.summary.get(ctx.language).to_owned(),
        price: money(on_sale.version.price_minor, &on_sale.version.currency)?,
        contents,
        buy: standing.decide(Some(package), ctx.now()),
    })
}

/// All packages that are on sale. A constant number of statements.
pub async fn list_offers(ctx: &Ctx) -> StoreResult<Offers> {
    let company = ctx.authorize_in_company(Action::BuyPackage)?;
    let db = ctx.store.db.conn();
    let on_sale = list_on_sale(db).await?;
    let standing = Standing::load(db, company, ctx.now()).await?;
    let mut contents = list_contents(db, on_sale.iter().map(|p| p.version.id).collect(), ctx.language).await?;
    let offers = on_sale
        .iter()
        .map(|p| offer(ctx, p, contents.remove(&p.version.id).unwrap_or_default(), &standing))
        .collect::<StoreResult<_>>()?;
    Ok(Offers { offers })
}

/// What the order form begins with, for a package by its code.
pub async fn new_order(ctx: &Ctx, code: &str) -> StoreResult<NewOrder> {
    let company = ctx.authorize_in_company(Action::BuyPackage)?;
    let db = ctx.store.db.conn();
    let on_sale = list_on_sale(db).await?;
    let standing = Standing::load(db, company, ctx.now()).await?;
    let wanted = on_sale.iter().find(|p| p.package.code == code);
    let Some(wanted) = wanted else {
        return Err(OrderRefusal::Buy(BuyRefusal::NotOnSale).into());
    };
    let decision = standing.decide(Some(&wanted.package), ctx.now());
    let followed = match &decision {
        Ok(Buy::Renewal { term, .. }) => standing.held.iter().find(|t| t.held.id == *term),
        Ok(Buy::New) => standing.held.iter().find(|t| t.begun && t.not_with.contains(&wanted.package.code)),
        Err(_) => None,
    };
    let versions = [Some(wanted.version.id), followed.map(|t| t.version)].into_iter().flatten().collect();
    let mut contents = list_contents(db, versions, ctx.language).await?;
    let follows = match followed {
        Some(old) => {
            let held = count_holders(db, company, old.held.id).await?;
            let before = contents.get(&old.version).cloned().unwrap_or_default();
            let after = contents.get(&wanted.version.id).cloned().unwrap_or_default();
            Some(Follows {
                name: old.held.name.get(ctx.language).to_owned(),
                is_renewal: matches!(decision, Ok(Buy::Renewal { .. })),
                ends_at: old.held.ends_at,
                changes: changes(&before, &after, |code| held.get(code).copied().unwrap_or(0)),
            })
        }
        None => None,
    };
    let offer = offer(ctx, wanted, contents.remove(&wanted.version.id).unwrap_or_default(), &standing)?;
    Ok(NewOrder { offer, billing: last_billing(db, company).await?, follows })
}

/// How many seats of each product are held in a term, by the product's code.
async fn count_holders(db: &impl ConnectionTrait, company: CompanyId, of: TermId) -> StoreResult<HashMap<String, u32>> {
    let to_version = benefit::Entity::belongs_to(product_version::Entity)
        .from(benefit::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    let rows = benefit::Entity::find()
        .join(JoinType::InnerJoin, to_version)
        .select_also(product_version::Entity)
        .filter(benefit::Column::CompanyId.eq(company))
        .filter(benefit::Column::TermId.eq(of))
        .filter(benefit::Column::SeatsOut.gt(0))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(row, version)| {
            let version = version.ok_or(StoreError::Corrupt("benefits.product_version_id"))?;
            Ok((parse_product(&version.definition)?.code, count_u32(row.seats_out)))
        })
        .collect()
}

/// As the company wrote it last.
async fn last_billing(db: &impl ConnectionTrait, company: CompanyId) -> StoreResult<Billing> {
    let last = order::Entity::find()
        .filter(order::Column::CompanyId.eq(company))
        .filter(order::Column::BillTo.ne(""))
        .order_by_desc(order::Column::OrderedAt)
        .one(db)
        .await?;
    Ok(match last {
        Some(row) => Billing {
            bill_to: row.bill_to,
            address: row.bill_address,
            country: row.bill_country,
            tax_id: row.tax_id,
            // Each order has its own.
            purchase_order: String::new(),
        },
        None => {
            let of = crate::entity::company::Entity::find_by_id(company).one(db).await?;
            Billing { bill_to: of.map(|c| c.name).unwrap_or_default(), ..Billing::default() }
        }
    })
}
