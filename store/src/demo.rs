//! The demo: the catalogue file through the same import that an operator uses, and a story whose
//! dates are relative to the day it is loaded.

use crate::audit::{Entry, record};
use crate::benefits::advisory::submit_case;
use crate::benefits::go_to_market::{activate_offer, fulfil_offer, set_contact};
use crate::benefits::seat::{assign_oneself, assign_seat, reassign_seat};
use crate::benefits::software::reveal_keys;
use crate::benefits::technical::request_support;
use crate::catalogue::{file, import};
use crate::clock::Clock;
use crate::context::{Ctx, Origin, Store, new_uuid};
use crate::db::Tx;
use crate::entity::{benefit, company, order, package, package_version, payment, product_version, user, user_role};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::{KeyImportError, import_keys};
use crate::orders::{NewRow, insert_order, record_start, start_term, write_issuer};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Principal, Role};
use domain::audit::AuditAction;
use domain::benefits::advisory::{CaseForm, Stage};
use domain::benefits::go_to_market::ContactForm;
use domain::email::Email;
use domain::id::{BenefitId, CompanyId, PaymentId, SessionId, UserId};
use domain::language::Language;
use domain::orders::billing::Billing;
use domain::orders::order::{Issuer, OrderKind};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    PaginatorTrait, QueryFilter, QuerySelect,
};

pub const CATALOGUE: &str = include_str!("../../demo/catalogue.toml");
pub const KEYS: &str = include_str!("../../demo/keys.csv");
/// For every demo account, in demo mode only.
pub const PASSWORD: &str = "Vorteil-demo-2026";

