//! What may happen to the people of a company and their roles, and what the pages about them show.

use crate::access::{Action, Principal, Role};
use crate::benefits::seat::{Given, Taken};
use crate::catalogue::Category;
use crate::id::{AssignmentId, BenefitId, RoleRequestId, UserId};
use crate::text::{self, Hidden};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The longest name that lists have room for.
pub const MAX_NAME: usize = 200;
/// The longest reason that somebody writes for a decision.
pub const MAX_REASON: usize = 500;
/// How long an invitation can be accepted.
pub const INVITATION_LIFE: TimeDelta = TimeDelta::hours(72);
/// How long somebody waits between two looks for the proof of a domain: name servers need time.
pub const PROOF_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Why a text is not what somebody is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// None, more than a line, or more than [`MAX_NAME`] characters.
    Shape,
    /// There is something in the middle that nobody sees.
    Hidden(Hidden),
}

/// Reads the name of a person.
pub fn read_name(raw: &str) -> Result<String, NameProblem> {
    if text::trim(raw).chars().any(char::is_control) {
        return Err(NameProblem::Shape);
    }
    let name = text::line(raw).map_err(NameProblem::Hidden)?;
    let fine = !name.is_empty() && name.chars().count() <= MAX_NAME;
    if fine { Ok(name) } else { Err(NameProblem::Shape) }
}

/// Why something cannot be done to a person or with a role. The wording is in
/// `locales/*/refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleRefusal {
    /// Nobody raises themselves.
    NotToOneself,
    NotOneself,
    /// The company would be left without one.
    LastGlobalAdmin,
    /// The address has an account already.
    EmailTaken,
    /// Unknown, used, replaced or too old.
    Invitation,
    AlreadyJoined,
    Disabled,
    AlreadyGlobalAdmin,
    /// Asked already, and not decided yet.
    AlreadyRequested,
    /// Decided or withdrawn in the meantime.
    AlreadyDecided,
    /// There is somebody in the company who decides.
    HasGlobalAdmin,
    /// No domain is known for the company.
    NoDomain,
    ProofNotFound,
    TooSoon {
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
    },
    ReasonMissing,
    ReasonTooLong,
    /// Seats are to go to somebody who was not named.
    NoSuccessor,
    /// Somebody else has changed the roles in the meantime.
    RolesChanged,
}

/// What a change of roles is decided on, loaded and locked in its transaction.
#[derive(Clone, Copy, Debug)]
pub struct RoleFacts<'a> {
    pub actor: &'a Principal,
    pub person: UserId,
    pub before: &'a [Role],
    pub after: &'a [Role],
    /// Global admins of the company who can act, this person not counted.
    pub other_global_admins: u64,
    /// The person cannot act: disabled, or invited and not joined yet.
    pub is_out: bool,
}

/// What a change of roles adds and takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChange {
    pub added: Vec<Role>,
    pub removed: Vec<Role>,
}

/// Why roles cannot be changed: not for this actor, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleProblem {
    Forbidden(Action),
    Refused(PeopleRefusal),
}

const fn granting(role: Role) -> Action {
    match role {
        Role::GlobalAdmin => Action::GrantGlobalAdmin,
        Role::UserAdmin | Role::AdminAgent | Role::MpnPartnerAdmin => Action::GrantRole,
    }
}

/// Decides whether a person's roles can become others. Rule R-ROLE-1.
pub fn change_roles(facts: &RoleFacts<'_>) -> Result<RoleChange, RoleProblem> {
    let only_in = |a: &[Role], b: &[Role]| -> Vec<Role> {
        Role::ALL.into_iter().filter(|r| a.contains(r) && !b.contains(r)).collect()
    };
    let change = RoleChange { added: only_in(facts.after, facts.before), removed: only_in(facts.before, facts.after) };
    for &role in change.added.iter().chain(&change.removed) {
        if !facts.actor.can(granting(role)) {
            return Err(RoleProblem::Forbidden(granting(role)));
        }
    }
    if facts.actor.user == facts.person && !change.added.is_empty() {
        return Err(RoleProblem::Refused(PeopleRefusal::NotToOneself));
    }
    if change.removed.contains(&Role::GlobalAdmin) && !facts.is_out && facts.other_global_admins == 0 {
        return Err(RoleProblem::Refused(PeopleRefusal::LastGlobalAdmin));
    }
    Ok(change)
}

