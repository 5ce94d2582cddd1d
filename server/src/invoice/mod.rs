//! The invoice as a PDF. It says what the page says.

mod fonts;
mod text;

pub use fonts::undrawn;

use crate::request::{bare, say};
use crate::router::AppState;
use app::error::AppError;
use app::i18n::t;
use app::invoice::Invoice;
use app::session::ssr::RequestInfo;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::language::Language;
use domain::orders::order::Order;
use http::{Method, StatusCode, header};
use krilla::Document;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use text::{Line, Typesetter};

/// A4, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const LEFT: f32 = 60.0;
const RIGHT: f32 = WIDTH - 60.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = HEIGHT - 64.0;
/// Sizes of letters, and the distance of lines to them.
const TEXT: f32 = 9.5;
const SMALL: f32 = 8.5;
const HEADING: f32 = 17.0;
const LEADING: f32 = 1.45;

/// Why no PDF was made; told to the log, not to the person.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the font does not read")]
    Font,
    #[error("the page has no size")]
    Page,
    #[error("krilla: {0}")]
    Krilla(String),
}

/// `/membership/orders/{id}/invoice.pdf`: the invoice of one of the company's orders.
pub async fn invoice(
    State(state): State<AppState>,
    method: Method,
    Extension(info): Extension<RequestInfo>,
    Path(id): Path<String>,
) -> Response {
    let refuse = |error: AppError| say(&state, error, true, info.preferences);
    if method != Method::GET {
        return bare(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some(ctx) = &info.ctx else { return refuse(AppError::SignedOut) };
    let Ok(id) = id.parse() else { return refuse(AppError::NotFound) };
    let reference = || info.origin.request_id.clone().unwrap_or_default();
    let order = match store::orders::get_order(ctx, id).await {
        Ok(order) if order.has_invoice() => order,
        Ok(_) => return refuse(AppError::NotFound),
        Err(error) => return refuse(AppError::from_store(error, &reference(), ctx.language)),
    };
    let (language, number) = (ctx.language, order.row.number.clone());
    // Fonts are read from the disk.
    let drawn = tokio::task::spawn_blocking(move || draw(language, &order)).await;
    match drawn.unwrap_or_else(|error| Err(PdfError::Krilla(error.to_string()))) {
        Ok(pdf) => {
            let name = format!("attachment; filename=\"{number}.pdf\"");
            let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
            (headers, pdf).into_response()
        }
        Err(error) => {
            tracing::error!(%error, reference = reference(), "an invoice could not be drawn");
            refuse(AppError::Internal { reference: reference() })
        }
    }
}

enum Op {
    Text { at: Point, line: Line, size: f32 },
    Rule { y: f32 },
}

/// What stands on which page, from the top down.
struct Sheet {
    setter: Typesetter,
    pages: Vec<Vec<Op>>,
    y: f32,
}

impl Sheet {
    /// Goes down; onto the next page where this one ends.
    fn down(&mut self, by: f32) {
        self.y += by;
        if self.y > BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn put(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.push(op);
        }
    }

    fn line(&mut self, x: f32, line: Line, size: f32) {
        let at = Point::from_xy(x, self.y);
        self.put(Op::Text { at, line, size });
    }

    fn text(&mut self, x: f32, text: &str, size: f32, is_bold: bool) {
        let line = self.setter.line(text, is_bold);
        self.line(x, line, size);
    }

    /// Ends at the right margin.
    fn amount(&mut self, text: &str, size: f32, is_bold: bool) {
        let line = self.setter.line(text, is_bold);
        self.line(RIGHT - line.width(size), line, size);
    }

    /// As many lines as it takes, each below the other.
    fn lines(&mut self, x: f32, text: &str, size: f32, is_bold: bool, room: f32) {
        for line in self.setter.lines(text, is_bold, room / size) {
            self.line(x, line, size);
            self.down(size * LEADING);
        }
    }

    fn rule(&mut self) {
        let y = self.y;
        self.put(Op::Rule { y });
        self.down(TEXT * 1.6);
    }
}

/// Draws an invoice on A4.
pub fn draw(l: Language, order: &Order) -> Result<Vec<u8>, PdfError> {
    let invoice = Invoice::of(l, order);
    let setter = Typesetter::of(&invoice.text(), &[&*invoice.title, &invoice.item, &invoice.amount].join("\n"))?;
    let draws_all = setter.draws_all();
    let mut sheet = Sheet { setter, pages: vec![Vec::new()], y: TOP };
    let half = (RIGHT - LEFT) / 2.0;
    sheet.lines(LEFT + half, &invoice.issuer, SMALL, false, half);
    sheet.down(TEXT * 2.0);
    sheet.lines(LEFT, &invoice.customer, TEXT, false, half);
    sheet.down(TEXT * 3.0);
    sheet.lines(LEFT, &invoice.title, HEADING, true, RIGHT - LEFT);
    sheet.down(TEXT);
    for (name, value) in &invoice.facts {
        sheet.text(LEFT, name, TEXT, false);
        sheet.lines(LEFT + 170.0, value, TEXT, false, RIGHT - LEFT - 170.0);
    }
    sheet.down(TEXT * 2.0);
    sheet.text(LEFT, t::invoice::description(l), SMALL, true);
    sheet.amount(t::invoice::amount(l), SMALL, true);
    sheet.down(SMALL);
    sheet.rule();
    sheet.amount(&invoice.amount, TEXT, false);
    sheet.lines(LEFT, &invoice.item, TEXT, true, half * 1.3);
    sheet.lines(LEFT, &invoice.period, SMALL, false, half * 1.3);
    sheet.rule();
    sheet.text(LEFT, t::invoice::total(l), TEXT, true);
    sheet.amount(&invoice.amount, TEXT, true);
    sheet.down(TEXT * 3.0);
    sheet.lines(LEFT, &invoice.note, TEXT, false, RIGHT - LEFT);
    if !invoice.pay_to.is_empty() {
        sheet.down(TEXT);
        sheet.lines(LEFT, t::invoice::pay_to(l), TEXT, true, half);
        sheet.lines(LEFT, &invoice.pay_to, TEXT, false, RIGHT - LEFT);
    }
    if !draws_all {
        sheet.down(TEXT * 2.0);
        sheet.lines(LEFT, t::invoice::undrawn(l), SMALL, false, RIGHT - LEFT);
    }
    finish(l, &invoice.title, sheet)
}

fn finish(l: Language, title: &str, sheet: Sheet) -> Result<Vec<u8>, PdfError> {
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).language(l.tag().to_owned()));
    for ops in sheet.pages {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Page)?);
        let mut surface = page.surface();
        for op in ops {
            match op {
                Op::Text { at, line, size } => line.draw(&mut surface, at, size),
                Op::Rule { y } => {
                    let mut path = PathBuilder::new();
                    path.move_to(LEFT, y);
                    path.line_to(RIGHT, y);
                    if let Some(path) = path.finish() {
                        surface.set_stroke(Some(Stroke { width: 0.6, ..Stroke::default() }));
                        surface.draw_path(&path);
                        surface.set_stroke(None);
                    }
                }
            }
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| PdfError::Krilla(format!("{error:?}")))
}
