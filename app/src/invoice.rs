//! What an invoice says, on the page and in the PDF alike.

use crate::i18n::{self, t};
use domain::language::Language;
use domain::orders::order::{Order, OrderKind, OrderState};

/// An invoice in its reader's words.
#[derive(Clone, Debug)]
pub struct Invoice {
    pub title: String,
    /// Who writes it: name and address, a line each.
    pub issuer: String,
    /// Whom it goes to.
    pub customer: String,
    /// Numbers and dates.
    pub facts: Vec<(&'static str, String)>,
    pub item: String,
    pub period: String,
    pub amount: String,
    /// Until when it is to be paid, or what became of it.
    pub note: String,
    /// Empty where nothing is to be paid.
    pub pay_to: String,
}

impl Invoice {
    pub fn of(l: Language, order: &Order) -> Self {
        use t::invoice as w;
        let row = &order.row;
        let billing = &order.billing;
        let mut facts =
            vec![(w::invoice_number(l), row.number.clone()), (w::invoice_date(l), i18n::date(l, row.ordered_at))];
        if !billing.tax_id.is_empty() {
            facts.push((w::customer_tax(l), billing.tax_id.clone()));
        }
        if !billing.purchase_order.is_empty() {
            facts.push((w::customer_po(l), billing.purchase_order.clone()));
        }
        let refund = order.cancellation.as_ref().and_then(|c| c.refund.as_ref());
        let is_open = row.state == OrderState::Open;
        let note = match (row.state, refund, &order.payment) {
            (OrderState::Refunded, Some(refund), _) => w::refunded(l, &i18n::day(l, refund.on)),
            (OrderState::Withdrawn | OrderState::Lapsed, ..) => w::withdrawn(l).to_owned(),
            (_, _, Some(paid)) => w::paid(l, &i18n::day(l, paid.on)),
            _ if is_open => w::pay_by(l, &i18n::date(l, row.payable_until)),
            _ => String::new(),
        };
        let period = match (row.kind, row.term) {
            (_, Some(term)) => [i18n::date(l, term.starts_at), i18n::date(l, term.ends_at)].join(" – "),
            (OrderKind::New | OrderKind::Moved, None) => w::period(l).to_owned(),
            (OrderKind::Renewal, None) => w::period_renewal(l).to_owned(),
        };
        let mut customer = vec![billing.bill_to.as_str(), billing.address.as_str(), billing.country.as_str()];
        customer.retain(|line| !line.is_empty());
        Self {
            title: [w::heading(l), " ", &row.number].concat(),
            issuer: order.issuer.name.clone(),
            customer: customer.join("\n"),
            facts,
            item: row.package.clone(),
            period,
            amount: i18n::money(l, row.price),
            note,
            pay_to: if is_open { order.issuer.pay_to.clone() } else { String::new() },
        }
    }

    /// Everything that it says, for those who look for letters in it.
    pub fn text(&self) -> String {
        let facts = self.facts.iter().flat_map(|(name, value)| [*name, value.as_str()]);
        let parts = [&self.title, &self.issuer, &self.customer, &self.item, &self.period, &self.amount];
        let rest = [&self.note, &self.pay_to];
        let all = parts.into_iter().chain(rest).map(String::as_str).chain(facts);
        all.collect::<Vec<_>>().join("\n")
    }
}
