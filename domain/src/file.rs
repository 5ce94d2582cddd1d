//! What a file that somebody hands over is made of: text, lines, cells. The same for all of them.
//!
//! Nothing is guessed: what is neither UTF-8 nor UTF-16 with its mark does not read.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The largest file that a page takes. Its name, 3 MiB, stands in `locales/*/console.json` and
/// `told.json`.
pub const MAX_UPLOAD: usize = 3 * 1024 * 1024;

/// A file that is not text, and the first line of it that does not read, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotText {
    pub line: u64,
}

/// The text of a file, without its mark: UTF-8, or UTF-16 that says so in its first two bytes. A
/// zero is no text: UTF-16 without a mark is full of them. Rule R-FILE-1.
pub fn read_text(file: &[u8]) -> Result<String, NotText> {
    let text = match file {
        [0xff, 0xfe, rest @ ..] => read_utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => read_utf16(rest, u16::from_be_bytes)?,
        _ => read_utf8(file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file))?,
    };
    match text.find('\0') {
        Some(at) => Err(NotText { line: line_after(text.as_bytes().get(..at).unwrap_or_default()) }),
        None => Ok(text),
    }
}

fn read_utf8(file: &[u8]) -> Result<String, NotText> {
    let read = std::str::from_utf8(file).map(str::to_owned);
    read.map_err(|error| NotText { line: line_after(file.get(..error.valid_up_to()).unwrap_or_default()) })
}

fn read_utf16(file: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let pairs = file.chunks_exact(2);
    let is_cut = !pairs.remainder().is_empty();
    let mut text = String::with_capacity(file.len() / 2);
    for read in char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))) {
        match read {
            Ok(character) => text.push(character),
            Err(_) => return Err(NotText { line: line_after(text.as_bytes()) }),
        }
    }
    if is_cut { Err(NotText { line: line_after(text.as_bytes()) }) } else { Ok(text) }
}

/// A file of which only ASCII is needed. In every encoding of single bytes that is the same; each
/// other byte becomes a sign that stands in no word.
pub fn only_ascii(file: &[u8]) -> String {
    file.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { UNREAD }).collect()
}

/// What stands for a byte that nobody can read.
pub const UNREAD: char = '\u{fffd}';

/// The line that goes on after this text, as editors count: LF, CRLF and CR end one.
pub fn line_after(text: &[u8]) -> u64 {
    let (mut line, mut before) = (1, 0);
    for &byte in text {
        if byte == b'\r' || (byte == b'\n' && before != b'\r') {
            line += 1;
        }
        before = byte;
    }
    line
}

/// What stands between the cells of a table: the sign that its heading has most of, outside of
/// quotation marks. The heading is the first line with anything else in it.
pub fn separator(table: &str) -> u8 {
    let has_words = |line: &&str| line.contains(|c: char| !c.is_whitespace() && !matches!(c, ',' | ';' | '"'));
    let heading = table.lines().find(has_words).unwrap_or_default();
    let count = |sign: u8| {
        let mut is_quoted = false;
        let outside = heading.bytes().filter(|&byte| {
            is_quoted ^= byte == b'"';
            byte == sign && !is_quoted
        });
        outside.count()
    };
    let mut best = (b',', 0);
    for sign in *b";\t," {
        let n = count(sign);
        if n > best.1 {
            best = (sign, n);
        }
    }
    best.0
}

/// What spreadsheets take for the beginning of a formula, in both widths.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(FORMULA)
}

/// A cell that a spreadsheet takes for text: what begins like a formula gets an apostrophe.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`guarded`] made a cell of.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest.trim_start_matches('\''))).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: [u8; 2]) -> Vec<u8> {
        let bytes = |unit: u16| if mark == [0xff, 0xfe] { unit.to_le_bytes() } else { unit.to_be_bytes() };
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
    }

    /// Rule R-FILE-1.
    #[test]
    fn text_is_utf_8_or_says_what_it_is() {
        let text = "product,key\r\nGrüße 🚀\r\n";
        assert_eq!(read_text(text.as_bytes()).unwrap(), text);
        assert_eq!(read_text(["\u{feff}", text].concat().as_bytes()).unwrap(), text);
        for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
            assert_eq!(read_text(&utf16(text, mark)).unwrap(), text);
        }
        assert_eq!(read_text(b"").unwrap(), "");
    }

    /// Rule R-FILE-1.
    #[test]
    fn what_is_not_text_has_a_line() {
        let line = |file: &[u8]| read_text(file).unwrap_err().line;
        assert_eq!(line(b"K\xf6hler"), 1);
        for end in ["\n", "\r\n", "\r"] {
            let file = [&b"one"[..], end.as_bytes(), b"two", end.as_bytes(), b"K\xf6hler"].concat();
            assert_eq!(line(&file), 3, "{end:?}");
        }
        // Without its mark, and cut in the middle of a letter or of a pair.
        assert_eq!(line(&utf16("a\nb", [0xff, 0xfe])[2..]), 1);
        assert_eq!(line(&[&utf16("a\nb", [0xff, 0xfe])[..], &[0x41]].concat()), 2);
        assert_eq!(line(&[&utf16("a\n", [0xfe, 0xff])[..], &[0xd8, 0x3d]].concat()), 2);
        assert_eq!(line(b"a\r\nb\0"), 2);
    }

    #[test]
    fn ascii_is_the_same_in_single_bytes() {
        assert_eq!(only_ascii(b"J\xf6rg;j@b.example\r\n"), "J\u{fffd}rg;j@b.example\r\n");
    }

    #[test]
    fn the_heading_tells_the_separator() {
        for (table, expected) in [
            ("product,key\nx,y", b','),
            ("product;key\nx,y,z", b';'),
            ("product\tkey", b'\t'),
            ("email", b','),
            ("", b','),
            ("\n;;\nName;Email", b';'),
            ("\"Name, first, last\";Email", b';'),
            ("Name, first;Email", b';'),
        ] {
            assert_eq!(separator(table), expected, "{table}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＋1", "－1", "＠x"] {
            assert_eq!(guarded(evil), format!("'{evil}"));
        }
        for text in ["", "Anna = 1", "'", "'Anna", "Harmless;=1+1;", "=1", "'=1", "''=1", "' =1", "+tag@a.example"] {
            assert_eq!(unguarded(&guarded(text)), text, "{text}");
        }
        assert_eq!(guarded("Anna = 1"), "Anna = 1");
        assert_eq!(unguarded("'Anna"), "'Anna");
    }
}
