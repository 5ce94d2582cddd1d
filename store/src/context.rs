//! What an operation runs in: the store, who asks, and when.

use crate::benefits::bulk::Progress;
use crate::clock::Clock;
use crate::db::Db;
use crate::dns::Dns;
use crate::error::{StoreError, StoreResult};
use crate::people::password::Passwords;
use crate::secrets::KeyRing;
use chrono::{DateTime, Utc};
use domain::access::{Action, Principal};
use domain::id::{CompanyId, SessionId, UserId};
use domain::language::Language;
use domain::refusal::CompanyRefusal;
use std::sync::Arc;
use uuid::Uuid;

/// The store itself; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub db: Db,
    pub clock: Clock,
    pub keys: Arc<KeyRing>,
    pub passwords: Passwords,
    pub dns: Dns,
    /// How far the files are that are being assigned from.
    pub progress: Progress,
}

impl Store {
    pub fn new(db: Db, clock: Clock, keys: KeyRing) -> Self {
        Self {
            db,
            clock,
            keys: Arc::new(keys),
            passwords: Passwords::default(),
            dns: Dns::default(),
            progress: Progress::default(),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// A new id: time-ordered, so that rows made together lie together.
pub(crate) fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The network address, as far as it can be trusted.
    pub address: String,
    /// What the browser says of itself.
    pub device: String,
    pub request_id: Option<String>,
}

/// A signed-in request.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub store: Store,
    pub principal: Principal,
    pub session: SessionId,
    pub language: Language,
    pub origin: Origin,
    /// Set when nobody of the company can act now.
    pub company_refusal: Option<CompanyRefusal>,
}

impl Ctx {
    pub fn now(&self) -> DateTime<Utc> {
        self.store.now()
    }

    pub fn user(&self) -> UserId {
        self.principal.user
    }

    /// The first line of every operation.
    pub fn authorize(&self, action: Action) -> StoreResult<()> {
        if !self.principal.can(action) {
            return Err(StoreError::Forbidden(action));
        }
        match self.company_refusal {
            // One's own profile stays reachable.
            Some(refusal) if action != Action::ManageOwnProfile => Err(StoreError::Company(refusal)),
            _ => Ok(()),
        }
    }

    /// Authorizes, and gives the company that every query of the operation is bound to.
    pub fn authorize_in_company(&self, action: Action) -> StoreResult<CompanyId> {
        self.authorize(action)?;
        self.principal.company.ok_or(StoreError::Forbidden(action))
    }
}
