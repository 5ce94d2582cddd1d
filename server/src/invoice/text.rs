//! Text as it stands in a PDF: which way it runs, which font has its letters, where its lines end.
//!
//! Invariant: what is drawn is what was measured, and no letter is a box: one that no font has
//! stands as its code.

use super::PdfError;
use super::fonts::Faces;
use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use std::ops::Range;
use unicode_bidi::{Level, ParagraphBidiInfo};
use unicode_linebreak::linebreaks;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// Glyphs of one font that stand beside each other, from the left to the right.
struct Run {
    font: Font,
    /// As it was typed: the glyphs say which part of it they are.
    text: String,
    glyphs: Vec<KrillaGlyph>,
    width: f32,
}

/// A line that is ready to be drawn. Its width is that of letters of the size 1.
#[derive(Default)]
pub struct Line {
    runs: Vec<Run>,
    width: f32,
}

impl Line {
    pub fn width(&self, size: f32) -> f32 {
        self.width * size
    }

    pub fn draw(&self, surface: &mut Surface<'_>, at: Point, size: f32) {
        let mut x = at.x;
        for run in &self.runs {
            let start = Point::from_xy(x, at.y);
            surface.draw_glyphs(start, &run.glyphs, run.font.clone(), &run.text, size, false);
            x += run.width * size;
        }
    }

    fn push(&mut self, run: Run) {
        self.width += run.width;
        self.runs.push(run);
    }
}

/// Sets lines in two weights.
pub struct Typesetter {
    regular: Faces,
    bold: Faces,
}

impl Typesetter {
    /// For everything that will be set, in either weight.
    pub fn of(regular: &str, bold: &str) -> Result<Self, PdfError> {
        Ok(Self { regular: Faces::of(regular, false)?, bold: Faces::of(bold, true)? })
    }

    /// Whether no letter stands as its code.
    pub fn draws_all(&self) -> bool {
        self.regular.draws_all() && self.bold.draws_all()
    }

    fn faces(&self, is_bold: bool) -> &Faces {
        if is_bold { &self.bold } else { &self.regular }
    }

    /// One line, however long it gets.
    pub fn line(&self, text: &str, is_bold: bool) -> Line {
        let faces = self.faces(is_bold);
        let text = faces.legible(text);
        Paragraph::of(&text, faces).set(0..text.len())
    }

    /// Lines that fit into a width, which is that for letters of the size 1.
    pub fn lines(&self, text: &str, is_bold: bool, room: f32) -> Vec<Line> {
        let faces = self.faces(is_bold);
        let mut lines = Vec::new();
        for line in text.lines() {
            // As on the page, blanks in a row are one.
            let line = faces.legible(&line.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
            Paragraph::of(&line, faces).wrap(room, &mut lines);
        }
        lines
    }
}

/// What was typed as one line, before it is known how many it takes.
struct Paragraph<'t> {
    text: &'t str,
    faces: &'t Faces,
    shapers: Vec<Option<rustybuzz::Face<'t>>>,
    levels: ParagraphBidiInfo<'t>,
}

impl<'t> Paragraph<'t> {
    fn of(text: &'t str, faces: &'t Faces) -> Self {
        // As on the page, a line begins at the left, whatever it begins with.
        let levels = ParagraphBidiInfo::new(text, Some(Level::ltr()));
        Self { text, faces, shapers: faces.shapers(), levels }
    }

    /// Ends lines where a line may end; a word that is longer than a line is cut between two letters.
    fn wrap(&self, room: f32, lines: &mut Vec<Line>) {
        let fits = |part: Range<usize>| self.set(part).width <= room;
        // The line that is being filled, as far as it fits.
        let (mut start, mut end) = (0, 0);
        for (stop, _) in linebreaks(self.text) {
            if end > start && !fits(start..stop) {
                lines.push(self.set(start..end));
                start = end;
            }
            if !fits(start..stop) {
                let word = start;
                for (at, letter) in self.text[word..stop].grapheme_indices(true) {
                    let (before, after) = (word + at, word + at + letter.len());
                    if before > start && !fits(start..after) {
                        lines.push(self.set(start..before));
                        start = before;
                    }
                }
            }
            end = stop;
        }
        if end > start || self.text.is_empty() {
            lines.push(self.set(start..end));
        }
    }

