//! The outbox in the operators' hands: looked at, tried again, tried out.

use super::{Draft, parse_facts, write};
use crate::audit::{Entry, record};
use crate::context::{Ctx, new_uuid};
use crate::entity::{mail, user};
use crate::error::{StoreError, StoreResult};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::email::Email;
use domain::id::MailId;
use domain::mail::{MailFacts, MailPage, MailRow, MailState, StoredMail};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

/// Rows on a page.
const PAGE: u64 = 50;

/// What is asked of the outbox.
#[derive(Clone, Debug, Default)]
pub struct MailQuery {
    pub state: Option<MailState>,
    /// [`MailPage::next`] of the page before.
    pub after: Option<String>,
}

fn row(mail: &mail::Model) -> MailRow {
    MailRow {
        id: mail.id,
        address: mail.address.clone(),
        kind: mail.kind.clone(),
        state: mail.state,
        attempts: u32::try_from(mail.attempts).unwrap_or(0),
        created_at: mail.created_at,
        next_at: mail.next_at,
        sent_at: mail.sent_at,
        last_error: mail.last_error.clone(),
    }
}

/// A page of the outbox, the newest first.
pub async fn list_mails(ctx: &Ctx, query: &MailQuery) -> StoreResult<MailPage> {
    use mail::Column as C;
    ctx.authorize(Action::SeeOutbox)?;
    let db = ctx.store.db.conn();
    let mut select = mail::Entity::find();
    if let Some(state) = query.state {
        select = select.filter(C::State.eq(state));
    }
    let total = select.clone().count(db).await?;
    if let Some(id) = query.after.as_deref().and_then(|id| id.parse::<MailId>().ok())
        && let Some(last) = mail::Entity::find_by_id(id).one(db).await?
    {
        let further = Condition::any()
            .add(C::CreatedAt.lt(last.created_at))
            .add(Condition::all().add(C::CreatedAt.eq(last.created_at)).add(C::Id.lt(last.id)));
        select = select.filter(further);
    }
    let mut rows = select.order_by_desc(C::CreatedAt).order_by_desc(C::Id).limit(PAGE + 1).all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|r| r.id.to_string());
    let counted: Vec<(MailState, i64)> = mail::Entity::find()
        .select_only()
        .column(C::State)
        .column_as(C::Id.count(), "n")
        .group_by(C::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts = [0; 4];
    for (count, state) in counts.iter_mut().zip(MailState::ALL) {
        *count = counted.iter().find(|(s, _)| s == state).map_or(0, |(_, n)| u64::try_from(*n).unwrap_or(0));
    }
    Ok(MailPage { rows: rows.iter().map(row).collect(), total, counts, next })
}

/// A mail with what it tells; never an invitation's token.
pub async fn get_mail(ctx: &Ctx, id: MailId) -> StoreResult<StoredMail> {
    ctx.authorize(Action::SeeOutbox)?;
    let mail = mail::Entity::find_by_id(id).one(ctx.store.db.conn()).await?.ok_or(StoreError::NotFound)?;
    Ok(StoredMail { row: row(&mail), facts: parse_facts(&mail.facts)?, name: mail.name, language: mail.language })
}

/// Mails that were given up.
pub async fn count_dead(ctx: &Ctx) -> StoreResult<u64> {
    ctx.authorize(Action::SeeOutbox)?;
    Ok(mail::Entity::find().filter(mail::Column::State.eq(MailState::Dead)).count(ctx.store.db.conn()).await?)
}

/// Tries a mail again at once, with all its tries before it: one that waits, or was given up.
pub async fn retry_mail(ctx: &Ctx, id: MailId) -> StoreResult<()> {
    ctx.authorize(Action::SeeOutbox)?;
    let tx = ctx.store.db.begin().await?;
    let mail = mail::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if !matches!(mail.state, MailState::Waiting | MailState::Dead) {
        return Err(StoreError::MailState(mail.state));
    }
    let mut mail = mail.into_active_model();
    mail.state = Set(MailState::Waiting);
    mail.attempts = Set(0);
    mail.next_at = Set(Some(ctx.now()));
    mail.update(&tx).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::MailRetried).subject(id)).await?;
    Ok(tx.commit().await?)
}

/// Writes a mail to try whether mail arrives.
pub async fn send_test(ctx: &Ctx, address: &str) -> StoreResult<()> {
    ctx.authorize(Action::SeeOutbox)?;
    let address = Email::parse(address).map_err(StoreError::Email)?;
    let tx = ctx.store.db.begin().await?;
    let by = user::Entity::find_by_id(ctx.user()).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let draft = Draft {
        company: None,
        user: None,
        address: address.as_str().to_owned(),
        name: String::new(),
        language: ctx.language,
        facts: MailFacts::Test { by: by.name },
        once: format!("test:{}", new_uuid()),
        secret: None,
    };
    write(&ctx.store, &tx, vec![draft]).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::MailTested)).await?;
    Ok(tx.commit().await?)
}