/// Decides whether a person's account can be disabled. Rule R-ROLE-2.
///
/// Disabling a Global admin takes the role away in effect, so it takes the same right.
pub fn disable(facts: &RoleFacts<'_>) -> Result<(), RoleProblem> {
    if !facts.actor.can(Action::DisableUser) {
        return Err(RoleProblem::Forbidden(Action::DisableUser));
    }
    if facts.actor.user == facts.person {
        return Err(RoleProblem::Refused(PeopleRefusal::NotOneself));
    }
    if facts.before.contains(&Role::GlobalAdmin) {
        if !facts.actor.can(Action::GrantGlobalAdmin) {
            return Err(RoleProblem::Forbidden(Action::GrantGlobalAdmin));
        }
        if !facts.is_out && facts.other_global_admins == 0 {
            return Err(RoleProblem::Refused(PeopleRefusal::LastGlobalAdmin));
        }
    }
    Ok(())
}

/// Whether an account can be signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Active,
    /// Invited, and has set no password yet.
    Invited,
    Disabled,
}

/// Which people of a list are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleFilter {
    #[default]
    All,
    WithRole,
    Invited,
    Disabled,
}

impl PeopleFilter {
    pub const ALL: [Self; 4] = [Self::All, Self::WithRole, Self::Invited, Self::Disabled];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::WithRole => "with-role",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.slug() == slug)
    }
}

/// A line of the list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
    pub state: AccountState,
    /// Seats that the person holds now.
    pub seats: u64,
}

/// A page of the list of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    pub rows: Vec<PersonRow>,
    pub total: u64,
    /// How many each filter of [`PeopleFilter::ALL`] leaves, whatever is searched for.
    pub counts: [u64; 4],
    pub next: Option<String>,
    /// Global admins who are not disabled.
    pub global_admins: u64,
}

/// Somebody to pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

/// Whom a picker offers: the first matches, and whether there are more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub people: Vec<Choice>,
    pub more: bool,
}

/// A seat that somebody holds or held: one line of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub id: AssignmentId,
    pub benefit: BenefitId,
    pub category: Category,
    pub product: String,
    pub package: String,
    /// The seat's number within its benefit.
    pub seat: u32,
    pub person: UserId,
    pub name: String,
    pub email: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub from: DateTime<Utc>,
    pub by: String,
    pub how: Given,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub until: Option<DateTime<Utc>>,
    pub ended_by: Option<String>,
    pub why: Option<Taken>,
    /// Held, and cannot be taken back before.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub locked_until: Option<DateTime<Utc>>,
}

/// A page of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPage {
    pub rows: Vec<Held>,
    pub total: u64,
    pub next: Option<String>,
}

/// What becomes of a person's seats when they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatsOfLeaver {
    #[default]
    Keep,
    Free,
    HandOver,
}

impl SeatsOfLeaver {
    pub const ALL: [Self; 3] = [Self::Keep, Self::Free, Self::HandOver];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Free => "free",
            Self::HandOver => "hand-over",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.slug() == slug)
    }
}

/// What became of one seat of a person who leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatMoved {
    Freed,
    HandedOver,
    /// It could not go to the colleague, and is free now.
    FreedInstead(crate::benefits::seat::SeatRefusal),
    /// It cannot be taken back yet, so it stays with the person.
    Stays(crate::benefits::seat::SeatRefusal),
}

/// A seat of a person who leaves, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedSeat {
    pub benefit: BenefitId,
    pub product: String,
    pub package: String,
    pub seat: u32,
    pub outcome: SeatMoved,
}

