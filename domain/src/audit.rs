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
    UserAdded = "user.added" => [People, Console],
    UserInvited = "user.invited" => [People, Console],
    UserJoined = "user.joined" => [People, Console],
    UserDisabled = "user.disabled" => [People, Offers, Benefits, Mine],
    UserEnabled = "user.enabled" => [People, Offers],
    RolesChanged = "user.roles_changed" => [People, Rights],
    RoleRequested = "role_request.made" => [People, Queue],
    RoleRequestWithdrawn = "role_request.withdrawn" => [People, Queue],
    RoleRequestApproved = "role_request.approved" => [People, Queue, Rights],
    RoleRequestDeclined = "role_request.declined" => [People, Queue],
    DomainLookedAt = "role_request.domain_looked_at" => [],
    DomainProved = "role_request.domain_proved" => [People, Queue, Rights],
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
    OrderPaid = "order.paid" => [Orders, Benefits, Offers, Mine, Queue, Console],
    TermBegun = "term.begun" => [Orders, Benefits, Offers, Mine],
    CancellationRequested = "cancellation.requested" => [Orders, Benefits, Queue],
    CancellationWithdrawn = "cancellation.withdrawn" => [Orders, Benefits, Queue],
    CancellationDeclined = "cancellation.declined" => [Orders, Benefits, Queue],
    CancellationApproved = "cancellation.approved" => [Orders, Benefits, Offers, Cases, Mine, Queue],
    KeysDelivered = "keys.delivered" => [Benefits, Console],
    KeyWithdrawn = "keys.withdrawn" => [Benefits, Console],
    StockLevelSet = "keys.stock_level_set" => [Console],
    KeysTried = "keys.file_tried" => [],
    CatalogueTried = "catalogue.file_tried" => [],
    IssuerChanged = "programme.issuer_changed" => [Console],
    CompanyCreated = "company.created" => [Console],
    CompanyMoved = "company.moved" => [Orders, Benefits, Offers, Console],
    CompaniesTried = "company.file_tried" => [],
    CompanyChanged = "company.changed" => [Console, Rights],
    CompanySuspended = "company.suspended" => [Console, Rights],
    CompanyRestored = "company.restored" => [Console, Rights],
    CompanySeen = "company.seen" => [],
    BenefitsEnded = "benefit.ended" => [Benefits, Offers, Mine, Queue],
    TermEnded = "term.ended" => [Orders, Benefits],
    RemindersSet = "profile.reminders_set" => [],
    CalendarMade = "profile.calendar_made" => [],
    CalendarRevoked = "profile.calendar_revoked" => [],
    WorkTaken = "work.taken" => [Queue],
    WorkReleased = "work.released" => [Queue],
    MailRetried = "mail.retried" => [Console],
    MailTested = "mail.tested" => [Console],
    CatalogueImported = "catalogue.imported" => [Console, Orders],
    KeysImported = "keys.imported" => [Console],
    KeysRevealed = "keys.revealed" => [Benefits, Orders],
    DemoLoaded = "demo.loaded" => [],
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a page shows changes it. What changes none stands here, with its reason.
    #[test]
    fn what_pages_show_has_its_topics() {
        use AuditAction as A;
        let silent: Vec<_> = A::ALL.iter().copied().filter(|a| a.topics().is_empty()).collect();
        assert_eq!(
            silent,
            [
                // One's own, on the page where one did it.
                A::SignedIn,
                A::SignInFailed,
                A::SignedOut,
                A::SignedOutEverywhere,
                A::SessionEnded,
                A::PasswordChanged,
                A::LanguageChanged,
                A::ThemeChanged,
                // Before anybody has a page.
                A::OperatorCreated,
                // Only tried, or only looked at.
                A::SeatFileRead,
                A::SeatHistoryExported,
                A::DomainLookedAt,
                A::KeysTried,
                A::CatalogueTried,
                A::CompaniesTried,
                A::CompanySeen,
                A::RemindersSet,
                A::CalendarMade,
                A::CalendarRevoked,
                A::DemoLoaded,
            ]
        );
    }

    #[test]
    fn every_word_is_used_once() {
        let words: std::collections::HashSet<_> = AuditAction::ALL.iter().map(|a| a.as_str()).collect();
        assert_eq!(words.len(), AuditAction::ALL.len());
    }
}
