//! How everything is said: sentences by language, and numbers, dates, sizes and money in the
//! way that people write them there. The same text on the server and in the browser.

#[allow(clippy::all, clippy::pedantic, reason = "generated from locales/ by build.rs")]
pub mod t {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

use crate::error::AppError;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
use crate::texts;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use domain::access::{Action, Role, holders};
use domain::benefits::BenefitStatus;
use domain::benefits::advisory::{CaseState, Stage};
use domain::benefits::bulk::{BulkRefusal, MAX_LINES};
#[cfg(feature = "ssr")]
use domain::benefits::go_to_market::{MOST_CONTACTS, MarketingRefusal};
use domain::benefits::seat::{Given, SeatRefusal, Taken};
use domain::benefits::software::RevealRefusal;
#[cfg(feature = "ssr")]
use domain::benefits::technical::TechnicalRefusal;
#[cfg(feature = "ssr")]
use domain::catalogue::{CatalogueProblem, Wanted};
use domain::catalogue::{Category, Unit};
#[cfg(feature = "ssr")]
use domain::console::{ConsoleRefusal, UploadKind};
use domain::email::EmailProblem;
use domain::language::Language::{self, De, En};
use domain::money::Money;
#[cfg(feature = "ssr")]
use domain::orders::OrderRefusal;
#[cfg(feature = "ssr")]
use domain::orders::billing::BillField;
use domain::orders::buy::BuyRefusal;
use domain::orders::cancel::CancelRefusal;
use domain::orders::order::OrderState;
#[cfg(feature = "ssr")]
use domain::password::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, PasswordProblem};
use domain::people::Held;
#[cfg(feature = "ssr")]
use domain::people::{MAX_REASON, PeopleRefusal};
#[cfg(feature = "ssr")]
use domain::phone::PhoneProblem;
use domain::queue::WorkKind;
#[cfg(feature = "ssr")]
use domain::queue::WorkRefusal;
use domain::refusal::{CompanyRefusal, SignInRefusal};
#[cfg(feature = "ssr")]
use domain::reminder::{Ending, EndingLine};
use domain::schedule::Job;
use domain::text::Hidden;

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
];

/// `1234567` → `1,234,567` or `1.234.567`.
pub fn number(l: Language, n: u64) -> String {
    let digits = n.to_string();
    let separator = match l {
        En => ',',
        De => '.',
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(c);
    }
    out
}

/// `6 May 2027` or `6. Mai 2027`, in UTC.
pub fn date(l: Language, at: DateTime<Utc>) -> String {
    let month = MONTHS[usize::from(l == De)][at.month0() as usize];
    let dot = if l == De { "." } else { "" };
    [&at.day().to_string(), dot, " ", month, " ", &at.year().to_string()].concat()
}

/// `2027-05-06T09:14Z`, for machines.
pub fn machine(at: DateTime<Utc>) -> String {
    let two = |n: u32| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    [&at.year().to_string(), "-", &two(at.month()), "-", &two(at.day()), "T", &clock(at), "Z"].concat()
}

/// `09:14`.
pub fn clock(at: DateTime<Utc>) -> String {
    let two = |n: u32| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    [two(at.hour()), two(at.minute())].join(":")
}

/// `09:14 UTC`, rounded up, so that whoever waits until then is let in.
fn clock_rounded_up(at: DateTime<Utc>) -> String {
    [&clock(at + chrono::TimeDelta::seconds(59)), " UTC"].concat()
}

/// `3 March 2026, 09:14 UTC`.
pub fn moment(l: Language, at: DateTime<Utc>) -> String {
    t::words::AtTime { date: &date(l, at), time: &clock(at) }.say(l)
}

/// `1,670.00 USD` or `1.670,00 USD`.
pub fn money(l: Language, amount: Money) -> String {
    let minor = amount.minor.unsigned_abs();
    let (sign, point) = (if amount.minor < 0 { "-" } else { "" }, if l == De { "," } else { "." });
    let cents = minor % 100;
    let zero = if cents < 10 { "0" } else { "" };
    [sign, &number(l, minor / 100), point, zero, &cents.to_string(), " ", amount.currency.as_str()].concat()
}

