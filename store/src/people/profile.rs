//! One's own account.

use crate::audit::{Entry, record};
use crate::context::Ctx;
use crate::entity::{benefit, company, user};
use crate::error::{StoreError, StoreResult};
use crate::people::session;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::catalogue::Category;
use domain::password::{PasswordProblem, check_new_password};
use domain::view::{Profile, Viewer};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde_json::json;

async fn own(ctx: &Ctx) -> StoreResult<(user::Model, Option<company::Model>)> {
    let db = ctx.store.db.conn();
    let person = user::Entity::find_by_id(ctx.user()).one(db).await?.ok_or(StoreError::NotFound)?;
    let company = match person.company_id {
        Some(id) => company::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok((person, company))
}

/// What the frame around every page shows.
pub async fn get_viewer(ctx: &Ctx) -> StoreResult<Viewer> {
    let (person, company) = own(ctx).await?;
    let mut counts = vec![0; Category::ALL.len()];
    if let (Ok(company), None) = (ctx.authorize_in_company(Action::OpenBenefits), ctx.company_refusal) {
        let grouped: Vec<(Category, i64)> = benefit::Entity::find()
            .select_only()
            .column(benefit::Column::Category)
            .column_as(benefit::Column::Id.count(), "n")
            .filter(benefit::Column::CompanyId.eq(company))
            .filter(benefit::Column::ExpiresAt.gt(ctx.now()))
            .group_by(benefit::Column::Category)
            .into_tuple()
            .all(ctx.store.db.conn())
            .await?;
        for (category, n) in grouped {
            if let Some(i) = Category::ALL.iter().position(|&c| c == category) {
                counts[i] = u64::try_from(n).unwrap_or(0);
            }
        }
    }
    Ok(Viewer {
        principal: ctx.principal.clone(),
        name: person.name,
        email: person.email,
        in_predecessor: company.as_ref().is_some_and(|c| c.in_predecessor),
        company: company.map(|c| c.name),
        counts,
    })
}

pub async fn get_profile(ctx: &Ctx) -> StoreResult<Profile> {
    ctx.authorize(Action::ManageOwnProfile)?;
    let (person, company) = own(ctx).await?;
    Ok(Profile {
        name: person.name,
        email: person.email,
        company: company.map(|c| c.name),
        roles: ctx.principal.roles.clone(),
        sessions: session::list_sessions(ctx).await?,
    })
}

/// Changes the password and ends every other session. Rule R-AUTH-1.
pub async fn change_password(ctx: &Ctx, current: &str, new: &str, repeated: &str) -> StoreResult<()> {
    ctx.authorize(Action::ManageOwnProfile)?;
    check_new_password(new, repeated).map_err(StoreError::Password)?;
    let (person, company) = own(ctx).await?;
    // The same brake as at the sign-in page: whoever holds a session must not guess here either.
    if !ctx.store.passwords.verify(current, person.password_hash.as_deref()).await? {
        return Err(StoreError::CurrentPassword);
    }
    if current == new {
        return Err(StoreError::Password(PasswordProblem::Unchanged));
    }
    let company = company.map(|c| c.name).unwrap_or_default();
    ctx.store.passwords.judge(new, &[&person.name, &person.email, &company]).await?;
    let hash = ctx.store.passwords.hash(new).await?;
    let tx = ctx.store.db.begin().await?;
    let mut row = session::own_row(&tx, ctx).await?.into_active_model();
    row.password_hash = Set(Some(hash));
    row.update(&tx).await?;
    let ended = session::end_others(&tx, ctx).await?;
    record(&tx, Entry::by(ctx, ctx.now(), AuditAction::PasswordChanged).details(json!({ "sessions_ended": ended }))).await?;
    Ok(tx.commit().await?)
}
