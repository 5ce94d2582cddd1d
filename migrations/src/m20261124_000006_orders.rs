//! Buying, paying, renewing and giving back; the catalogue's files; withdrawn and owed keys.
//!
//! Columns that are added to a table refer to others by value only: SQLite cannot take a foreign
//! key away again.

use crate::columns::*;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 4] = ["payments", "cancellations", "uploads", "issuers"];

const INDEXES: [&str; 10] = [
    // A domain is one company's.
    "UNIQUE INDEX ux_companies_domain ON companies (domain) WHERE domain IS NOT NULL",
    // One order of a package waits at a time, and one goes on where a term ends.
    "UNIQUE INDEX ux_orders_open ON orders (company_id, package_id) WHERE paid_at IS NULL AND ended_at IS NULL",
    "UNIQUE INDEX ux_orders_renewal ON orders (continues_term_id) \
     WHERE continues_term_id IS NOT NULL AND ended_at IS NULL",
    // One term of a package runs at a time.
    "UNIQUE INDEX ux_terms_running ON terms (company_id, package_id) WHERE begun_at IS NOT NULL AND ended_at IS NULL",
    "INDEX ix_terms_beginning ON terms (starts_at) WHERE begun_at IS NULL AND ended_at IS NULL",
    "INDEX ix_terms_lapsing ON terms (lapses_at) WHERE ended_at IS NULL",
    "INDEX ix_benefits_over ON benefits (lapses_at) WHERE ended_at IS NULL",
    "INDEX ix_benefits_owed ON benefits (keys_owed) WHERE keys_owed > 0",
    "INDEX ix_orders_waiting ON orders (ordered_at) WHERE paid_at IS NULL AND ended_at IS NULL",
    // One request waits at a time.
    "UNIQUE INDEX ux_cancellations_waiting ON cancellations (order_id) WHERE state = 'requested'",
];

