//! The pools as the programme's staff see them: how many keys are where, never a key.

use super::import::{KeyFinding, KeyImportError, count_keys, insert_keys};
use super::{allocate, deliver_now, list_owed, tell_key_holders, watch_stock};
use crate::audit::{Entry, record};
use crate::benefits::list::{count_u32, parse_product};
use crate::benefits::technical::check_reason;
use crate::context::Ctx;
use crate::entity::{benefit, licence_key, product, product_version};
use crate::error::{StoreError, StoreResult};
use crate::orders::load_packages;
use crate::people::account::lock_company;
use crate::people::names::{People, company_names};
use crate::uploads;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::console::{ConsoleRefusal, KeyRow, KeyTrial, KeyTrialLine, MAX_STOCK_LEVEL, Pool, PoolPage, UploadKind};
use domain::id::{LicenceKeyId, ProductId, UploadId};
use domain::licence_key::LicenceKey;
use domain::mail::MailFacts;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Rows on a page.
const PAGE: u64 = 50;

/// A key file that was tried: what it would bring, or what is wrong with it.
pub type KeyTrialed = Result<KeyTrial, Vec<KeyFinding>>;

/// The pools of all products that come with keys, in the order of the catalogue.
pub async fn list_pools(ctx: &Ctx) -> StoreResult<Vec<Pool>> {
    ctx.authorize(Action::ManageKeyPools)?;
    load_pools(ctx, ctx.store.db.conn()).await
}

/// A constant number of statements.
async fn load_pools(ctx: &Ctx, db: &impl ConnectionTrait) -> StoreResult<Vec<Pool>> {
    use licence_key::Column as C;
    let counted: Vec<(ProductId, i64, i64, i64)> = licence_key::Entity::find()
        .select_only()
        .column(C::ProductId)
        .column_as(C::Id.count(), "n")
        .column_as(C::CompanyId.count(), "allocated")
        .column_as(C::FirstRevealedAt.count(), "seen")
        .filter(C::WithdrawnAt.is_null())
        .group_by(C::ProductId)
        .into_tuple()
        .all(db)
        .await?;
    let counted: HashMap<ProductId, (i64, i64, i64)> =
        counted.into_iter().map(|(id, n, allocated, seen)| (id, (n, allocated, seen))).collect();
    let withdrawn: HashMap<ProductId, i64> = licence_key::Entity::find()
        .select_only()
        .column(C::ProductId)
        .column_as(C::Id.count(), "n")
        .filter(C::WithdrawnAt.is_not_null())
        .group_by(C::ProductId)
        .into_tuple::<(ProductId, i64)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut owed: HashMap<ProductId, u32> = HashMap::new();
    for (_, _, id, n) in list_owed(db).await? {
        *owed.entry(id).or_default() += count_u32(n);
    }
    let small = |n: i64| u32::try_from(n).unwrap_or(0);
    let mut pools = Vec::new();
    for (row, version) in super::list_products(db).await? {
        let entry = parse_product(&version.definition)?;
        if !entry.fulfilment.has_keys() {
            continue;
        }
        let (all, allocated, seen) = counted.get(&row.id).copied().unwrap_or_default();
        let (in_stock, low_stock) = (small(all - allocated), count_u32(row.low_stock));
        let owed = owed.get(&row.id).copied().unwrap_or_default();
        let gone = withdrawn.get(&row.id).copied().unwrap_or_default();
        let is_offered = row.current_version_id.is_some();
        if !is_offered && all + gone == 0 && owed == 0 {
            continue;
        }
        pools.push(Pool {
            product: row.id,
            code: row.code,
            name: entry.name.get(ctx.language).to_owned(),
            in_stock,
            allocated: small(allocated),
            seen: small(seen),
            withdrawn: small(gone),
            owed,
            low_stock,
            // Nobody needs more of what is offered no more, but for what is owed.
            is_low: if is_offered { in_stock < low_stock } else { owed > 0 },
        });
    }
    Ok(pools)
}

/// A pool with its keys: given out first, the newest first; then those in stock.
pub async fn get_pool(ctx: &Ctx, id: ProductId, after: Option<LicenceKeyId>) -> StoreResult<PoolPage> {
    use licence_key::Column as C;
    ctx.authorize(Action::ManageKeyPools)?;
    let db = ctx.store.db.conn();
    let pool = load_pools(ctx, db).await?.into_iter().find(|p| p.product == id).ok_or(StoreError::NotFound)?;
    let of_product = || licence_key::Entity::find().filter(C::ProductId.eq(id));
    let total = of_product().count(db).await?;
    let last = match after {
        Some(after) => of_product().filter(C::Id.eq(after)).one(db).await?,
        None => None,
    };
    let mut rows = of_product()
        .apply_if(last, |select, last| {
            let further = match last.allocated_at {
                Some(at) => Condition::any()
                    .add(C::AllocatedAt.is_null())
                    .add(C::AllocatedAt.lt(at))
                    .add(Condition::all().add(C::AllocatedAt.eq(at)).add(C::Id.gt(last.id))),
                None => Condition::all().add(C::AllocatedAt.is_null()).add(C::Id.gt(last.id)),
            };
            select.filter(further)
        })
        .order_by_with_nulls(C::AllocatedAt, sea_orm::Order::Desc, sea_orm::sea_query::NullOrdering::Last)
        .order_by_asc(C::Id)
        .limit(PAGE + 1)
        .all(db)
        .await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(PoolPage { pool, keys: told(ctx, db, rows).await?, total, next })
}

