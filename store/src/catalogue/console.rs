//! The catalogue as the programme's staff run it: a file is tried, compared, looked at, published.

use super::diff::diff;
use super::file::{self, FileFinding};
use super::import::{Imported, lock_last, publish};
use crate::audit::{Entry, record};
use crate::context::Ctx;
use crate::entity::{catalogue_version, package, package_version, product, product_version};
use crate::error::{StoreError, StoreResult};
use crate::people::names::People;
use crate::uploads;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::catalogue::{Catalogue, FORMAT, PackageItem};
use domain::console::{
    CatalogueAdmin, CataloguePreview, CatalogueTrial, ConsoleRefusal, PreviewItem, PreviewPackage, PreviewProduct,
    UploadKind, VersionRow,
};
use domain::id::{CatalogueVersionId, UploadId, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

/// Versions that are listed.
const LISTED: u64 = 50;

/// A catalogue file that was tried: what it would change, or what is wrong with it.
pub type CatalogueTrialed = Result<CatalogueTrial, Vec<FileFinding>>;

fn number(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// What is published now.
async fn load_current(db: &impl ConnectionTrait) -> StoreResult<Catalogue> {
    let current = product::Entity::belongs_to(product_version::Entity)
        .from(product::Column::CurrentVersionId)
        .to(product_version::Column::Id)
        .into();
    let products = product_version::Entity::find()
        .join_rev(JoinType::InnerJoin, current)
        .order_by_asc(product_version::Column::Position)
        .all(db)
        .await?;
    let current = package::Entity::belongs_to(package_version::Entity)
        .from(package::Column::CurrentVersionId)
        .to(package_version::Column::Id)
        .into();
    let packages = package_version::Entity::find()
        .join_rev(JoinType::InnerJoin, current)
        .order_by_asc(package_version::Column::Position)
        .all(db)
        .await?;
    Ok(Catalogue {
        format: FORMAT,
        products: products
            .iter()
            .map(|v| crate::benefits::list::parse_product(&v.definition))
            .collect::<StoreResult<_>>()?,
        packages: packages
            .iter()
            .map(|v| crate::benefits::list::parse_package(&v.definition))
            .collect::<StoreResult<_>>()?,
    })
}

fn preview(catalogue: &Catalogue) -> CataloguePreview {
    CataloguePreview {
        packages: catalogue
            .packages
            .iter()
            .map(|p| PreviewPackage {
                code: p.code.clone(),
                name: p.name.clone(),
                label: p.label.clone(),
                summary: p.summary.clone(),
                price: p.money().ok(),
                items: p.items.iter().filter_map(|item| preview_item(catalogue, item)).collect(),
            })
            .collect(),
        products: catalogue
            .products
            .iter()
            .map(|p| PreviewProduct {
                code: p.code.clone(),
                category: p.category,
                fulfilment: p.fulfilment,
                unit: p.unit,
                name: p.name.clone(),
                summary: p.summary.clone(),
                instructions: p.instructions.clone(),
            })
            .collect(),
    }
}

fn preview_item(catalogue: &Catalogue, item: &PackageItem) -> Option<PreviewItem> {
    let of = catalogue.products.iter().find(|p| p.code == item.product)?;
    Some(PreviewItem { name: of.name.clone(), quantity: item.quantity.limit() })
}

/// The versions, and how what is published looks to its readers.
pub async fn get_catalogue(ctx: &Ctx) -> StoreResult<CatalogueAdmin> {
    ctx.authorize(Action::ManageCatalogue)?;
    let db = ctx.store.db.conn();
    // Without the files, which may be large.
    type Row = (CatalogueVersionId, i32, String, DateTime<Utc>, Option<UserId>);
    let rows: Vec<Row> = catalogue_version::Entity::find()
        .select_only()
        .column(catalogue_version::Column::Id)
        .column(catalogue_version::Column::Number)
        .column(catalogue_version::Column::Sha256)
        .column(catalogue_version::Column::PublishedAt)
        .column(catalogue_version::Column::PublishedBy)
        .order_by_desc(catalogue_version::Column::Number)
        .limit(LISTED)
        .into_tuple()
        .all(db)
        .await?;
    let people = People::load(db, rows.iter().filter_map(|row| row.4).collect()).await?;
    let versions = rows
        .into_iter()
        .map(|(id, n, sha256, published_at, by)| VersionRow {
            id,
            number: number(n),
            sha256,
            published_at,
            by: by.map(|by| people.name(by)),
        })
        .collect();
    Ok(CatalogueAdmin { versions, preview: preview(&load_current(db).await?) })
}

/// Tries a file: it is kept until it is published, given up, or a day has gone.
pub async fn try_catalogue(ctx: &Ctx, file: impl AsRef<[u8]>) -> StoreResult<UploadId> {
    ctx.authorize(Action::ManageCatalogue)?;
    let tx = ctx.store.db.begin().await?;
    let base = lock_last(&tx).await?;
    let id = uploads::keep(ctx, &tx, UploadKind::Catalogue, file.as_ref(), base).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::CatalogueTried).subject(id)).await?;
    tx.commit().await?;
    Ok(id)
}

