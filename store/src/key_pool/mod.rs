//! The stock of licence keys: in by CSV, out by allocation, once; and back, when nobody saw them.

mod console;
mod import;

pub use console::{
    KeyTrialed, find_key, get_key, get_key_trial, get_pool, list_pools, set_stock_level, try_keys, use_keys,
    withdraw_key,
};
pub use import::{KeyFileProblem, KeyFinding, KeyImportError, MAX_FILE, import_keys};

use crate::audit::{Entry, record};
use crate::benefits::list::{count_u32, parse_product};
use crate::context::{Origin, Store, new_uuid};
use crate::db::Tx;
use crate::entity::{benefit, licence_key, package_version, product, product_version, user, user_role};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::people::account::lock_company;
use crate::secrets::Place;
use chrono::{DateTime, Utc};
use domain::access::{Action, holders};
use domain::audit::AuditAction;
use domain::id::{BenefitId, CompanyId, LicenceKeyId, ProductId};
use domain::mail::MailFacts;
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// The place of a key's ciphertext.
pub(crate) fn place(company: Option<CompanyId>, key: LicenceKeyId) -> Place {
    Place { company, row: key.0, column: "licence_keys.ciphertext" }
}

/// What can be given out.
fn in_stock() -> Condition {
    use licence_key::Column as C;
    Condition::all().add(C::CompanyId.is_null()).add(C::WithdrawnAt.is_null())
}

