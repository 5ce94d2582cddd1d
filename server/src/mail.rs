//! Mails on their way out: from the outbox to the mail server.
//!
//! A mail is claimed, sent, and marked, in this order; its Message-ID is the same at each try.
//! No line of the log has an address, a subject or a token.

use crate::config::Config;
use app::mail::{Reader, html, letter, plain};
use domain::email::Email;
use domain::id::MailId;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::time::Duration;
use store::Store;
use store::outbox::{Claimed, claim, let_go, mark_failed, mark_sent, renew};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// How often the outbox is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How often a worker says that it lives: several times within the store's lease.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Mails in hand at once.
const AT_ONCE: usize = 4;
/// The longest a mail server may take for one answer. RFC 5321 (4.5.3.2) asks for up to ten
/// minutes after the last line: whoever gives up before may send a mail twice.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the end waits for mails that are being handed over.
const FAREWELL: Duration = Duration::from_secs(10);

/// Where mails go, and from whom.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The address that browsers use, for links in mails.
    base_url: String,
    patience: Duration,
}

/// What became of a try.
#[derive(Debug)]
pub enum Failure {
    /// The server refuses this mail, and would again.
    ForGood(String),
    Later(String),
}

/// The builder for an address like `smtps://user:password@host:465`.
pub fn builder(url: &str) -> Result<AsyncSmtpTransportBuilder, SmtpError> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
}

impl Mailer {
    /// `None` when no mail server is set. The settings have been checked.
    pub fn new(config: &Config, base_url: String) -> Option<Self> {
        let url = config.smtp_url.as_ref()?;
        let transport = builder(url.expose_secret()).ok()?.timeout(Some(PATIENCE)).build();
        let sender = config.sender().ok()?;
        let from = Mailbox::new(sender.name, wire(sender.email.as_ref()).parse().ok()?);
        Some(Self { transport, from, base_url, patience: PATIENCE })
    }

    /// The same, with another patience. For tests.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The message of a mail: plain text and HTML, marked as sent by a machine.
    pub fn message(&self, mail: &Claimed) -> Result<Message, String> {
        let token = mail.token.as_ref().map(ExposeSecret::expose_secret);
        let to = Reader { language: mail.language, name: &mail.name, base_url: &self.base_url, token };
        let letter = letter(&mail.facts, &to);
        let address: Address = wire(&mail.address).parse().map_err(|_| "the address is not one".to_owned())?;
        let name = (!mail.name.is_empty()).then(|| one_line(&mail.name));
        let host = self.from.email.domain();
        let by_machine =
            HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(one_line(&letter.subject))
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            .date_now()
            .raw_header(by_machine)
            .multipart(MultiPart::alternative_plain_html(plain(&letter), html(&letter, mail.language)))
            .map_err(|_| "the message cannot be built".to_owned())
    }

    /// Hands one mail over.
    pub async fn send(&self, mail: &Claimed) -> Result<(), Failure> {
        let message = self.message(mail).map_err(Failure::ForGood)?;
        // The transport's own timeout ends with the connection; a server that says nothing more would
        // hold the mail for ever.
        match tokio::time::timeout(self.patience, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error, &wire(&mail.address))),
            Err(_) => Err(Failure::Later("the mail server did not answer in time".to_owned())),
        }
    }
}

/// An address as every mail server takes it: few know the letters of the world in a domain.
fn wire(address: &str) -> String {
    Email::known(address).map_or_else(|_| address.to_owned(), |email| email.deliverable())
}

/// What the server said, and whether it would say the same again of this mail.
fn failure(error: &SmtpError, address: &str) -> Failure {
    use std::error::Error;
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !said.contains(&inner_text) {
            said = [said, inner_text].join(": ");
        }
        cause = inner.source();
    }
    if error.is_permanent() && is_about_recipient(&said, address) {
        Failure::ForGood(said)
    } else {
        Failure::Later(said)
    }
}

