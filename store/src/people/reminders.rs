//! How a person is told of what ends: by mail, so many days before, and in their own calendar.

use crate::audit::{Entry, record};
use crate::context::{Ctx, Store};
use crate::entity::{calendar_feed, company, reminder_setting, user, user_role};
use crate::error::{StoreError, StoreResult};
use crate::schedule::list_endings;
use crate::secrets::{new_token, token_hash};
use chrono::TimeDelta;
use domain::access::{Action, Principal};
use domain::audit::AuditAction;
use domain::language::Language;
use domain::orders::term::{renewal_ends, renewal_starts};
use domain::reminder::{Ending, THRESHOLDS, parse_days, write_days};
use domain::view::{CalendarDate, CalendarDates, ReminderSettings};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

/// A calendar looks so far ahead: longer than a term.
const AHEAD: TimeDelta = TimeDelta::days(800);

/// What a person has chosen, and since when their calendar has an address.
pub async fn get_reminders(ctx: &Ctx) -> StoreResult<ReminderSettings> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let db = ctx.store.db.conn();
    let chosen = reminder_setting::Entity::find_by_id(ctx.user()).one(db).await?;
    let feed = calendar_feed::Entity::find_by_id(ctx.user()).one(db).await?;
    Ok(ReminderSettings {
        days: chosen.map_or_else(|| THRESHOLDS.to_vec(), |row| parse_days(&row.days)),
        calendar_since: feed.map(|row| row.created_at),
    })
}

/// Sets how many days before an end the person is told. Nobody opts out of the last day.
pub async fn set_reminders(ctx: &Ctx, days: &[u16]) -> StoreResult<()> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let days = parse_days(&write_days(days));
    let tx = ctx.store.db.begin().await?;
    let row = reminder_setting::ActiveModel { user_id: Set(ctx.user()), days: Set(write_days(&days)) };
    let again =
        OnConflict::column(reminder_setting::Column::UserId).update_column(reminder_setting::Column::Days).to_owned();
    reminder_setting::Entity::insert(row).on_conflict(again).exec_without_returning(&tx).await?;
    let details = serde_json::json!({ "days": days });
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::RemindersSet).details(details)).await?;
    Ok(tx.commit().await?)
}

/// Makes a new secret address for the person's calendar; the one before works no more. The token
/// is told once.
pub async fn make_calendar(ctx: &Ctx) -> StoreResult<String> {
    ctx.authorize(Action::ManageOwnProfile)?;
    if ctx.principal.company.is_none() {
        return Err(StoreError::Forbidden(Action::OpenMyBenefits));
    }
    let token = new_token();
    let tx = ctx.store.db.begin().await?;
    let row = calendar_feed::ActiveModel {
        user_id: Set(ctx.user()),
        token_hash: Set(token_hash(&token)),
        created_at: Set(ctx.now()),
    };
    let again = OnConflict::column(calendar_feed::Column::UserId)
        .update_columns([calendar_feed::Column::TokenHash, calendar_feed::Column::CreatedAt])
        .to_owned();
    calendar_feed::Entity::insert(row).on_conflict(again).exec_without_returning(&tx).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::CalendarMade)).await?;
    tx.commit().await?;
    Ok(token)
}

/// Ends the address of the person's calendar.
pub async fn revoke_calendar(ctx: &Ctx) -> StoreResult<()> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let tx = ctx.store.db.begin().await?;
    let gone = calendar_feed::Entity::delete_by_id(ctx.user()).exec(&tx).await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::CalendarRevoked)).await?;
    Ok(tx.commit().await?)
}

/// The dates behind a secret address: what its person may see by now. Nothing, when the address
/// was never one, or is one no more, or its person or company cannot act.
pub async fn find_calendar(store: &Store, token: &str) -> StoreResult<Option<CalendarDates>> {
    let (db, now) = (store.db.conn(), store.now());
    let feed =
        calendar_feed::Entity::find().filter(calendar_feed::Column::TokenHash.eq(token_hash(token))).one(db).await?;
    let Some(feed) = feed else { return Ok(None) };
    let person = user::Entity::find_by_id(feed.user_id).one(db).await?.ok_or(StoreError::Corrupt("calendar_feeds"))?;
    let (None, Some(company)) = (person.disabled_at, person.company_id) else { return Ok(None) };
    let of = company::Entity::find_by_id(company).one(db).await?.ok_or(StoreError::Corrupt("users.company_id"))?;
    if of.suspended_at.is_some() || of.in_predecessor {
        return Ok(None);
    }
    let roles = user_role::Entity::find().filter(user_role::Column::UserId.eq(person.id)).all(db).await?;
    let who = Principal { user: person.id, company: Some(company), roles: roles.into_iter().map(|r| r.role).collect() };
    let language: Language = person.language.unwrap_or_default();
    let mut dates = Vec::new();
    for ending in
        list_endings(db, company, (now, now + AHEAD), Some(who.user)).await?.iter().filter(|e| e.concerns(&who))
    {
        let line = ending.line(language);
        let id = ending.subject;
        if ending.ending == Ending::Term {
            let (from, until) = (renewal_starts(line.at), renewal_ends(line.at));
            dates.push(CalendarDate { id, renewal: Some((from, until)), line });
        } else {
            dates.push(CalendarDate { id, renewal: None, line });
        }
    }
    Ok(Some(CalendarDates { company: of.name, language, made_at: now, dates }))
}
