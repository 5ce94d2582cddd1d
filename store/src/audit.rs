//! The audit log: one hash chain per company and one for the programme.
//!
//! Each event's hash covers its content and the hash before it, so that a changed or missing
//! event breaks the chain. The last link is locked by whoever writes the next, as the last
//! thing in the transaction.

use crate::context::{Ctx, Origin, new_uuid};
use crate::entity::{audit_chain, audit_event};
use crate::error::{StoreError, StoreResult};
use chrono::{DateTime, Utc};
use domain::audit::AuditAction;
use domain::id::{AuditEventId, CompanyId, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The programme's own chain.
const PROGRAMME: Uuid = Uuid::nil();
/// What the first link refers to.
const GENESIS: [u8; 32] = [0; 32];

/// An event on its way into the log.
#[derive(Debug)]
pub struct Entry<'a> {
    pub at: DateTime<Utc>,
    pub company: Option<CompanyId>,
    pub actor: Option<UserId>,
    pub action: AuditAction,
    /// What it was done to: an id, never a name or an address.
    pub subject: Option<String>,
    /// Facts that a reader needs; never a secret.
    pub details: Value,
    pub request_id: Option<&'a str>,
}

impl<'a> Entry<'a> {
    pub fn by(ctx: &'a Ctx, at: DateTime<Utc>, action: AuditAction) -> Self {
        Self {
            at,
            company: ctx.principal.company,
            actor: Some(ctx.user()),
            action,
            subject: None,
            details: json!({}),
            request_id: ctx.origin.request_id.as_deref(),
        }
    }

    pub fn programme(origin: &'a Origin, at: DateTime<Utc>, action: AuditAction) -> Self {
        Self { at, company: None, actor: None, action, subject: None, details: json!({}), request_id: origin.request_id.as_deref() }
    }

    pub fn subject(mut self, subject: impl ToString) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    pub fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// Adds an event to its chain, in the caller's transaction.
pub async fn record(tx: &impl ConnectionTrait, entry: Entry<'_>) -> StoreResult<()> {
    let chain = entry.company.map_or(PROGRAMME, |c| c.0);
    let start = audit_chain::ActiveModel { chain: Set(chain), last_number: Set(0), last_hash: Set(GENESIS.to_vec()) };
    audit_chain::Entity::insert(start)
        .on_conflict(OnConflict::column(audit_chain::Column::Chain).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let last = audit_chain::Entity::find_by_id(chain).lock_exclusive().one(tx).await?.ok_or(StoreError::Corrupt("audit_chains"))?;
    let event = audit_event::Model {
        id: AuditEventId(new_uuid()),
        chain,
        number: last.last_number + 1,
        at: entry.at,
        actor_id: entry.actor,
        action: entry.action.as_str().to_owned(),
        subject: entry.subject,
        details: entry.details.to_string(),
        request_id: entry.request_id.map(|id| id.chars().take(64).collect()),
        previous_hash: last.last_hash.clone(),
        hash: Vec::new(),
    };
    let hash = link_hash(&event);
    let number = event.number;
    let row = audit_event::Model { hash: hash.clone(), ..event };
    // Every column is a value, none is "unchanged": it is a new row.
    audit_event::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    audit_chain::Entity::update(audit_chain::ActiveModel { chain: Set(chain), last_number: Set(number), last_hash: Set(hash) })
        .exec(tx)
        .await?;
    Ok(())
}

fn link_hash(event: &audit_event::Model) -> Vec<u8> {
    let content = json!([
        event.chain,
        event.number,
        event.at.timestamp_micros(),
        event.actor_id.map(|a| a.0),
        event.action,
        event.subject,
        event.details,
        event.request_id,
    ]);
    let mut hash = Sha256::new();
    hash.update(&event.previous_hash);
    hash.update(content.to_string().as_bytes());
    hash.finalize().to_vec()
}

/// Walks the chain of a company (or the programme's) and gives the number of the first event
/// that does not fit, or how many do.
pub async fn verify(db: &impl ConnectionTrait, company: Option<CompanyId>) -> StoreResult<Result<u64, i64>> {
    let chain = company.map_or(PROGRAMME, |c| c.0);
    let (mut previous, mut expected) = (GENESIS.to_vec(), 1_i64);
    loop {
        let events = audit_event::Entity::find()
            .filter(audit_event::Column::Chain.eq(chain))
            .filter(audit_event::Column::Number.gte(expected))
            .order_by_asc(audit_event::Column::Number)
            .limit(500)
            .all(db)
            .await?;
        if events.is_empty() {
            break;
        }
        for event in events {
            if event.number != expected || event.previous_hash != previous || link_hash(&event) != event.hash {
                return Ok(Err(expected));
            }
            previous = event.hash;
            expected += 1;
        }
    }
    let last = audit_chain::Entity::find_by_id(chain).one(db).await?;
    let told = last.map_or(0, |l| l.last_number);
    // Events cut off at the end leave a gap to what the chain's last link says.
    if told != expected - 1 { Ok(Err(expected)) } else { Ok(Ok(u64::try_from(told).unwrap_or(0))) }
}
