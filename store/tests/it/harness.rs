//! A fresh, migrated database per test, loaded with the demo, and people to act in it.

use chrono::{DateTime, TimeZone, Utc};
use domain::access::{Principal, Role};
use domain::benefits::bulk::BulkMode;
use domain::id::{BenefitId, CompanyId, SeatId, SessionId, UserId};
use domain::language::Language;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use store::entity::{benefit, seat, user, user_role};
use store::secrets::KeyRing;
use store::{Clock, Ctx, Db, Origin, Store, demo};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    /// A file, so that several connections see the same database.
    SqliteFile,
    Postgres,
}

/// A database that goes when the test ends.
pub struct World {
    pub store: Store,
    /// Where another program finds the same database.
    pub url: Option<String>,
    _folder: Option<tempfile::TempDir>,
}

pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

/// The base URL of the PostgreSQL server for tests.
fn postgres_url() -> String {
    std::env::var("VORTEIL_TEST_POSTGRES").expect(
        "PostgreSQL tests need a server: run them through `make test`, or `eval \"$(scripts/postgres.sh start)\"` first",
    )
}

pub async fn empty(backend: Backend) -> World {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (url, folder) = match backend {
        Backend::Sqlite => ("sqlite::memory:".to_owned(), None),
        Backend::SqliteFile => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite://{}/vorteil.db", folder.path().display()), Some(folder))
        }
        Backend::Postgres => {
            let base = postgres_url();
            let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let admin = Db::connect(&format!("{base}/postgres")).await.unwrap();
            admin.conn().execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            (format!("{base}/{name}"), None)
        }
    };
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    World { store: Store::new(db, Clock::at(noon()), KeyRing::generate()), url: Some(url), _folder: folder }
}

pub async fn demo(backend: Backend) -> World {
    let world = empty(backend).await;
    demo::load(&world.store).await.unwrap();
    world
}

impl World {
    pub async fn person(&self, email: &str) -> (UserId, Option<CompanyId>) {
        let row = user::Entity::find()
            .filter(user::Column::EmailNormalized.eq(email))
            .one(self.store.db.conn())
            .await
            .unwrap()
            .unwrap();
        (row.id, row.company_id)
    }

    /// A request of a demo account.
    pub async fn ctx(&self, email: &str) -> Ctx {
        let (id, company) = self.person(email).await;
        let roles =
            user_role::Entity::find().filter(user_role::Column::UserId.eq(id)).all(self.store.db.conn()).await.unwrap();
        let roles: Vec<Role> = roles.into_iter().map(|r| r.role).collect();
        Ctx {
            store: self.store.clone(),
            principal: Principal { user: id, company, roles },
            session: SessionId::new(uuid::Uuid::nil()),
            language: Language::En,
            origin: Origin { address: "192.0.2.1".to_owned(), ..Origin::default() },
            company_refusal: None,
        }
    }

    /// Puts the clock on.
    pub fn go_to(&self, time: DateTime<Utc>) {
        self.store.clock.advance(time - self.store.now());
    }

    pub async fn anna(&self) -> Ctx {
        self.ctx("anna.global@contoso.example").await
    }

    pub async fn gina(&self) -> Ctx {
        self.ctx("gina.global@fabrikam.example").await
    }

    /// A request of a second operator.
    pub async fn operator(&self, name: &str, email: &str) -> Ctx {
        let id = UserId::new(uuid::Uuid::now_v7());
        let row = user::ActiveModel {
            id: Set(id),
            company_id: Set(None),
            name: Set(name.to_owned()),
            search: Set(user::search_text(name, email)),
            email: Set(email.to_owned()),
            email_normalized: Set(email.to_owned()),
            password_hash: Set(Some("none".to_owned())),
            language: Set(None),
            theme: Set(None),
            disabled_at: Set(None),
            created_at: Set(self.store.now()),
        };
        row.insert(self.store.db.conn()).await.unwrap();
        self.ctx(email).await
    }

    /// A benefit of the demo story by the codes of its package and product.
    pub async fn benefit(&self, ctx: &Ctx, package: &str, product: &str) -> domain::id::BenefitId {
        demo::demo_benefit(&self.store, ctx.principal.company.unwrap(), package, product).await.unwrap()
    }

