//! Cases of advisory hours and presales: drafted, submitted, answered, delivered, closed.
//!
//! Hours are reserved, used and released under the benefit's lock, with a check behind it; what
//! happened in a case is added and never changed.

mod list;
mod request;
mod story;

pub use list::{CaseQuery, get_case, list_cases};
pub(crate) use list::{case_for_programme, count_open_cases, list_latest};
pub(crate) use request::has_draft;
pub use request::{discard_draft, get_new_case, save_draft, submit_case};
pub(crate) use story::decline_open;
pub use story::{advance_case, close_case, withdraw_case, write_answer, write_message};

use crate::context::{Ctx, new_uuid};
use crate::entity::{case, case_entry};
use crate::error::StoreResult;
use domain::benefits::advisory::CaseState;
use domain::id::CaseEntryId;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};

/// Adds to a case's story.
async fn tell(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    of: &case::Model,
    state: Option<CaseState>,
    text: String,
) -> StoreResult<CaseEntryId> {
    let id = CaseEntryId(new_uuid());
    case_entry::ActiveModel {
        id: Set(id),
        company_id: Set(of.company_id),
        case_id: Set(of.id),
        user_id: Set(ctx.user()),
        programme: Set(ctx.principal.is_operator()),
        at: Set(ctx.now()),
        state: Set(state),
        text: Set(text),
    }
    .insert(tx)
    .await?;
    Ok(id)
}