/// A person's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
    pub state: AccountState,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub disabled_at: Option<DateTime<Utc>>,
    /// The open invitation ends then.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub invited_until: Option<DateTime<Utc>>,
    pub is_oneself: bool,
    /// The only Global admin of the company who is not disabled.
    pub is_last_global_admin: bool,
    /// What is held now; the whole of it up to a hundred.
    pub seats: HeldPage,
    /// What was held before, the newest first.
    pub history: HeldPage,
    pub keys_seen: Vec<crate::view::KeySeen>,
}

/// Where a request for the role of Global admin stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))")
)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    #[cfg_attr(feature = "db", sea_orm(string_value = "pending"))]
    Pending,
    #[cfg_attr(feature = "db", sea_orm(string_value = "approved"))]
    Approved,
    #[cfg_attr(feature = "db", sea_orm(string_value = "declined"))]
    Declined,
    #[cfg_attr(feature = "db", sea_orm(string_value = "withdrawn"))]
    Withdrawn,
    /// The company's domain answered for the person.
    #[cfg_attr(feature = "db", sea_orm(string_value = "proved"))]
    Proved,
}

/// A request for the role of Global admin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRequest {
    pub id: RoleRequestId,
    pub person: String,
    pub email: String,
    pub company: String,
    pub state: RequestState,
    /// Why the person asks.
    pub note: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    pub reason: String,
}

/// The TXT record that proves a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainProof {
    /// The name that the record stands at.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// "Become a global admin".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BecomeGlobalAdmin {
    pub is_one: bool,
    /// Whom to ask.
    pub global_admins: Vec<String>,
    /// The person's own latest request.
    pub mine: Option<RoleRequest>,
    /// While a request waits and the company has nobody to decide it.
    pub proof: Option<DomainProof>,
    /// Requests that this person decides.
    pub to_decide: Vec<RoleRequest>,
}

/// A day as forms write it, `2026-11-22`; nothing outside of the years that both databases know.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let shape =
        year.len() == 4 && month.len() == 2 && day.len() == 2 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit());
    if !shape {
        return None;
    }
    let year: i32 = year.parse().ok().filter(|year| (1900..=9999).contains(year))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// The name that carries the proof of a domain.
pub fn proof_name(domain: &str) -> String {
    ["_vorteil.", domain.trim_end_matches('.')].concat()
}

/// What the record says for a request's code.
pub fn proof_value(code: &str) -> String {
    ["vorteil-verification=", code].concat()
}

