//! Companies that come over from the predecessor portal, by file: their facts, their people, the
//! years that run. No roles: who may do what is decided here anew.

use super::{Read, domain_taken, read};
use crate::audit::{Entry, record};
use crate::benefits::seat::CHUNK;
use crate::context::{Ctx, new_uuid};
use crate::db::Tx;
use crate::entity::{company, package_version, product, user};
use crate::error::{StoreError, StoreResult};
use crate::orders::{NewRow, insert_order, list_held, list_on_sale, load_issuer, record_start, start_term};
use crate::people::account::create_person;
use crate::{table, uploads};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::console::{
    CompanyForm, ConsoleRefusal, MoveTrial, MovedCompany, MovedPackage, MovedYear, UploadKind, moved_start,
};
use domain::email::{Email, EmailProblem, read_host};
use domain::file::NotText;
use domain::id::{CompanyId, UploadId, UserId};
use domain::language::{Language, LocalText};
use domain::orders::billing::Billing;
use domain::orders::order::OrderKind;
use domain::orders::term::anniversary;
use domain::people::{NameProblem, read_name};
use domain::text::{self, Hidden};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;
use std::collections::HashMap;

/// A file larger than this is not a list of companies.
const MAX_FILE: usize = 1024 * 1024;
/// Rows of a file.
pub const MAX_ROWS: usize = 5_000;
/// The first line of a file.
pub const HEADER: &str = "domain,company,account_email,name,email,language,package,since";

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveProblem {
    Header,
    /// Not as many fields as the first line.
    NotARow,
    Empty,
    TooLarge {
        rows: u64,
    },
    /// A new company needs its name and the address of its account.
    FactsMissing,
    /// Another line says something else about the company.
    OtherFacts {
        line: u64,
    },
    /// Name, address or domain of a company.
    Facts(ConsoleRefusal),
    /// The company is managed here.
    NotInPredecessor {
        name: String,
    },
    /// A person needs a name and an address.
    PersonIncomplete,
    PersonName,
    /// There is something in the middle of a name that nobody sees.
    PersonHidden(Hidden),
    Email(EmailProblem),
    Language,
    SamePerson {
        line: u64,
    },
    /// The address has an account of another company.
    EmailTaken,
    /// A package needs the day that its year began.
    PackageIncomplete,
    UnknownPackage {
        code: String,
    },
    /// Not year-month-day.
    Day,
    NotBegun,
    YearOver,
    SamePackage {
        line: u64,
    },
    /// A year of the package runs here.
    PackageRuns,
}

/// A problem and its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveFinding {
    pub line: u64,
    pub problem: MoveProblem,
}

/// What lines say of a company.
struct Written {
    line: u64,
    domain: String,
    name: Option<(u64, String)>,
    account_email: Option<(u64, String)>,
    people: Vec<(u64, NewPerson)>,
    packages: Vec<(u64, String, DateTime<Utc>)>,
}

struct NewPerson {
    name: String,
    email: Email,
    language: Option<Language>,
}

/// A company that can come over.
struct Planned {
    existing: Option<company::Model>,
    facts: Read,
    domain: String,
    people: Vec<NewPerson>,
    known: u32,
    packages: Vec<NewYear>,
}

struct NewYear {
    version: package_version::Model,
    name: LocalText,
    starts_at: DateTime<Utc>,
}

#[derive(Default)]
struct Findings(Vec<MoveFinding>);

impl Findings {
    fn add(&mut self, line: u64, problem: MoveProblem) {
        self.0.push(MoveFinding { line, problem });
    }
}