/// What each table gets. In SQL both databases know the same.
const COLUMNS: [(&str, &[(&str, &str)]); 7] = [
    // Name and domain in small letters: SQLite's own lower() knows ASCII only.
    ("companies", &[("search", "varchar(500) NOT NULL DEFAULT ''")]),
    (
        "orders",
        &[
            ("package_id", "uuid"),
            ("kind", "varchar(32) NOT NULL DEFAULT 'new'"),
            // The term that it continues.
            ("continues_term_id", "uuid"),
            // How it came to an early end.
            ("end_kind", "varchar(32)"),
            ("bill_to", "varchar(200) NOT NULL DEFAULT ''"),
            ("bill_address", "varchar(400) NOT NULL DEFAULT ''"),
            ("bill_country", "varchar(100) NOT NULL DEFAULT ''"),
            ("tax_id", "varchar(32) NOT NULL DEFAULT ''"),
            ("purchase_order", "varchar(64) NOT NULL DEFAULT ''"),
            // As they were on the day of the order.
            ("issuer", "varchar(1000) NOT NULL DEFAULT ''"),
            ("pay_to", "varchar(1000) NOT NULL DEFAULT ''"),
        ],
    ),
    ("terms", &[("package_id", "uuid"), ("begun_at", ""), ("lapses_at", "")]),
    ("benefits", &[("lapses_at", ""), ("keys_owed", "integer NOT NULL DEFAULT 0")]),
    ("licence_keys", &[("withdrawn_at", ""), ("withdrawn_by", "uuid"), ("withdrawn_reason", "varchar(1000)")]),
    ("products", &[("low_stock", "integer NOT NULL DEFAULT 5"), ("low_told_at", "")]),
    ("catalogue_versions", &[("source", "text")]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            table(
                "payments",
                vec![
                    pk(),
                    id("company_id"),
                    id("order_id").unique_key().to_owned(),
                    big("amount_minor"),
                    text("currency", 3),
                    ColumnDef::new("paid_on").date().not_null().to_owned(),
                    text("reference", 64),
                    id("recorded_by"),
                    at("recorded_at"),
                ],
                &[("company_id", "companies"), ("order_id", "orders"), ("recorded_by", "users")],
            ),
            table(
                "cancellations",
                vec![
                    pk(),
                    id("company_id"),
                    id("order_id"),
                    text("number", 32).unique_key().to_owned(),
                    text("state", 32),
                    text("reason", 1000),
                    id("requested_by"),
                    at("requested_at"),
                    maybe_id("decided_by"),
                    maybe_at("decided_at"),
                    text("answer", 1000),
                    ColumnDef::new("refund_minor").big_integer().to_owned(),
                    ColumnDef::new("refunded_on").date().to_owned(),
                    maybe_text("refund_reference", 64),
                ],
                &[
                    ("company_id", "companies"),
                    ("order_id", "orders"),
                    ("requested_by", "users"),
                    ("decided_by", "users"),
                ],
            ),
            table(
                "uploads",
                // A file that an operator has tried and not used yet, sealed: it may hold keys.
                vec![
                    pk(),
                    text("kind", 32),
                    id("user_id"),
                    bytes("ciphertext"),
                    // What it was compared with.
                    int("base"),
                    at("created_at"),
                ],
                &[("user_id", "users")],
            ),
            table(
                "issuers",
                // One row: who writes the invoices, and where the money goes.
                vec![
                    int("id").primary_key().to_owned(),
                    text("name", 1000),
                    text("pay_to", 1000),
                    maybe_id("changed_by"),
                    at("changed_at"),
                ],
                &[("changed_by", "users")],
            )
            .check(Expr::cust("id = 1"))
            .to_owned(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let db = manager.get_connection();
        for (of, columns) in COLUMNS {
            for (name, kind) in columns {
                let mut column = match *kind {
                    "" => maybe_at(name),
                    "uuid" => maybe_id(name),
                    kind => ColumnDef::new(*name).custom(kind.to_owned()).to_owned(),
                };
                manager.alter_table(Table::alter().table(of).add_column(&mut column).to_owned()).await?;
            }
        }
        db.execute_unprepared(
            "UPDATE orders SET package_id = \
             (SELECT v.package_id FROM package_versions v WHERE v.id = orders.package_version_id)",
        )
        .await?;
        db.execute_unprepared(
            "UPDATE terms SET begun_at = starts_at, package_id = \
             (SELECT o.package_id FROM orders o WHERE o.id = terms.order_id)",
        )
        .await?;
        fill_search(db).await?;
        fill_counters(db).await?;
        let terms = "SELECT id, ends_at AS at, ended_at FROM terms";
        fill_lapses(db, "terms", terms).await?;
        // What ends with its term goes on with it; an offer with an end of its own does not.
        let with_term = "SELECT b.id, b.expires_at AS at, b.ended_at FROM benefits b \
                         JOIN terms t ON t.id = b.term_id WHERE b.expires_at = t.ends_at";
        db.execute_unprepared("UPDATE benefits SET lapses_at = expires_at").await?;
        fill_lapses(db, "benefits", with_term).await?;
        for index in INDEXES {
            db.execute_unprepared(&format!("CREATE {index}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in INDEXES.iter().take(9) {
            let name = index.split_whitespace().find(|word| word.starts_with("ux_") || word.starts_with("ix_"));
            db.execute_unprepared(&format!("DROP INDEX {}", name.unwrap_or_default())).await?;
        }
        for (of, columns) in COLUMNS.iter().rev() {
            for (name, _) in columns.iter().rev() {
                manager.alter_table(Table::alter().table(*of).drop_column(*name).to_owned()).await?;
            }
        }
        for name in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}

async fn fill_search(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    for row in db.query_all_raw(Statement::from_string(backend, "SELECT id, name, domain FROM companies")).await? {
        let id: Uuid = row.try_get("", "id")?;
        let (name, domain): (String, Option<String>) = (row.try_get("", "name")?, row.try_get("", "domain")?);
        let search = format!("{} {}", name.to_lowercase(), domain.unwrap_or_default());
        let update =
            Query::update().table("companies").value("search", search).and_where(Expr::col("id").eq(id)).to_owned();
        db.execute(&update).await?;
    }
    Ok(())
}

/// Numbers go on where they are.
async fn fill_counters(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT number FROM orders")).await?;
    let mut last: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for row in rows {
        let number: String = row.try_get("", "number")?;
        let mut parts = number.split('-').skip(1);
        if let (Some(year), Some(Ok(n))) = (parts.next(), parts.next().map(str::parse::<i64>)) {
            let seen = last.entry(format!("order-{year}")).or_default();
            *seen = Ord::max(n, *seen);
        }
    }
    for (name, value) in last {
        let insert = Query::insert()
            .into_table("counters")
            .columns(["name", "value"])
            .values_panic([name.into(), value.into()])
            .on_conflict(OnConflict::column("name").update_column("value").to_owned())
            .to_owned();
        db.execute(&insert).await?;
    }
    Ok(())
}

/// Thirty days of grace for whatever is not over yet.
async fn fill_lapses(db: &SchemaManagerConnection<'_>, of: &'static str, select: &str) -> Result<(), DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), select)).await?;
    for row in rows {
        let id: Uuid = row.try_get("", "id")?;
        let at: DateTime<Utc> = row.try_get("", "at")?;
        let ended: Option<DateTime<Utc>> = row.try_get("", "ended_at")?;
        let lapses = if ended.is_some() { at } else { at + TimeDelta::days(30) };
        let update = Query::update().table(of).value("lapses_at", lapses).and_where(Expr::col("id").eq(id)).to_owned();
        db.execute(&update).await?;
    }
    Ok(())
}