/// A day, as [`date`] writes it.
pub fn day(l: Language, day: NaiveDate) -> String {
    date(l, day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// Bytes in decimal units, as shops and browsers count: `3.4 GB`.
pub fn size(l: Language, bytes: u64) -> String {
    let (unit, name) = match bytes {
        1_000_000_000.. => (1_000_000_000, "GB"),
        1_000_000.. => (1_000_000, "MB"),
        _ => (1_000, "kB"),
    };
    let tenths = (bytes * 10 + unit / 2) / unit;
    let point = if l == De { "," } else { "." };
    [&number(l, tenths / 10), point, &(tenths % 10).to_string(), " ", name].concat()
}

/// `A, B or C`.
pub fn any_of(l: Language, words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => t::words::OrList { first: &first.join(", "), last }.say(l),
    }
}

/// `A, B and C`.
pub fn all_of(l: Language, words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => t::words::AndList { first: &first.join(", "), last }.say(l),
    }
}

pub fn category(l: Language, category: Category) -> &'static str {
    use t::words as w;
    match category {
        Category::Software => w::category_software(l),
        Category::Cloud => w::category_cloud(l),
        Category::VisualStudio => w::category_visual_studio(l),
        Category::Technical => w::category_technical(l),
        Category::GoToMarket => w::category_go_to_market(l),
    }
}

pub fn role(l: Language, role: Role) -> &'static str {
    use t::words as w;
    match role {
        Role::GlobalAdmin => w::role_global_admin(l),
        Role::UserAdmin => w::role_user_admin(l),
        Role::AdminAgent => w::role_admin_agent(l),
        Role::MpnPartnerAdmin => w::role_mpn_partner_admin(l),
    }
}

/// What a role is for, in a line.
pub fn role_text(l: Language, role: Role) -> &'static str {
    use t::words as w;
    match role {
        Role::GlobalAdmin => w::role_text_global_admin(l),
        Role::UserAdmin => w::role_text_user_admin(l),
        Role::AdminAgent => w::role_text_admin_agent(l),
        Role::MpnPartnerAdmin => w::role_text_mpn_partner_admin(l),
    }
}

pub fn status(l: Language, status: BenefitStatus) -> &'static str {
    use t::words as w;
    match status {
        BenefitStatus::Available => w::status_available(l),
        BenefitStatus::Pending => w::status_pending(l),
        BenefitStatus::Active => w::status_active(l),
        BenefitStatus::UsedUp => w::status_used_up(l),
        BenefitStatus::Expired => w::status_expired(l),
    }
}

/// `100 licences`; no quantity is unlimited.
pub fn quantity(l: Language, unit: Unit, quantity: Option<u32>) -> String {
    use t::words as w;
    let Some(n) = quantity.map(u64::from) else { return w::unlimited(l).to_owned() };
    match unit {
        Unit::Licences => w::licences(l, n),
        Unit::Cores => w::cores(l, n),
        Unit::Cals => w::cals(l, n),
        Unit::Servers => w::servers(l, n),
        Unit::Subscriptions => w::subscriptions(l, n),
        Unit::Users => w::users(l, n),
        Unit::Incidents => w::incidents(l, n),
        Unit::Hours => w::hours(l, n),
        Unit::Offers => w::offers(l, n),
    }
}

/// The roles that an action takes, as "Appropriate roles" lists them.
pub fn role_list(l: Language, action: Action) -> String {
    holders(action).into_iter().map(|r| role(l, r)).collect::<Vec<_>>().join(", ")
}

/// Why this person may not, and who may: "Only a Global admin can …. In your company: …."
pub fn only(l: Language, action: Action, what: &str, names: &[String]) -> String {
    let rule = only_roles(l, action, what);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let people = if names.is_empty() {
        t::words::nobody_in_company(l).to_owned()
    } else {
        t::words::in_your_company(l, &all_of(l, &names))
    };
    [rule, people].join(" ")
}

/// Which roles something takes.
pub fn only_roles(l: Language, action: Action, what: &str) -> String {
    let roles: Vec<&str> = holders(action).into_iter().map(|r| role(l, r)).collect();
    t::words::OnlyRoles { roles: &any_of(l, &roles), action: what }.say(l)
}

