//! What an open page is told of: that something changed, never what.

use crate::access::{Action, Principal};
use serde::{Deserialize, Serialize};

/// What changed, as far as a page can tell whether it shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Benefits, and who holds them.
    Benefits,
    /// Go-To-Market: contacts and offers.
    Offers,
    /// Requests for hours and presales.
    Cases,
    /// Users, roles, and requests for a role.
    People,
    /// What the person holds themselves.
    Mine,
    /// What the company bought, and what became of it.
    Orders,
    /// The work of the programme's staff.
    Queue,
    /// What the reader may do, and how their company stands.
    Rights,
    /// The operators' console: companies, keys, catalogue, mails.
    Console,
}

impl Topic {
    pub const ALL: [Self; 9] = [
        Self::Benefits,
        Self::Offers,
        Self::Cases,
        Self::People,
        Self::Mine,
        Self::Orders,
        Self::Queue,
        Self::Rights,
        Self::Console,
    ];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Benefits => "benefits",
            Self::Offers => "offers",
            Self::Cases => "cases",
            Self::People => "people",
            Self::Mine => "mine",
            Self::Orders => "orders",
            Self::Queue => "queue",
            Self::Rights => "rights",
            Self::Console => "console",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.slug() == slug)
    }

    /// Its place in [`Topic::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether somebody may be told: whoever may open the pages that show it.
    pub fn concerns(self, who: &Principal) -> bool {
        match self {
            Self::Benefits | Self::Cases => who.can(Action::OpenBenefits),
            Self::Offers => who.can(Action::ActivateOffer),
            Self::People => who.can(Action::SeeRoleHolders) || who.can(Action::WorkQueue),
            Self::Mine => who.company.is_some(),
            Self::Orders => who.can(Action::SeeOrders),
            Self::Queue | Self::Console => who.can(Action::WorkQueue),
            Self::Rights => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;
    use crate::id::{CompanyId, UserId};
    use uuid::Uuid;

    #[test]
    fn everybody_is_told_what_they_may_see() {
        let company = Some(CompanyId::new(Uuid::from_u128(1)));
        let who = |company, roles| Principal { user: UserId::new(Uuid::from_u128(2)), company, roles };
        let told = |who: &Principal| Topic::ALL.into_iter().filter(|t| t.concerns(who)).collect::<Vec<_>>();
        use Topic::{Benefits, Cases, Console, Mine, Offers, Orders, People, Queue, Rights};
        assert_eq!(
            told(&who(company, vec![Role::MpnPartnerAdmin])),
            [Benefits, Offers, Cases, People, Mine, Orders, Rights]
        );
        assert_eq!(told(&who(company, vec![Role::AdminAgent])), [Benefits, Cases, People, Mine, Orders, Rights]);
        assert_eq!(told(&who(company, Vec::new())), [Mine, Rights]);
        assert_eq!(told(&who(None, Vec::new())), [People, Queue, Rights, Console]);
    }

    #[test]
    fn words_and_places_fit() {
        for (n, topic) in Topic::ALL.into_iter().enumerate() {
            assert_eq!((Topic::from_slug(topic.slug()), topic.index()), (Some(topic), n));
        }
    }
}
