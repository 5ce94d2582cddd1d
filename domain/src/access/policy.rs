//! The policy table of the programme, whole. `domain/tests/role_matrix.txt` is its printed form.

use super::role::{Capacity, Role};
use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Something a person wants to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

actions! {
    /// Own profile, password, sessions, language.
    ManageOwnProfile,
    /// The benefits that one holds oneself.
    OpenMyBenefits,
    OpenBenefits,
    GetKeys,
    /// Assign, remove and reassign seats.
    AssignSeat,
    /// Give a support benefit to a person.
    AssignSupport,
    /// Assign oneself to a usage-based cloud subscription.
    AssignSelfToCloud,
    SubmitAdvisoryRequest,
    ManageMarketingContact,
    ActivateOffer,
    BuyPackage,
    SeeOrders,
    RequestCancellation,
    AddUser,
    DisableUser,
    /// Any role but Global admin, and never to oneself.
    GrantRole,
    GrantGlobalAdmin,
    /// Only for a company that has none left.
    AppointGlobalAdmin,
    /// Ask to become one, or prove that the company's domain is one's own.
    RequestGlobalAdmin,
    SeeRoleHolders,
    /// Their names, to know whom to ask.
    SeeGlobalAdmins,
    SeeAuditLog,
    SeeReports,
    ExportData,
    ManageCatalogue,
    ManageKeyPools,
    ManageOrders,
    WorkQueue,
    ManageCompanies,
    SeeOutbox,
    /// What the program does by itself, and whether it is late.
    SeeJobs,
}

/// Whether somebody in this capacity may do this. A new action does not compile until somebody has decided.
pub const fn allows(capacity: Capacity, action: Action) -> bool {
    use Action as A;
    use Capacity::{Employee, Operator};
    const GLOBAL: Capacity = Capacity::Role(Role::GlobalAdmin);
    const USERS: Capacity = Capacity::Role(Role::UserAdmin);
    const MPN: Capacity = Capacity::Role(Role::MpnPartnerAdmin);
    match action {
        A::ManageOwnProfile => true,
        A::OpenMyBenefits | A::SeeGlobalAdmins => matches!(capacity, Employee),
        A::OpenBenefits
        | A::SubmitAdvisoryRequest
        | A::BuyPackage
        | A::SeeOrders
        | A::SeeRoleHolders
        | A::RequestGlobalAdmin => {
            matches!(capacity, Capacity::Role(_))
        }
        A::GetKeys
        | A::ManageMarketingContact
        | A::ActivateOffer
        | A::RequestCancellation
        | A::SeeAuditLog
        | A::SeeReports
        | A::ExportData => matches!(capacity, GLOBAL | MPN),
        A::AssignSeat | A::AssignSupport | A::AssignSelfToCloud | A::GrantGlobalAdmin => matches!(capacity, GLOBAL),
        A::AddUser | A::DisableUser | A::GrantRole => matches!(capacity, GLOBAL | USERS),
        A::AppointGlobalAdmin
        | A::ManageCatalogue
        | A::ManageKeyPools
        | A::ManageOrders
        | A::WorkQueue
        | A::ManageCompanies
        | A::SeeOutbox
        | A::SeeJobs => matches!(capacity, Operator),
    }
}

/// The roles that make an action possible, in the order people know them: for "Appropriate
/// roles" and for "Only a … can".
pub fn holders(action: Action) -> Vec<Role> {
    Role::ALL.into_iter().filter(|&role| allows(Capacity::Role(role), action)).collect()
}