/// The sentence for an error. A new refusal does not compile without one.
pub fn error(l: Language, error: &AppError) -> String {
    use t::refusals as r;
    match error {
        AppError::SignedOut => r::signed_out(l).to_owned(),
        AppError::NotFound => r::not_found(l).to_owned(),
        AppError::Forbidden(_) => r::forbidden(l).to_owned(),
        AppError::Company(CompanyRefusal::InPredecessor) => r::in_predecessor(l).to_owned(),
        AppError::Company(CompanyRefusal::Suspended) | AppError::SignIn(SignInRefusal::CompanySuspended) => {
            r::suspended(l).to_owned()
        }
        AppError::Reveal(refusal) => match refusal {
            RevealRefusal::NoKeyForThis => r::reveal_no_key(l).to_owned(),
            RevealRefusal::Expired { at } => r::reveal_expired(l, &date(l, *at)),
            RevealRefusal::OrderEnded { at } => r::reveal_ended(l, &date(l, *at)),
            RevealRefusal::NotDeliveredYet => t::software::not_delivered(l).to_owned(),
            RevealRefusal::TooManyLooks { until } => r::reveal_too_many(l, &clock_rounded_up(*until)),
            RevealRefusal::CancellationWaits { since } => r::reveal_cancellation(l, &date(l, *since)),
            RevealRefusal::EndsRefund { .. } => t::software::confirm_title(l).to_owned(),
        },
        AppError::Seat(refusal) => seat_refusal(l, refusal),
        AppError::Bulk(refusal) => match refusal {
            BulkRefusal::Empty => r::bulk_empty(l).to_owned(),
            BulkRefusal::NoColumn => r::bulk_no_column(l).to_owned(),
            BulkRefusal::TooManyLines => r::bulk_too_many(l, &number(l, MAX_LINES as u64)),
            BulkRefusal::TooLarge => r::bulk_too_large(l).to_owned(),
            BulkRefusal::NotText { line } => r::bulk_not_text(l, &line.to_string()),
            BulkRefusal::AlreadyDone => r::bulk_done(l).to_owned(),
            BulkRefusal::SomeRefused { bad } => r::bulk_some(l, *bad),
        },
        AppError::Told { text, .. } => text.clone(),
        AppError::SignIn(SignInRefusal::Mismatch) => r::mismatch(l).to_owned(),
        AppError::SignIn(SignInRefusal::Disabled) => r::disabled(l).to_owned(),
        AppError::SignIn(SignInRefusal::TooManyTries { until }) => r::too_many_tries(l, &clock_rounded_up(*until)),
        AppError::CurrentPassword => r::current_password(l).to_owned(),
        AppError::Email(problem) => match problem {
            EmailProblem::Empty => r::email_empty(l).to_owned(),
            EmailProblem::TooLong => r::email_long(l).to_owned(),
            EmailProblem::NotAnAddress => r::email_shape(l).to_owned(),
            EmailProblem::Hidden(sign) => hidden(l, *sign),
            EmailProblem::LocalNotAscii => r::email_local(l).to_owned(),
            EmailProblem::SameAsCompany => r::email_company(l).to_owned(),
            EmailProblem::SameAsAccount => r::email_account(l).to_owned(),
        },
        AppError::Name => r::name(l).to_owned(),
        AppError::NobodyChosen => r::nobody_chosen(l).to_owned(),
        AppError::BadRequest => r::bad_request(l).to_owned(),
        AppError::TooLarge => r::too_large(l).to_owned(),
        AppError::CrossSite => r::cross_site(l).to_owned(),
        AppError::Unavailable => r::unavailable(l).to_owned(),
        AppError::Offline => r::offline(l).to_owned(),
        AppError::Slow => r::slow(l).to_owned(),
        AppError::Internal { reference } if reference.is_empty() => r::internal_plain(l).to_owned(),
        AppError::Internal { reference } => r::internal(l, reference),
    }
}

/// There is something in the middle of a text that nobody sees.
pub fn hidden(l: Language, sign: Hidden) -> String {
    t::refusals::hidden(l, &sign.code())
}

/// What is wrong with a new password.
#[cfg(feature = "ssr")]
pub fn password_problem(l: Language, problem: PasswordProblem) -> String {
    use t::refusals as r;
    match problem {
        PasswordProblem::TooShort => r::password_short(l, &MIN_PASSWORD_CHARS.to_string()),
        PasswordProblem::TooLong => r::password_long(l, &MAX_PASSWORD_CHARS.to_string()),
        PasswordProblem::Guessable => r::password_guessable(l).to_owned(),
        PasswordProblem::NotRepeated => r::password_repeat(l).to_owned(),
        PasswordProblem::Unchanged => r::password_unchanged(l).to_owned(),
    }
}

/// Why work cannot be taken.
#[cfg(feature = "ssr")]
pub fn work_refusal(l: Language, refusal: &WorkRefusal) -> String {
    use t::refusals as r;
    match refusal {
        WorkRefusal::Done => r::work_done(l).to_owned(),
        WorkRefusal::TakenBy { name } if name.is_empty() => r::work_free(l).to_owned(),
        WorkRefusal::TakenBy { name } => r::work_taken(l, name),
    }
}

