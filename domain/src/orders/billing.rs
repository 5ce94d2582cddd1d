//! Whom an invoice goes to.

use super::OrderRefusal;
use crate::text::{bare, line};
use serde::{Deserialize, Serialize};

/// A field of the order form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillField {
    BillTo,
    Address,
    Country,
    TaxId,
    PurchaseOrder,
}

impl BillField {
    pub const fn name(self) -> &'static str {
        match self {
            Self::BillTo => "bill_to",
            Self::Address => "address",
            Self::Country => "country",
            Self::TaxId => "tax_id",
            Self::PurchaseOrder => "purchase_order",
        }
    }
    /// The longest text that it takes, in characters.
    pub const fn most(self) -> usize {
        match self {
            Self::BillTo => 200,
            Self::Address => 400,
            Self::Country => 100,
            Self::TaxId => 32,
            Self::PurchaseOrder => 64,
        }
    }
}

/// Lines of an address; an invoice has room for no more.
pub const MOST_LINES: usize = 6;

/// The bill-to part of an order: as it was typed, and once read, as it stands on the invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    pub bill_to: String,
    /// Street and town, on as many lines as it takes.
    pub address: String,
    pub country: String,
    /// May be empty, as the purchase-order number may.
    pub tax_id: String,
    pub purchase_order: String,
}

fn read_line(field: BillField, raw: &str, needed: bool) -> Result<String, OrderRefusal> {
    let text = line(raw).map_err(|hidden| OrderRefusal::Hidden(field, hidden))?;
    check(field, text, needed)
}

fn check(field: BillField, text: String, needed: bool) -> Result<String, OrderRefusal> {
    if needed && text.is_empty() {
        Err(OrderRefusal::Missing(field))
    } else if text.chars().count() > field.most() {
        Err(OrderRefusal::TooLong(field, u32::try_from(field.most()).unwrap_or(u32::MAX)))
    } else {
        Ok(text)
    }
}

impl Billing {
    /// Reads the form; the first field that is wrong is told. Rule R-ORD-5.
    pub fn read(&self) -> Result<Self, OrderRefusal> {
        use BillField as F;
        let lines: Vec<String> = self
            .address
            .split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
            .map(|line| read_line(F::Address, line, false))
            .collect::<Result<_, _>>()?;
        let address = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>();
        if address.len() > MOST_LINES {
            return Err(OrderRefusal::TooLong(F::Address, u32::try_from(F::Address.most()).unwrap_or(u32::MAX)));
        }
        let read = Self {
            bill_to: read_line(F::BillTo, &self.bill_to, true)?,
            address: check(F::Address, address.join("\n"), true)?,
            country: read_line(F::Country, &self.country, true)?,
            // An id is copied: a dash is a hyphen, and what nobody sees is not part of it.
            tax_id: read_line(F::TaxId, &bare(&self.tax_id), false)?,
            purchase_order: read_line(F::PurchaseOrder, &self.purchase_order, false)?,
        };
        // Irish ids have a plus or a star, Dutch ones too.
        let fine = |c: char| c.is_ascii_alphanumeric() || " -./+*".contains(c);
        let has_digit = read.tax_id.chars().any(|c| c.is_ascii_digit());
        if !read.tax_id.is_empty() && (!read.tax_id.chars().all(fine) || !has_digit) {
            return Err(OrderRefusal::TaxId);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Hidden;

    fn billing() -> Billing {
        Billing {
            bill_to: " Northwind  Traders ".to_owned(),
            address: "Quay 1\r\n\r\n20457 Hamburg ".to_owned(),
            country: "Germany".to_owned(),
            tax_id: "DE 123456789".to_owned(),
            purchase_order: String::new(),
        }
    }

    /// Rule R-ORD-5.
    #[test]
    fn what_stands_on_the_invoice_is_tidy_and_whole() {
        let read = billing().read().unwrap();
        assert_eq!((read.bill_to.as_str(), read.address.as_str()), ("Northwind Traders", "Quay 1\n20457 Hamburg"));
        assert_eq!(read.read().as_ref(), Ok(&read), "what was read reads alike");
        let missing = Billing { address: " \n ".to_owned(), ..billing() };
        assert_eq!(missing.read(), Err(OrderRefusal::Missing(BillField::Address)));
        let long = Billing { purchase_order: "x".repeat(65), ..billing() };
        assert_eq!(long.read(), Err(OrderRefusal::TooLong(BillField::PurchaseOrder, 64)));
        for bad in ["none", "<b>1</b>", "12_34", "№ 12"] {
            let bad = Billing { tax_id: bad.to_owned(), ..billing() };
            assert_eq!(bad.read(), Err(OrderRefusal::TaxId));
        }
        let seven = Billing { address: "a\nb\nc\nd\ne\nf\ng".to_owned(), ..billing() };
        assert_eq!(seven.read(), Err(OrderRefusal::TooLong(BillField::Address, 400)));
        let broken = Billing { bill_to: "North\0\nwind".to_owned(), ..billing() };
        assert_eq!(broken.read().unwrap().bill_to, "North wind");
        let pasted = Billing { address: "\u{feff}Quay\u{a0}1\u{2028}20457 Hamburg\u{200b}".to_owned(), ..billing() };
        assert_eq!(pasted.read().unwrap().address, "Quay 1\n20457 Hamburg");
        let turned = Billing { bill_to: "North\u{202e}dniw".to_owned(), ..billing() };
        assert_eq!(turned.read(), Err(OrderRefusal::Hidden(BillField::BillTo, Hidden('\u{202e}'))));
    }

    /// What the Commission's table of formats, and the registers beside it, know. Rule R-ORD-5.
    #[test]
    fn tax_ids_of_the_world_are_read() {
        for id in [
            "ATU12345678",
            "BE0123456789",
            "BG123456789",
            "CY12345678X",
            "CZ1234567890",
            "DE123456789",
            "DE 123 456 789",
            "DK12 34 56 78",
            "EE123456789",
            "EL123456789",
            "ESX1234567R",
            "FI12345678",
            "FRXX123456789",
            "FR 83 404833048",
            "HR12345678901",
            "HU12345678",
            "IE1234567WI",
            "IE1+23456L",
            "IE1*23456L",
            "IT12345678901",
            "LT123456789012",
            "LU12345678",
            "LV12345678901",
            "MT12345678",
            "NL123456789B01",
            "NL00+1234567B01",
            "NL00*1234567B01",
            "PL1234567890",
            "XI123456789",
            "GBGD001",
            "CHE-123.456.789 MWST",
            "NO 123 456 789 MVA",
            "12.345.678/0001-95",
            "22AAAAA0000A1Z5",
        ] {
            let billing = Billing { tax_id: id.to_owned(), ..billing() };
            assert_eq!(billing.read().map(|read| read.tax_id).as_deref(), Ok(id));
        }
        for (typed, read) in [
            ("DE–123456789", "DE-123456789"),
            ("DE123\u{200b}456789\u{feff}", "DE123456789"),
            ("\u{202d}DE123456789\u{202c}", "DE123456789"),
            ("DE\u{a0}123\u{2009}456\u{202f}789", "DE 123 456 789"),
            ("CHE\u{2011}123.456.789", "CHE-123.456.789"),
        ] {
            let billing = Billing { tax_id: typed.to_owned(), ..billing() };
            assert_eq!(billing.read().unwrap().tax_id, read, "{typed:?}");
        }
    }
}
