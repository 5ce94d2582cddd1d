//! What nobody needs any more goes, a little at a time.

use crate::context::Store;
use crate::entity::{bulk_assignment, bulk_line, mail, reminder, setup_token, upload};
use crate::error::StoreResult;
use crate::forms;
use crate::people::session::delete_ended;
use chrono::TimeDelta;
use domain::console::UPLOAD_LASTS;
use domain::id::{BulkId, MailId};
use domain::mail::MailState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A mail that was sent stays so long, for whoever looks what was written.
pub const KEEP_SENT: TimeDelta = TimeDelta::days(90);
/// A file of people that was only tried.
const KEEP_TRIED: TimeDelta = TimeDelta::days(7);
/// A reminder of what is over.
const KEEP_TOLD: TimeDelta = TimeDelta::days(30);
/// Rows of one statement, so that nobody waits for it.
const BATCH: u64 = 500;

pub(super) async fn run(store: &Store) -> StoreResult<u64> {
    let now = store.now();
    let db = store.db.conn();
    let tokens = async {
        let old = setup_token::Entity::delete_many().filter(setup_token::Column::ExpiresAt.lte(now));
        Ok(old.exec(db).await?.rows_affected)
    };
    let uploads = async {
        let old = upload::Entity::delete_many().filter(upload::Column::CreatedAt.lte(now - UPLOAD_LASTS));
        Ok(old.exec(db).await?.rows_affected)
    };
    let reminders = async {
        let old = reminder::Entity::delete_many().filter(reminder::Column::EndsAt.lt(now - KEEP_TOLD));
        Ok(old.exec(db).await?.rows_affected)
    };
    let parts: [StoreResult<u64>; 7] = [
        delete_ended(store).await,
        sent_mails(store).await,
        tried_files(store).await,
        tokens.await,
        uploads.await,
        reminders.await,
        forms::delete_old(store).await,
    ];
    // What fails keeps nothing else from being done.
    parts.into_iter().try_fold(0, |gone, part| part.map(|n| gone + n))
}

async fn sent_mails(store: &Store) -> StoreResult<u64> {
    let db = store.db.conn();
    let mut gone = 0;
    loop {
        let old: Vec<MailId> = mail::Entity::find()
            .select_only()
            .column(mail::Column::Id)
            .filter(mail::Column::State.eq(MailState::Sent))
            .filter(mail::Column::SentAt.lt(store.now() - KEEP_SENT))
            .limit(BATCH)
            .into_tuple()
            .all(db)
            .await?;
        if old.is_empty() {
            return Ok(gone);
        }
        gone += mail::Entity::delete_many().filter(mail::Column::Id.is_in(old)).exec(db).await?.rows_affected;
    }
}

async fn tried_files(store: &Store) -> StoreResult<u64> {
    let mut gone = 0;
    loop {
        let tx = store.db.begin().await?;
        // The file before its lines, as whoever uses it locks them.
        let old: Vec<BulkId> = bulk_assignment::Entity::find()
            .filter(bulk_assignment::Column::DoneAt.is_null())
            .filter(bulk_assignment::Column::CreatedAt.lt(store.now() - KEEP_TRIED))
            .order_by_asc(bulk_assignment::Column::Id)
            .limit(20)
            .lock_exclusive()
            .all(&tx)
            .await?
            .into_iter()
            .map(|file| file.id)
            .collect();
        if old.is_empty() {
            return Ok(gone);
        }
        bulk_line::Entity::delete_many().filter(bulk_line::Column::BulkId.is_in(old.iter().copied())).exec(&tx).await?;
        gone += bulk_assignment::Entity::delete_many()
            .filter(bulk_assignment::Column::Id.is_in(old))
            .exec(&tx)
            .await?
            .rows_affected;
        tx.commit().await?;
    }
}