/// Why something about Go-To-Market cannot be done.
#[cfg(feature = "ssr")]
pub fn marketing_refusal(l: Language, refusal: &MarketingRefusal) -> String {
    use MarketingRefusal as M;
    use t::refusals as r;
    match refusal {
        M::TooManyContacts => r::contacts_most(l, MOST_CONTACTS),
        M::AlreadyContact => r::contact_already(l).to_owned(),
        M::PersonDisabled => r::technical_disabled(l).to_owned(),
        M::Email(problem) => error(l, &AppError::Email(*problem)),
        M::Phone(problem) => phone_problem(l, *problem).to_owned(),
        M::LanguageMissing => r::field_missing(l).to_owned(),
        M::OtherKind => r::technical_other(l).to_owned(),
        M::Expired { at } => r::offer_expired(l, &date(l, *at)),
        M::NoContact => r::offer_no_contact(l).to_owned(),
        M::ContactOut { name } => t::marketing::out(l, name),
        M::AlreadyPending => r::offer_pending(l).to_owned(),
        M::AlreadyActive => r::offer_active(l).to_owned(),
        M::NotPossibleAnyMore => r::technical_over(l).to_owned(),
    }
}

#[cfg(feature = "ssr")]
fn phone_problem(l: Language, problem: PhoneProblem) -> &'static str {
    use t::refusals as r;
    match problem {
        PhoneProblem::Empty => r::phone_empty(l),
        PhoneProblem::NotInternational => r::phone_international(l),
        PhoneProblem::NotANumber => r::phone_shape(l),
    }
}

/// Why something technical cannot be done.
#[cfg(feature = "ssr")]
pub fn technical_refusal(l: Language, refusal: &TechnicalRefusal) -> String {
    use TechnicalRefusal as T;
    use t::refusals as r;
    match refusal {
        T::OtherKind => r::technical_other(l).to_owned(),
        T::Expired { at } => r::technical_expired(l, &date(l, *at)),
        T::AlreadyPending => r::technical_pending(l).to_owned(),
        T::AlreadyTheirs => r::technical_theirs(l).to_owned(),
        T::PersonDisabled => r::technical_disabled(l).to_owned(),
        T::NotPossibleAnyMore => r::technical_over(l).to_owned(),
        T::Missing(_) => r::field_missing(l).to_owned(),
        T::Hidden(_, sign) => hidden(l, *sign),
        T::TooLong(_, most) | T::TextTooLong { most } => r::field_long(l, &number(l, u64::from(*most))),
        T::Phone(problem) => phone_problem(l, *problem).to_owned(),
        T::HoursMissing => r::hours_missing(l).to_owned(),
        T::TooManyHours { most } => r::hours_most(l, u64::from(*most)),
        T::HoursLeft { left } => r::hours_left(l, u64::from(*left)),
        T::HoursReserved { reserved } => r::hours_reserved(l, u64::from(*reserved)),
        T::IncidentsGranted { granted } => r::incidents_granted(l, &number(l, u64::from(*granted))),
        T::TextMissing => r::text_missing(l).to_owned(),
        T::ReasonMissing => r::reason_needed(l).to_owned(),
        T::AccessId => r::access_id(l).to_owned(),
        T::ContractId => r::contract_id(l).to_owned(),
    }
}

/// Where a case stands.
pub fn case_state(l: Language, state: CaseState) -> &'static str {
    use t::cases as c;
    match state {
        CaseState::Draft => c::state_draft(l),
        CaseState::Submitted => c::state_submitted(l),
        CaseState::InContact => c::state_in_contact(l),
        CaseState::Delivered => c::state_delivered(l),
        CaseState::Closed => c::state_closed(l),
        CaseState::Withdrawn => c::state_withdrawn(l),
        CaseState::Declined => c::state_declined(l),
    }
}

/// The stage of a customer's project.
pub fn stage(l: Language, stage: Stage) -> &'static str {
    match stage {
        Stage::Presales => t::cases::stage_presales(l),
        Stage::Design => t::cases::stage_design(l),
        Stage::Deployment => t::cases::stage_deployment(l),
        Stage::AppDevelopment => t::cases::stage_app_development(l),
    }
}

/// A kind of work of the programme's staff.
pub fn work_kind(l: Language, kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Support => t::operator::kind_support(l),
        WorkKind::Advisory => t::operator::kind_advisory(l),
        WorkKind::Offer => t::operator::kind_offer(l),
        WorkKind::Payment => t::operator::kind_payment(l),
        WorkKind::Cancellation => t::operator::kind_cancellation(l),
        WorkKind::RoleRequest => t::operator::kind_role_request(l),
    }
}

