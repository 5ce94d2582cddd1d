//! Roles, and the person who acts.

use crate::id::{CompanyId, UserId};
use serde::{Deserialize, Serialize};

/// A role that a Global admin (or, but for Global admin, a User admin) grants to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(32))")
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[cfg_attr(feature = "db", sea_orm(string_value = "global_admin"))]
    GlobalAdmin,
    #[cfg_attr(feature = "db", sea_orm(string_value = "user_admin"))]
    UserAdmin,
    #[cfg_attr(feature = "db", sea_orm(string_value = "admin_agent"))]
    AdminAgent,
    #[cfg_attr(feature = "db", sea_orm(string_value = "mpn_partner_admin"))]
    MpnPartnerAdmin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::GlobalAdmin, Self::UserAdmin, Self::AdminAgent, Self::MpnPartnerAdmin];
}

/// In what capacity somebody acts: a column of the policy table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    Role(Role),
    /// A person of a company, whatever roles they hold besides.
    Employee,
    /// Staff of the programme; belongs to no company.
    Operator,
}

impl Capacity {
    pub const ALL: [Self; 6] = [
        Self::Role(Role::GlobalAdmin),
        Self::Role(Role::UserAdmin),
        Self::Role(Role::AdminAgent),
        Self::Role(Role::MpnPartnerAdmin),
        Self::Employee,
        Self::Operator,
    ];
}

/// The signed-in person, as far as permissions are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub user: UserId,
    /// `None` for an operator, and only then.
    pub company: Option<CompanyId>,
    pub roles: Vec<Role>,
}

impl Principal {
    pub fn capacities(&self) -> impl Iterator<Item = Capacity> + '_ {
        let base = if self.company.is_some() { Capacity::Employee } else { Capacity::Operator };
        // A role is worth something inside a company only.
        let roles = self.roles.iter().copied().filter(|_| self.company.is_some());
        std::iter::once(base).chain(roles.map(Capacity::Role))
    }

    pub fn can(&self, action: super::Action) -> bool {
        self.capacities().any(|capacity| super::allows(capacity, action))
    }

    /// Says in a page whom it was drawn for, and for which company; no secret.
    pub fn mark(&self) -> String {
        let company = self.company.map(|c| c.to_string()).unwrap_or_default();
        [&self.user.to_string(), "-", &company].concat()
    }

    pub fn is_operator(&self) -> bool {
        self.company.is_none()
    }
}