/// Reads the lines; what concerns a company is put together, in the order of the file.
fn parse(file: &str, now: DateTime<Utc>) -> (Vec<Written>, Findings) {
    let mut found = Findings::default();
    if file.len() > MAX_FILE {
        found.add(1, MoveProblem::TooLarge { rows: MAX_ROWS as u64 });
        return (Vec::new(), found);
    }
    let table = match table::read(file.as_bytes()) {
        Ok(table) => table,
        Err(NotText { line }) => {
            found.add(line, MoveProblem::NotARow);
            return (Vec::new(), found);
        }
    };
    if !table.columns.iter().eq(HEADER.split(',')) {
        found.add(table.line, MoveProblem::Header);
        return (Vec::new(), found);
    }
    let mut all: Vec<Written> = Vec::new();
    let mut by_domain: HashMap<String, usize> = HashMap::new();
    for (n, row) in table.rows.iter().enumerate() {
        let line = row.line;
        if n == MAX_ROWS {
            found.add(line, MoveProblem::TooLarge { rows: MAX_ROWS as u64 });
            break;
        }
        if !row.is_whole {
            found.add(line, MoveProblem::NotARow);
            continue;
        }
        let Some(domain) = read_host(&text::bare(row.cell(0))) else {
            found.add(line, MoveProblem::Facts(ConsoleRefusal::Domain));
            continue;
        };
        let at = *by_domain.entry(domain.clone()).or_insert_with(|| {
            let (name, account_email) = (None, None);
            all.push(Written { line, domain, name, account_email, people: Vec::new(), packages: Vec::new() });
            all.len() - 1
        });
        let of = &mut all[at];
        for (given, told) in [(row.cell(1), &mut of.name), (row.cell(2), &mut of.account_email)] {
            match told {
                None if !given.is_empty() => *told = Some((line, given.to_owned())),
                Some((first, before)) if !given.is_empty() && before != given => {
                    found.add(line, MoveProblem::OtherFacts { line: *first });
                }
                _ => {}
            }
        }
        match read_person(row.cell(3), row.cell(4), row.cell(5)) {
            Ok(Some(person)) => of.people.push((line, person)),
            Ok(None) => {}
            Err(problem) => found.add(line, problem),
        }
        match read_year(row.cell(6), row.cell(7), now) {
            Ok(Some((code, starts_at))) => match of.packages.iter().find(|(_, before, _)| *before == code) {
                Some((first, ..)) => found.add(line, MoveProblem::SamePackage { line: *first }),
                None => of.packages.push((line, code, starts_at)),
            },
            Ok(None) => {}
            Err(problem) => found.add(line, problem),
        }
    }
    if table.rows.is_empty() {
        found.add(1, MoveProblem::Empty);
    }
    (all, found)
}

fn read_person(name: &str, email: &str, language: &str) -> Result<Option<NewPerson>, MoveProblem> {
    if [name, email, language].iter().all(|field| field.is_empty()) {
        return Ok(None);
    }
    if name.is_empty() || email.is_empty() {
        return Err(MoveProblem::PersonIncomplete);
    }
    let name = read_name(name).map_err(|problem| match problem {
        NameProblem::Shape => MoveProblem::PersonName,
        NameProblem::Hidden(hidden) => MoveProblem::PersonHidden(hidden),
    })?;
    let email = Email::parse(email).map_err(MoveProblem::Email)?;
    let language = match language {
        "" => None,
        tag => Some(Language::from_tag(tag).ok_or(MoveProblem::Language)?),
    };
    Ok(Some(NewPerson { name, email, language }))
}

fn read_year(code: &str, since: &str, now: DateTime<Utc>) -> Result<Option<(String, DateTime<Utc>)>, MoveProblem> {
    if code.is_empty() && since.is_empty() {
        return Ok(None);
    }
    if code.is_empty() || since.is_empty() {
        return Err(MoveProblem::PackageIncomplete);
    }
    let day = NaiveDate::parse_from_str(since, "%Y-%m-%d").map_err(|_| MoveProblem::Day)?;
    match moved_start(day, now) {
        Ok(starts_at) => Ok(Some((code.to_owned(), starts_at))),
        Err(MovedYear::NotBegun) => Err(MoveProblem::NotBegun),
        Err(MovedYear::Over) => Err(MoveProblem::YearOver),
    }
}

/// Compares the lines with what is here. With `lock`, the companies stay as they are until the end
/// of the transaction.
async fn plan(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    file: &str,
    lock: bool,
) -> StoreResult<Result<Vec<Planned>, Vec<MoveFinding>>> {
    let (written, mut found) = parse(file, ctx.now());
    let mut here: HashMap<String, company::Model> = HashMap::new();
    for chunk in written.chunks(CHUNK) {
        let mut of = company::Entity::find()
            .filter(company::Column::Domain.is_in(chunk.iter().map(|w| w.domain.clone())))
            .order_by_asc(company::Column::Id);
        if lock {
            of = of.lock(LockType::NoKeyUpdate);
        }
        here.extend(of.all(db).await?.into_iter().filter_map(|row| Some((row.domain.clone()?, row))));
    }
    let accounts = accounts_of(db, &written).await?;
    let on_sale: HashMap<String, (package_version::Model, LocalText)> =
        list_on_sale(db).await?.into_iter().map(|of| (of.package.code, (of.version, of.package.name))).collect();
    let ids: Vec<CompanyId> = here.values().map(|row| row.id).collect();
    let mut running: HashMap<CompanyId, Vec<String>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        for (id, held) in list_held(db, chunk).await? {
            running.entry(id).or_default().push(held.held.package);
        }
    }
    let (mut planned, mut seen) = (Vec::new(), HashMap::new());
    for of in written {
        let existing = here.remove(&of.domain);
        if let Some(row) = existing.as_ref().filter(|row| !row.in_predecessor) {
            found.add(of.line, MoveProblem::NotInPredecessor { name: row.name.clone() });
            continue;
        }
        let id = existing.as_ref().map(|row| row.id);
        let facts = read_facts(&of, existing.as_ref(), &mut found);
        let (mut people, mut known) = (Vec::new(), 0);
        for (line, person) in of.people {
            let address = person.email.normalized();
            match accounts.get(&address) {
                Some(company) if company.is_some() && *company == id => known += 1,
                Some(_) => found.add(line, MoveProblem::EmailTaken),
                None => match seen.insert(address, line) {
                    Some(first) => found.add(line, MoveProblem::SamePerson { line: first }),
                    None => people.push(person),
                },
            }
        }
        let mut packages = Vec::new();
        for (line, code, starts_at) in of.packages {
            let runs = id.and_then(|id| running.get(&id)).is_some_and(|codes| codes.contains(&code));
            match on_sale.get(&code) {
                None => found.add(line, MoveProblem::UnknownPackage { code: code.chars().take(64).collect() }),
                Some(_) if runs => found.add(line, MoveProblem::PackageRuns),
                Some((version, name)) => {
                    packages.push(NewYear { version: version.clone(), name: name.clone(), starts_at });
                }
            }
        }
        if let Some(facts) = facts {
            planned.push(Planned { existing, facts, domain: of.domain, people, known, packages });
        }
    }
    if found.0.is_empty() {
        return Ok(Ok(planned));
    }
    found.0.sort_by_key(|f| f.line);
    Ok(Err(found.0))
}

