//! Companies, people, catalogue, orders, benefits, keys, seats, contacts, sessions, audit.
//!
//! Ids are UUIDs, times are UTC to the microsecond, money is minor units, enums are text.

use crate::columns::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// In the order of their references; dropped in the reverse.
const TABLES: [&str; 23] = [
    "companies",
    "users",
    "user_roles",
    "sessions",
    "sign_in_throttles",
    "setup_tokens",
    "catalogue_versions",
    "products",
    "product_versions",
    "packages",
    "package_versions",
    "package_items",
    "orders",
    "terms",
    "benefits",
    "licence_keys",
    "key_reveals",
    "seats",
    "assignments",
    "marketing_contacts",
    "audit_chains",
    "audit_events",
    "installations",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            table(
                "companies",
                vec![
                    pk(),
                    text("name", 200),
                    text("account_email", 254),
                    maybe_text("domain", 253),
                    // Still managed in the predecessor portal; cannot act here.
                    flag("in_predecessor"),
                    maybe_at("suspended_at"),
                    at("created_at"),
                ],
                &[],
            ),
            table(
                "users",
                vec![
                    pk(),
                    maybe_id("company_id"), // none: an operator
                    text("name", 200),
                    text("email", 254),
                    text("email_normalized", 254).unique_key().to_owned(),
                    maybe_text("password_hash", 200),
                    maybe_text("language", 8),
                    maybe_text("theme", 8),
                    maybe_at("disabled_at"),
                    at("created_at"),
                ],
                &[("company_id", "companies")],
            ),
            table(
                "user_roles",
                vec![id("user_id"), text("role", 32), at("granted_at"), maybe_id("granted_by")],
                &[("user_id", "users"), ("granted_by", "users")],
            )
            .primary_key(Index::create().col("user_id").col("role"))
            .to_owned(),
            table(
                "sessions",
                vec![
                    pk(),
                    bytes("token_hash").unique_key().to_owned(),
                    id("user_id"),
                    text("device", 200),
                    text("address", 64),
                    at("created_at"),
                    at("last_seen_at"),
                    at("expires_at"),
                ],
                &[("user_id", "users")],
            ),
            table(
                "sign_in_throttles",
                vec![
                    // A hash of the account or of the network address: no list of who signs in.
                    bytes("subject").primary_key().to_owned(),
                    int("failures"),
                    at("last_failure_at"),
                    at("blocked_until"),
                ],
                &[],
            ),
            table("setup_tokens", vec![pk(), bytes("token_hash"), at("expires_at"), maybe_at("used_at")], &[]),
            table(
                "catalogue_versions",
                vec![
                    pk(),
                    int("number").unique_key().to_owned(),
                    text("sha256", 64),
                    at("published_at"),
                    maybe_id("published_by"),
                ],
                &[("published_by", "users")],
            ),
            table(
                "products",
                vec![pk(), text("code", 64).unique_key().to_owned(), maybe_id("current_version_id")],
                &[],
            ),
            table(
                "product_versions",
                vec![
                    pk(),
                    id("product_id"),
                    id("catalogue_version_id"),
                    text("category", 32),
                    int("position"),
                    // The names in small letters: SQLite's own lower() knows ASCII only.
                    long_text("search_en"),
                    long_text("search_de"),
                    long_text("definition"),
                ],
                &[("product_id", "products"), ("catalogue_version_id", "catalogue_versions")],
            ),
            table(
                "packages",
                vec![pk(), text("code", 64).unique_key().to_owned(), maybe_id("current_version_id")],
                &[],
            ),
            table(
                "package_versions",
                vec![
                    pk(),
                    id("package_id"),
                    id("catalogue_version_id"),
                    int("position"),
                    big("price_minor"),
                    text("currency", 3),
                    long_text("definition"),
                ],
                &[("package_id", "packages"), ("catalogue_version_id", "catalogue_versions")],
            ),
            table(
                "package_items",
                vec![
                    pk(),
                    id("package_version_id"),
                    id("product_version_id"),
                    int("position"),
                    maybe_int("quantity"), // none: unlimited
                ],
                &[("package_version_id", "package_versions"), ("product_version_id", "product_versions")],
            ),
            table(
                "orders",
                vec![
                    pk(),
                    id("company_id"),
                    id("package_version_id"),
                    text("number", 32).unique_key().to_owned(),
                    big("price_minor"),
                    text("currency", 3),
                    id("ordered_by"),
                    at("ordered_at"),
                    maybe_at("paid_at"),
                    maybe_at("first_key_revealed_at"),
                    maybe_at("ended_at"),
                ],
                &[("company_id", "companies"), ("package_version_id", "package_versions"), ("ordered_by", "users")],
            ),
            table(
                "terms",
                vec![pk(), id("company_id"), id("order_id"), at("starts_at"), at("ends_at")],
                &[("company_id", "companies"), ("order_id", "orders")],
            ),
            table(
                "benefits",
                vec![
                    pk(),
                    id("company_id"),
                    id("term_id"),
                    id("package_version_id"),
                    id("product_version_id"),
                    text("category", 32),
                    int("position"),
                    maybe_int("quantity"), // none: unlimited
                    int("used").default(0).to_owned(),
                    int("reserved").default(0).to_owned(),
                    int("seats_out").default(0).to_owned(),
                    int("reassigned").default(0).to_owned(),
                    flag("pending"),
                    at("activate_by"),
                    maybe_at("activated_at"),
                    at("expires_at"),
                ],
                &[
                    ("company_id", "companies"),
                    ("term_id", "terms"),
                    ("package_version_id", "package_versions"),
                    ("product_version_id", "product_versions"),
                ],
            )
            // The last wall behind every limit: no path can take more than was granted.
            .check(Expr::cust("quantity IS NULL OR used + reserved <= quantity"))
            .check(Expr::cust("quantity IS NULL OR seats_out <= quantity"))
            .check(Expr::cust("used >= 0 AND reserved >= 0 AND seats_out >= 0"))
            .to_owned(),
            table(
                "licence_keys",
                vec![
                    pk(),
                    id("product_id"),
                    maybe_id("company_id"), // none: in stock
                    maybe_id("benefit_id"),
                    bytes("ciphertext"),
                    bytes("blind_index").unique_key().to_owned(),
                    at("imported_at"),
                    maybe_at("allocated_at"),
                    maybe_at("first_revealed_at"),
                ],
                &[("product_id", "products"), ("company_id", "companies"), ("benefit_id", "benefits")],
            )
            .check(Expr::cust("(company_id IS NULL) = (benefit_id IS NULL)"))
            .to_owned(),
            table(
                "key_reveals",
                vec![pk(), id("company_id"), id("licence_key_id"), id("benefit_id"), id("user_id"), at("revealed_at")],
                &[
                    ("company_id", "companies"),
                    ("licence_key_id", "licence_keys"),
                    ("benefit_id", "benefits"),
                    ("user_id", "users"),
                ],
            ),
            table(
                "seats",
                vec![pk(), id("company_id"), id("benefit_id"), int("number")],
                &[("company_id", "companies"), ("benefit_id", "benefits")],
            ),
            table(
                "assignments",
                vec![
                    pk(),
                    id("company_id"),
                    id("benefit_id"),
                    id("seat_id"),
                    id("user_id"),
                    at("assigned_at"),
                    id("assigned_by"),
                    maybe_at("removed_at"),
                    maybe_id("removed_by"),
                    maybe_text("reason", 200),
                ],
                &[
                    ("company_id", "companies"),
                    ("benefit_id", "benefits"),
                    ("seat_id", "seats"),
                    ("user_id", "users"),
                    ("assigned_by", "users"),
                    ("removed_by", "users"),
                ],
            ),
            table(
                "marketing_contacts",
                vec![
                    pk(),
                    id("company_id"),
                    id("user_id"),
                    text("email", 254),
                    text("phone", 32),
                    text("language", 8),
                    flag("main"),
                    at("created_at"),
                    at("updated_at"),
                ],
                &[("company_id", "companies"), ("user_id", "users")],
            ),
            table(
                "audit_chains",
                // One chain per company and one for the programme; its last link is locked by
                // whoever writes the next.
                vec![
                    ColumnDef::new("chain").uuid().not_null().primary_key().to_owned(),
                    big("last_number"),
                    bytes("last_hash"),
                ],
                &[],
            ),
            table(
                "audit_events",
                vec![
                    pk(),
                    id("chain"),
                    big("number"),
                    at("at"),
                    maybe_id("actor_id"),
                    text("action", 64),
                    maybe_text("subject", 64),
                    long_text("details"),
                    maybe_text("address", 64),
                    maybe_text("request_id", 64),
                    bytes("previous_hash"),
                    bytes("hash"),
                ],
                &[],
            ),
            table(
                "installations",
                // One row: what this database was made with.
                vec![int("id").primary_key().to_owned(), long_text("key_check"), flag("demo"), at("created_at")],
                &[],
            )
            .check(Expr::cust("id = 1"))
            .to_owned(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let indexes = [
            "CREATE INDEX ix_users_company ON users (company_id, email_normalized)",
            "CREATE INDEX ix_sessions_user ON sessions (user_id)",
            "CREATE INDEX ix_sessions_expiry ON sessions (expires_at)",
            "CREATE UNIQUE INDEX ux_package_items ON package_items (package_version_id, product_version_id)",
            "CREATE INDEX ix_orders_company ON orders (company_id, ordered_at)",
            "CREATE INDEX ix_terms_company ON terms (company_id, ends_at)",
            "CREATE UNIQUE INDEX ux_terms_order ON terms (order_id)",
            "CREATE UNIQUE INDEX ux_benefits_term_product ON benefits (term_id, product_version_id)",
            "CREATE INDEX ix_benefits_list ON benefits (company_id, category, expires_at)",
            "CREATE INDEX ix_licence_keys_stock ON licence_keys (product_id, imported_at) WHERE company_id IS NULL",
            "CREATE INDEX ix_licence_keys_benefit ON licence_keys (benefit_id)",
            "CREATE INDEX ix_key_reveals_benefit ON key_reveals (benefit_id, revealed_at)",
            "CREATE INDEX ix_key_reveals_user ON key_reveals (company_id, user_id, revealed_at)",
            "CREATE UNIQUE INDEX ux_seats_number ON seats (benefit_id, number)",
            // One holder per seat, on any path.
            "CREATE UNIQUE INDEX ux_assignments_holder ON assignments (seat_id) WHERE removed_at IS NULL",
            "CREATE INDEX ix_assignments_benefit ON assignments (benefit_id, assigned_at)",
            "CREATE INDEX ix_assignments_user ON assignments (company_id, user_id, assigned_at)",
            "CREATE UNIQUE INDEX ux_marketing_contacts_main ON marketing_contacts (company_id) WHERE main",
            "CREATE UNIQUE INDEX ux_marketing_contacts_user ON marketing_contacts (company_id, user_id)",
            "CREATE UNIQUE INDEX ux_audit_events_number ON audit_events (chain, number)",
            "CREATE INDEX ix_audit_events_time ON audit_events (chain, at)",
        ];
        for index in indexes {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        Ok(())
    }
}
