//! What texts are found by and sorted by: a key without case, marks and the ways of writing a sign.

use super::{composed, is_blank, is_dash, is_hidden};
use unicode_normalization::UnicodeNormalization;

/// Bounds a sort key, so that an index takes it: bytes of the folded text, and of the text itself.
const MOST_FOLDED: usize = 1_000;
const MOST_TEXT: usize = 400;

/// The text as it is searched for, the same on both sides: small letters without marks, quotes and
/// dashes alike, one blank between words. `ß` is `ss`, `ı` and `İ` are `i`, `ł` is `l`.
pub fn fold(text: &str) -> String {
    let seen = text.chars().filter(|&c| !is_hidden(c)).map(alike);
    let mut folded = String::with_capacity(text.len());
    for c in seen.nfkd().filter(|&c| !is_mark(c)) {
        for small in alike(c).to_lowercase() {
            match plain(small) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(small),
            }
        }
    }
    // What has no marks is put together again, or each Korean syllable would be three letters.
    let folded: String = folded.nfc().collect();
    folded.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a list is sorted by, byte for byte: the folded text, so that `Ç` stands before `D` and `Ł`
/// near `L`, then the text itself. It can be searched in as well: a word that is found in the text
/// is found in its folded form.
///
/// The sign between the two comes before the blank, so that `Anna` stands before `Anna Maria`.
pub fn sort_key(text: &str) -> String {
    [cut(&fold(text), MOST_FOLDED), cut(&composed(text), MOST_TEXT)].join("\t")
}

/// As much of a text as fits, in whole characters.
fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= most).last();
    &text[..end.unwrap_or(0)]
}

/// One sign for those that people take for each other.
fn alike(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʹ' | 'ʼ' | '`' | '´' | '\u{ff07}' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '\u{ff02}' => '"',
        c if is_dash(c) => '-',
        c if is_blank(c) || c.is_control() => ' ',
        c => c,
    }
}

/// Small letters that no table takes apart.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ı' => "i",
        'ȷ' => "j",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'þ' => "th",
        'æ' => "ae",
        'œ' => "oe",
        // Small sigma at a word's end.
        'ς' => "σ",
        _ => return None,
    })
}

/// Accents, points and vowel signs that people leave out when they search. The vowels of Indic and
/// other scripts are not among them: without those, words would be others.
fn is_mark(c: char) -> bool {
    let hebrew =
        matches!(c, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}');
    let arabic = matches!(
        c,
        '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{6df}'..='\u{6e4}'
            | '\u{6e7}'
            | '\u{6e8}'
            | '\u{6ea}'..='\u{6ed}'
    );
    let of_many = matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{487}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    );
    let selector = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    of_many || hebrew || arabic || selector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_however_it_is_written() {
        for (written, typed) in [
            ("İpek Yılmaz", "ipek yilmaz"),
            ("ışık", "IŞIK"),
            ("Çınar Işık", "cinar isik"),
            ("Öz İsmail", "oz ismail"),
            ("Straße Stefan", "STRASSE stefan"),
            ("STRAẞE", "strasse"),
            ("Ju\u{308}rgen", "jürgen"),
            ("Jürgen", "JURGEN"),
            ("Seán", "sean"),
            ("Łukasz Żak", "lukasz zak"),
            ("Ødegård", "Odegard"),
            ("Đặng", "dang"),
            ("Nguyễn Thị Ánh", "nguyen thi anh"),
            ("O’Brien", "o'brien"),
            ("OʼBrien", "O´Brien"),
            ("Müller–Lüdenscheidt", "muller-ludenscheidt"),
            ("Æsir Œuvre", "aesir oeuvre"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("ﬁnance", "finance"),
            ("Ａｎｎａ\u{3000}Ｂ", "anna b"),
            ("Anna\u{200b}  Maria\u{a0}", " anna maria"),
            ("علی\u{200c}رضا", "علیرضا"),
        ] {
            assert_eq!(fold(written), fold(typed), "{written} {typed}");
        }
        for word in ["الياس حداد", "田中 太郎", "김민수", "が", "की", "👩💻 ada", "100%_\\"] {
            assert_eq!(fold(word), word, "stays what it is");
        }
        assert_eq!(fold(&fold("O’Brien Seán – İß")), fold("O’Brien Seán – İß"), "folding twice is folding once");
    }

    #[test]
    fn lists_sort_as_people_expect() {
        let sorted = [
            "Anna",
            "Anna Maria",
            "Ärger Anton",
            "Bob",
            "Çelik",
            "Da Silva",
            "Île-de-Ré",
            "Ipek",
            "Łódź",
            "Lund",
            "Ødegård",
            "Otto",
            "Rügen",
            "Żak",
        ];
        let mut keys: Vec<(String, &str)> = sorted.iter().rev().map(|&name| (sort_key(name), name)).collect();
        keys.sort();
        assert_eq!(keys.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), sorted);
        assert!(sort_key("Muller") < sort_key("Müller"), "the text itself decides between equals");
        assert_ne!(sort_key("Muller"), sort_key("Müller"));
        let long = "ﷺ".repeat(200);
        assert!(sort_key(&long).len() <= MOST_FOLDED + MOST_TEXT + 1, "an index takes it");
        assert_eq!(cut("aüb", 2), "a");
        assert_eq!(cut("aüb", 3), "aü");
    }
}