/// What the program does by itself.
pub fn job(l: Language, job: Job) -> &'static str {
    match job {
        Job::Expire => t::operator::job_expire(l),
        Job::Orders => t::operator::job_orders(l),
        Job::Remind => t::operator::job_remind(l),
        Job::Clean => t::operator::job_clean(l),
    }
}

/// Why a package is not sold to a company.
pub fn buy_refusal(l: Language, refusal: &BuyRefusal) -> String {
    use t::membership as m;
    match refusal {
        BuyRefusal::NotOnSale => m::refuse_not_on_sale(l).to_owned(),
        BuyRefusal::Held { until, renew_from } => {
            m::RefuseHeld { until: &date(l, *until), from: &date(l, *renew_from) }.say(l)
        }
        BuyRefusal::Renewed { starts_at } => m::refuse_renewed(l, &date(l, *starts_at)),
        BuyRefusal::Waits { number } => m::refuse_waits(l, number),
        BuyRefusal::Excluded { by } => m::refuse_excluded(l, by.get(l)),
    }
}

/// Why an order cannot be given back.
pub fn cancel_refusal(l: Language, refusal: &CancelRefusal) -> String {
    use t::membership as m;
    match refusal {
        CancelRefusal::NotPaid => m::why_not_paid(l).to_owned(),
        CancelRefusal::BoughtElsewhere => m::why_elsewhere(l).to_owned(),
        CancelRefusal::AlreadyEnded { at } => m::why_ended(l, &date(l, *at)),
        CancelRefusal::KeySeen { product, by, at } => m::WhyKey { product, name: by, date: &date(l, *at) }.say(l),
        CancelRefusal::WindowClosed { at } => m::why_closed(l, &moment(l, *at)),
        CancelRefusal::Waits { since } => m::why_waits(l, &date(l, *since)),
        CancelRefusal::NotPossibleAnyMore => m::why_over(l).to_owned(),
    }
}

/// Where an order stands.
pub fn order_state(l: Language, state: OrderState) -> &'static str {
    use t::membership as m;
    match state {
        OrderState::Open => m::state_open(l),
        OrderState::Withdrawn => m::state_withdrawn(l),
        OrderState::Lapsed => m::state_lapsed(l),
        OrderState::Refunded => m::state_refunded(l),
        OrderState::Upcoming => m::state_upcoming(l),
        OrderState::Active => m::state_active(l),
        OrderState::Grace => m::state_grace(l),
        OrderState::Over => m::state_over(l),
    }
}

/// Why an order is not taken, paid or given back.
#[cfg(feature = "ssr")]
pub fn order_refusal(l: Language, refusal: &OrderRefusal) -> String {
    use OrderRefusal as O;
    use t::{refusals as r, told as w};
    match refusal {
        O::Buy(refusal) => buy_refusal(l, refusal),
        O::Missing(_) => r::field_missing(l).to_owned(),
        O::Hidden(_, sign) | O::ReferenceHidden(sign) => hidden(l, *sign),
        O::TooLong(BillField::Address, _) => w::address_long(l).to_owned(),
        O::TooLong(_, most) | O::ReferenceTooLong { most } => r::field_long(l, &number(l, u64::from(*most))),
        O::TaxId => w::tax_id(l).to_owned(),
        O::Changed => w::changed(l).to_owned(),
        O::NotPossibleAnyMore => w::order_over(l).to_owned(),
        O::Lapsed { at } => w::order_lapsed(l, &date(l, *at)),
        O::AlreadyPaid { by, at } => w::OrderPaid { name: by, date: &moment(l, *at) }.say(l),
        O::AmountMissing => w::amount_missing(l).to_owned(),
        O::AmountDiffers { due } => w::amount_differs(l, &money(l, *due)),
        O::DateMissing => w::date_missing(l).to_owned(),
        O::DateOutside { from, to } => w::DateOutside { first: &day(l, *from), last: &day(l, *to) }.say(l),
        O::ReferenceMissing => w::reference_missing(l).to_owned(),
        O::Cancel(CancelRefusal::NotPossibleAnyMore) => w::cancel_over(l).to_owned(),
        O::Cancel(refusal) => cancel_refusal(l, refusal),
    }
}