    /// More people in the company, the first of them with seats of the benefit, which gets as many
    /// more. The seats are given from a file, as a person would.
    pub async fn grow_people(&self, ctx: &Ctx, of: BenefitId, people: u64, seats: u64) {
        let db = self.store.db.conn();
        let company = ctx.principal.company.unwrap();
        let first = user::Entity::find().filter(user::Column::CompanyId.eq(company)).count(db).await.unwrap();
        let rows: Vec<user::ActiveModel> = (first..first + people)
            .map(|n| {
                let email = format!("person{n}@contoso.example");
                user::ActiveModel {
                    id: Set(UserId::new(uuid::Uuid::now_v7())),
                    company_id: Set(Some(company)),
                    name: Set(format!("Person {n}")),
                    search: Set(user::search_text(&format!("Person {n}"), &email)),
                    email: Set(email.clone()),
                    email_normalized: Set(email),
                    password_hash: Set(Some("none".to_owned())),
                    language: Set(None),
                    theme: Set(None),
                    disabled_at: Set(None),
                    created_at: Set(self.store.now()),
                }
            })
            .collect();
        for chunk in rows.chunks(500) {
            user::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await.unwrap();
        }
        if seats == 0 {
            return;
        }
        self.grow_seats(of, seats).await;
        let mut file = "email\n".to_owned();
        for n in first..first + seats {
            writeln!(file, "person{n}@contoso.example").unwrap();
        }
        let id = store::benefits::bulk::check_file(ctx, of, &file).await.unwrap();
        store::benefits::bulk::assign_from_file(ctx, id, BulkMode::AllOrNothing).await.unwrap();
    }

    /// People whom [`Self::grow_people`] made.
    pub async fn persons(&self, most: u64) -> Vec<(UserId, String)> {
        use sea_orm::{QueryOrder, QuerySelect};
        let made = user::Entity::find().filter(user::Column::Email.starts_with("person")).limit(most);
        let rows = made.order_by_asc(user::Column::Id).all(self.store.db.conn()).await.unwrap();
        rows.into_iter().map(|r| (r.id, r.email)).collect()
    }

    /// How many seats of a benefit are out, and how many it has.
    pub async fn seats_of(&self, of: BenefitId) -> (i32, i32) {
        let row = benefit::Entity::find_by_id(of).one(self.store.db.conn()).await.unwrap().unwrap();
        (row.seats_out, row.quantity.unwrap())
    }

    /// More seats than were granted at first.
    pub async fn grow_seats(&self, of: BenefitId, more: u64) {
        let db = self.store.db.conn();
        let row = benefit::Entity::find_by_id(of).one(db).await.unwrap().unwrap();
        let granted = row.quantity.unwrap();
        let company = row.company_id;
        let mut row = row.into_active_model();
        row.quantity = Set(Some(granted + more as i32));
        row.update(db).await.unwrap();
        let seats: Vec<seat::ActiveModel> = (1..=more as i32)
            .map(|n| seat::ActiveModel {
                id: Set(SeatId::new(uuid::Uuid::now_v7())),
                company_id: Set(company),
                benefit_id: Set(of),
                number: Set(granted + n),
                taken: Set(false),
                held_before: Set(false),
            })
            .collect();
        for chunk in seats.chunks(500) {
            seat::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await.unwrap();
        }
    }

    pub async fn audit_holds(&self, company: Option<CompanyId>) -> u64 {
        store::audit::verify(&self.store.keys, self.store.db.conn(), company)
            .await
            .unwrap()
            .expect("the audit chain is whole")
    }
}

/// The same request on a database that counts its statements.
pub fn statements(ctx: &Ctx) -> (Ctx, Arc<AtomicU64>) {
    let counter = Arc::new(AtomicU64::new(0));
    let mut counted = ctx.clone();
    let count = counter.clone();
    counted.store.db = ctx.store.db.counting(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    (counted, counter)
}

/// One body, a test per backend.
macro_rules! on_both {
    ($($(#[$doc:meta])* $name:ident => $body:path),+ $(,)?) => {
        mod sqlite { $( $(#[$doc])* #[tokio::test] async fn $name() { use super::*; $body($crate::harness::Backend::Sqlite).await } )+ }
        mod postgres { $( $(#[$doc])* #[tokio::test] async fn $name() { use super::*; $body($crate::harness::Backend::Postgres).await } )+ }
    };
}
pub(crate) use on_both;