    /// A part of it as a line of its own, without the blanks at its end.
    fn set(&self, part: Range<usize>) -> Line {
        let mut line = Line::default();
        let end = part.start + self.text[part.clone()].trim_end().len();
        if end == part.start {
            return line;
        }
        let (levels, runs) = self.levels.visual_runs(part.start..end);
        for run in runs {
            let is_leftwards = levels[run.start].is_rtl();
            let mut pieces = self.pieces(run);
            if is_leftwards {
                pieces.reverse();
            }
            for (face, piece) in pieces {
                if let Some(run) = self.shape(face, &self.text[piece], is_leftwards) {
                    line.push(run);
                }
            }
        }
        line
    }

    /// Its parts of one font and one script, in the order in which they are read.
    fn pieces(&self, run: Range<usize>) -> Vec<(usize, Range<usize>)> {
        let mut pieces: Vec<(usize, Range<usize>)> = Vec::new();
        // That of the last piece, once it is known.
        let mut script = None;
        for (at, letter) in self.text[run.clone()].grapheme_indices(true) {
            let (start, face, own) = (run.start + at, self.faces.find(letter), script_of(letter));
            let is_other = own.is_some() && script.is_some() && own != script;
            match pieces.last_mut() {
                Some((of, piece)) if *of == face && !is_other => {
                    piece.end = start + letter.len();
                    script = script.or(own);
                }
                _ => {
                    pieces.push((face, start..start + letter.len()));
                    script = own;
                }
            }
        }
        pieces
    }

