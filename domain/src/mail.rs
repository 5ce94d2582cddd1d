//! E-mail: what is told to whom, where a mail stands, and when it is tried again.
//!
//! Facts only: `app` makes the sentences when a mail is sent or looked at. No licence key, no
//! password and no id that opens a support case is ever among them; the token of an invitation
//! is kept apart, sealed.

use crate::benefits::advisory::CaseState;
use crate::id::MailId;
use crate::language::Language;
use crate::money::Money;
use crate::reminder::EndingLine;
use crate::schedule::Job;
use crate::words::stored_words;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a mail tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum MailFacts {
    /// Somebody was added and can set a password. The link's token is not here.
    Invitation {
        by: String,
        company: String,
    },
    RoleDecided {
        approved: bool,
        by: String,
        reason: String,
        company: String,
    },
    SeatAssigned {
        product: String,
        package: String,
        by: String,
    },
    /// Instructions for product support; to the account's address and to the alternative one.
    SupportActive {
        person: String,
        company: String,
        product: String,
        package: String,
    },
    SupportDeclined {
        person: String,
        product: String,
        package: String,
        reason: String,
    },
    /// Instructions for an offer; to the marketing contact.
    OfferActive {
        company: String,
        product: String,
        package: String,
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
        /// The catalogue's, in the contact's language.
        instructions: String,
        /// What the operator adds.
        text: String,
    },
    OfferDeclined {
        product: String,
        package: String,
        reason: String,
    },
    CaseSubmitted {
        number: String,
        title: String,
        product: String,
        hours: u32,
    },
    /// The programme has taken a case on, or ended it; with what it wrote.
    CaseMoved {
        number: String,
        title: String,
        state: CaseState,
        used: u32,
        released: u32,
        text: String,
    },
    CaseAnswered {
        number: String,
        title: String,
        text: String,
    },
    /// What ends soon, for one person, once a day.
    Reminders {
        company: String,
        lines: Vec<EndingLine>,
        /// So many more end.
        more: u32,
    },
    /// Something that the program does by itself is late; to the programme's staff.
    JobLate {
        job: Job,
        #[serde(with = "chrono::serde::ts_microseconds")]
        since: DateTime<Utc>,
    },
    /// The confirmation of an order, with what is to be paid.
    OrderPlaced {
        number: String,
        package: String,
        price: Money,
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
        pay_to: String,
    },
    OrderPaid {
        number: String,
        package: String,
        #[serde(with = "chrono::serde::ts_microseconds")]
        from: DateTime<Utc>,
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
        /// Keys that come later.
        owed: u32,
    },
    OrderLapsed {
        number: String,
        package: String,
    },
    CancellationDecided {
        number: String,
        order: String,
        package: String,
        /// What goes back; nothing when it was declined.
        refund: Option<Money>,
        reason: String,
    },
    /// Keys that were owed have come.
    KeysDelivered {
        product: String,
        package: String,
        keys: u32,
    },
    /// A key of the company works no more; another one, or the word that it comes, is in its place.
    KeyWithdrawn {
        product: String,
        package: String,
        replaced: bool,
    },
    /// There are few keys left; to the programme's staff.
    LowStock {
        product: String,
        left: u32,
        owed: u32,
    },
    /// An operator tries whether mail arrives.
    Test {
        by: String,
    },
}

/// The word of each kind, for lists and logs.
macro_rules! kinds {
    ($($kind:ident = $word:literal),+ $(,)?) => {
        impl MailFacts {
            pub const KINDS: &[&'static str] = &[$($word),+];

            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$kind { .. } => $word),+ }
            }
        }
    };
}
kinds! {
    Invitation = "invitation",
    RoleDecided = "role_decided",
    SeatAssigned = "seat_assigned",
    SupportActive = "support_active",
    SupportDeclined = "support_declined",
    OfferActive = "offer_active",
    OfferDeclined = "offer_declined",
    CaseSubmitted = "case_submitted",
    CaseMoved = "case_moved",
    CaseAnswered = "case_answered",
    Reminders = "reminders",
    JobLate = "job_late",
    OrderPlaced = "order_placed",
    OrderPaid = "order_paid",
    OrderLapsed = "order_lapsed",
    CancellationDecided = "cancellation_decided",
    KeysDelivered = "keys_delivered",
    KeyWithdrawn = "key_withdrawn",
    LowStock = "low_stock",
    Test = "test",
}

stored_words! {
    /// Where a mail stands.
    MailState {
        /// To be sent, at once or after a pause.
        Waiting = "waiting",
        /// A worker has it in hand.
        Sending = "sending",
        /// The mail server has accepted it.
        Sent = "sent",
        /// Given up: refused for good, or too often not accepted. An operator can try again.
        Dead = "dead",
    }
}

/// The pauses between tries, in minutes: the last server that was down for a day is still reached.
const PAUSES: [i64; 9] = [1, 5, 15, 30, 60, 120, 240, 480, 960];

/// A mail is tried so often in all.
pub const MOST_TRIES: u32 = PAUSES.len() as u32 + 1;

/// How long to wait after this many tries that failed; `None` when it is given up. Rule R-MAIL-2.
///
/// `jitter` is between 0 and 1 and spreads mails that failed together over a fifth of the pause
/// to either side.
pub fn pause_after(tries: u32, jitter: f64) -> Option<TimeDelta> {
    let minutes = *PAUSES.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    let spread = 0.8 + 0.4 * jitter.clamp(0.0, 1.0);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "minutes, far below both limits")]
    let seconds = (minutes as f64 * 60.0 * spread) as i64;
    Some(TimeDelta::seconds(seconds))
}

/// A mail as its reader gets it: drawn as text, as HTML, and on the outbox page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub subject: String,
    pub greeting: String,
    pub paragraphs: Vec<String>,
    /// Name and value, as in "Case: AR-2026-00001".
    pub facts: Vec<(String, String)>,
    /// What somebody wrote, in their words.
    pub quote: Option<String>,
    /// The next step: its words and its address.
    pub link: Option<(String, String)>,
    pub closing: String,
}

/// A line of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    pub id: MailId,
    pub address: String,
    pub kind: String,
    pub state: MailState,
    pub attempts: u32,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
    /// When it is tried next.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub next_at: Option<DateTime<Utc>>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub sent_at: Option<DateTime<Utc>>,
    /// What the mail server said last.
    pub last_error: Option<String>,
}

/// A page of the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPage {
    pub rows: Vec<MailRow>,
    pub total: u64,
    /// How many are in each state of [`MailState::ALL`].
    pub counts: [u64; 4],
    pub next: Option<String>,
}

/// A mail of the outbox, with what it tells. Stays on the server: a browser gets the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    pub row: MailRow,
    pub name: String,
    pub language: Language,
    pub facts: MailFacts,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule R-MAIL-2.
    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(pause_after(0, 0.5), None, "nothing has failed yet");
        let mut before = TimeDelta::zero();
        for tries in 1..=9 {
            let (early, middle, late) =
                (pause_after(tries, 0.0).unwrap(), pause_after(tries, 0.5).unwrap(), pause_after(tries, 1.0).unwrap());
            assert!(early < middle && middle < late && before < early, "{tries}");
            before = late;
        }
        assert_eq!(pause_after(1, 0.5), Some(TimeDelta::minutes(1)));
        assert_eq!(pause_after(10, 0.5), None, "given up after the tenth try");
        assert_eq!(pause_after(1, 7.0), pause_after(1, 1.0), "whatever is drawn");
    }
}