/// The demo accounts: e-mail and what it is, in the order of the sign-in page.
pub const ACCOUNTS: [(&str, &str, Option<Role>); 8] = [
    ("anna.global@contoso.example", "Anna Global", Some(Role::GlobalAdmin)),
    ("ursula.user@contoso.example", "Ursula User", Some(Role::UserAdmin)),
    ("adam.agent@contoso.example", "Adam Agent", Some(Role::AdminAgent)),
    ("marta.mpn@contoso.example", "Marta MPN", Some(Role::MpnPartnerAdmin)),
    ("emil.employee@contoso.example", "Emil Employee", None),
    ("gina.global@fabrikam.example", "Gina Global", Some(Role::GlobalAdmin)),
    ("nora.new@northwind.example", "Nora New", Some(Role::AdminAgent)),
    ("olga.operator@programme.example", "Olga Operator", None),
];

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the demo catalogue is not in order: {0:?}")]
    Catalogue(Vec<file::FileFinding>),
    #[error("the demo keys are not in order: {0}")]
    Keys(#[from] KeyImportError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
impl From<sea_orm::DbErr> for DemoError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// Loads catalogue, keys and story into a database that has no company yet.
pub async fn load(store: &Store) -> Result<bool, DemoError> {
    if company::Entity::find().count(store.db.conn()).await? > 0 {
        return Ok(false);
    }
    let origin = Origin::default();
    let catalogue = file::read(CATALOGUE).map_err(DemoError::Catalogue)?;
    import::import(store, &catalogue, Some(CATALOGUE), &origin).await?;
    if crate::entity::licence_key::Entity::find().count(store.db.conn()).await? == 0 {
        import_keys(store, KEYS.as_bytes(), &origin).await?;
    }
    tell(store).await?;
    Ok(true)
}

/// The store as it was some days ago.
fn days_ago(store: &Store, days: i64) -> Store {
    Store { clock: Clock::at(store.now() - TimeDelta::days(days)), ..store.clone() }
}

async fn tell(store: &Store) -> StoreResult<()> {
    let hash = store.passwords.hash(PASSWORD).await?;
    // The companies come last to be committed, so that an interrupted load starts again.
    let tx = store.db.begin().await?;
    let then = days_ago(store, 400).now();
    let contoso = add_company(&tx, "Contoso GmbH", "contoso.example", then).await?;
    let fabrikam = add_company(&tx, "Fabrikam Ltd", "fabrikam.example", then).await?;
    let northwind = add_company(&tx, "Northwind", "northwind.example", then).await?;
    let mut people = Vec::new();
    for (email, name, role) in ACCOUNTS {
        let company = match email.rsplit('@').next() {
            Some("contoso.example") => Some(contoso),
            Some("fabrikam.example") => Some(fabrikam),
            Some("northwind.example") => Some(northwind),
            _ => None,
        };
        people.push(add_person(&tx, company, name, email, role, &hash, then).await?);
    }
    let [anna, _ursula, adam, marta, emil, gina, _nora, olga] = people[..] else {
        return Err(StoreError::Corrupt("demo"));
    };
    write_issuer(&tx, &issuer(), Some(olga), then).await?;
    sell(&days_ago(store, 340), &tx, fabrikam, (gina, olga), "silver-core").await?;
    let gold = sell(&days_ago(store, 200), &tx, contoso, (anna, olga), "gold-core").await?;
    sell(&days_ago(store, 12), &tx, contoso, (anna, olga), "action-pack").await?;
    record(&store.keys, &tx, Entry::programme(&Origin::default(), store.now(), AuditAction::DemoLoaded)).await?;
    tx.commit().await?;
    // Seats are given and keys are seen as they always are.
    let by = |days, principal| Ctx {
        store: days_ago(store, days),
        principal,
        session: SessionId(new_uuid()),
        language: Language::En,
        origin: Origin::default(),
        company_refusal: None,
    };
    let on = |days, person, role| by(days, Principal { user: person, company: Some(contoso), roles: vec![role] });
    let operator_on = |days| by(days, Principal { user: olga, company: None, roles: Vec::new() });
    let martas = |days| on(days, marta, Role::MpnPartnerAdmin);
    let contact = ContactForm {
        email: "marketing@contoso.example".to_owned(),
        phone: "+49 30 5550100".to_owned(),
        language: "de".to_owned(),
    };
    set_contact(&martas(110), None, marta, &contact).await?;
    let profile = find_benefit(store.db.conn(), &gold, "gtm-business-profile").await?.id;
    let asked = activate_offer(&martas(102), profile).await?;
    fulfil_offer(&operator_on(100), asked, "").await?;
    let one_pager = find_benefit(store.db.conn(), &gold, "gtm-one-pager").await?.id;
    activate_offer(&martas(1), one_pager).await?;
    let support = find_benefit(store.db.conn(), &gold, "product-support-incidents").await?.id;
    let hours = find_benefit(store.db.conn(), &gold, "partner-advisory-hours").await?.id;
    request_support(&on(3, anna, Role::GlobalAdmin), support, emil, "emil@home.example").await?;
    submit_case(&on(5, adam, Role::AdminAgent), hours, &advisory_request(), None).await?;
    let enterprise = find_benefit(store.db.conn(), &gold, "visual-studio-enterprise").await?.id;
    let azure = find_benefit(store.db.conn(), &gold, "azure-monthly-credit").await?.id;
    assign_seat(&on(180, anna, Role::GlobalAdmin), enterprise, anna).await?;
    let adams = assign_seat(&on(170, anna, Role::GlobalAdmin), enterprise, adam).await?;
    assign_seat(&on(150, anna, Role::GlobalAdmin), enterprise, marta).await?;
    assign_oneself(&on(120, anna, Role::GlobalAdmin), azure).await?;
    reassign_seat(&on(60, anna, Role::GlobalAdmin), adams, emil).await?;
    for (code, person, role, days) in [
        ("office-professional-plus-2019", marta, Role::MpnPartnerAdmin, 190),
        ("windows-10-enterprise", anna, Role::GlobalAdmin, 165),
        ("office-365-e3", anna, Role::GlobalAdmin, 140),
        ("office-professional-plus-2019", anna, Role::GlobalAdmin, 30),
    ] {
        let benefit = find_benefit(store.db.conn(), &gold, code).await?.id;
        reveal_keys(&on(days, person, role), benefit, true).await?;
    }
    Ok(())
}

/// What Adam asks for.
fn advisory_request() -> CaseForm {
    CaseForm {
        title: "Moving a customer's file server to the cloud".to_owned(),
        description: "A customer with 80 people wants to give up its own file server this quarter. \
                      We would like to go through the design and the steps of the move."
            .to_owned(),
        stage: Stage::Design.slug().to_owned(),
        product: "Azure Files".to_owned(),
        contact: "Adam Agent".to_owned(),
        phone: "+49 30 5550110".to_owned(),
        country: "Germany".to_owned(),
        language: "de".to_owned(),
        hours: "8".to_owned(),
    }
}

async fn add_company(tx: &impl ConnectionTrait, name: &str, domain: &str, at: DateTime<Utc>) -> StoreResult<CompanyId> {
    let id = CompanyId(new_uuid());
    company::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        search: Set(company::search_text(name, Some(domain))),
        account_email: Set(format!("office@{domain}")),
        domain: Set(Some(domain.to_owned())),
        in_predecessor: Set(false),
        suspended_at: Set(None),
        created_at: Set(at),
    }
    .insert(tx)
    .await?;
    Ok(id)
}