/// Whose account an address has: normalized address → company, none for the programme's staff.
async fn accounts_of(
    db: &impl ConnectionTrait,
    written: &[Written],
) -> StoreResult<HashMap<String, Option<CompanyId>>> {
    let addresses: Vec<String> =
        written.iter().flat_map(|of| of.people.iter().map(|(_, person)| person.email.normalized())).collect();
    let mut accounts = HashMap::new();
    for chunk in addresses.chunks(CHUNK) {
        let rows: Vec<(String, Option<CompanyId>)> = user::Entity::find()
            .select_only()
            .column(user::Column::EmailNormalized)
            .column(user::Column::CompanyId)
            .filter(user::Column::EmailNormalized.is_in(chunk.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        accounts.extend(rows);
    }
    Ok(accounts)
}

/// Name and address of the account: what the file says; otherwise what is known here.
fn read_facts(of: &Written, existing: Option<&company::Model>, found: &mut Findings) -> Option<Read> {
    let line = of.name.as_ref().or(of.account_email.as_ref()).map_or(of.line, |(line, _)| *line);
    let told =
        |given: &Option<(u64, String)>, here: Option<&String>| given.as_ref().map(|(_, text)| text).or(here).cloned();
    let name = told(&of.name, existing.map(|row| &row.name));
    let account_email = told(&of.account_email, existing.map(|row| &row.account_email));
    let (Some(name), Some(account_email)) = (name, account_email) else {
        found.add(line, MoveProblem::FactsMissing);
        return None;
    };
    let form = CompanyForm { name, account_email, domain: of.domain.clone(), in_predecessor: false };
    read(&form).map_err(|refusal| found.add(line, MoveProblem::Facts(refusal))).ok()
}

/// Keeps a file, sealed, until it is used or thrown away.
pub async fn try_companies(ctx: &Ctx, file: impl AsRef<[u8]>) -> StoreResult<UploadId> {
    ctx.authorize(Action::ManageCompanies)?;
    let tx = ctx.store.db.begin().await?;
    let id = uploads::keep(ctx, &tx, UploadKind::Companies, file.as_ref(), 0).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::CompaniesTried).subject(id)).await?;
    tx.commit().await?;
    Ok(id)
}

/// What a file that was tried would bring, or which of its lines are wrong.
pub async fn get_move_trial(ctx: &Ctx, id: UploadId) -> StoreResult<Result<MoveTrial, Vec<MoveFinding>>> {
    ctx.authorize(Action::ManageCompanies)?;
    let db = ctx.store.db.conn();
    let (file, _) = uploads::open(ctx, db, UploadKind::Companies, id).await?;
    let planned = match plan(ctx, db, &file, false).await? {
        Ok(planned) => planned,
        Err(findings) => return Ok(Err(findings)),
    };
    let told = |of: Planned| {
        let package = |year: NewYear| {
            let until = anniversary(year.starts_at).ok_or(StoreError::Corrupt("terms.starts_at"))?;
            Ok(MovedPackage { name: year.name.get(ctx.language).to_owned(), until })
        };
        Ok(MovedCompany {
            is_new: of.existing.is_none(),
            people: u32::try_from(of.people.len()).unwrap_or(u32::MAX),
            known: of.known,
            packages: of.packages.into_iter().map(package).collect::<StoreResult<_>>()?,
            name: of.facts.name,
            domain: of.domain,
        })
    };
    let companies = planned.into_iter().map(told).collect::<StoreResult<_>>()?;
    Ok(Ok(MoveTrial { upload: id, companies }))
}

