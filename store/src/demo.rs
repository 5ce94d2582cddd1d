//! The demo: the catalogue file through the same import that an operator uses, and a story whose
//! dates are relative to the day it is loaded.

use crate::audit::{Entry, record};
use crate::benefits::advisory::submit_case;
use crate::benefits::seat::{assign_oneself, assign_seat, reassign_seat};
use crate::benefits::software::reveal_keys;
use crate::benefits::technical::request_support;
use crate::catalogue::{file, import};
use crate::clock::Clock;
use crate::context::{Ctx, Origin, Store, new_uuid};
use crate::entity::{
    benefit, company, marketing_contact, order, package, package_version, product_version, user, user_role,
};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::{KeyImportError, import_keys};
use crate::orders::start_term;
use chrono::{DateTime, Months, TimeDelta, Utc};
use domain::access::{Principal, Role};
use domain::audit::AuditAction;
use domain::benefits::advisory::{CaseForm, Stage};
use domain::email::Email;
use domain::id::{BenefitId, CompanyId, MarketingContactId, OrderId, SessionId, UserId};
use domain::language::Language;
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
    import::import(store, &catalogue, &origin).await?;
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
    let [anna, _ursula, adam, marta, emil, gina, _nora, _olga] = people[..] else {
        return Err(StoreError::Corrupt("demo"));
    };
    sell(&days_ago(store, 340), &tx, fabrikam, gina, "silver-core").await?;
    let gold = sell(&days_ago(store, 200), &tx, contoso, anna, "gold-core").await?;
    sell(&days_ago(store, 12), &tx, contoso, anna, "action-pack").await?;
    contact(store, &tx, contoso, marta).await?;
    let now = store.now();
    let active_since = now - TimeDelta::days(100);
    let months = |n| active_since.checked_add_months(Months::new(n));
    change(&tx, &gold, "gtm-business-profile", |row| {
        row.activated_at = Set(Some(active_since));
        row.used = Set(1);
        if let Some(until) = months(12) {
            row.expires_at = Set(until);
        }
    })
    .await?;
    change(&tx, &gold, "gtm-one-pager", |row| row.pending = Set(true)).await?;
    record(&store.keys, &tx, Entry::programme(&Origin::default(), now, AuditAction::DemoLoaded)).await?;
    tx.commit().await?;
    // Seats are given and keys are seen as they always are.
    let on = |days, person, role| Ctx {
        store: days_ago(store, days),
        principal: Principal { user: person, company: Some(contoso), roles: vec![role] },
        session: SessionId(new_uuid()),
        language: Language::En,
        origin: Origin::default(),
        company_refusal: None,
    };
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
        search: Set(user::search_text(name, &email.normalized())),
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
    tx: &impl ConnectionTrait,
    company: CompanyId,
    by: UserId,
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
    let number = order::Entity::find().count(tx).await? + 1;
    let order = order::ActiveModel {
        id: Set(OrderId(new_uuid())),
        company_id: Set(company),
        package_version_id: Set(version.id),
        number: Set(format!("V-{}-{number:05}", at.format("%Y"))),
        price_minor: Set(version.price_minor),
        currency: Set(version.currency),
        ordered_by: Set(by),
        ordered_at: Set(at),
        paid_at: Set(Some(at)),
        first_key_revealed_at: Set(None),
        ended_at: Set(None),
    }
    .insert(tx)
    .await?;
    start_term(then, tx, &order, at).await?;
    Ok(order)
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

async fn change(
    tx: &impl ConnectionTrait,
    order: &order::Model,
    code: &str,
    edit: impl FnOnce(&mut benefit::ActiveModel),
) -> StoreResult<()> {
    let mut row = find_benefit(tx, order, code).await?.into_active_model();
    edit(&mut row);
    row.update(tx).await?;
    Ok(())
}

async fn contact(store: &Store, tx: &impl ConnectionTrait, company: CompanyId, person: UserId) -> StoreResult<()> {
    let at = days_ago(store, 110).now();
    marketing_contact::ActiveModel {
        id: Set(MarketingContactId(new_uuid())),
        company_id: Set(company),
        user_id: Set(person),
        email: Set("marketing@contoso.example".to_owned()),
        phone: Set("+49 30 5550100".to_owned()),
        language: Set(Language::De),
        main: Set(true),
        created_at: Set(at),
        updated_at: Set(at),
    }
    .insert(tx)
    .await?;
    Ok(())
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