/// Why something in the console is refused.
#[cfg(feature = "ssr")]
pub fn console_refusal(l: Language, refusal: &ConsoleRefusal) -> String {
    use ConsoleRefusal as C;
    use t::{refusals as r, told as w};
    match refusal {
        C::FileMissing => w::file_missing(l).to_owned(),
        C::NotText { kind: UploadKind::Catalogue, line } => w::not_text(l, &line.to_string()),
        C::NotText { kind: UploadKind::Keys | UploadKind::Companies, line } => w::not_csv(l, &line.to_string()),
        C::UploadGone => w::upload_gone(l).to_owned(),
        C::PublishedMeanwhile { version } => w::published_meanwhile(l, &version.to_string()),
        C::FileRefused => w::file_refused(l).to_owned(),
        C::StockLevel { most } => w::stock_level(l, &number(l, u64::from(*most))),
        C::NoSuchKey => w::no_such_key(l).to_owned(),
        C::KeyShape => w::key_shape(l).to_owned(),
        C::KeyWithdrawn => w::key_withdrawn(l).to_owned(),
        C::DomainTaken { name } => w::domain_taken(l, name),
        C::DomainJustTaken => w::domain_just_taken(l).to_owned(),
        C::Domain => w::domain(l).to_owned(),
        C::Missing(_) => r::field_missing(l).to_owned(),
        C::Hidden(_, sign) => hidden(l, *sign),
        C::TooLong(_, most) | C::IssuerTooLong { most } => r::field_long(l, &number(l, u64::from(*most))),
        C::Email(problem) => error(l, &AppError::Email(*problem)),
        C::HasGlobalAdmin { name } => w::has_admin(l, name),
        C::AlreadySuspended => w::already_suspended(l).to_owned(),
        C::NotSuspended => w::not_suspended(l).to_owned(),
    }
}

/// What a page takes at most, and how a larger file comes in.
#[cfg(feature = "ssr")]
pub fn file_too_large(l: Language, kind: UploadKind) -> &'static str {
    match kind {
        UploadKind::Catalogue => t::told::catalogue_large(l),
        UploadKind::Keys => t::told::keys_large(l),
        UploadKind::Companies => t::told::companies_large(l),
    }
}

/// What ends, for a line of a mail and of a calendar.
#[cfg(feature = "ssr")]
pub fn ending(l: Language, line: &EndingLine) -> String {
    match line.ending {
        Ending::Activation => t::calendar::Activation { name: &line.name, package: &line.package }.say(l),
        Ending::Benefit => t::calendar::Benefit { name: &line.name, package: &line.package }.say(l),
        Ending::Term => t::calendar::term(l, &line.name),
    }
}

/// Why a seat cannot be given or taken.
pub fn seat_refusal(l: Language, refusal: &SeatRefusal) -> String {
    use t::refusals as r;
    match refusal {
        SeatRefusal::NoSeats => r::seat_no_seats(l).to_owned(),
        SeatRefusal::NoneLeft { granted } => r::seat_none_left(l, u64::from(*granted)),
        SeatRefusal::JustGiven { to } => r::seat_just_given(l, to),
        SeatRefusal::AlreadyHolds => r::seat_already(l).to_owned(),
        SeatRefusal::OnlyForOneself => r::seat_only_oneself(l).to_owned(),
        SeatRefusal::NotHeldAnyMore => r::seat_not_held(l).to_owned(),
        SeatRefusal::PersonDisabled => r::seat_disabled(l).to_owned(),
        SeatRefusal::Expired { at } => r::seat_expired(l, &date(l, *at)),
        SeatRefusal::Locked { until } => r::seat_locked(l, &date(l, *until)),
        SeatRefusal::LimitReached { limit } => r::seat_limit(l, u64::from(*limit)),
    }
}

/// How somebody got a seat.
pub fn held_how(l: Language, how: Given) -> &'static str {
    match how {
        Given::Assigned => t::seats::how_assigned(l),
        Given::Reassigned => t::seats::how_reassigned(l),
        Given::ByOneself => t::seats::how_by_oneself(l),
        Given::FromFile => t::seats::how_from_file(l),
        Given::HandedOver => t::seats::how_handed_over(l),
        Given::CarriedOver => t::seats::how_carried_over(l),
    }
}

/// Who ended it, and why; nothing while a seat is held.
pub fn held_why(l: Language, held: &Held) -> String {
    let by = held.ended_by.as_deref().unwrap_or_default();
    match held.why {
        None => String::new(),
        Some(Taken::Removed) => t::seats::why_removed(l, by),
        Some(Taken::Reassigned) => t::seats::why_reassigned(l, by),
        Some(Taken::Freed) => t::seats::why_freed(l, by),
        Some(Taken::HandedOver) => t::seats::why_handed_over(l, by),
        Some(Taken::CarriedOver) => t::seats::why_carried_over(l).to_owned(),
        Some(Taken::OrderCancelled) => t::seats::why_order_cancelled(l).to_owned(),
    }
}