/// Moves all companies of a file that was tried, or none: what belongs to them comes along, and
/// their people are invited, without a role. Rules R-MOV-1 and R-MOV-3.
pub async fn move_companies(ctx: &Ctx, id: UploadId) -> StoreResult<u64> {
    ctx.authorize(Action::ManageCompanies)?;
    let tx = ctx.store.db.begin().await?;
    let (file, _) = uploads::open(ctx, &tx, UploadKind::Companies, id).await?;
    // In order when it was tried, and not any more: the page tells of each line.
    let planned = plan(ctx, &tx, &file, true).await?.map_err(|_| ConsoleRefusal::FileRefused)?;
    let moved = planned.len() as u64;
    let mut came = Vec::with_capacity(planned.len());
    for of in planned {
        came.push(move_one(ctx, &tx, of).await?);
    }
    // Locked in the order that everybody keeps to, before the first key is given out.
    product::Entity::find().order_by_asc(product::Column::Id).lock(LockType::NoKeyUpdate).all(&tx).await?;
    let mut started = Vec::new();
    for order in came.iter().flat_map(|of| &of.orders) {
        started.push(start_term(&ctx.store, &tx, order).await?);
    }
    uploads::drop(&tx, id).await?;
    // The companies' chains come last.
    for of in &came {
        for person in &of.people {
            let entry = Entry::by(ctx, ctx.now(), AuditAction::UserAdded).subject(*person);
            record_in(ctx, &tx, of.company, entry.details(json!({ "roles": [] }))).await?;
        }
        let numbers: Vec<&str> = of.orders.iter().map(|order| order.number.as_str()).collect();
        let entry = Entry::by(ctx, ctx.now(), AuditAction::CompanyMoved).subject(of.company);
        let details = json!({ "new": of.is_new, "people": of.people.len(), "orders": numbers });
        record_in(ctx, &tx, of.company, entry.details(details)).await?;
    }
    for term in &started {
        record_start(&ctx.store, &tx, term).await?;
    }
    tx.commit().await?;
    Ok(moved)
}

async fn record_in(ctx: &Ctx, tx: &Tx, company: CompanyId, mut entry: Entry<'_>) -> StoreResult<()> {
    entry.company = Some(company);
    record(&ctx.store.keys, tx, entry).await
}

/// What a company came with.
struct Came {
    company: CompanyId,
    is_new: bool,
    people: Vec<UserId>,
    orders: Vec<crate::entity::order::Model>,
}

async fn move_one(ctx: &Ctx, tx: &Tx, of: Planned) -> StoreResult<Came> {
    let is_new = of.existing.is_none();
    let id = of.existing.as_ref().map_or_else(|| CompanyId(new_uuid()), |row| row.id);
    let name = of.facts.name.clone();
    let mut row = match of.existing {
        Some(row) => row.into_active_model(),
        None => company::ActiveModel {
            id: Set(id),
            domain: Set(Some(of.domain.clone())),
            suspended_at: Set(None),
            created_at: Set(ctx.now()),
            ..Default::default()
        },
    };
    row.search = Set(company::search_text(&name, Some(&of.domain)));
    row.name = Set(of.facts.name);
    row.account_email = Set(of.facts.account_email.as_str().to_owned());
    row.in_predecessor = Set(false);
    if is_new {
        row.insert(tx).await.map_err(domain_taken)?
    } else {
        row.update(tx).await?
    };
    let mut people = Vec::with_capacity(of.people.len());
    for person in of.people {
        let user = UserId(new_uuid());
        create_person(ctx, tx, (user, id), person.name, &person.email, person.language, &[]).await?;
        people.push(user);
    }
    let mut orders = Vec::with_capacity(of.packages.len());
    for year in of.packages {
        // It was paid elsewhere, nobody here knows how much.
        let version = package_version::Model { price_minor: 0, ..year.version };
        let billing = Billing { bill_to: name.clone(), ..Billing::default() };
        let issuer = load_issuer(tx).await?;
        let kind = OrderKind::Moved;
        let new = NewRow { company: id, by: ctx.user(), version, kind, continues: None, billing, issuer };
        let mut order = insert_order(&ctx.store, tx, new).await?.into_active_model();
        order.ordered_at = Set(year.starts_at);
        order.paid_at = Set(Some(year.starts_at));
        orders.push(order.update(tx).await?);
    }
    Ok(Came { company: id, is_new, people, orders })
}
