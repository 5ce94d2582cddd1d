//! One's own account.

use crate::audit::{Entry, record};
use crate::benefits::list::References;
use crate::context::Ctx;
use crate::entity::{benefit, company, key_reveal, user};
use crate::error::{StoreError, StoreResult};
use crate::people::session;
use crate::people::sign_in::confirm_password;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::catalogue::Category;
use domain::id::{BenefitId, CompanyId, UserId};
use domain::password::{PasswordProblem, check_new_password};
use domain::text;
use domain::view::{KeySeen, Links, Profile, Viewer};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
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
        links: Links::default(),
    })
}

/// More benefits than a company has; bounds the page.
const KEYS_SEEN: u64 = 200;

/// What a person has to hand back in their head when they leave: whose keys they saw, and when
/// last.
pub(crate) async fn list_keys_seen_by(ctx: &Ctx, company: CompanyId, person: UserId) -> StoreResult<Vec<KeySeen>> {
    let db = ctx.store.db.conn();
    let seen: Vec<(BenefitId, DateTime<Utc>)> = key_reveal::Entity::find()
        .select_only()
        .column(key_reveal::Column::BenefitId)
        .column_as(key_reveal::Column::RevealedAt.max(), "last")
        .filter(key_reveal::Column::CompanyId.eq(company))
        .filter(key_reveal::Column::UserId.eq(person))
        .group_by(key_reveal::Column::BenefitId)
        .order_by_desc(key_reveal::Column::RevealedAt.max())
        .limit(KEYS_SEEN)
        .into_tuple()
        .all(db)
        .await?;
    let ids = seen.iter().map(|(id, _)| *id);
    let rows = benefit::Entity::find().filter(benefit::Column::Id.is_in(ids)).all(db).await?;
    let references = References::load(db, &rows).await?;
    let mut keys = Vec::with_capacity(seen.len());
    for (id, at) in seen {
        let row = rows.iter().find(|r| r.id == id).ok_or(StoreError::Corrupt("key_reveals.benefit_id"))?;
        keys.push(KeySeen {
            name: references.product(row)?.name.get(ctx.language).to_owned(),
            package: references.package(row)?.label.get(ctx.language).to_owned(),
            at,
        });
    }
    Ok(keys)
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
        keys_seen: match ctx.principal.company {
            Some(company) => list_keys_seen_by(ctx, company, ctx.user()).await?,
            None => Vec::new(),
        },
    })
}

/// Changes the password, ends every other session, and gives this one a new token: whoever has
/// copied the old one is out. Rule R-AUTH-1.
pub async fn change_password(ctx: &Ctx, current: &str, new: &str, repeated: &str) -> StoreResult<String> {
    ctx.authorize(Action::ManageOwnProfile)?;
    check_new_password(new, repeated).map_err(StoreError::Password)?;
    let (person, company) = own(ctx).await?;
    confirm_password(&ctx.store, &person, current, &ctx.origin).await?;
    if text::password(current) == text::password(new) {
        return Err(StoreError::Password(PasswordProblem::Unchanged));
    }
    let company = company.map(|c| c.name).unwrap_or_default();
    ctx.store.passwords.judge(new, &[&person.name, &person.email, &company]).await?;
    let hash = ctx.store.passwords.hash(new).await?;
    let tx = ctx.store.db.begin().await?;
    let row = session::own_row(&tx, ctx).await?;
    // Somebody else may have changed it while this one was being verified.
    if row.password_hash != person.password_hash {
        return Err(StoreError::CurrentPassword);
    }
    let mut row = row.into_active_model();
    row.password_hash = Set(Some(hash));
    row.update(&tx).await?;
    let ended = session::end_others(&tx, ctx).await?;
    let token = session::renew(&tx, ctx).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::PasswordChanged).details(json!({ "sessions_ended": ended }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(token)
}