/// What publishing a file that was tried would change.
pub async fn get_catalogue_trial(ctx: &Ctx, id: UploadId) -> StoreResult<CatalogueTrialed> {
    ctx.authorize(Action::ManageCatalogue)?;
    let db = ctx.store.db.conn();
    let (text, base) = uploads::open(ctx, db, UploadKind::Catalogue, id).await?;
    let wanted = match file::read(&text) {
        Ok(wanted) => wanted,
        Err(findings) => return Ok(Err(findings)),
    };
    let changes = diff(&load_current(db).await?, &wanted);
    Ok(Ok(CatalogueTrial { upload: id, base: number(base), changes, preview: preview(&wanted) }))
}

/// Publishes a file that was tried, as long as what it was compared with is still published.
pub async fn publish_catalogue(ctx: &Ctx, id: UploadId) -> StoreResult<u32> {
    ctx.authorize(Action::ManageCatalogue)?;
    let tx = ctx.store.db.begin().await?;
    let last = lock_last(&tx).await?;
    let (text, base) = uploads::open(ctx, &tx, UploadKind::Catalogue, id).await?;
    if last != base {
        return Err(ConsoleRefusal::PublishedMeanwhile { version: number(last) }.into());
    }
    let wanted = file::read(&text).map_err(|_| ConsoleRefusal::FileRefused)?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::CatalogueImported);
    let published = publish(&ctx.store, &tx, &wanted, Some(&text), entry).await?;
    match published {
        // The page offers nothing to publish then.
        Imported::Unchanged { number: n } => Ok(number(n)),
        Imported::Published { number: n, .. } => {
            uploads::drop(&tx, id).await?;
            tx.commit().await?;
            Ok(number(n))
        }
    }
}

/// Gives up a file that was tried.
pub async fn discard_upload(ctx: &Ctx, kind: UploadKind, id: UploadId) -> StoreResult<()> {
    ctx.authorize(match kind {
        UploadKind::Catalogue => Action::ManageCatalogue,
        UploadKind::Keys => Action::ManageKeyPools,
        UploadKind::Companies => Action::ManageCompanies,
    })?;
    let tx = ctx.store.db.begin().await?;
    uploads::open(ctx, &tx, kind, id).await?;
    uploads::drop(&tx, id).await?;
    Ok(tx.commit().await?)
}

/// The file of a version, byte for byte as it was published; the newest without a number.
pub async fn export_catalogue(ctx: &Ctx, wanted: Option<u32>) -> StoreResult<(u32, String)> {
    ctx.authorize(Action::ManageCatalogue)?;
    let db = ctx.store.db.conn();
    let mut rows = catalogue_version::Entity::find().order_by_desc(catalogue_version::Column::Number);
    if let Some(wanted) = wanted {
        let wanted = i32::try_from(wanted).map_err(|_| StoreError::NotFound)?;
        rows = rows.filter(catalogue_version::Column::Number.eq(wanted));
    }
    let row = rows.one(db).await?.ok_or(StoreError::NotFound)?;
    let text = match row.source {
        Some(text) => text,
        // Published before files were kept: what is published now can be written anew.
        None if lock_last(db).await? == row.number => file::write(&load_current(db).await?)?,
        None => return Err(StoreError::NotFound),
    };
    Ok((number(row.number), text))
}
