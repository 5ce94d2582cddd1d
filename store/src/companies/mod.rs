//! Companies as the programme's staff run them: made, invited, suspended, looked at.
//!
//! Nothing is done in a company's place; who looks at one is written into its own audit log.

mod moving;

pub use moving::{HEADER, MAX_ROWS, MoveFinding, MoveProblem, get_move_trial, move_companies, try_companies};

use crate::audit::{Entry, record};
use crate::context::{Ctx, new_uuid};
use crate::entity::{benefit, company, session, user};
use crate::error::{StoreError, StoreResult};
use crate::orders::{list_held, list_of_company};
use crate::people::account::{check_name, count_global_admins, create_person, grant, lock_company, roles_of};
use crate::people::invitation::issue;
use crate::search::each_word;
use domain::access::{Action, Role};
use domain::audit::AuditAction;
use domain::catalogue::Category;
use domain::console::{
    CompanyBenefit, CompanyField, CompanyForm, CompanyPage, CompanyPerson, CompanyRow, CompanyView, ConsoleRefusal,
};
use domain::email::{Email, read_host};
use domain::id::{CompanyId, UserId};
use domain::text;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Rows on a page.
const PAGE: u64 = 50;
/// People and orders that a company's page shows.
const SHOWN: u64 = 50;

/// All companies, or those that are found, by name.
pub async fn list_companies(ctx: &Ctx, search: &str, after: Option<&str>) -> StoreResult<CompanyPage> {
    use company::Column as C;
    ctx.authorize(Action::ManageCompanies)?;
    let db = ctx.store.db.conn();
    let select = company::Entity::find().filter(each_word((company::Entity, C::Search), search));
    let total = select.clone().count(db).await?;
    let last = match after.and_then(|id| id.parse::<CompanyId>().ok()) {
        Some(id) => company::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let mut rows = select
        .apply_if(last, |select, last| {
            let same = Condition::all().add(C::Search.eq(last.search.clone())).add(C::Id.gt(last.id));
            select.filter(Condition::any().add(C::Search.gt(last.search)).add(same))
        })
        .order_by_asc(C::Search)
        .order_by_asc(C::Id)
        .limit(PAGE + 1)
        .all(db)
        .await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(CompanyPage { rows: told(ctx, db, rows).await?, total, next })
}

/// Lines with what belongs to them; a constant number of statements.
async fn told(ctx: &Ctx, db: &impl ConnectionTrait, rows: Vec<company::Model>) -> StoreResult<Vec<CompanyRow>> {
    let ids: Vec<CompanyId> = rows.iter().map(|row| row.id).collect();
    let people: HashMap<CompanyId, i64> = user::Entity::find()
        .select_only()
        .column(user::Column::CompanyId)
        .column_as(user::Column::Id.count(), "n")
        .filter(user::Column::CompanyId.is_in(ids.iter().copied()))
        .filter(user::Column::DisabledAt.is_null())
        .group_by(user::Column::CompanyId)
        .into_tuple()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let admins = Query::select()
        .column(crate::entity::user_role::Column::UserId)
        .from(crate::entity::user_role::Entity)
        .and_where(Expr::col(crate::entity::user_role::Column::Role).eq(Role::GlobalAdmin))
        .to_owned();
    let owned: HashSet<CompanyId> = user::Entity::find()
        .select_only()
        .column(user::Column::CompanyId)
        .distinct()
        .filter(user::Column::CompanyId.is_in(ids.iter().copied()))
        .filter(user::Column::DisabledAt.is_null())
        // Whoever was only invited cannot act yet.
        .filter(user::Column::PasswordHash.is_not_null())
        .filter(user::Column::Id.in_subquery(admins))
        .into_tuple::<CompanyId>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut packages: HashMap<CompanyId, Vec<String>> = HashMap::new();
    for (of, held) in list_held(db, &ids).await? {
        if held.begun && ctx.now() < domain::orders::term::lapses_at(held.held.ends_at) {
            packages.entry(of).or_default().push(held.held.name.get(ctx.language).to_owned());
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| CompanyRow {
            people: people.get(&row.id).and_then(|n| u32::try_from(*n).ok()).unwrap_or(0),
            packages: packages.remove(&row.id).unwrap_or_default(),
            has_admin: owned.contains(&row.id),
            id: row.id,
            name: row.name,
            domain: row.domain,
            in_predecessor: row.in_predecessor,
            suspended_at: row.suspended_at,
            created_at: row.created_at,
        })
        .collect())
}

/// A company, as whoever helps it on the telephone sees it. The company can read that it was.
pub async fn get_company(ctx: &Ctx, id: CompanyId) -> StoreResult<CompanyView> {
    ctx.authorize(Action::ManageCompanies)?;
    let tx = ctx.store.db.begin().await?;
    let of = company::Entity::find_by_id(id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let account_email = of.account_email.clone();
    let row = told(ctx, &tx, vec![of]).await?.pop().ok_or(StoreError::NotFound)?;
    let rows = user::Entity::find()
        .filter(user::Column::CompanyId.eq(id))
        .order_by_asc(user::Column::Search)
        .order_by_asc(user::Column::Id)
        .limit(SHOWN)
        .all(&tx)
        .await?;
    let mut roles = roles_of(&tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let people = rows
        .into_iter()
        .map(|person| CompanyPerson {
            roles: roles.remove(&person.id).unwrap_or_default(),
            is_out: person.disabled_at.is_some(),
            has_joined: person.password_hash.is_some(),
            id: person.id,
            name: person.name,
            email: person.email,
        })
        .collect();
    let orders = list_of_company(ctx, &tx, id, SHOWN).await?;
    let benefits = count_benefits(ctx, &tx, id).await?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::CompanySeen).subject(id);
    entry.company = Some(id);
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(CompanyView { row, account_email, people, orders, benefits })
}

async fn count_benefits(ctx: &Ctx, db: &impl ConnectionTrait, id: CompanyId) -> StoreResult<Vec<CompanyBenefit>> {
    use benefit::Column as C;
    let rows: Vec<(Category, bool, i64, i64)> = benefit::Entity::find()
        .select_only()
        .column(C::Category)
        .column(C::Pending)
        .column_as(C::Id.count(), "n")
        .column_as(C::ActivatedAt.count(), "activated")
        .filter(C::CompanyId.eq(id))
        .filter(C::LapsesAt.gt(ctx.now()))
        .group_by(C::Category)
        .group_by(C::Pending)
        .into_tuple()
        .all(db)
        .await?;
    let small = |n: i64| u32::try_from(n).unwrap_or(0);
    Ok(Category::ALL
        .into_iter()
        .filter_map(|category| {
            let of: Vec<_> = rows.iter().filter(|(c, ..)| *c == category).collect();
            (!of.is_empty()).then(|| CompanyBenefit {
                category,
                granted: of.iter().map(|(.., n, _)| small(*n)).sum(),
                activated: of.iter().map(|(.., activated)| small(*activated)).sum(),
                pending: of.iter().filter(|(_, pending, ..)| *pending).map(|(.., n, _)| small(*n)).sum(),
            })
        })
        .collect())
}

struct Read {
    name: String,
    account_email: Email,
    domain: Option<String>,
}

fn read(form: &CompanyForm) -> Result<Read, ConsoleRefusal> {
    use CompanyField as F;
    let name = text::line(&form.name).map_err(|hidden| ConsoleRefusal::Hidden(F::Name, hidden))?;
    if name.is_empty() {
        return Err(ConsoleRefusal::Missing(F::Name));
    }
    if name.chars().count() > F::Name.most() {
        let most = u32::try_from(F::Name.most()).unwrap_or(u32::MAX);
        return Err(ConsoleRefusal::TooLong(F::Name, most));
    }
    let account_email = Email::parse(&form.account_email).map_err(ConsoleRefusal::Email)?;
    let domain = text::bare(&form.domain);
    let domain = match domain.as_str() {
        "" => None,
        // What can stand behind the sign of an address.
        domain => Some(read_host(domain).ok_or(ConsoleRefusal::Domain)?),
    };
    Ok(Read { name, account_email, domain })
}

async fn check_domain(tx: &impl ConnectionTrait, read: &Read, but: Option<CompanyId>) -> StoreResult<()> {
    let Some(domain) = &read.domain else { return Ok(()) };
    let other = company::Entity::find()
        .filter(company::Column::Domain.eq(domain.clone()))
        .apply_if(but, |select, but| select.filter(company::Column::Id.ne(but)))
        .one(tx)
        .await?;
    match other {
        Some(other) => Err(ConsoleRefusal::DomainTaken { name: other.name }.into()),
        None => Ok(()),
    }
}

/// Somebody else was faster with the same domain.
fn domain_taken(error: sea_orm::DbErr) -> StoreError {
    match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => ConsoleRefusal::DomainJustTaken.into(),
        _ => error.into(),
    }
}

pub async fn create_company(ctx: &Ctx, form: &CompanyForm) -> StoreResult<CompanyId> {
    ctx.authorize(Action::ManageCompanies)?;
    let read = read(form)?;
    let id = CompanyId(new_uuid());
    let tx = ctx.store.db.begin().await?;
    check_domain(&tx, &read, None).await?;
    company::ActiveModel {
        id: Set(id),
        search: Set(company::search_text(&read.name, read.domain.as_deref())),
        name: Set(read.name),
        account_email: Set(read.account_email.as_str().to_owned()),
        domain: Set(read.domain),
        in_predecessor: Set(form.in_predecessor),
        suspended_at: Set(None),
        created_at: Set(ctx.now()),
    }
    .insert(&tx)
    .await
    .map_err(domain_taken)?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::CompanyCreated).subject(id);
    entry.company = Some(id);
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Name, address of the account, domain.
pub async fn change_company(ctx: &Ctx, id: CompanyId, form: &CompanyForm) -> StoreResult<()> {
    ctx.authorize(Action::ManageCompanies)?;
    let read = read(form)?;
    let tx = ctx.store.db.begin().await?;
    let row = lock_company(&tx, id).await?;
    check_domain(&tx, &read, Some(id)).await?;
    let mut row = row.into_active_model();
    row.search = Set(company::search_text(&read.name, read.domain.as_deref()));
    row.name = Set(read.name);
    row.account_email = Set(read.account_email.as_str().to_owned());
    row.domain = Set(read.domain);
    row.update(&tx).await.map_err(domain_taken)?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::CompanyChanged).subject(id);
    entry.company = Some(id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Invites the first Global admin of a company, who invites the others.
pub async fn invite_admin(ctx: &Ctx, id: CompanyId, name: &str, email: &str) -> StoreResult<Appointed> {
    ctx.authorize(Action::AppointGlobalAdmin)?;
    let name = check_name(name)?;
    let email = Email::parse(email).map_err(StoreError::Email)?;
    let tx = ctx.store.db.begin().await?;
    let of = lock_company(&tx, id).await?;
    if count_global_admins(&tx, id, None).await? > 0 {
        return Err(ConsoleRefusal::HasGlobalAdmin { name: of.name }.into());
    }
    let known = user::Entity::find()
        .filter(user::Column::CompanyId.eq(id))
        .filter(user::Column::EmailNormalized.eq(email.normalized()))
        .filter(user::Column::DisabledAt.is_null())
        .one(&tx)
        .await?;
    let (person, action) = match known {
        // Came over from the predecessor portal, and has joined since.
        Some(row) if row.password_hash.is_some() => {
            grant(&tx, row.id, &[Role::GlobalAdmin], Some(ctx.user()), ctx.now()).await?;
            (row.id, AuditAction::RolesChanged)
        }
        // The link may have been lost: whoever was invited and has not joined gets another.
        Some(row) => {
            let roles = roles_of(&tx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
            if !roles.contains(&Role::GlobalAdmin) {
                grant(&tx, row.id, &[Role::GlobalAdmin], Some(ctx.user()), ctx.now()).await?;
            }
            issue(ctx, &tx, &row).await?;
            (row.id, AuditAction::UserInvited)
        }
        None => {
            let person = UserId(new_uuid());
            create_person(ctx, &tx, (person, id), name, &email, None, &[Role::GlobalAdmin]).await?;
            (person, AuditAction::UserAdded)
        }
    };
    let details = match action {
        AuditAction::RolesChanged => json!({ "added": [Role::GlobalAdmin], "removed": [] }),
        _ => json!({ "roles": [Role::GlobalAdmin] }),
    };
    let mut entry = Entry::by(ctx, ctx.now(), action).subject(person).details(details);
    entry.company = Some(id);
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(if action == AuditAction::RolesChanged { Appointed::AtOnce } else { Appointed::Invited })
}

/// How somebody becomes the first Global admin of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appointed {
    /// With the link that was sent.
    Invited,
    /// They have an account of the company already.
    AtOnce,
}

/// Nobody of the company signs in any more; its data stays.
pub async fn suspend_company(ctx: &Ctx, id: CompanyId) -> StoreResult<()> {
    ctx.authorize(Action::ManageCompanies)?;
    let tx = ctx.store.db.begin().await?;
    let row = lock_company(&tx, id).await?;
    if row.suspended_at.is_some() {
        return Err(ConsoleRefusal::AlreadySuspended.into());
    }
    let mut row = row.into_active_model();
    row.suspended_at = Set(Some(ctx.now()));
    row.update(&tx).await?;
    let people = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::CompanyId).eq(id))
        .to_owned();
    let ended = session::Entity::delete_many()
        .filter(session::Column::UserId.in_subquery(people))
        .exec(&tx)
        .await?
        .rows_affected;
    let mut entry =
        Entry::by(ctx, ctx.now(), AuditAction::CompanySuspended).subject(id).details(json!({ "sessions": ended }));
    entry.company = Some(id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

pub async fn restore_company(ctx: &Ctx, id: CompanyId) -> StoreResult<()> {
    ctx.authorize(Action::ManageCompanies)?;
    let tx = ctx.store.db.begin().await?;
    let row = lock_company(&tx, id).await?;
    if row.suspended_at.is_none() {
        return Err(ConsoleRefusal::NotSuspended.into());
    }
    let mut row = row.into_active_model();
    row.suspended_at = Set(None);
    row.update(&tx).await?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::CompanyRestored).subject(id);
    entry.company = Some(id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}
