//! The audit log: one hash chain per company and one for the programme.
//!
//! Each event's hash covers its content and the hash before it, so that a changed or missing
//! event breaks the chain. It is keyed from the ring: who can write to the database, but has not
//! the ring, cannot make a chain that fits. The last link is locked by whoever writes the next,
//! as the last thing in the transaction.

use crate::context::{Ctx, Origin, new_uuid};
use crate::db::Tx;
use crate::entity::{audit_chain, audit_event};
use crate::error::{StoreError, StoreResult};
use crate::live::{Hint, chain_of};
use crate::secrets::KeyRing;
use chrono::{DateTime, Utc};
use domain::audit::AuditAction;
use domain::id::{AuditEventId, CompanyId, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// The programme's own chain.
pub(crate) const PROGRAMME: Uuid = Uuid::nil();
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
    /// The network address that the request came from.
    pub address: &'a str,
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
            address: &ctx.origin.address,
            request_id: ctx.origin.request_id.as_deref(),
        }
    }

    pub fn programme(origin: &'a Origin, at: DateTime<Utc>, action: AuditAction) -> Self {
        Self {
            at,
            company: None,
            actor: None,
            action,
            subject: None,
            details: json!({}),
            address: &origin.address,
            request_id: origin.request_id.as_deref(),
        }
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
pub async fn record(keys: &KeyRing, tx: &Tx, entry: Entry<'_>) -> StoreResult<()> {
    let (chain, action) = (chain_of(entry.company), entry.action);
    let start = audit_chain::ActiveModel {
        chain: Set(chain),
        last_number: Set(0),
        last_hash: Set(GENESIS.to_vec()),
        told: Set(0),
    };
    audit_chain::Entity::insert(start)
        .on_conflict(OnConflict::column(audit_chain::Column::Chain).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let last = audit_chain::Entity::find_by_id(chain)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(StoreError::Corrupt("audit_chains"))?;
    let event = audit_event::Model {
        id: AuditEventId(new_uuid()),
        chain,
        number: last.last_number + 1,
        at: entry.at,
        actor_id: entry.actor,
        action: entry.action.as_str().to_owned(),
        subject: entry.subject,
        details: entry.details.to_string(),
        address: Some(entry.address.chars().take(64).collect()),
        request_id: entry.request_id.map(|id| id.chars().take(64).collect()),
        previous_hash: last.last_hash.clone(),
        hash: Vec::new(),
    };
    let hash = link_hash(keys, &event);
    let number = event.number;
    let row = audit_event::Model { hash: hash.clone(), ..event };
    // Every column is a value, none is "unchanged": it is a new row.
    audit_event::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    audit_chain::Entity::update(audit_chain::ActiveModel {
        chain: Set(chain),
        last_number: Set(number),
        last_hash: Set(hash),
        told: Set(last.told + i64::from(!action.topics().is_empty())),
    })
    .exec(tx)
    .await?;
    tx.tell(Hint::Event { chain, action }).await
}

fn link_hash(keys: &KeyRing, event: &audit_event::Model) -> Vec<u8> {
    let content = json!([
        event.chain,
        event.number,
        event.at.timestamp_micros(),
        event.actor_id.map(|a| a.0),
        event.action,
        event.subject,
        event.details,
        event.address,
        event.request_id,
    ]);
    keys.blind_index("audit/1", &[&event.previous_hash[..], content.to_string().as_bytes()].concat())
}

/// Walks the chain of a company (or the programme's) and gives the number of the first event
/// that does not fit, or how many do.
pub async fn verify(
    keys: &KeyRing,
    db: &impl ConnectionTrait,
    company: Option<CompanyId>,
) -> StoreResult<Result<u64, i64>> {
    let chain = chain_of(company);
    // The last link first: what is written meanwhile comes behind it and is not looked at.
    let Some(head) = audit_chain::Entity::find_by_id(chain).one(db).await? else { return Ok(Ok(0)) };
    let (mut previous, mut expected) = (GENESIS.to_vec(), 1_i64);
    while expected <= head.last_number {
        let events = audit_event::Entity::find()
            .filter(audit_event::Column::Chain.eq(chain))
            .filter(audit_event::Column::Number.between(expected, head.last_number))
            .order_by_asc(audit_event::Column::Number)
            .limit(500)
            .all(db)
            .await?;
        // Events cut off at the end leave a gap to what the last link says.
        if events.is_empty() {
            return Ok(Err(expected));
        }
        for event in events {
            if event.number != expected || event.previous_hash != previous || link_hash(keys, &event) != event.hash {
                return Ok(Err(expected));
            }
            previous = event.hash;
            expected += 1;
        }
    }
    if previous != head.last_hash {
        return Ok(Err(head.last_number));
    }
    Ok(Ok(u64::try_from(head.last_number).unwrap_or(0)))
}