    fn shape(&self, face: usize, text: &str, is_leftwards: bool) -> Option<Run> {
        let font = self.faces.face(face)?.font.clone();
        let shaper = self.shapers.get(face)?.as_ref()?;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(if is_leftwards { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(shaper, &[], buffer);
        let infos = shaped.glyph_infos();
        // Where each cluster begins. All of the text is in one of them, or copying would lose it.
        let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        if let Some(first) = starts.first_mut() {
            *first = 0;
        }
        let cluster = |of: usize| {
            let next = starts.partition_point(|&start| start <= of);
            let start = next.checked_sub(1).and_then(|at| starts.get(at)).copied().unwrap_or_default();
            start..starts.get(next).copied().unwrap_or(text.len())
        };
        let em = font.units_per_em();
        let glyphs: Vec<KrillaGlyph> = infos
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, place)| {
                let scaled = |units: i32| units as f32 / em;
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    scaled(place.x_advance),
                    scaled(place.x_offset),
                    scaled(place.y_offset),
                    scaled(place.y_advance),
                    cluster(info.cluster as usize),
                    None,
                )
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Some(Run { font, text: text.to_owned(), glyphs, width })
    }
}

/// None for what every script has, like digits and blanks.
fn script_of(letter: &str) -> Option<Script> {
    let mut scripts = letter.chars().map(|c| c.script());
    scripts.find(|script| !matches!(script, Script::Common | Script::Inherited | Script::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGULAR: bool = false;
    const INSTALL: &str = "install fonts-noto-core, fonts-noto-cjk and fonts-noto-color-emoji (scripts/tools.sh test)";

    fn setter(text: &str) -> Typesetter {
        Typesetter::of(text, text).unwrap()
    }

    /// What somebody sees who looks at a line from the left to the right.
    fn seen(line: &Line) -> String {
        let mut seen = String::new();
        for run in &line.runs {
            let mut last = None;
            for glyph in &run.glyphs {
                if last.as_ref() != Some(&glyph.text_range) {
                    seen.push_str(&run.text[glyph.text_range.clone()]);
                }
                last = Some(glyph.text_range.clone());
            }
        }
        seen
    }

    /// What somebody gets who copies a line, in whichever order, without blanks.
    fn letters(text: &str) -> Vec<char> {
        let mut letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        letters.sort_unstable();
        letters
    }

    fn turned(text: &str) -> String {
        text.chars().rev().collect()
    }

    #[test]
    fn each_part_of_a_line_runs_its_own_way() {
        let (north, street, order) = (turned("נורת׳ווינד"), turned("רחוב הרצל"), turned("הזמנה"));
        for (typed, expected) in [
            ("נורת׳ווינד Northwind Israel 2026", format!("{north} Northwind Israel 2026")),
            ("רחוב הרצל 148", format!("148 {street}")),
            ("תל אביב 6816707", format!("6816707 {}", turned("תל אביב"))),
            ("הזמנה 4711", format!("4711 {order}")),
            ("الرياض 12345", format!("12345 {}", turned("الرياض"))),
            ("PO 4711 הזמנה", format!("PO 4711 {order}")),
            ("Ka\u{308}the Čapek, Кириллица", "Ka\u{308}the Čapek, Кириллица".to_owned()),
        ] {
            for is_bold in [false, true] {
                assert_eq!(seen(&setter(typed).line(typed, is_bold)), expected, "{typed}");
            }
        }
    }

    #[test]
    fn every_letter_is_drawn_from_a_font_that_has_it() {
        for text in [
            "株式会社ノースウィンド 東京都千代田区 1-2-3",
            "서울특별시 강남구 테헤란로 148",
            "नॉर्थविंड ट्रेडर्स दिल्ली 110001",
            "บริษัท นอร์ทวินด์ กรุงเทพมหานคร 10110",
            "Northwind 🚀 👩\u{200d}🚀 ☎\u{fe0f}",
            "נורת׳ווינד الرياض Ελλάς ქართული",
        ] {
            let setter = setter(text);
            assert!(setter.draws_all(), "{text}: {INSTALL}");
            for is_bold in [false, true] {
                let line = setter.line(text, is_bold);
                assert_eq!(letters(&seen(&line)), letters(text), "{text}");
                for glyph in line.runs.iter().flat_map(|run| &run.glyphs) {
                    assert_ne!(glyph.glyph_id, GlyphId::new(0), "a box in {text}: {INSTALL}");
                }
            }
        }
    }

    #[test]
    fn what_no_font_has_is_its_code() {
        let text = "Nora \u{f8ff} נ";
        let setter = setter(text);
        assert!(!setter.draws_all());
        assert_eq!(seen(&setter.line(text, REGULAR)), "Nora [U+F8FF] נ");
    }

    #[test]
    fn a_line_is_as_wide_as_what_is_drawn() {
        for text in ["Vertriebsgesellschaft AVAVA ffi", "רחוב הרצל 148", "नमस्ते กรุงเทพ 東京 🚀", "ab\u{301}c"]
        {
            let line = setter(text).line(text, REGULAR);
            let drawn: f32 = line.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.x_advance).sum();
            assert!(drawn > 1.0 && (line.width(10.0) - drawn * 10.0).abs() < 0.01, "{text}: {drawn}");
        }
        // Kerning and ligatures count, marks have no width of their own.
        let width = |text: &str| setter(text).line(text, REGULAR).width(1.0);
        assert!(width("AV") < width("A") + width("V"));
        assert!((width("a\u{308}") - width("a")).abs() < 0.01);
        assert!(width("WWW") > width("iii"));
    }

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        for text in [
            "A company with a name that does not fit on one line GmbH\nDonaudampfschifffahrtsgesellschaftskapitän",
            "רחוב הרצל 148 קומה 3 תל אביב 6816707 ישראל Northwind Israel 2026",
            "東京都千代田区丸の内一丁目二番三号ノースウィンドビルディング七階株式会社ノースウィンド",
            "บริษัทนอร์ทวินด์กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยา",
            "नॉर्थविंड ट्रेडर्स प्राइवेट लिमिटेड दिल्ली 110001",
            "Ka\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}a\u{308}the",
            "👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀",
        ] {
            let setter = setter(text);
            assert!(setter.draws_all(), "{text}: {INSTALL}");
            let lines = setter.lines(text, REGULAR, 9.0);
            assert!(lines.len() > 1 && lines.iter().all(|line| line.width(1.0) <= 9.0), "{text}");
            let set: String = lines.iter().map(seen).collect();
            assert_eq!(letters(&set), letters(text));
            // No letter is parted from its marks.
            for line in &lines {
                let first = line.runs.first().and_then(|run| run.text.graphemes(true).next()).unwrap_or_default();
                assert!(text.graphemes(true).any(|letter| letter == first), "{first:?} in {text}");
            }
        }
        let setter = setter("one  two");
        let lines: Vec<String> = setter.lines("one \t two\n\nthree", REGULAR, 90.0).iter().map(seen).collect();
        assert_eq!(lines, ["one two", "", "three"]);
    }
}
