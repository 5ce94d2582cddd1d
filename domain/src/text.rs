//! Text that somebody typed or pasted, read the same way everywhere. Every other parser begins here.
//!
//! Invariant: what is read has its letters composed, no blank at its ends, and nothing in it that
//! nobody sees.

#[cfg(any(test, feature = "unicode"))]
mod key;

#[cfg(any(test, feature = "unicode"))]
pub use key::{fold, sort_key};

use serde::{Deserialize, Serialize};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// A flag that letters which nobody sees follow: England's, Scotland's, that of Wales.
const BLACK_FLAG: char = '\u{1f3f4}';

/// A character in the middle of a line that nobody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden(pub char);

impl Hidden {
    /// As people look it up: `U+200B`.
    pub fn code(self) -> String {
        format!("U+{:04X}", u32::from(self.0))
    }
}

/// A line, like a name: blanks of every kind are one blank, what would break it too. What nobody
/// sees is removed at the ends and refused in the middle, where it would make two names of one.
pub fn line(raw: &str) -> Result<String, Hidden> {
    let text = composed(raw);
    let blank = |c: char| if is_blank(c) || c.is_control() { ' ' } else { c };
    let signs: Vec<char> = trim(&text).chars().map(blank).collect();
    let hidden = (0..signs.len()).find(|&at| is_hidden(signs[at]) && !belongs(&signs, at));
    if let Some(at) = hidden {
        return Err(Hidden(signs[at]));
    }
    let text: String = signs.into_iter().collect();
    Ok(text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// A text of as many lines as it takes, like a message. In thousands of letters nobody finds the
/// one that is not seen, so it is left out. The two marks that set the direction of what stands
/// beside them stay: right-to-left texts have them.
pub fn lines(raw: &str) -> String {
    let text = composed(raw).replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let signs: Vec<char> = trim(&text).chars().collect();
    let kept = (0..signs.len()).filter_map(|at| match signs[at] {
        c @ ('\n' | '\t' | '\u{200e}' | '\u{200f}' | '\u{61c}') => Some(c),
        c if c.is_control() || (is_hidden(c) && !belongs(&signs, at)) => None,
        c => Some(if is_blank(c) { ' ' } else { c }),
    });
    kept.collect()
}

/// A number or an id that people copy: nothing hidden is left anywhere, and all dashes are hyphens.
pub fn bare(raw: &str) -> String {
    let sign = |c: char| match c {
        c if is_dash(c) => '-',
        // What breaks a line is no blank here.
        c if is_blank(c) && !c.is_control() => ' ',
        c => c,
    };
    let text: String = raw.chars().filter(|&c| !is_hidden(c)).map(sign).collect();
    text.trim().to_owned()
}

/// Without blanks, line ends and what nobody sees at both ends.
pub fn trim(raw: &str) -> &str {
    // The letters behind a flag belong to it.
    raw.trim_matches(|c: char| is_blank(c) || c.is_control() || (is_hidden(c) && !is_tag(c)))
}

/// Blanks of every width, and letters that look like one.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// What is written for a hyphen: hyphens, dashes, the minus.
pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{58a}' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}')
        || matches!(c, '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// What nobody sees: it only formats, joins, or turns the direction.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' => true,
        // Selectors of a letter's form, which Japanese names need, belong to their letter.
        '\u{e0100}'..='\u{e01ef}' => false,
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Whether a hidden character is where a script or a picture needs it.
fn belongs(signs: &[char], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).and_then(|at| signs.get(at)) else { return false };
    match (signs[at], signs.get(at + 1)) {
        (NON_JOINER, Some(&after)) => joins(before) && joins(after),
        (JOINER, Some(&after)) => (joins(before) && joins(after)) || (is_picture(before) && is_picture(after)),
        (c, _) => is_tag(c) && (before == BLACK_FLAG || is_tag(before)),
    }
}

/// Letters of scripts that write some pairs joined or apart: from Arabic to Sinhala, of Burmese,
/// Khmer and Mongolian, and the forms of Arabic letters.
fn joins(c: char) -> bool {
    let script = matches!(
        c,
        '\u{600}'..='\u{dff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{18af}'
            | '\u{a840}'..='\u{a87f}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
    );
    script && !is_hidden(c)
}

/// Emoji, the colours of their skin, and the sign that makes one of a plain sign.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Each letter with its marks as one character, where there is one (NFC).
///
/// Only the server has the tables: they are hundreds of kilobytes, and what the browser reads is
/// advice. There a text stays as the keyboard made it, which is composed nearly always.
#[cfg(any(test, feature = "unicode"))]
fn composed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect()
}
#[cfg(not(any(test, feature = "unicode")))]
fn composed(text: &str) -> String {
    text.to_owned()
}

