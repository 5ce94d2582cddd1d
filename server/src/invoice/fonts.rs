//! Fonts for what an invoice says: the one in the program, and for what it lacks those of the
//! operating system that are called Noto.
//!
//! Invariant: the same text and the same installed fonts lead to the same faces.

use super::PdfError;
use fontdb::{Database, FaceInfo, ID, Style};
use krilla::Data;
use krilla::text::Font;
use rustybuzz::ttf_parser;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// Looked for once, and only when the program's own font lacks something.
static INSTALLED: OnceLock<Database> = OnceLock::new();

fn installed() -> &'static Database {
    INSTALLED.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        let others: Vec<ID> = fonts.faces().filter(|face| !family(face).starts_with("Noto ")).map(|f| f.id).collect();
        for id in others {
            fonts.remove_face(id);
        }
        if fonts.is_empty() {
            tracing::warn!("no Noto fonts are installed: letters of many scripts stand as codes in an invoice's PDF");
        }
        fonts
    })
}

fn family(face: &FaceInfo) -> &str {
    face.families.first().map_or("", |(name, _)| name.as_str())
}

/// The fonts in the program, the first one first. The bold one lacks some letters of the other.
fn embedded(is_bold: bool) -> Vec<&'static [u8]> {
    if is_bold { vec![dejavu::sans::bold(), dejavu::sans::regular()] } else { vec![dejavu::sans::regular()] }
}

/// Chinese letters look different in Japan and Korea; the letters beside them say which are meant.
fn region(text: &str) -> &'static str {
    let has = |scripts: &[Script]| text.chars().any(|c| scripts.contains(&c.script()));
    if has(&[Script::Hiragana, Script::Katakana]) {
        "JP"
    } else if has(&[Script::Hangul]) {
        "KR"
    } else if has(&[Script::Bopomofo]) {
        "TC"
    } else {
        "SC"
    }
}

/// Faces without serifs come first, then those with Chinese letters as they are written here.
fn rank(family: &str, region: &str) -> u8 {
    let Some(sans) = family.strip_prefix("Noto Sans") else { return 3 };
    match sans.strip_prefix(" CJK").unwrap_or(sans).trim_start() {
        of if of == region => 1,
        "HK" | "JP" | "KR" | "SC" | "TC" => 2,
        of if of.contains("Mono") => 3,
        _ => 0,
    }
}

/// The installed faces in the order in which they are asked.
fn ranked(text: &str, is_bold: bool) -> Vec<&'static FaceInfo> {
    let (region, weight) = (region(text), if is_bold { 700 } else { 400 });
    let mut faces: Vec<&FaceInfo> = installed().faces().collect();
    faces.sort_by_cached_key(|face| {
        let name = family(face);
        let is_slanted = face.style != Style::Normal;
        (rank(name, region), face.weight.0.abs_diff(weight), is_slanted, name.to_owned(), face.post_script_name.clone())
    });
    faces
}

/// Selectors, joiners and marks of direction: a font that lacks them shows nothing, and rightly so.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fff8}')
        || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a font has all of a letter, its marks too.
fn has(face: &ttf_parser::Face<'_>, letter: &str) -> bool {
    letter.chars().filter(|&c| !is_unseen(c)).all(|c| face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0))
}

fn take<'t>(left: &mut BTreeSet<&'t str>, data: &[u8], index: u32) -> Vec<&'t str> {
    let Ok(face) = ttf_parser::Face::parse(data, index) else { return Vec::new() };
    let taken: Vec<&'t str> = left.iter().copied().filter(|letter| has(&face, letter)).collect();
    for letter in &taken {
        left.remove(letter);
    }
    taken
}

/// Which face has which letters of a text.
struct Choice<'t> {
    /// In the order of the fonts in the program.
    embedded: Vec<Vec<&'t str>>,
    installed: Vec<(ID, Vec<&'t str>)>,
    /// No face has these.
    left: BTreeSet<&'t str>,
}

fn choose(text: &str, is_bold: bool) -> Choice<'_> {
    let mut left: BTreeSet<&str> = text.graphemes(true).filter(|letter| !letter.trim_ascii().is_empty()).collect();
    let embedded = embedded(is_bold).into_iter().map(|data| take(&mut left, data, 0)).collect();
    let mut found = Vec::new();
    if !left.is_empty() {
        for face in ranked(text, is_bold) {
            let taken = installed().with_face_data(face.id, |data, index| take(&mut left, data, index));
            if let Some(taken) = taken.filter(|taken| !taken.is_empty()) {
                found.push((face.id, taken));
            }
            if left.is_empty() {
                break;
            }
        }
    }
    Choice { embedded, installed: found, left }
}

/// The letters of a text that no font has: an invoice's PDF cannot show them.
pub fn undrawn(text: &str) -> Vec<String> {
    choose(text, false).left.into_iter().map(str::to_owned).collect()
}

/// A face of a font, to draw with and to shape with.
pub struct Face {
    pub font: Font,
    data: Data,
    index: u32,
}

impl Face {
    fn new(data: Data, index: u32) -> Option<Self> {
        let font = Font::new(data.clone(), index)?;
        let face = Self { font, data, index };
        let shapes = face.shaper().is_some();
        shapes.then_some(face)
    }

    fn shaper(&self) -> Option<rustybuzz::Face<'_>> {
        rustybuzz::Face::from_slice(self.data.as_ref(), self.index)
    }
}

