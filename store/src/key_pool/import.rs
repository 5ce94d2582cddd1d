//! Keys come in by CSV, and are encrypted on arrival.

use crate::audit::{Entry, record};
use crate::context::{Origin, Store, new_uuid};
use crate::db::Tx;
use crate::entity::licence_key;
use crate::error::{StoreError, StoreResult};
use crate::key_pool::{deliver_now, list_products, place, watch_stock};
use crate::table;
use domain::audit::AuditAction;
use domain::file::NotText;
use domain::id::{LicenceKeyId, ProductId};
use domain::licence_key::LicenceKey;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// A file larger than this is not a key list (about 80,000 lines).
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// Rows per statement, below both databases' limits on parameters.
const CHUNK: usize = 500;

/// What is wrong with a line. Never holds the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFileProblem {
    /// The first columns are not `product` and `key`.
    Header,
    /// The line is not text.
    NotText,
    /// Not two fields.
    NotARow,
    UnknownProduct {
        code: String,
    },
    /// The product comes without keys.
    ProductWithoutKeys {
        code: String,
    },
    Shape,
    DuplicateOfLine {
        line: u64,
    },
    /// Already in stock or given out.
    DuplicateInStock,
    Empty,
    TooLarge,
}

/// A problem and its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFinding {
    pub line: u64,
    pub problem: KeyFileProblem,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyImportError {
    #[error("{} lines are wrong", .0.len())]
    Refused(Vec<KeyFinding>),
    #[error(transparent)]
    Store(#[from] StoreError),
}
impl From<sea_orm::DbErr> for KeyImportError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// A line that is in order: where it stands, of what, the key, and its blind index.
type Checked = (u64, ProductId, LicenceKey, Vec<u8>);

/// Reads a file, and compares it with what is in stock and given out.
async fn check(store: &Store, db: &impl ConnectionTrait, file: &[u8]) -> Result<Vec<Checked>, KeyImportError> {
    if file.len() > MAX_FILE {
        return Err(KeyImportError::Refused(vec![KeyFinding { line: 1, problem: KeyFileProblem::TooLarge }]));
    }
    let known = products(db).await?;
    let (rows, mut findings) = read(file, &known);
    let indexed: Vec<Checked> = rows
        .into_iter()
        .map(|(line, product, key)| (line, product, store.keys.blind_index("licence_key", key.expose_bytes()), key))
        .map(|(l, p, i, k)| (l, p, k, i))
        .collect();
    let mut lines: HashMap<&[u8], u64> = HashMap::new();
    for (line, _, _, index) in &indexed {
        if let Some(&first) = lines.get(index.as_slice()) {
            findings.push(KeyFinding { line: *line, problem: KeyFileProblem::DuplicateOfLine { line: first } });
        } else {
            lines.insert(index, *line);
        }
    }
    for chunk in indexed.chunks(CHUNK) {
        let taken: Vec<Vec<u8>> = licence_key::Entity::find()
            .select_only()
            .column(licence_key::Column::BlindIndex)
            .filter(licence_key::Column::BlindIndex.is_in(chunk.iter().map(|(.., index)| index.clone())))
            .into_tuple()
            .all(db)
            .await?;
        for index in taken {
            if let Some(&line) = lines.get(index.as_slice()) {
                findings.push(KeyFinding { line, problem: KeyFileProblem::DuplicateInStock });
            }
        }
    }
    if findings.is_empty() {
        Ok(indexed)
    } else {
        findings.sort_by_key(|f| f.line);
        Err(KeyImportError::Refused(findings))
    }
}

/// What a file would bring: products, and how many keys of each.
pub(super) async fn count_keys(store: &Store, file: &[u8]) -> Result<Vec<(ProductId, u32)>, KeyImportError> {
    let mut found: Vec<(ProductId, u32)> = Vec::new();
    for (_, product, ..) in check(store, store.db.conn(), file).await? {
        match found.iter_mut().find(|(id, _)| *id == product) {
            Some((_, n)) => *n += 1,
            None => found.push((product, 1)),
        }
    }
    Ok(found)
}

/// Imports all keys of a file, or none, in the caller's transaction.
pub(super) async fn insert_keys(store: &Store, tx: &Tx, file: &[u8], entry: Entry<'_>) -> Result<u64, KeyImportError> {
    let indexed = check(store, tx, file).await?;
    let now = store.now();
    for chunk in indexed.chunks(CHUNK / 4) {
        let mut rows = Vec::with_capacity(chunk.len());
        for (_, product_id, key, blind_index) in chunk {
            let id = LicenceKeyId(new_uuid());
            rows.push(licence_key::ActiveModel {
                id: Set(id),
                product_id: Set(*product_id),
                company_id: Set(None),
                benefit_id: Set(None),
                ciphertext: Set(store.keys.seal(place(None, id), key.expose_bytes())?),
                blind_index: Set(blind_index.clone()),
                imported_at: Set(now),
                allocated_at: Set(None),
                first_revealed_at: Set(None),
                withdrawn_at: Set(None),
                withdrawn_by: Set(None),
                withdrawn_reason: Set(None),
            });
        }
        licence_key::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(|error| {
            match error.sql_err() {
                // Somebody imported the same keys in the meantime.
                Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => {
                    let line = chunk.first().map_or(1, |(line, ..)| *line);
                    KeyImportError::Refused(vec![KeyFinding { line, problem: KeyFileProblem::DuplicateInStock }])
                }
                _ => error.into(),
            }
        })?;
    }
    let touched: BTreeSet<ProductId> = indexed.iter().map(|(_, product, ..)| *product).collect();
    watch_stock(store, tx, &touched.into_iter().collect::<Vec<_>>()).await?;
    let count = indexed.len() as u64;
    record(&store.keys, tx, entry.details(json!({ "keys": count }))).await?;
    Ok(count)
}

/// Imports all keys of a file, or none; what is owed is delivered at once. For the command line,
/// which is let in by who can start the program.
pub async fn import_keys(store: &Store, file: &[u8], origin: &Origin) -> Result<u64, KeyImportError> {
    let tx = store.db.begin().await?;
    let entry = Entry::programme(origin, store.now(), AuditAction::KeysImported);
    let count = insert_keys(store, &tx, file, entry).await?;
    tx.commit().await?;
    deliver_now(store).await;
    Ok(count)
}

/// Products that a key can be for: code → id, and whether it takes keys.
async fn products(db: &impl ConnectionTrait) -> StoreResult<HashMap<String, (ProductId, bool)>> {
    let mut known = HashMap::new();
    for (product, version) in list_products(db).await? {
        let takes = crate::benefits::list::parse_product(&version.definition)?.fulfilment.has_keys();
        known.insert(product.code, (product.id, takes));
    }
    Ok(known)
}

/// What can be repeated in a message: nobody writes a key in small letters into this column.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && LicenceKey::parse(text).is_err()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

type Row = (u64, ProductId, LicenceKey);

fn read(file: &[u8], known: &HashMap<String, (ProductId, bool)>) -> (Vec<Row>, Vec<KeyFinding>) {
    let table = match table::read(file) {
        Ok(table) => table,
        Err(NotText { line }) => return (Vec::new(), vec![KeyFinding { line, problem: KeyFileProblem::NotText }]),
    };
    if table.columns != ["product", "key"] {
        return (Vec::new(), vec![KeyFinding { line: table.line, problem: KeyFileProblem::Header }]);
    }
    let (mut rows, mut findings) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let code = row.cell(0);
        let parsed = match (known.get(code), LicenceKey::parse(row.cell(1))) {
            _ if !row.is_whole => Err(KeyFileProblem::NotARow),
            (None, _) if is_code(code) => Err(KeyFileProblem::UnknownProduct { code: code.to_owned() }),
            // With its columns swapped, the first field of a line is the key.
            (None, _) => Err(KeyFileProblem::NotARow),
            (Some((_, false)), _) => Err(KeyFileProblem::ProductWithoutKeys { code: code.to_owned() }),
            (Some(_), Err(_)) => Err(KeyFileProblem::Shape),
            (Some((id, true)), Ok(key)) => Ok((row.line, *id, key)),
        };
        match parsed {
            Ok(parsed) => rows.push(parsed),
            Err(problem) => findings.push(KeyFinding { line: row.line, problem }),
        }
    }
    if table.rows.is_empty() {
        findings.push(KeyFinding { line: 1, problem: KeyFileProblem::Empty });
    }
    (rows, findings)
}
