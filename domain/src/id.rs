//! One type per kind of id, so that a seat can never be passed where a user is wanted.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            pub const fn new(id: uuid::Uuid) -> Self { Self(id) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
        #[cfg(feature = "db")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    CompanyId, UserId, SessionId,
    CatalogueVersionId, ProductId, ProductVersionId, PackageId, PackageVersionId, PackageItemId,
    OrderId, TermId, BenefitId, PaymentId, CancellationId,
    LicenceKeyId, KeyRevealId,
    SeatId, AssignmentId, BulkId,
    InvitationId, RoleRequestId,
    SupportActivationId, CaseId, CaseEntryId, WorkId, MailId,
    MarketingContactId, OfferActivationId, ReminderId,
    AuditEventId, UploadId, FormId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = UserId::new(uuid::Uuid::from_u128(7));
        assert_eq!(id.to_string().parse::<UserId>().unwrap(), id);
        assert!("not-an-id".parse::<UserId>().is_err());
    }
}
