//! What is written down. One event for every operation that changes or reveals something, and
//! which open pages it concerns.

use crate::live::Topic;

macro_rules! audit_actions {
    ($($name:ident = $text:literal => [$($topic:ident),*]),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum AuditAction { $(#[serde(rename = $text)] $name),+ }

        impl AuditAction {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in the database; never changed once shipped.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What open pages show that it changes.
            pub const fn topics(self) -> &'static [Topic] {
                match self { $(Self::$name => &[$(Topic::$topic),*]),+ }
            }

            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|a| a.as_str() == word)
            }
        }
    };
}

audit_actions! {
    SignedIn = "session.signed_in" => [],
    SignInFailed = "session.sign_in_failed" => [],
    SignedOut = "session.signed_out" => [],
    SignedOutEverywhere = "session.signed_out_everywhere" => [],
    SessionEnded = "session.ended" => [],
    PasswordChanged = "profile.password_changed" => [],
    LanguageChanged = "profile.language_changed" => [],
    ThemeChanged = "profile.theme_changed" => [],
    OperatorCreated = "setup.operator_created" => [],
    SeatAssigned = "seat.assigned" => [Benefits, Mine],
    SeatRemoved = "seat.removed" => [Benefits, Mine],
    SeatReassigned = "seat.reassigned" => [Benefits, Mine],
    SeatsMoved = "seat.all_of_person_moved" => [Benefits, People, Mine],
    SeatsAssignedFromFile = "seat.assigned_from_file" => [Benefits, Mine],
    SeatFileRead = "seat.file_read" => [],
    SeatHistoryExported = "seat.history_exported" => [],
    UserAdded = "user.added" => [People],
    UserInvited = "user.invited" => [People],
    UserJoined = "user.joined" => [People],
    UserDisabled = "user.disabled" => [People, Offers, Benefits, Mine],
    UserEnabled = "user.enabled" => [People, Offers],
    RolesChanged = "user.roles_changed" => [People],
    RoleRequested = "role_request.made" => [People, Queue],
    RoleRequestWithdrawn = "role_request.withdrawn" => [People, Queue],
    RoleRequestApproved = "role_request.approved" => [People, Queue],
    RoleRequestDeclined = "role_request.declined" => [People, Queue],
    DomainLookedAt = "role_request.domain_looked_at" => [],
    DomainProved = "role_request.domain_proved" => [People, Queue],
    SupportRequested = "support.requested" => [Benefits, Mine, Queue],
    SupportWithdrawn = "support.withdrawn" => [Benefits, Mine, Queue],
    SupportFulfilled = "support.fulfilled" => [Benefits, Mine, Queue],
    SupportDeclined = "support.declined" => [Benefits, Mine, Queue],
    IncidentsRecorded = "support.incidents_recorded" => [Benefits, Queue],
    CaseSubmitted = "case.submitted" => [Benefits, Cases, Queue],
    CaseMoved = "case.moved" => [Benefits, Cases, Queue],
    CaseWritten = "case.written" => [Cases, Queue],
    ContactSet = "marketing_contact.set" => [Offers, Queue],
    ContactMadeMain = "marketing_contact.made_main" => [Offers, Queue],
    ContactRemoved = "marketing_contact.removed" => [Offers, Queue],
    OfferRequested = "offer.requested" => [Offers, Queue],
    OfferWithdrawn = "offer.withdrawn" => [Offers, Queue],
    OfferFulfilled = "offer.fulfilled" => [Offers, Queue],
    OfferDeclined = "offer.declined" => [Offers, Queue],
    OrderPlaced = "order.placed" => [Orders, Queue],
    OrderWithdrawn = "order.withdrawn" => [Orders, Queue],
    OrdersLapsed = "order.lapsed" => [Orders, Queue],
    OrderPaid = "order.paid" => [Orders, Benefits, Offers, Mine, Queue],
    TermBegun = "term.begun" => [Orders, Benefits, Offers, Mine],
    CancellationRequested = "cancellation.requested" => [Orders, Benefits, Queue],
    CancellationWithdrawn = "cancellation.withdrawn" => [Orders, Benefits, Queue],
    CancellationDeclined = "cancellation.declined" => [Orders, Benefits, Queue],
    CancellationApproved = "cancellation.approved" => [Orders, Benefits, Offers, Cases, Mine, Queue],
    KeysDelivered = "keys.delivered" => [Benefits],
    KeyWithdrawn = "keys.withdrawn" => [Benefits],
    StockLevelSet = "keys.stock_level_set" => [],
    KeysTried = "keys.file_tried" => [],
    CatalogueTried = "catalogue.file_tried" => [],
    IssuerChanged = "programme.issuer_changed" => [],
    CompanyCreated = "company.created" => [],
    CompanyMoved = "company.moved" => [Orders, Benefits, Offers],
    CompaniesTried = "company.file_tried" => [],
    CompanyChanged = "company.changed" => [],
    CompanySuspended = "company.suspended" => [],
    CompanyRestored = "company.restored" => [],
    CompanySeen = "company.seen" => [],
    BenefitsEnded = "benefit.ended" => [Benefits, Offers, Mine, Queue],
    TermEnded = "term.ended" => [Orders, Benefits],
    RemindersSet = "profile.reminders_set" => [],
    CalendarMade = "profile.calendar_made" => [],
    CalendarRevoked = "profile.calendar_revoked" => [],
    WorkTaken = "work.taken" => [Queue],
    WorkReleased = "work.released" => [Queue],
    MailRetried = "mail.retried" => [],
    MailTested = "mail.tested" => [],
    CatalogueImported = "catalogue.imported" => [],
    KeysImported = "keys.imported" => [],
    KeysRevealed = "keys.revealed" => [],
    DemoLoaded = "demo.loaded" => [],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_used_once() {
        let words: std::collections::HashSet<_> = AuditAction::ALL.iter().map(|a| a.as_str()).collect();
        assert_eq!(words.len(), AuditAction::ALL.len());
    }
}
