//! One mail a day for whoever something ends for. Rules R-REM-1 and R-REM-2.
//!
//! What was told is written down with the mail, in one transaction; a constraint refuses to tell
//! it twice.

use super::endings::{CompanyEnding, list_endings};
use crate::context::{Store, new_uuid};
use crate::entity::{company, reminder, reminder_setting, user, user_role};
use crate::error::StoreResult;
use crate::outbox::{self, Draft};
use crate::people::account::lock_company;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Principal, Role};
use domain::id::{CompanyId, ReminderId, UserId};
use domain::mail::MailFacts;
use domain::reminder::{Ending, LAST};
use domain::reminder::{HORIZON, MOST_LINES, THRESHOLDS, due_threshold, parse_days};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows of one statement: both databases bound the number of values.
const CHUNK: usize = 500;

pub(super) async fn run(store: &Store) -> StoreResult<u64> {
    let companies: Vec<(CompanyId, String)> = company::Entity::find()
        .select_only()
        .column(company::Column::Id)
        .column(company::Column::Name)
        .filter(company::Column::SuspendedAt.is_null())
        .filter(company::Column::InPredecessor.eq(false))
        .order_by_asc(company::Column::Id)
        .into_tuple()
        .all(store.db.conn())
        .await?;
    let (mut mails, mut failed) = (0, None);
    for (id, name) in companies {
        match remind(store, id, &name).await {
            Ok(written) => mails += written,
            // What is wrong with one company is no reason to leave out the others.
            Err(error) => {
                tracing::error!(company = %id, %error, "a company's people could not be reminded");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(mails), Err)
}

struct Person {
    row: user::Model,
    principal: Principal,
    days: Vec<u16>,
}

/// A person, and what ends when: by how many days before it was told.
type Told = HashMap<(UserId, Ending, Uuid, DateTime<Utc>), Vec<u16>>;

async fn remind(store: &Store, company: CompanyId, name: &str) -> StoreResult<u64> {
    let now = store.now();
    // A day more than the first threshold: days are counted by the calendar.
    let time = (now, now + HORIZON + TimeDelta::days(1));
    let endings = list_endings(store.db.conn(), company, time, None).await?;
    if endings.is_empty() {
        return Ok(0);
    }
    let people = people(store.db.conn(), company).await?;
    let tx = store.db.begin().await?;
    // Whoever reminds this company at the same time waits here, and finds what was told.
    lock_company(&tx, company).await?;
    let told = list_told(&tx, company, now).await?;
    let (mut rows, mut mails) = (Vec::new(), Vec::new());
    for person in people {
        let due: Vec<(&CompanyEnding, u16)> = endings
            .iter()
            .filter(|ending| ending.concerns(&person.principal))
            .filter_map(|ending| {
                let before = told.get(&(person.row.id, ending.ending, ending.subject, ending.at));
                let days = due_threshold(ending.at, now, &person.days, before.map_or(&[][..], |days| days))?;
                Some((ending, days))
            })
            .collect();
        let Some(first) = due.first() else { continue };
        let language = person.row.language.unwrap_or_default();
        let once =
            format!("reminder:{}:{}:{}:{}", person.row.id, first.0.ending.slug(), first.0.subject, now.timestamp());
        mails.push(Draft {
            company: Some(company),
            user: Some(person.row.id),
            address: person.row.email.clone(),
            name: person.row.name.clone(),
            language,
            facts: MailFacts::Reminders {
                company: name.to_owned(),
                lines: due.iter().take(MOST_LINES).map(|(ending, _)| ending.line(language)).collect(),
                more: u32::try_from(due.len().saturating_sub(MOST_LINES)).unwrap_or(u32::MAX),
            },
            once,
            secret: None,
        });
        rows.extend(due.into_iter().map(|(ending, days)| reminder::ActiveModel {
            id: Set(ReminderId(new_uuid())),
            company_id: Set(company),
            user_id: Set(person.row.id),
            ending: Set(ending.ending),
            subject_id: Set(ending.subject),
            ends_at: Set(ending.at),
            days: Set(i32::from(days)),
            told_at: Set(now),
        }));
    }
    let count = mails.len() as u64;
    for chunk in rows.chunks(CHUNK) {
        reminder::Entity::insert_many(chunk.to_vec()).exec_without_returning(&tx).await?;
    }
    outbox::write(store, &tx, mails).await?;
    tx.commit().await?;
    Ok(count)
}

async fn list_told(tx: &impl ConnectionTrait, company: CompanyId, now: DateTime<Utc>) -> StoreResult<Told> {
    let rows = reminder::Entity::find()
        .filter(reminder::Column::CompanyId.eq(company))
        .filter(reminder::Column::EndsAt.gt(now))
        .all(tx)
        .await?;
    let mut told = Told::new();
    for row in rows {
        let days = u16::try_from(row.days).unwrap_or(LAST);
        told.entry((row.user_id, row.ending, row.subject_id, row.ends_at)).or_default().push(days);
    }
    Ok(told)
}

/// The people of a company who can sign in, with what they may and what they have chosen.
async fn people(tx: &impl ConnectionTrait, company: CompanyId) -> StoreResult<Vec<Person>> {
    let rows = user::Entity::find()
        .filter(user::Column::CompanyId.eq(company))
        .filter(user::Column::DisabledAt.is_null())
        .filter(user::Column::PasswordHash.is_not_null())
        .order_by_asc(user::Column::Id)
        .all(tx)
        .await?;
    let of_company = || {
        sea_orm::sea_query::Query::select()
            .column(user::Column::Id)
            .from(user::Entity)
            .and_where(user::Column::CompanyId.eq(company))
            .to_owned()
    };
    let mut roles: HashMap<UserId, Vec<Role>> = HashMap::new();
    for row in user_role::Entity::find().filter(user_role::Column::UserId.in_subquery(of_company())).all(tx).await? {
        roles.entry(row.user_id).or_default().push(row.role);
    }
    let settings: HashMap<UserId, String> = reminder_setting::Entity::find()
        .filter(reminder_setting::Column::UserId.in_subquery(of_company()))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.user_id, row.days))
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| Person {
            principal: Principal {
                user: row.id,
                company: Some(company),
                roles: roles.remove(&row.id).unwrap_or_default(),
            },
            days: settings.get(&row.id).map_or_else(|| THRESHOLDS.to_vec(), |days| parse_days(days)),
            row,
        })
        .collect())
}
