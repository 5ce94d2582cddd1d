//! A fresh, migrated database per test, loaded with the demo, and people to act in it.

use chrono::{DateTime, TimeZone, Utc};
use domain::access::{Principal, Role};
use domain::id::{CompanyId, SessionId, UserId};
use domain::language::Language;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::sync::atomic::{AtomicU32, Ordering};
use store::entity::{user, user_role};
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
    World { store: Store::new(db, Clock::at(noon()), KeyRing::generate()), _folder: folder }
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

    pub async fn anna(&self) -> Ctx {
        self.ctx("anna.global@contoso.example").await
    }

    pub async fn gina(&self) -> Ctx {
        self.ctx("gina.global@fabrikam.example").await
    }

    /// A benefit of the demo story by the codes of its package and product.
    pub async fn benefit(&self, ctx: &Ctx, package: &str, product: &str) -> domain::id::BenefitId {
        demo::demo_benefit(&self.store, ctx.principal.company.unwrap(), package, product).await.unwrap()
    }

    pub async fn audit_holds(&self, company: Option<CompanyId>) -> u64 {
        store::audit::verify(&self.store.keys, self.store.db.conn(), company)
            .await
            .unwrap()
            .expect("the audit chain is whole")
    }
}

/// One body, a test per backend.
macro_rules! on_both {
    ($($(#[$doc:meta])* $name:ident => $body:path),+ $(,)?) => {
        mod sqlite { $( $(#[$doc])* #[tokio::test] async fn $name() { use super::*; $body($crate::harness::Backend::Sqlite).await } )+ }
        mod postgres { $( $(#[$doc])* #[tokio::test] async fn $name() { use super::*; $body($crate::harness::Backend::Postgres).await } )+ }
    };
}
pub(crate) use on_both;