/// Whether a refusal is about who the mail is for: by its enhanced code (RFC 3463: 5.1 addressing,
/// 5.2 mailbox), or because it names the address. Anything else (a wrong password, a blocked
/// sender) is about us, is the same for every mail, and ends when somebody mends it.
fn is_about_recipient(said: &str, address: &str) -> bool {
    said.to_lowercase().contains(&address.to_lowercase())
        || said.split_whitespace().any(|word| word.starts_with("5.1.") || word.starts_with("5.2."))
}

/// What people are called and write stays within its header. lettre encodes the rest.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A number between 0 and 1 that no two workers share.
fn jitter() -> f64 {
    f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

/// Sends what is in the outbox until it is told to stop; then finishes what is in hand.
pub async fn work(store: Store, mailer: Mailer, mut stop: watch::Receiver<bool>) {
    let worker = Uuid::new_v4();
    if let Err(error) = let_go(&store).await {
        tracing::warn!(%error, "mails of an earlier run could not be taken over yet");
    }
    let every = |pause| {
        let mut interval = tokio::time::interval(pause);
        // What was missed while nothing could be done is not made up for.
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    };
    let (mut turn, mut heart) = (every(EVERY), every(HEARTBEAT));
    let mut tasks: JoinSet<()> = JoinSet::new();
    let mut in_hand: HashMap<tokio::task::Id, MailId> = HashMap::new();
    loop {
        let mails: Vec<MailId> = in_hand.values().copied().collect();
        tokio::select! {
            _ = stop.changed() => break,
            _ = heart.tick(), if !mails.is_empty() => beat(&store, worker, &mails).await,
            Some(ended) = tasks.join_next_with_id() => {
                let id = match &ended {
                    Ok((id, ())) => *id,
                    Err(error) => {
                        // Its claim ends by itself, and it is tried again.
                        tracing::error!(%error, "the work on a mail has failed");
                        error.id()
                    }
                };
                in_hand.remove(&id);
            }
            _ = turn.tick(), if mails.len() < AT_ONCE => {
                let room = AT_ONCE - mails.len();
                match claim(&store, worker, &mails, room as u64).await {
                    Ok(claimed) => {
                        // A full hand means that more may wait.
                        if claimed.len() == room {
                            turn.reset_immediately();
                        }
                        for mail in claimed {
                            let id = mail.id;
                            let task = tasks.spawn(deliver(store.clone(), mailer.clone(), worker, mail));
                            in_hand.insert(task.id(), id);
                        }
                    }
                    Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
                }
            }
        }
    }
    // What is being handed over is finished; what a server holds up is taken up by the next run.
    let farewell = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, farewell).await.is_err() {
        tracing::warn!(mails = tasks.len(), "stopped while mails were being handed over");
    }
}

async fn beat(store: &Store, worker: Uuid, in_hand: &[MailId]) {
    if let Err(error) = renew(store, worker, in_hand).await {
        tracing::warn!(%error, "the outbox could not be told that its worker lives");
    }
}

/// One mail, to its mark.
async fn deliver(store: Store, mailer: Mailer, worker: Uuid, mail: Claimed) {
    let outcome = mailer.send(&mail).await;
    // The server has spoken; the database may need a moment to hear it.
    loop {
        let marked = match &outcome {
            Ok(()) => mark_sent(&store, worker, mail.id).await.map(|was_ours| {
                if was_ours {
                    tracing::info!(mail = %mail.id, kind = mail.facts.kind(), "a mail is sent");
                } else {
                    tracing::error!(mail = %mail.id, "a mail was sent that another worker had taken over");
                }
            }),
            Err(failure) => {
                let (why, for_good) = match failure {
                    Failure::ForGood(why) => (why, true),
                    Failure::Later(why) => (why, false),
                };
                tracing::warn!(mail = %mail.id, attempts = mail.attempts + 1, for_good, "a mail was not accepted");
                mark_failed(&store, worker, mail.id, why, for_good, jitter()).await
            }
        };
        match marked {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(mail = %mail.id, %error, "what became of a mail could not be written down");
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}
