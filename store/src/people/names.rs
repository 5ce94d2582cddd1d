//! What people and companies are called, for lists that name many of them: one statement each.
//!
//! The caller has bound the ids to what its reader may see.

use crate::entity::{company, user};
use crate::error::StoreResult;
use domain::id::{CompanyId, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeSet, HashMap};

/// People by their ids.
pub(crate) struct People(HashMap<UserId, user::Model>);

impl People {
    pub async fn load(db: &impl ConnectionTrait, ids: BTreeSet<UserId>) -> StoreResult<Self> {
        let rows = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
        Ok(Self(rows.into_iter().map(|person| (person.id, person)).collect()))
    }

    pub fn name(&self, id: UserId) -> String {
        self.0.get(&id).map(|person| person.name.clone()).unwrap_or_default()
    }

    /// The address of the account.
    pub fn email(&self, id: UserId) -> String {
        self.0.get(&id).map(|person| person.email.clone()).unwrap_or_default()
    }
}

/// The names of companies.
pub(crate) async fn company_names(
    db: &impl ConnectionTrait,
    ids: BTreeSet<CompanyId>,
) -> StoreResult<HashMap<CompanyId, String>> {
    let rows = company::Entity::find().filter(company::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|company| (company.id, company.name)).collect())
}
