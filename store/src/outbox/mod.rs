//! Mails: written in the transaction of what they tell of, sent by a worker afterwards.
//!
//! A mail that was committed is sent at least once, and marked as sent exactly once: whoever dies
//! between the server's "accepted" and the mark leaves one that is sent again under the same
//! Message-ID. Whoever claims a mail has it alone, for as long as they say that they live.

mod console;
mod worker;

pub use console::{MailQuery, count_dead, get_mail, list_mails, retry_mail, send_test};
pub use worker::{Claimed, LEASE, claim, let_go, mark_failed, mark_sent, renew};

use crate::context::{Ctx, Store, new_uuid};
use crate::entity::{mail, user};
use crate::error::{StoreError, StoreResult};
use crate::secrets::Place;
use domain::id::{CompanyId, MailId, UserId};
use domain::language::Language;
use domain::mail::{MailFacts, MailState};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// Rows in one statement: both databases bound the number of values.
const CHUNK: usize = 500;

/// A mail on its way into the outbox.
pub(crate) struct Draft {
    pub company: Option<CompanyId>,
    pub user: Option<UserId>,
    pub address: String,
    pub name: String,
    pub language: Language,
    pub facts: MailFacts,
    /// What it is about and for whom: a second one of the same is refused.
    pub once: String,
    /// An invitation's token.
    pub secret: Option<String>,
}

impl Draft {
    /// To a person, in their language, from the program itself: no browser tells it another.
    pub fn by_itself(person: user::Model, once: String, facts: impl FnOnce(Language) -> MailFacts) -> Self {
        let language = person.language.unwrap_or_default();
        Self {
            company: person.company_id,
            user: Some(person.id),
            address: person.email,
            name: person.name,
            language,
            facts: facts(language),
            once,
            secret: None,
        }
    }

    /// To a person, in their language; in that of whoever acts, while they have chosen none.
    pub fn to(ctx: &Ctx, person: &user::Model, once: String, facts: MailFacts) -> Self {
        Self {
            company: person.company_id,
            user: Some(person.id),
            address: person.email.clone(),
            name: person.name.clone(),
            language: language_of(ctx, person),
            facts,
            once,
            secret: None,
        }
    }
}

/// The language that a person is written to in.
pub(crate) fn language_of(ctx: &Ctx, person: &user::Model) -> Language {
    person.language.unwrap_or(ctx.language)
}

/// Who acts, for "… by …".
pub(crate) async fn actor_name(ctx: &Ctx, tx: &impl ConnectionTrait) -> StoreResult<String> {
    Ok(user::Entity::find_by_id(ctx.user()).one(tx).await?.map(|u| u.name).unwrap_or_default())
}

fn place(company: Option<CompanyId>, id: MailId) -> Place {
    Place { company, row: id.0, column: "mails.secret" }
}

/// Puts mails into the outbox, in the caller's transaction.
pub(crate) async fn write(store: &Store, tx: &impl ConnectionTrait, mails: Vec<Draft>) -> StoreResult<()> {
    let now = store.now();
    let mut rows = Vec::with_capacity(mails.len());
    for draft in mails {
        let id = MailId(new_uuid());
        let secret = match &draft.secret {
            Some(token) => Some(store.keys.seal(place(draft.company, id), token.as_bytes())?),
            None => None,
        };
        rows.push(mail::ActiveModel {
            id: Set(id),
            company_id: Set(draft.company),
            user_id: Set(draft.user),
            address: Set(draft.address),
            name: Set(draft.name),
            language: Set(draft.language),
            kind: Set(draft.facts.kind().to_owned()),
            facts: Set(serde_json::to_string(&draft.facts).map_err(|_| StoreError::Corrupt("mails.facts"))?),
            secret: Set(secret),
            once: Set(draft.once),
            state: Set(MailState::Waiting),
            attempts: Set(0),
            created_at: Set(now),
            next_at: Set(Some(now)),
            claimed_by: Set(None),
            claimed_until: Set(None),
            sent_at: Set(None),
            last_error: Set(None),
        });
    }
    for chunk in rows.chunks(CHUNK) {
        mail::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Invitations that a person was not sent yet, and that work no more.
pub(crate) async fn drop_invitations(tx: &impl ConnectionTrait, person: UserId) -> StoreResult<()> {
    mail::Entity::delete_many()
        .filter(mail::Column::UserId.eq(person))
        .filter(mail::Column::Kind.eq("invitation"))
        .filter(mail::Column::State.is_in([MailState::Waiting, MailState::Dead]))
        .exec(tx)
        .await?;
    Ok(())
}

pub(crate) fn parse_facts(text: &str) -> StoreResult<MailFacts> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("mails.facts"))
}
