//! What open pages are told of changes: something in your company is different now.
//!
//! Every change is one event in its company's audit chain, whose numbers have no gaps. So a page
//! knows how far it has seen, and what it missed is found there: nothing is kept for a page that
//! reads slowly or is away. What travels between programs is a hint to look, no more.

use crate::audit::PROGRAMME;
use crate::context::{Ctx, Store};
use crate::db::Db;
use crate::entity::{audit_chain, audit_event};
use crate::error::{StoreError, StoreResult};
use domain::audit::AuditAction;
use domain::id::UserId;
use domain::live::Topic;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use sqlx::postgres::PgListener;
use std::collections::BTreeSet;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Hints that a reader may be behind; whoever is further behind looks once.
const HINTS: usize = 256;
/// Events that are looked through one by one; after more of them, everything may have changed.
const LOOKED_THROUGH: u64 = 500;
/// The channel between several programs on one PostgreSQL.
pub(crate) const CHANNEL: &str = "vorteil_changed";

/// That an event was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    Event {
        chain: Uuid,
        action: AuditAction,
    },
    /// Something may have happened while nobody listened.
    Unknown,
}

impl Hint {
    /// Whether it may concern this reader.
    pub fn is_for(self, ctx: &Ctx) -> bool {
        match self {
            Self::Unknown => true,
            Self::Event { chain, action } => {
                // An event that no page shows may have ended this session.
                let is_own = chain_of(ctx.principal.company) == chain;
                let concerns = action.topics().iter().any(|t| t.concerns(&ctx.principal));
                (is_own && (concerns || action.topics().is_empty())) || (ctx.principal.company.is_none() && concerns)
            }
        }
    }

    pub(crate) fn words(self) -> Option<String> {
        match self {
            Self::Event { chain, action } => Some(format!("{chain} {}", action.as_str())),
            Self::Unknown => None,
        }
    }

    fn parse(words: &str) -> Self {
        let event = words.split_once(' ').and_then(|(chain, action)| {
            Some(Self::Event { chain: chain.parse().ok()?, action: AuditAction::from_word(action)? })
        });
        // Of another release, perhaps.
        event.unwrap_or(Self::Unknown)
    }
}

/// Where hints come together, in one program.
#[derive(Clone, Debug)]
pub struct Live(broadcast::Sender<Hint>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(HINTS))
    }
}

impl Live {
    pub fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.0.subscribe()
    }

    pub fn tell(&self, hint: Hint) {
        // Nobody listens: nobody is told.
        let _ = self.0.send(hint);
    }
}

/// How far a page has seen: the number of the last event that concerns its reader.
///
/// A company's is the end of its chain. An operator sees all companies: theirs is how many events of
/// all chains changed something that pages show. That they looked at a company is none of these.
pub async fn position(ctx: &Ctx) -> StoreResult<i64> {
    let db = ctx.store.db.conn();
    match ctx.principal.company {
        Some(company) => {
            let head = audit_chain::Entity::find_by_id(company.0).one(db).await?;
            Ok(head.map_or(0, |head| head.last_number))
        }
        None => {
            // PostgreSQL adds large integers up to a decimal.
            let sum = audit_chain::Column::Told.sum().cast_as("BIGINT");
            let sum: Option<Option<i64>> =
                audit_chain::Entity::find().select_only().column_as(sum, "n").into_tuple().one(db).await?;
            Ok(sum.flatten().unwrap_or(0))
        }
    }
}

/// What has changed for a reader since a position, and the position that this leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    pub position: i64,
    pub topics: BTreeSet<Topic>,
}

/// Looks for what a reader has missed.
pub async fn changes_since(ctx: &Ctx, since: i64) -> StoreResult<Changes> {
    let concerns = |topic: &Topic| topic.concerns(&ctx.principal);
    let all = || Topic::ALL.into_iter().filter(concerns).collect();
    let position = position(ctx).await?;
    if position == since {
        return Ok(Changes { position, topics: BTreeSet::new() });
    }
    let Some(company) = ctx.principal.company else {
        return Ok(Changes { position, topics: all() });
    };
    // A position that is not there yet is of another database.
    if since > position || since < 0 || position - since > i64::try_from(LOOKED_THROUGH).unwrap_or(i64::MAX) {
        return Ok(Changes { position, topics: all() });
    }
    let events: Vec<(String, String)> = audit_event::Entity::find()
        .select_only()
        .column(audit_event::Column::Action)
        .column(audit_event::Column::Details)
        .filter(audit_event::Column::Chain.eq(company.0))
        .filter(audit_event::Column::Number.gt(since))
        .filter(audit_event::Column::Number.lte(position))
        .order_by_asc(audit_event::Column::Number)
        .limit(LOOKED_THROUGH)
        .into_tuple()
        .all(ctx.store.db.conn())
        .await?;
    let mut topics = BTreeSet::new();
    for (action, details) in events {
        let Some(action) = AuditAction::from_word(&action) else { continue };
        let is_mine = concerns_person(&details, ctx.user());
        topics.extend(action.topics().iter().copied().filter(concerns).filter(|t| *t != Topic::Mine || is_mine));
    }
    Ok(Changes { position, topics })
}

/// Whether an event may be about this person: those that name somebody are about them alone.
fn concerns_person(details: &str, person: UserId) -> bool {
    let Ok(details) = serde_json::from_str::<serde_json::Value>(details) else { return true };
    let own = person.to_string();
    // Who has it now, and who had it before.
    let named: Vec<&str> = ["person", "before"].iter().filter_map(|name| details.get(name)?.as_str()).collect();
    named.is_empty() || named.contains(&own.as_str())
}

/// Whether several programs can share this database.
pub fn is_shared(db: &Db) -> bool {
    db.conn().get_database_backend() == DbBackend::Postgres
}

/// Passes on what other programs on the same PostgreSQL tell, for as long as the connection holds.
pub async fn listen(store: &Store) -> StoreResult<()> {
    let failed =
        |error: sqlx::Error| StoreError::Db(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::Internal(error.to_string())));
    let mut listener =
        PgListener::connect_with(store.db.conn().get_postgres_connection_pool()).await.map_err(failed)?;
    listener.listen(CHANNEL).await.map_err(failed)?;
    // What was told before is not told again.
    store.db.live.tell(Hint::Unknown);
    // Gives nothing when the connection was lost: what was told meanwhile is lost as well.
    while let Some(told) = listener.try_recv().await.map_err(failed)? {
        store.db.live.tell(Hint::parse(told.payload()));
    }
    Ok(())
}

/// The chain that an event stands in.
pub(crate) fn chain_of(company: Option<domain::id::CompanyId>) -> Uuid {
    company.map_or(PROGRAMME, |c| c.0)
}