/// The faces of one weight that a text needs.
pub struct Faces {
    faces: Vec<Face>,
    /// Which of them has a letter.
    of: BTreeMap<String, usize>,
    undrawn: BTreeSet<String>,
}

impl Faces {
    /// For everything that will be set in this weight.
    pub fn of(text: &str, is_bold: bool) -> Result<Self, PdfError> {
        let choice = choose(text, is_bold);
        let (mut faces, mut of) = (Vec::new(), BTreeMap::new());
        let mut undrawn: BTreeSet<String> = choice.left.into_iter().map(str::to_owned).collect();
        for (data, letters) in embedded(is_bold).into_iter().zip(choice.embedded) {
            of.extend(letters.into_iter().map(|letter| (letter.to_owned(), faces.len())));
            faces.push(Face::new(data.into(), 0).ok_or(PdfError::Font)?);
        }
        for (id, letters) in choice.installed {
            // The file's bytes are held as long as the invoice is drawn; Chinese ones are large.
            let data = installed().with_face_data(id, |data, index| (data.to_vec(), index));
            let letters = letters.into_iter().map(str::to_owned);
            match data.and_then(|(data, index)| Face::new(data.into(), index)) {
                Some(face) => {
                    of.extend(letters.map(|letter| (letter, faces.len())));
                    faces.push(face);
                }
                None => undrawn.extend(letters),
            }
        }
        Ok(Self { faces, of, undrawn })
    }

    pub fn face(&self, at: usize) -> Option<&Face> {
        self.faces.get(at)
    }

    /// What shapes with each of the faces.
    pub fn shapers(&self) -> Vec<Option<rustybuzz::Face<'_>>> {
        self.faces.iter().map(Face::shaper).collect()
    }

    /// The place of the face that has a letter.
    pub fn find(&self, letter: &str) -> usize {
        self.of.get(letter).copied().unwrap_or_default()
    }

    pub fn draws_all(&self) -> bool {
        self.undrawn.is_empty()
    }

    /// The text with its code in the place of each letter that no face has.
    pub fn legible(&self, text: &str) -> String {
        let mut legible = String::with_capacity(text.len());
        for letter in text.graphemes(true) {
            if self.undrawn.contains(letter) {
                let codes = letter.chars().filter(|&c| !is_unseen(c));
                legible.extend(codes.map(|c| format!("[U+{:04X}]", u32::from(c))));
            } else {
                legible.push_str(letter);
            }
        }
        legible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The family of the installed face that was chosen for a letter.
    fn chosen(text: &str, letter: &str, is_bold: bool) -> String {
        let choice = choose(text, is_bold);
        let found = choice.installed.iter().find(|(_, letters)| letters.contains(&letter));
        let face = found.and_then(|(id, _)| installed().face(*id)).unwrap_or_else(|| {
            panic!(
                "no font has {letter}: install fonts-noto-core, fonts-noto-cjk and fonts-noto-color-emoji \
                 (scripts/tools.sh test does)"
            )
        });
        family(face).to_owned()
    }

    #[test]
    fn what_the_own_font_lacks_is_found_among_the_installed_ones() {
        for is_bold in [false, true] {
            for (text, letter, family) in [
                ("東京タワー", "東", "Noto Sans CJK JP"),
                ("株式会社 ノースウィンド", "ノ", "Noto Sans CJK JP"),
                ("서울특별시", "울", "Noto Sans CJK KR"),
                ("서울 東", "東", "Noto Sans CJK KR"),
                ("北京市", "京", "Noto Sans CJK SC"),
                ("दिल्ली", "दि", "Noto Sans"),
                ("กรุงเทพ", "รุ", "Noto Sans Thai"),
                ("Northwind 🚀", "🚀", "Noto Color Emoji"),
                ("👩\u{200d}🚀", "👩\u{200d}🚀", "Noto Color Emoji"),
            ] {
                let found = chosen(text, letter, is_bold);
                assert!(found.starts_with(family), "{text} {is_bold}: {found}");
            }
        }
    }

    #[test]
    fn the_own_font_is_asked_first() {
        for text in
            ["Käthe Ka\u{308}the Čapek", "נורת׳ווינד 2026", "الرياض 12345", "Кириллица Ελλάς", "1.670,00\u{202f}USD –"]
        {
            for is_bold in [false, true] {
                let choice = choose(text, is_bold);
                assert!(choice.installed.is_empty() && choice.left.is_empty(), "{text}: {:?}", choice.left);
            }
        }
    }

    #[test]
    fn what_no_font_has_stands_as_its_code() {
        // For private use: no font of Noto has it.
        let text = "Nora \u{f8ff}\nKäthe";
        assert_eq!(undrawn(text), ["\u{f8ff}"]);
        let faces = Faces::of(text, false).unwrap();
        assert!(!faces.draws_all());
        assert_eq!(faces.legible(text), "Nora [U+F8FF]\nKäthe");
        assert!(undrawn("Käthe \u{200e}\t\n").is_empty());
    }

    #[test]
    fn regions_are_told_apart() {
        assert!(rank("Noto Sans CJK JP", "JP") < rank("Noto Sans CJK KR", "JP"));
        assert!(rank("Noto Sans KR", "KR") < rank("Noto Sans CJK SC", "KR"));
        assert!(rank("Noto Sans Thai", "SC") < rank("Noto Serif Thai", "SC"));
        assert!(rank("Noto Sans CJK TC", "SC") < rank("Noto Sans Mono CJK SC", "SC"));
    }
}