/// Lines with their words: companies and packages by name, keys by their numbers.
async fn told(ctx: &Ctx, db: &impl ConnectionTrait, rows: Vec<licence_key::Model>) -> StoreResult<Vec<KeyRow>> {
    let companies = company_names(db, rows.iter().filter_map(|row| row.company_id).collect()).await?;
    let people = People::load(db, rows.iter().filter_map(|row| row.withdrawn_by).collect()).await?;
    let of = benefit::Entity::find()
        .filter(benefit::Column::Id.is_in(rows.iter().filter_map(|row| row.benefit_id)))
        .all(db)
        .await?;
    let packages = load_packages(db, of.iter().map(|row| row.package_version_id).collect()).await?;
    let of: HashMap<_, _> = of.into_iter().map(|row| (row.id, row.package_version_id)).collect();
    let products = names(ctx, db, rows.iter().map(|row| row.product_id).collect()).await?;
    Ok(rows
        .into_iter()
        .map(|row| KeyRow {
            id: row.id,
            product: products.get(&row.product_id).cloned().unwrap_or_default(),
            mark: mark(row.id),
            company: row.company_id.and_then(|id| companies.get(&id).cloned()),
            package: row
                .benefit_id
                .and_then(|id| packages.get(of.get(&id)?))
                .map(|package| package.label.get(ctx.language).to_owned()),
            imported_at: row.imported_at,
            allocated_at: row.allocated_at,
            seen_at: row.first_revealed_at,
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by.map(|by| people.name(by)),
            reason: row.withdrawn_reason,
        })
        .collect())
}

/// What products are called now, or were called last.
async fn names(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    ids: BTreeSet<ProductId>,
) -> StoreResult<HashMap<ProductId, String>> {
    let mut found = HashMap::new();
    let versions = product_version::Entity::find()
        .filter(product_version::Column::ProductId.is_in(ids))
        .order_by_asc(product_version::Column::Id)
        .all(db)
        .await?;
    for version in versions {
        found.insert(version.product_id, parse_product(&version.definition)?.name.get(ctx.language).to_owned());
    }
    Ok(found)
}

/// What a key is called where it must not be seen: the random end of its row's id.
fn mark(id: LicenceKeyId) -> String {
    let text = id.to_string();
    text.get(text.len() - 8..).unwrap_or_default().to_uppercase()
}

/// Tries a key file: it is kept, sealed, until it is used or a day has gone.
pub async fn try_keys(ctx: &Ctx, file: impl AsRef<[u8]>) -> StoreResult<UploadId> {
    ctx.authorize(Action::ManageKeyPools)?;
    let tx = ctx.store.db.begin().await?;
    let id = uploads::keep(ctx, &tx, UploadKind::Keys, file.as_ref(), 0).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::KeysTried).subject(id)).await?;
    tx.commit().await?;
    Ok(id)
}

/// What a file that was tried would bring.
pub async fn get_key_trial(ctx: &Ctx, id: UploadId) -> StoreResult<KeyTrialed> {
    ctx.authorize(Action::ManageKeyPools)?;
    let db = ctx.store.db.conn();
    let (file, _) = uploads::open(ctx, db, UploadKind::Keys, id).await?;
    let counted = match count_keys(&ctx.store, file.as_bytes()).await {
        Ok(counted) => counted,
        Err(KeyImportError::Refused(findings)) => return Ok(Err(findings)),
        Err(KeyImportError::Store(error)) => return Err(error),
    };
    let pools = load_pools(ctx, db).await?;
    let products = counted
        .into_iter()
        .filter_map(|(product, keys)| {
            let pool = pools.iter().find(|pool| pool.product == product)?;
            Some(KeyTrialLine { name: pool.name.clone(), keys, in_stock: pool.in_stock, owed: pool.owed })
        })
        .collect();
    Ok(Ok(KeyTrial { upload: id, products }))
}