/// The form of a password that is compared: keyboards that compose letters another way, or give
/// wide ones, type the same password (NFKC). Blanks at its ends are part of it.
#[cfg(any(test, feature = "unicode"))]
pub fn password(typed: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    typed.nfkc().collect()
}
#[cfg(not(any(test, feature = "unicode")))]
pub fn password(typed: &str) -> String {
    typed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_goes_at_the_ends_and_is_told_in_the_middle() {
        for wrapped in [
            "\u{202d}Anna\u{202c}",
            "Anna\u{200b}",
            "\u{feff}Anna",
            "\u{202a} Anna \u{202c}\u{a0}",
            "\u{ad}Anna\u{2060}\u{200e}",
            "\u{2007}Anna\u{3000}\n",
            "\u{200d}Anna\u{200c}",
        ] {
            assert_eq!(line(wrapped).as_deref(), Ok("Anna"), "{wrapped:?}");
        }
        for hidden in
            ['\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ad}', '\u{e0041}']
        {
            assert_eq!(line(&format!("An{hidden}na")), Err(Hidden(hidden)));
        }
        assert_eq!(Hidden('\u{200b}').code(), "U+200B");
        assert_eq!(Hidden('\u{ad}').code(), "U+00AD");
        assert_eq!(Hidden('\u{e0041}').code(), "U+E0041");
        for nothing in ["", " \u{200b} \u{feff}", "\u{3164}", "\u{2800}\u{a0}"] {
            assert_eq!(line(nothing).as_deref(), Ok(""), "{nothing:?}");
        }
    }

    #[test]
    fn blanks_of_every_kind_are_one_and_letters_are_composed() {
        assert_eq!(line("Anna\u{a0}\u{2009}Maria\u{3000}\t\r\nB.").as_deref(), Ok("Anna Maria B."));
        assert_eq!(line("North\0\nwind").as_deref(), Ok("North wind"));
        assert_eq!(line("Ju\u{308}rgen").as_deref(), Ok("Jürgen"));
        // A dash is what somebody chose; only ids take it for a hyphen.
        assert_eq!(line("Müller–Lüdenscheidt").as_deref(), Ok("Müller–Lüdenscheidt"));
    }

    #[test]
    fn scripts_and_pictures_keep_what_joins_them() {
        for whole in [
            "علی\u{200c}رضا",
            "ක්\u{200d}ර",
            "👩\u{200d}💻 Ada",
            "❤\u{fe0f}\u{200d}🔥",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}城",
            "İpek Yılmaz",
            "الياس حداد",
        ] {
            assert_eq!(line(whole).as_deref(), Ok(whole));
            assert_eq!(lines(whole), whole);
        }
        // A directional mark in front, as some programs write it.
        assert_eq!(line("\u{200e}حداد").as_deref(), Ok("حداد"));
        assert_eq!(line("علی\u{200c}x"), Err(Hidden('\u{200c}')));
    }

    #[test]
    fn a_text_keeps_its_lines_and_loses_what_nobody_sees() {
        assert_eq!(lines("\u{feff} One\r\n\r\n\ttwo\u{2028}three\u{a0}4\u{200b} "), "One\n\n\ttwo\nthree 4");
        assert_eq!(lines("I buy\0 the pack\u{ad}ages.\u{202e}"), "I buy the packages.");
        assert_eq!(lines("שלום\u{200f}!"), "שלום\u{200f}!");
    }

    #[test]
    fn an_id_is_read_bare() {
        assert_eq!(bare("\u{202d}+49\u{a0}30\u{2011}555\u{200b}0100\u{202c} "), "+49 30-5550100");
        assert_eq!(bare("DE–123456789\u{200b}"), "DE-123456789");
        assert_eq!(bare("a\r\nb"), "a\r\nb", "a line's end stays what it is");
    }

    #[test]
    fn a_password_is_the_same_on_every_keyboard() {
        let composed = "Grüner Bär fährt Zug";
        let apart = "Gru\u{308}ner Ba\u{308}r fa\u{308}hrt Zug";
        assert_eq!(password(apart), composed);
        assert_eq!(password("\u{ff21} "), "A ");
    }
}