async fn add_person(
    tx: &impl ConnectionTrait,
    company: Option<CompanyId>,
    name: &str,
    email: &str,
    role: Option<Role>,
    hash: &str,
    at: DateTime<Utc>,
) -> StoreResult<UserId> {
    let id = UserId(new_uuid());
    let email = Email::parse(email).map_err(StoreError::Email)?;
    user::ActiveModel {
        id: Set(id),
        company_id: Set(company),
        name: Set(name.to_owned()),
        email: Set(email.as_str().to_owned()),
        search: Set(user::search_text(name, email.as_str())),
        email_normalized: Set(email.normalized()),
        password_hash: Set(Some(hash.to_owned())),
        language: Set(None),
        theme: Set(None),
        disabled_at: Set(None),
        created_at: Set(at),
    }
    .insert(tx)
    .await?;
    if let Some(role) = role {
        user_role::ActiveModel { user_id: Set(id), role: Set(role), granted_at: Set(at), granted_by: Set(None) }
            .insert(tx)
            .await?;
    }
    Ok(id)
}

/// An order that was paid at once, on the clock of `then`.
async fn sell(
    then: &Store,
    tx: &Tx,
    company: CompanyId,
    (by, operator): (UserId, UserId),
    code: &str,
) -> StoreResult<order::Model> {
    let at = then.now();
    let to_version = package::Entity::belongs_to(package_version::Entity)
        .from(package::Column::CurrentVersionId)
        .to(package_version::Column::Id)
        .into();
    let version: package_version::Model = package::Entity::find()
        .filter(package::Column::Code.eq(code))
        .join(JoinType::InnerJoin, to_version)
        .select_also(package_version::Entity)
        .one(tx)
        .await?
        .and_then(|(_, version)| version)
        .ok_or(StoreError::Corrupt("demo package"))?;
    let person = user::Entity::find_by_id(by).one(tx).await?.ok_or(StoreError::Corrupt("demo"))?;
    let of = company::Entity::find_by_id(company).one(tx).await?.ok_or(StoreError::Corrupt("demo"))?;
    let billing = Billing {
        bill_to: of.name,
        address: "Musterstraße 1\n10115 Berlin".to_owned(),
        country: "Germany".to_owned(),
        tax_id: "DE 123456789".to_owned(),
        purchase_order: String::new(),
    };
    let new =
        NewRow { company, by: person.id, version, kind: OrderKind::New, continues: None, billing, issuer: issuer() };
    let mut row = insert_order(then, tx, new).await?.into_active_model();
    row.paid_at = Set(Some(at));
    let order = row.update(tx).await?;
    payment::ActiveModel {
        id: Set(PaymentId(new_uuid())),
        company_id: Set(company),
        order_id: Set(order.id),
        amount_minor: Set(order.price_minor),
        currency: Set(order.currency.clone()),
        paid_on: Set(at.date_naive()),
        reference: Set(format!("DEMO {}", order.number)),
        recorded_by: Set(operator),
        recorded_at: Set(at),
    }
    .insert(tx)
    .await?;
    let started = start_term(then, tx, &order).await?;
    record_start(then, tx, &started).await?;
    Ok(order)
}

/// Who writes the demo's invoices. The bank account is the one that banks use for examples.
fn issuer() -> Issuer {
    Issuer {
        name: "Partner Programme\nProgrammplatz 1\n10117 Berlin\nGermany".to_owned(),
        pay_to: "Partner Programme\nIBAN DE02 1203 0000 0000 2020 51\nBIC BYLADEM1001".to_owned(),
    }
}

async fn find_benefit(db: &impl ConnectionTrait, order: &order::Model, code: &str) -> StoreResult<benefit::Model> {
    let to_version = benefit::Entity::belongs_to(product_version::Entity)
        .from(benefit::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    let rows = benefit::Entity::find()
        .filter(benefit::Column::CompanyId.eq(order.company_id))
        .filter(benefit::Column::PackageVersionId.eq(order.package_version_id))
        .join(JoinType::InnerJoin, to_version)
        .select_also(product_version::Entity)
        .all(db)
        .await?;
    for (row, version) in rows {
        let version = version.ok_or(StoreError::Corrupt("demo benefit"))?;
        if crate::benefits::list::parse_product(&version.definition)?.code == code {
            return Ok(row);
        }
    }
    Err(StoreError::NotFound)
}

/// One benefit of a story's order. For tests.
pub async fn demo_benefit(store: &Store, company: CompanyId, package: &str, product: &str) -> StoreResult<BenefitId> {
    let to_package = order::Entity::belongs_to(package_version::Entity)
        .from(order::Column::PackageVersionId)
        .to(package_version::Column::Id)
        .into();
    let orders = order::Entity::find()
        .filter(order::Column::CompanyId.eq(company))
        .join(JoinType::InnerJoin, to_package)
        .select_also(package_version::Entity)
        .all(store.db.conn())
        .await?;
    for (order, version) in orders {
        let version = version.ok_or(StoreError::NotFound)?;
        if crate::benefits::list::parse_package(&version.definition)?.code == package {
            return Ok(find_benefit(store.db.conn(), &order, product).await?.id);
        }
    }
    Err(StoreError::NotFound)
}