/// Gives keys from the stock to a benefit, oldest first, and seals them anew for their place.
/// Gives how many there were; the rest is owed.
pub(crate) async fn allocate(
    store: &Store,
    tx: &impl ConnectionTrait,
    company: CompanyId,
    benefit: BenefitId,
    product: ProductId,
    wanted: u32,
    now: DateTime<Utc>,
) -> StoreResult<u32> {
    let keys = licence_key::Entity::find()
        .filter(licence_key::Column::ProductId.eq(product))
        .filter(in_stock())
        .order_by_asc(licence_key::Column::ImportedAt)
        .order_by_asc(licence_key::Column::Id)
        .limit(u64::from(wanted))
        // Two terms that start at once must not wait for, nor get, the same key.
        .lock_with_behavior(sea_orm::sea_query::LockType::Update, sea_orm::sea_query::LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    let found = keys.len();
    for key in keys {
        let plaintext = store.keys.open(place(None, key.id), &key.ciphertext)?;
        let ciphertext = store.keys.seal(place(Some(company), key.id), &plaintext)?;
        let mut row = key.into_active_model();
        row.company_id = Set(Some(company));
        row.benefit_id = Set(Some(benefit));
        row.ciphertext = Set(ciphertext);
        row.allocated_at = Set(Some(now));
        row.update(tx).await?;
    }
    Ok(u32::try_from(found).unwrap_or(wanted))
}

/// Puts keys that nobody saw back into the stock. Gives how many. Their benefits are locked.
pub(crate) async fn return_keys(store: &Store, tx: &Tx, benefits: &[BenefitId]) -> StoreResult<u64> {
    let keys = licence_key::Entity::find()
        .filter(licence_key::Column::BenefitId.is_in(benefits.iter().copied()))
        .filter(licence_key::Column::FirstRevealedAt.is_null())
        .filter(licence_key::Column::WithdrawnAt.is_null())
        .order_by_asc(licence_key::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let touched: BTreeSet<ProductId> = keys.iter().map(|key| key.product_id).collect();
    let count = keys.len() as u64;
    for key in keys {
        let plaintext = store.keys.open(place(key.company_id, key.id), &key.ciphertext)?;
        let ciphertext = store.keys.seal(place(None, key.id), &plaintext)?;
        let mut row = key.into_active_model();
        row.company_id = Set(None);
        row.benefit_id = Set(None);
        row.ciphertext = Set(ciphertext);
        row.allocated_at = Set(None);
        row.update(tx).await?;
    }
    watch_stock(store, tx, &touched.into_iter().collect::<Vec<_>>()).await?;
    Ok(count)
}

/// Products as they are offered, as in the catalogue; after them those that left it, as they last
/// were: keys of theirs may still be owed.
async fn list_products(db: &impl ConnectionTrait) -> StoreResult<Vec<(product::Model, product_version::Model)>> {
    let current = product::Entity::belongs_to(product_version::Entity)
        .from(product::Column::CurrentVersionId)
        .to(product_version::Column::Id)
        .into();
    let mut found = Vec::new();
    let offered = product::Entity::find()
        .join(JoinType::InnerJoin, current)
        .select_also(product_version::Entity)
        .order_by_asc(product_version::Column::Position)
        .all(db)
        .await?;
    for (row, version) in offered {
        found.push((row, version.ok_or(StoreError::Corrupt("products.current_version_id"))?));
    }
    let left = product::Entity::find().filter(product::Column::CurrentVersionId.is_null());
    let left = left.order_by_asc(product::Column::Code).all(db).await?;
    // Ids grow with time.
    let versions = product_version::Entity::find()
        .filter(product_version::Column::ProductId.is_in(left.iter().map(|row| row.id)))
        .order_by_asc(product_version::Column::Id)
        .all(db)
        .await?;
    let mut newest: HashMap<ProductId, product_version::Model> =
        versions.into_iter().map(|version| (version.product_id, version)).collect();
    for row in left {
        let version = newest.remove(&row.id).ok_or(StoreError::Corrupt("product_versions"))?;
        found.push((row, version));
    }
    Ok(found)
}

/// Tells the programme's staff of products with few keys left: once, until there are enough again.
pub(crate) async fn watch_stock(store: &Store, tx: &Tx, products: &[ProductId]) -> StoreResult<()> {
    let now = store.now();
    // Whoever takes several locks takes them in the same order.
    let products: BTreeSet<ProductId> = products.iter().copied().collect();
    for id in products {
        let row = product::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let left = licence_key::Entity::find()
            .filter(licence_key::Column::ProductId.eq(id))
            .filter(in_stock())
            .count(tx)
            .await?;
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        let is_low = left < count_u32(row.low_stock);
        if is_low == row.low_told_at.is_some() {
            continue;
        }
        if is_low {
            tell_low(store, tx, &row, left).await?;
        }
        let mut row = row.into_active_model();
        row.low_told_at = Set(is_low.then_some(now));
        row.update(tx).await?;
    }
    Ok(())
}

async fn tell_low(store: &Store, tx: &Tx, of: &product::Model, left: u32) -> StoreResult<()> {
    // Out of the catalogue: nobody needs any.
    let Some(version) = of.current_version_id else { return Ok(()) };
    let version = product_version::Entity::find_by_id(version).one(tx).await?.ok_or(StoreError::NotFound)?;
    let name = parse_product(&version.definition)?.name;
    let owed = count_owed(tx, of.id).await?;
    let operators = user::Entity::find()
        .filter(user::Column::CompanyId.is_null())
        .filter(user::Column::DisabledAt.is_null())
        .all(tx)
        .await?;
    // Told once: the mark on the product is what keeps it from being told again.
    let alarm = new_uuid();
    let mails = operators.into_iter().map(|person| {
        let once = format!("stock:{alarm}:{}", person.id);
        Draft::by_itself(person, once, |language| MailFacts::LowStock {
            product: name.get(language).to_owned(),
            left,
            owed,
        })
    });
    outbox::write(store, tx, mails.collect()).await
}

/// Benefits that wait for keys, with the product of each, the oldest first.
async fn list_owed(db: &impl ConnectionTrait) -> StoreResult<Vec<(BenefitId, CompanyId, ProductId, i32)>> {
    let to_version = benefit::Entity::belongs_to(product_version::Entity)
        .from(benefit::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    Ok(benefit::Entity::find()
        .select_only()
        .column(benefit::Column::Id)
        .column(benefit::Column::CompanyId)
        .column(product_version::Column::ProductId)
        .column(benefit::Column::KeysOwed)
        .join(JoinType::InnerJoin, to_version)
        .filter(benefit::Column::KeysOwed.gt(0))
        .filter(benefit::Column::EndedAt.is_null())
        .order_by_asc(benefit::Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

async fn count_owed(db: &impl ConnectionTrait, of: ProductId) -> StoreResult<u32> {
    Ok(list_owed(db).await?.into_iter().filter(|(_, _, id, _)| *id == of).map(|(.., n)| count_u32(n)).sum())
}

/// Gives out what is owed, as far as the stock has it: who has waited longest comes first. Each
/// benefit in a transaction of its own. Gives how many keys.
pub(crate) async fn deliver_owed(store: &Store) -> StoreResult<u64> {
    let (mut delivered, mut failed) = (0, None);
    let mut empty = BTreeSet::new();
    for (id, company, product, _) in list_owed(store.db.conn()).await? {
        if empty.contains(&product) {
            continue;
        }
        let stock = licence_key::Entity::find().filter(licence_key::Column::ProductId.eq(product)).filter(in_stock());
        if stock.count(store.db.conn()).await? == 0 {
            empty.insert(product);
            continue;
        }
        match deliver(store, id, company, product).await {
            Ok(keys) => delivered += u64::from(keys),
            // What is wrong with one company is no reason to leave out the others.
            Err(error) => {
                tracing::error!(%company, benefit = %id, %error, "keys that are owed could not be delivered");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(delivered), Err)
}

/// The same, after an import: the keys are in, and what fails here is done by the job of the minute.
pub(crate) async fn deliver_now(store: &Store) {
    if let Err(error) = deliver_owed(store).await {
        tracing::warn!(%error, "not all keys that are owed were delivered");
    }
}

async fn deliver(store: &Store, id: BenefitId, company: CompanyId, product: ProductId) -> StoreResult<u32> {
    let now = store.now();
    let tx = store.db.begin().await?;
    lock_company(&tx, company).await?;
    let row = benefit::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    let owed = count_u32(row.keys_owed);
    // Delivered, or over, in the meantime.
    if owed == 0 || row.lapses_at <= now {
        return Ok(0);
    }
    let got = allocate(store, &tx, company, id, product, owed, now).await?;
    if got == 0 {
        return Ok(0);
    }
    let mut changed = row.clone().into_active_model();
    changed.keys_owed = Set(row.keys_owed - i32::try_from(got).unwrap_or(i32::MAX));
    changed.update(&tx).await?;
    watch_stock(store, &tx, &[product]).await?;
    let once = format!("delivered:{}", new_uuid());
    tell_key_holders(store, &tx, &row, &once, |product, package| MailFacts::KeysDelivered {
        product,
        package,
        keys: got,
    })
    .await?;
    let origin = Origin::default();
    let mut entry =
        Entry::programme(&origin, now, AuditAction::KeysDelivered).subject(id).details(json!({ "keys": got }));
    entry.company = Some(company);
    record(&store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(got)
}

/// A mail about the keys of a benefit, to everybody of the company who may get them.
async fn tell_key_holders(
    store: &Store,
    tx: &Tx,
    of: &benefit::Model,
    once: &str,
    facts: impl Fn(String, String) -> MailFacts,
) -> StoreResult<()> {
    let version = product_version::Entity::find_by_id(of.product_version_id).one(tx).await?;
    let product = parse_product(&version.ok_or(StoreError::Corrupt("benefits.product_version_id"))?.definition)?;
    let version = package_version::Entity::find_by_id(of.package_version_id).one(tx).await?;
    let version = version.ok_or(StoreError::Corrupt("benefits.package_version_id"))?;
    let package = crate::benefits::list::parse_package(&version.definition)?;
    let may = Query::select()
        .column(user_role::Column::UserId)
        .from(user_role::Entity)
        .and_where(user_role::Column::Role.is_in(holders(Action::GetKeys)))
        .to_owned();
    let people = user::Entity::find()
        .filter(user::Column::CompanyId.eq(of.company_id))
        .filter(user::Column::DisabledAt.is_null())
        .filter(user::Column::PasswordHash.is_not_null())
        .filter(user::Column::Id.in_subquery(may))
        .order_by_asc(user::Column::Id)
        .all(tx)
        .await?;
    let mails = people.into_iter().map(|person| {
        let once = format!("{once}:{}", person.id);
        Draft::by_itself(person, once, |language| {
            facts(product.name.get(language).to_owned(), package.label.get(language).to_owned())
        })
    });
    outbox::write(store, tx, mails.collect()).await
}