/// Why something cannot be done to a person or with a role.
#[cfg(feature = "ssr")]
pub fn people_refusal(l: Language, refusal: &PeopleRefusal) -> String {
    use PeopleRefusal as P;
    use t::refusals as r;
    match refusal {
        P::NotToOneself => r::not_to_oneself(l).to_owned(),
        P::NotOneself => r::not_oneself(l).to_owned(),
        P::LastGlobalAdmin => r::last_global_admin(l).to_owned(),
        P::EmailTaken => r::email_taken(l).to_owned(),
        P::Invitation => r::invitation(l).to_owned(),
        P::AlreadyJoined => r::already_joined(l).to_owned(),
        P::Disabled => r::person_disabled(l).to_owned(),
        P::AlreadyGlobalAdmin => r::already_global_admin(l).to_owned(),
        P::AlreadyRequested => r::already_requested(l).to_owned(),
        P::AlreadyDecided => r::already_decided(l).to_owned(),
        P::HasGlobalAdmin => r::has_global_admin(l).to_owned(),
        P::NoDomain => r::no_domain(l).to_owned(),
        P::ProofNotFound => r::proof_not_found(l).to_owned(),
        P::TooSoon { until } => r::too_soon(l, &clock_rounded_up(*until)),
        P::ReasonMissing => r::reason_missing(l).to_owned(),
        P::ReasonTooLong => r::reason_long(l, &MAX_REASON.to_string()),
        P::NoSuccessor => r::no_successor(l).to_owned(),
        P::RolesChanged => r::roles_changed(l).to_owned(),
    }
}

/// What is wrong with a line of a catalogue file, and what to do.
#[cfg(feature = "ssr")]
pub fn file_finding(l: Language, finding: &store::catalogue::file::FileFinding) -> String {
    use store::catalogue::file::FileProblem;
    match &finding.what {
        FileProblem::TooLarge => t::catalogue::too_large(l).to_owned(),
        FileProblem::NotText => t::catalogue::not_text(l).to_owned(),
        FileProblem::Syntax => t::catalogue::syntax(l).to_owned(),
        FileProblem::Twice => t::catalogue::twice(l).to_owned(),
        FileProblem::Content { field, problem } => {
            t::catalogue::AtField { field, what: &catalogue_problem(l, problem) }.say(l)
        }
    }
}

/// What is wrong with a line of a key file, and what to do. Never the key.
#[cfg(feature = "ssr")]
pub fn key_finding(l: Language, finding: &store::key_pool::KeyFinding) -> String {
    use store::key_pool::KeyFileProblem as P;
    use t::catalogue as c;
    match &finding.problem {
        P::Header => c::keys_header(l).to_owned(),
        P::NotText => c::not_csv(l).to_owned(),
        P::NotARow => c::keys_row(l).to_owned(),
        P::UnknownProduct { code } => c::keys_product(l, code),
        P::ProductWithoutKeys { code } => c::keys_without(l, code),
        P::Shape => c::keys_shape(l).to_owned(),
        P::DuplicateOfLine { line } => c::keys_duplicate(l, &line.to_string()),
        P::DuplicateInStock => c::keys_stock(l).to_owned(),
        P::Empty => c::keys_empty(l).to_owned(),
        P::TooLarge => c::keys_large(l).to_owned(),
    }
}

/// What is wrong with a line of a file of companies, and what to do.
#[cfg(feature = "ssr")]
pub fn move_finding(l: Language, finding: &store::companies::MoveFinding) -> String {
    use store::companies::MoveProblem as P;
    use t::catalogue as c;
    match &finding.problem {
        P::Header => c::move_header(l, store::companies::HEADER),
        P::NotARow => c::move_row(l).to_owned(),
        P::Empty => c::move_empty(l).to_owned(),
        P::TooLarge { rows } => c::move_large(l, &number(l, *rows)),
        P::FactsMissing => c::move_facts(l).to_owned(),
        P::OtherFacts { line } => c::move_other_facts(l, &line.to_string()),
        P::Facts(refusal) => console_refusal(l, refusal),
        P::NotInPredecessor { name } => c::move_here(l, name),
        P::PersonIncomplete => c::move_person(l).to_owned(),
        P::PersonName => t::refusals::name(l).to_owned(),
        P::PersonHidden(sign) => hidden(l, *sign),
        P::Email(problem) => error(l, &AppError::Email(*problem)),
        P::Language => c::move_language(l).to_owned(),
        P::SamePerson { line } => c::move_same_person(l, &line.to_string()),
        P::EmailTaken => t::refusals::email_taken(l).to_owned(),
        P::PackageIncomplete => c::move_package(l).to_owned(),
        P::UnknownPackage { code } => c::move_unknown(l, code),
        P::Day => c::move_day(l).to_owned(),
        P::NotBegun => c::move_not_begun(l).to_owned(),
        P::YearOver => c::move_over(l).to_owned(),
        P::SamePackage { line } => c::move_same_package(l, &line.to_string()),
        P::PackageRuns => c::move_runs(l).to_owned(),
    }
}

