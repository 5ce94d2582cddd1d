//! Publishes a catalogue as a new version. Versions are added, never changed: a running term
//! keeps what it was sold with.

use crate::audit::{Entry, record};
use crate::context::{Origin, Store, new_uuid};
use crate::db::Tx;
use crate::entity::{catalogue_version, package, package_item, package_version, product, product_version};
use crate::error::{StoreError, StoreResult};
use domain::audit::AuditAction;
use domain::catalogue::{Catalogue, Package, Product};
use domain::console::LOW_STOCK;
use domain::id::{CatalogueVersionId, PackageId, PackageItemId, PackageVersionId, ProductId, ProductVersionId};
use domain::text::fold;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The file says what is published already.
    Unchanged {
        number: i32,
    },
    Published {
        number: i32,
        products: usize,
        packages: usize,
    },
}

struct Current {
    product: product::Model,
    version: Option<product_version::Model>,
}

/// Imports a catalogue that [`super::file::read`] has checked: all of it, or nothing. `source` is the
/// file, for whoever exports the version; without it, one is written. For the command line, which
/// is let in by who can start the program.
pub async fn import(
    store: &Store,
    catalogue: &Catalogue,
    source: Option<&str>,
    origin: &Origin,
) -> StoreResult<Imported> {
    let tx = store.db.begin().await?;
    let entry = Entry::programme(origin, store.now(), AuditAction::CatalogueImported);
    let imported = publish(store, &tx, catalogue, source, entry).await?;
    if matches!(imported, Imported::Unchanged { .. }) {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(imported)
}

/// The last version, locked: whoever publishes at the same time waits.
pub(super) async fn lock_last(tx: &impl ConnectionTrait) -> StoreResult<i32> {
    let newest = || {
        catalogue_version::Entity::find()
            .select_only()
            .column(catalogue_version::Column::Number)
            .order_by_desc(catalogue_version::Column::Number)
            .limit(1)
    };
    newest().lock_exclusive().into_tuple::<i32>().one(tx).await?;
    // Whoever has waited was given the row that was the last one before: it is asked for again.
    Ok(newest().into_tuple::<i32>().one(tx).await?.unwrap_or(0))
}

/// Publishes in the caller's transaction, who gives it up where nothing has changed.
pub(super) async fn publish(
    store: &Store,
    tx: &Tx,
    catalogue: &Catalogue,
    source: Option<&str>,
    entry: Entry<'_>,
) -> StoreResult<Imported> {
    let number = lock_last(tx).await? + 1;
    let text = serde_json::to_string(catalogue).map_err(|_| StoreError::Corrupt("catalogue"))?;
    let source = match source {
        Some(source) => source.to_owned(),
        None => super::file::write(catalogue)?,
    };
    let version = CatalogueVersionId(new_uuid());
    catalogue_version::ActiveModel {
        id: Set(version),
        number: Set(number),
        sha256: Set(Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()),
        published_at: Set(store.now()),
        published_by: Set(entry.actor),
        source: Set(Some(source)),
    }
    .insert(tx)
    .await?;
    let (products, ids) = import_products(tx, version, &catalogue.products).await?;
    let packages = import_packages(tx, version, &catalogue.packages, &ids).await?;
    if products == 0 && packages == 0 {
        return Ok(Imported::Unchanged { number: number - 1 });
    }
    let details = json!({ "version": number, "products": products, "packages": packages });
    record(&store.keys, tx, entry.details(details)).await?;
    Ok(Imported::Published { number, products, packages })
}

/// Gives how many products changed (came, went or differ), and each code's version.
async fn import_products(
    tx: &impl ConnectionTrait,
    catalogue: CatalogueVersionId,
    wanted: &[Product],
) -> StoreResult<(usize, HashMap<String, ProductVersionId>)> {
    // All of them in one order, before any is changed.
    product::Entity::find().order_by_asc(product::Column::Id).lock(LockType::NoKeyUpdate).all(tx).await?;
    let to_version = product::Entity::belongs_to(product_version::Entity)
        .from(product::Column::CurrentVersionId)
        .to(product_version::Column::Id)
        .into();
    let mut known: HashMap<String, Current> = product::Entity::find()
        .join(sea_orm::JoinType::LeftJoin, to_version)
        .select_also(product_version::Entity)
        .all(tx)
        .await?
        .into_iter()
        .map(|(product, version)| (product.code.clone(), Current { product, version }))
        .collect();
    let (mut changed, mut ids) = (0, HashMap::new());
    for (position, entry) in (0_i32..).zip(wanted) {
        let definition = serde_json::to_string(entry).map_err(|_| StoreError::Corrupt("product"))?;
        let current = known.remove(&entry.code);
        if let Some(Current { version: Some(v), .. }) = &current
            && v.definition == definition
            && v.position == position
        {
            ids.insert(entry.code.clone(), v.id);
            continue;
        }
        changed += 1;
        let row = match current {
            Some(current) => current.product,
            None => {
                let row = product::ActiveModel {
                    id: Set(ProductId(new_uuid())),
                    code: Set(entry.code.clone()),
                    current_version_id: Set(None),
                    low_stock: Set(i32::try_from(LOW_STOCK).unwrap_or(i32::MAX)),
                    low_told_at: Set(None),
                };
                row.insert(tx).await?
            }
        };
        let version = product_version::ActiveModel {
            id: Set(ProductVersionId(new_uuid())),
            product_id: Set(row.id),
            catalogue_version_id: Set(catalogue),
            category: Set(entry.category),
            position: Set(position),
            search_en: Set(fold(&entry.name.en)),
            search_de: Set(fold(&entry.name.de)),
            definition: Set(definition),
        }
        .insert(tx)
        .await?;
        let mut row = row.into_active_model();
        row.current_version_id = Set(Some(version.id));
        row.update(tx).await?;
        ids.insert(entry.code.clone(), version.id);
    }
    // What the file no longer has is no longer offered; terms that run keep it.
    for gone in known.into_values().filter(|c| c.version.is_some()) {
        changed += 1;
        let mut row = gone.product.into_active_model();
        row.current_version_id = Set(None);
        row.update(tx).await?;
    }
    Ok((changed, ids))
}

async fn import_packages(
    tx: &impl ConnectionTrait,
    catalogue: CatalogueVersionId,
    wanted: &[Package],
    products: &HashMap<String, ProductVersionId>,
) -> StoreResult<usize> {
    let to_version = package::Entity::belongs_to(package_version::Entity)
        .from(package::Column::CurrentVersionId)
        .to(package_version::Column::Id)
        .into();
    let mut known: HashMap<String, (package::Model, Option<package_version::Model>)> = package::Entity::find()
        .join(sea_orm::JoinType::LeftJoin, to_version)
        .select_also(package_version::Entity)
        .all(tx)
        .await?
        .into_iter()
        .map(|(package, version)| (package.code.clone(), (package, version)))
        .collect();
    let mut changed = 0;
    for (position, entry) in (0_i32..).zip(wanted) {
        let definition = serde_json::to_string(entry).map_err(|_| StoreError::Corrupt("package"))?;
        let price = entry.money().map_err(|_| StoreError::Corrupt("package.price"))?;
        let contents: HashSet<ProductVersionId> =
            entry.items.iter().filter_map(|i| products.get(&i.product).copied()).collect();
        let current = known.remove(&entry.code);
        if let Some((_, Some(v))) = &current
            && v.definition == definition
            && v.position == position
        {
            // The same words, but a product in it may have a new version.
            let items: HashSet<ProductVersionId> = package_item::Entity::find()
                .filter(package_item::Column::PackageVersionId.eq(v.id))
                .all(tx)
                .await?
                .into_iter()
                .map(|i| i.product_version_id)
                .collect();
            if items == contents {
                continue;
            }
        }
        changed += 1;
        let row = match current {
            Some((package, _)) => package,
            None => {
                let row = package::ActiveModel {
                    id: Set(PackageId(new_uuid())),
                    code: Set(entry.code.clone()),
                    current_version_id: Set(None),
                };
                row.insert(tx).await?
            }
        };
        let version = PackageVersionId(new_uuid());
        package_version::ActiveModel {
            id: Set(version),
            package_id: Set(row.id),
            catalogue_version_id: Set(catalogue),
            position: Set(position),
            price_minor: Set(price.minor),
            currency: Set(price.currency.as_str().to_owned()),
            definition: Set(definition),
        }
        .insert(tx)
        .await?;
        for (position, item) in (0_i32..).zip(&entry.items) {
            package_item::ActiveModel {
                id: Set(PackageItemId(new_uuid())),
                package_version_id: Set(version),
                product_version_id: Set(*products.get(&item.product).ok_or(StoreError::Corrupt("package.item"))?),
                position: Set(position),
                quantity: Set(item.quantity.limit().map(|n| i32::try_from(n).unwrap_or(i32::MAX))),
            }
            .insert(tx)
            .await?;
        }
        let mut row = row.into_active_model();
        row.current_version_id = Set(Some(version));
        row.update(tx).await?;
    }
    for (gone, version) in known.into_values() {
        if version.is_some() {
            changed += 1;
            let mut row = gone.into_active_model();
            row.current_version_id = Set(None);
            row.update(tx).await?;
        }
    }
    Ok(changed)
}