/// Imports a file that was tried: all of its keys, or none. What is owed is delivered at once.
pub async fn use_keys(ctx: &Ctx, id: UploadId) -> StoreResult<u64> {
    ctx.authorize(Action::ManageKeyPools)?;
    let tx = ctx.store.db.begin().await?;
    let (file, _) = uploads::open(ctx, &tx, UploadKind::Keys, id).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::KeysImported);
    let count = match insert_keys(&ctx.store, &tx, file.as_bytes(), entry).await {
        Ok(count) => count,
        // In order when it was tried, and not any more: the page tells of each line.
        Err(KeyImportError::Refused(_)) => return Err(ConsoleRefusal::FileRefused.into()),
        Err(KeyImportError::Store(error)) => return Err(error),
    };
    uploads::drop(&tx, id).await?;
    tx.commit().await?;
    deliver_now(&ctx.store).await;
    Ok(count)
}

/// With fewer keys in stock, the programme's staff are told. None is never.
pub async fn set_stock_level(ctx: &Ctx, id: ProductId, level: &str) -> StoreResult<()> {
    ctx.authorize(Action::ManageKeyPools)?;
    let level: i32 = level
        .trim()
        .parse::<u32>()
        .ok()
        .filter(|n| *n <= MAX_STOCK_LEVEL)
        .and_then(|n| i32::try_from(n).ok())
        .ok_or(ConsoleRefusal::StockLevel { most: MAX_STOCK_LEVEL })?;
    let tx = ctx.store.db.begin().await?;
    let row = product::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let mut row = row.ok_or(StoreError::NotFound)?.into_active_model();
    row.low_stock = Set(level);
    row.update(&tx).await?;
    watch_stock(&ctx.store, &tx, &[id]).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::StockLevelSet).subject(id).details(json!({ "level": level }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Finds a key that somebody pasted: where it is, by its blind index. The key itself goes nowhere.
pub async fn find_key(ctx: &Ctx, pasted: &str) -> StoreResult<(ProductId, LicenceKeyId)> {
    ctx.authorize(Action::ManageKeyPools)?;
    let key = LicenceKey::parse(pasted).map_err(|_| ConsoleRefusal::KeyShape)?;
    let index = ctx.store.keys.blind_index("licence_key", key.expose_bytes());
    let row = licence_key::Entity::find()
        .filter(licence_key::Column::BlindIndex.eq(index))
        .one(ctx.store.db.conn())
        .await?
        .ok_or(ConsoleRefusal::NoSuchKey)?;
    Ok((row.product_id, row.id))
}

/// One key, by its number.
pub async fn get_key(ctx: &Ctx, id: LicenceKeyId) -> StoreResult<KeyRow> {
    ctx.authorize(Action::ManageKeyPools)?;
    let db = ctx.store.db.conn();
    let row = licence_key::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?;
    told(ctx, db, vec![row]).await?.pop().ok_or(StoreError::NotFound)
}

/// Withdraws a key that leaked, or that does not work. A company that has it gets another from the
/// stock, or is owed one, and is told.
pub async fn withdraw_key(ctx: &Ctx, id: LicenceKeyId, reason: &str) -> StoreResult<()> {
    ctx.authorize(Action::ManageKeyPools)?;
    let reason = check_reason(reason)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let seen = licence_key::Entity::find_by_id(id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    // The company and its benefit before what hangs on them.
    let of = match (seen.company_id, seen.benefit_id) {
        (Some(company), Some(benefit)) => {
            lock_company(&tx, company).await?;
            benefit::Entity::find_by_id(benefit).lock_exclusive().one(&tx).await?
        }
        _ => None,
    };
    let row = licence_key::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if row.withdrawn_at.is_some() || row.benefit_id != seen.benefit_id {
        return Err(ConsoleRefusal::KeyWithdrawn.into());
    }
    let product = row.product_id;
    let mut row = row.into_active_model();
    row.withdrawn_at = Set(Some(now));
    row.withdrawn_by = Set(Some(ctx.user()));
    row.withdrawn_reason = Set(Some(reason));
    row.update(&tx).await?;
    let mut company = None;
    let mut replaced = false;
    // What is over needs no other one.
    if let Some(of) = of.filter(|of| of.lapses_at > now && of.ended_at.is_none()) {
        company = Some(of.company_id);
        replaced = allocate(&ctx.store, &tx, of.company_id, of.id, product, 1, now).await? > 0;
        if !replaced {
            let owed = of.keys_owed + 1;
            let mut changed = of.clone().into_active_model();
            changed.keys_owed = Set(owed);
            changed.update(&tx).await?;
        }
        tell_key_holders(&ctx.store, &tx, &of, &format!("withdrawn:{id}"), |product, package| {
            MailFacts::KeyWithdrawn { product, package, replaced }
        })
        .await?;
    }
    watch_stock(&ctx.store, &tx, &[product]).await?;
    let mut entry = Entry::by(ctx, now, AuditAction::KeyWithdrawn).subject(id).details(json!({ "replaced": replaced }));
    entry.company = company;
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}