/// What is wrong with a place in a catalogue file, and what to do.
#[cfg(feature = "ssr")]
pub fn catalogue_problem(l: Language, problem: &CatalogueProblem) -> String {
    use CatalogueProblem as P;
    use t::catalogue as c;
    match problem {
        P::UnknownFormat => c::unknown_format(l).to_owned(),
        P::NothingInIt => c::nothing(l).to_owned(),
        P::UnknownField => c::unknown_field(l).to_owned(),
        P::Required => c::required(l).to_owned(),
        P::WrongType(wanted) => wanted_value(l, *wanted).to_owned(),
        P::NotOneOf { words } => c::not_one_of(l, &words.join(", ")),
        P::BadCode => c::bad_code(l).to_owned(),
        P::DuplicateCode { first } => c::duplicate_code(l, &(first + 1).to_string()),
        P::EmptyText => c::empty_text(l).to_owned(),
        P::TextTooLong => c::text_too_long(l).to_owned(),
        P::HiddenCharacter { found } => c::hidden_character(l, &format!("U+{:04X}", u32::from(*found))),
        P::FulfilmentNotInCategory => c::fulfilment(l).to_owned(),
        P::Missing => c::missing(l).to_owned(),
        P::NotWithThisFulfilment => c::not_with(l).to_owned(),
        P::OutOfRange { from, to } => c::out_of_range(l, &[&number(l, *from), "–", &number(l, *to)].concat()),
        P::NotHttps => c::not_https(l).to_owned(),
        P::BadSha256 => c::bad_sha256(l).to_owned(),
        P::DuplicateDownload => c::duplicate_download(l).to_owned(),
        P::BadPrice(_) => c::bad_price(l).to_owned(),
        P::UnknownProduct { code } => c::unknown_product(l, code),
        P::UnknownPackage { code } => c::unknown_package(l, code),
        P::DuplicateItem => c::duplicate_item(l).to_owned(),
        P::UnlimitedNotPossible => c::unlimited(l).to_owned(),
    }
}

/// What stands in a field of a catalogue file.
#[cfg(feature = "ssr")]
fn wanted_value(l: Language, wanted: Wanted) -> &'static str {
    use t::catalogue as c;
    match wanted {
        Wanted::Text => c::want_text(l),
        Wanted::Number => c::want_number(l),
        Wanted::YesOrNo => c::want_yes_or_no(l),
        Wanted::Texts => c::want_texts(l),
        Wanted::List => c::want_list(l),
        Wanted::Entries => c::want_entries(l),
        Wanted::Quantity => c::want_quantity(l),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn numbers_dates_and_sizes_are_written_as_people_do() {
        let at = Utc.with_ymd_and_hms(2027, 3, 6, 9, 4, 0).unwrap();
        assert_eq!(date(En, at), "6 March 2027");
        assert_eq!(date(De, at), "6. März 2027");
        assert_eq!(moment(De, at), "6. März 2027, 09:04 UTC");
        assert_eq!(machine(at), "2027-03-06T09:04Z");
        assert_eq!(number(En, 1_234_567), "1,234,567");
        assert_eq!(number(De, 1_000), "1.000");
        assert_eq!(number(En, 999), "999");
        assert_eq!(size(En, 3_432_000_000), "3.4 GB");
        assert_eq!(size(De, 999_960_000), "1.000,0 MB");
        assert_eq!(size(En, 12_000), "12.0 kB");
        assert_eq!(quantity(En, Unit::Licences, Some(1)), "1 licence");
        assert_eq!(quantity(De, Unit::Hours, Some(2_000)), "2.000 Stunden");
        assert_eq!(quantity(En, Unit::Hours, None), "unlimited");
    }

    #[test]
    fn a_refusal_names_who_may() {
        let names = ["Anna Global".to_owned(), "Marta MPN".to_owned()];
        assert_eq!(
            only(En, Action::GetKeys, t::words::action_get_keys(En), &names),
            "Only a Global admin or MPN partner admin can get keys. In your company: Anna Global and Marta MPN."
        );
        assert!(only(De, Action::AssignSeat, "x", &[]).ends_with("noch niemand eine dieser Rollen."));
    }
}
