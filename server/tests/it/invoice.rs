//! The invoice's PDF, read back: it says what the page says.

use crate::harness::{Browser, site};
use http::StatusCode;
use std::process::Command;

const NORA: &str = "nora.new@northwind.example";
const OFFER: &str = "/membership/offers/silver-core";

/// Places an order and gives its address.
async fn order(nora: &mut Browser, bill: &[(&str, &str)]) -> String {
    let form = nora.get(OFFER).await;
    let (_, behind) = form.body.split_once("name=\"version\"").unwrap_or_else(|| panic!("{}", form.body));
    let (_, value) = behind.split_once("value=\"").unwrap();
    let (version, _) = value.split_once('"').unwrap();
    let fields: Vec<_> = [("version", version)].into_iter().chain(bill.iter().copied()).collect();
    let placed = nora.submit(OFFER, "membership/place_order", &fields).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.body);
    placed.location().split('?').next().unwrap().to_owned()
}

/// What somebody gets who copies the text of the PDF, as one line, without the marks that the reader
/// puts around what runs from the right to the left.
async fn pdf(nora: &mut Browser, order: &str) -> String {
    let pdf = nora.get(&format!("{order}/invoice.pdf")).await;
    assert_eq!(pdf.status, StatusCode::OK, "{}", pdf.body);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invoice.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    let read = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output();
    let read = read.expect("pdftotext is missing: install poppler-utils (scripts/tools.sh test does)");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let text = text.replace(['\u{202a}', '\u{202b}', '\u{202c}', '\u{200e}', '\u{200f}'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_pdf_says_what_was_typed() {
    let site = site().await;
    let mut nora = site.signed_in(NORA).await;
    let address =
        "רחוב הרצל 148\nתל אביב 6816707\nالرياض 12345\n東京都千代田区 서울특별시\nभारत ไทย\nKäthe Čapek, Кириллица";
    let bill = [
        ("bill_to", "נורת׳ווינד Northwind Israel 2026"),
        ("address", address),
        ("country", "Israel 🚀"),
        ("purchase_order", "הזמנה 4711"),
    ];
    let order = order(&mut nora, &bill).await;
    let text = pdf(&mut nora, &order).await;
    let words: Vec<&str> = text.split(' ').collect();
    for number in ["2026", "148", "6816707", "12345", "4711"] {
        assert!(words.contains(&number), "{number} in {text}");
    }
    // Poppler puts blanks where it sees gaps, so they are left out on both sides.
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let all = letters(&text);
    for typed in [
        "Northwind Israel 2026",
        "נורת׳ווינד",
        "רחוב הרצל",
        "תל אביב",
        "הזמנה",
        "الرياض",
        "東京都千代田区",
        "서울특별시",
        "भारत",
        "ไทย",
        "Käthe Čapek, Кириллица",
        "🚀",
    ] {
        assert!(
            all.contains(&letters(typed)),
            "{typed} in {text} (fonts-noto-core, fonts-noto-cjk and fonts-noto-color-emoji have to be installed: \
             scripts/tools.sh test)"
        );
    }
    assert!(!text.contains("[U+"), "{text}");
    assert!(!nora.get(&order).await.has("The PDF of the invoice cannot show"));
}

#[tokio::test]
async fn what_the_pdf_cannot_show_is_said() {
    let site = site().await;
    let mut nora = site.signed_in(NORA).await;
    assert!(nora.get(OFFER).await.has("one that the PDF cannot show stands in it as a code"));
    // For private use: no font has it.
    let bill = [("bill_to", "Northwind \u{f8ff}"), ("address", "Quay 1\n20457 Hamburg"), ("country", "Germany")];
    let order = order(&mut nora, &bill).await;
    for page in [order.clone(), format!("{order}/invoice")] {
        let page = nora.get(&page).await;
        assert!(page.has("The PDF of the invoice cannot show \u{f8ff} and has codes"), "{}", page.body);
    }
    let text = pdf(&mut nora, &order).await;
    assert!(text.contains("Northwind [U+F8FF]") && text.contains("codes in square brackets"), "{text}");
    nora.language = "de";
    let text = pdf(&mut nora, &order).await;
    assert!(text.contains("Codes in eckigen Klammern"), "{text}");
}
