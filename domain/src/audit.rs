//! What is written down. One event for every operation that changes or reveals something.

macro_rules! audit_actions {
    ($($name:ident = $text:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum AuditAction { $(#[serde(rename = $text)] $name),+ }

        impl AuditAction {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in the database; never changed once shipped.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

audit_actions! {
    SignedIn = "session.signed_in",
    SignInFailed = "session.sign_in_failed",
    SignedOut = "session.signed_out",
    SignedOutEverywhere = "session.signed_out_everywhere",
    SessionEnded = "session.ended",
    PasswordChanged = "profile.password_changed",
    LanguageChanged = "profile.language_changed",
    ThemeChanged = "profile.theme_changed",
    OperatorCreated = "setup.operator_created",
    SeatAssigned = "seat.assigned",
    SeatRemoved = "seat.removed",
    SeatReassigned = "seat.reassigned",
    SeatsMoved = "seat.all_of_person_moved",
    SeatsAssignedFromFile = "seat.assigned_from_file",
    SeatFileRead = "seat.file_read",
    SeatHistoryExported = "seat.history_exported",
    UserAdded = "user.added",
    UserInvited = "user.invited",
    UserJoined = "user.joined",
    UserDisabled = "user.disabled",
    UserEnabled = "user.enabled",
    RolesChanged = "user.roles_changed",
    RoleRequested = "role_request.made",
    RoleRequestWithdrawn = "role_request.withdrawn",
    RoleRequestApproved = "role_request.approved",
    RoleRequestDeclined = "role_request.declined",
    DomainLookedAt = "role_request.domain_looked_at",
    DomainProved = "role_request.domain_proved",
    SupportRequested = "support.requested",
    SupportWithdrawn = "support.withdrawn",
    SupportFulfilled = "support.fulfilled",
    SupportDeclined = "support.declined",
    IncidentsRecorded = "support.incidents_recorded",
    CaseSubmitted = "case.submitted",
    CaseMoved = "case.moved",
    CaseWritten = "case.written",
    WorkTaken = "work.taken",
    WorkReleased = "work.released",
    MailRetried = "mail.retried",
    MailTested = "mail.tested",
    CatalogueImported = "catalogue.imported",
    KeysImported = "keys.imported",
    KeysRevealed = "keys.revealed",
    DemoLoaded = "demo.loaded",
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