/// Whether one of the record's texts is the proof. Blanks around it do not matter.
pub fn proves(texts: &[String], code: &str) -> bool {
    texts.iter().any(|text| text.trim() == proof_value(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CompanyId;
    use uuid::Uuid;

    fn who(n: u128, roles: &[Role]) -> Principal {
        Principal {
            user: UserId::new(Uuid::from_u128(n)),
            company: Some(CompanyId::new(Uuid::from_u128(1))),
            roles: roles.to_vec(),
        }
    }
    fn facts<'a>(actor: &'a Principal, before: &'a [Role], after: &'a [Role], others: u64) -> RoleFacts<'a> {
        RoleFacts {
            actor,
            person: UserId::new(Uuid::from_u128(9)),
            before,
            after,
            other_global_admins: others,
            is_out: false,
        }
    }
    use Role::{AdminAgent, GlobalAdmin, MpnPartnerAdmin, UserAdmin};

    /// Rule R-ROLE-1.
    #[test]
    fn who_grants_what() {
        let (global, users) = (who(1, &[GlobalAdmin]), who(2, &[UserAdmin]));
        let change = change_roles(&facts(&users, &[AdminAgent], &[MpnPartnerAdmin], 1)).unwrap();
        assert_eq!(change, RoleChange { added: vec![MpnPartnerAdmin], removed: vec![AdminAgent] });
        for (before, after) in [(&[][..], &[GlobalAdmin][..]), (&[GlobalAdmin], &[])] {
            assert_eq!(
                change_roles(&facts(&users, before, after, 1)),
                Err(RoleProblem::Forbidden(Action::GrantGlobalAdmin))
            );
            assert!(change_roles(&facts(&global, before, after, 1)).is_ok());
        }
        let agent = who(3, &[AdminAgent]);
        assert_eq!(change_roles(&facts(&agent, &[], &[UserAdmin], 1)), Err(RoleProblem::Forbidden(Action::GrantRole)));
        assert!(change_roles(&facts(&agent, &[UserAdmin], &[UserAdmin], 1)).is_ok(), "nothing changes");
    }

    #[test]
    fn nobody_raises_themselves() {
        let users = who(9, &[UserAdmin]);
        assert_eq!(
            change_roles(&facts(&users, &[UserAdmin], &[UserAdmin, MpnPartnerAdmin], 1)),
            Err(RoleProblem::Refused(PeopleRefusal::NotToOneself))
        );
        assert!(change_roles(&facts(&users, &[UserAdmin], &[], 1)).is_ok(), "stepping back is possible");
        assert_eq!(disable(&facts(&users, &[], &[], 1)), Err(RoleProblem::Refused(PeopleRefusal::NotOneself)));
    }

    /// Rule R-ROLE-2.
    #[test]
    fn the_last_global_admin_stays() {
        let global = who(1, &[GlobalAdmin]);
        let last = RoleProblem::Refused(PeopleRefusal::LastGlobalAdmin);
        assert_eq!(change_roles(&facts(&global, &[GlobalAdmin], &[], 0)), Err(last.clone()));
        assert_eq!(disable(&facts(&global, &[GlobalAdmin], &[], 0)), Err(last));
        assert!(disable(&facts(&global, &[GlobalAdmin], &[], 1)).is_ok());
        // One who cannot act does not count as the last.
        assert!(change_roles(&RoleFacts { is_out: true, ..facts(&global, &[GlobalAdmin], &[], 0) }).is_ok());
        let users = who(2, &[UserAdmin]);
        assert_eq!(
            disable(&facts(&users, &[GlobalAdmin], &[], 1)),
            Err(RoleProblem::Forbidden(Action::GrantGlobalAdmin))
        );
        assert!(disable(&facts(&users, &[AdminAgent], &[], 1)).is_ok());
    }

    #[test]
    fn a_name_is_a_line_without_anything_hidden() {
        assert_eq!(read_name("\u{feff} Ida\u{a0} U\u{308}nal\u{200b}").as_deref(), Ok("Ida Ünal"));
        for good in ["Null", "X", "الياس حداد", "田中 太郎", "👩\u{200d}💻 Ada", "O’Brien Seán", "علی\u{200c}رضا"]
        {
            assert_eq!(read_name(good).as_deref(), Ok(good));
        }
        for hidden in ['\u{200b}', '\u{202e}', '\u{2067}', '\u{ad}', '\u{200c}'] {
            assert_eq!(read_name(&format!("Emil{hidden} Employee")), Err(NameProblem::Hidden(Hidden(hidden))));
        }
        for bad in ["", " ", "\u{200b}\u{feff}", "\u{3164}", "a\nb", "a\0b", &"x".repeat(201)] {
            assert_eq!(read_name(bad), Err(NameProblem::Shape), "{bad:?}");
        }
    }

    #[test]
    fn a_day_is_one_that_databases_know() {
        assert_eq!(parse_day("2026-02-28"), NaiveDate::from_ymd_opt(2026, 2, 28));
        for bad in
            ["", "2026-02-29", "1899-12-31", "+262142-12-31", "-9999-01-01", "10000-01-01", "2026-1-1", "2026-01-01x"]
        {
            assert_eq!(parse_day(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_domain_is_proved_by_its_own_record_only() {
        assert_eq!(proof_name("contoso.example."), "_vorteil.contoso.example");
        assert!(proves(&["other".to_owned(), " vorteil-verification=abc ".to_owned()], "abc"));
        assert!(!proves(&["vorteil-verification=abcd".to_owned()], "abc"));
        assert!(!proves(&[], "abc"));
    }
}
