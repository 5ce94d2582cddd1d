//! Turns `locales/{en,de}/*.json` into one function per sentence.
//!
//! A sentence with two or more placeholders is a struct with a field for each, and says itself:
//! what is given by name cannot be exchanged, however a language words it.
//!
//! On the server a function has the sentences in it. In the browser it has a number: the sentences
//! of the page's language come as a file of their own, so that nobody downloads another language.
//!
//! A key, a placeholder or a language that is missing stops the build with its name. A pair
//! `x_one`, `x_other` becomes one function that takes the count, `{n}` in its text.

#![expect(clippy::expect_used, reason = "a build script says what is wrong by stopping the build")]

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

const LANGUAGES: [(&str, &str); 2] = [("en", "En"), ("de", "De")];
/// What only the server says. A component that uses one of these does not compile for the browser.
const SERVER_ONLY: [&str; 6] = ["calendar", "catalogue", "invitation", "kept", "mails", "told"];

/// The sentences that the browser gets, in the order of their numbers.
#[derive(Default)]
struct Files {
    is_client: bool,
    texts: [Vec<String>; 2],
}

impl Files {
    /// Adds a sentence and gives its number. Its placeholders are numbered: `\u{1}` and a letter.
    fn add(&mut self, texts: &[Map<String, Value>], slice: &str, key: &str, names: &[String]) -> usize {
        for (language, file) in self.texts.iter_mut().enumerate() {
            let mut sentence = text(texts, language, slice, key).to_owned();
            for (i, name) in names.iter().enumerate() {
                let letter = char::from(b'a' + u8::try_from(i).expect("few placeholders"));
                sentence = sentence.replace(&format!("{{{name}}}"), &format!("\u{1}{letter}"));
            }
            file.push(sentence);
        }
        self.texts[0].len() - 1
    }
}

/// FNV-1a: the same in every build of the same sentences.
fn hash(files: &[String]) -> String {
    let bytes = files.iter().flat_map(|f| f.bytes());
    format!("{:016x}", bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)))
}

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let mut out = String::new();
    let feature = |name: &str| std::env::var_os(name).is_some();
    let is_client = feature("CARGO_FEATURE_HYDRATE") && !feature("CARGO_FEATURE_SSR");
    let mut files = Files { is_client, ..Files::default() };
    let mut slices: Vec<String> = std::fs::read_dir("locales/en")
        .expect("locales/en")
        .map(|f| f.expect("locales/en").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    slices.sort();
    for slice in &slices {
        let is_local = SERVER_ONLY.contains(&slice.as_str());
        if is_client && is_local {
            continue;
        }
        let imports = if is_client { "{number, texts}" } else { "number" };
        let texts: Vec<Map<String, Value>> = LANGUAGES.iter().map(|(tag, _)| read(tag, slice)).collect();
        for (other, (tag, _)) in texts.iter().zip(LANGUAGES) {
            let keys = |m: &Map<String, Value>| m.keys().cloned().collect::<BTreeSet<_>>();
            let difference: Vec<_> = keys(&texts[0]).symmetric_difference(&keys(other)).cloned().collect();
            assert!(
                difference.is_empty(),
                "locales/{tag}/{slice}.json and locales/en/{slice}.json differ in: {difference:?}"
            );
        }
        writeln!(
            out,
            "pub mod {slice} {{\n    use super::super::{imports};\n    use domain::language::Language::{{self, De, En}};"
        )
        .expect("write");
        for key in texts[0].keys() {
            if key.ends_with("_other") && texts[0].contains_key(&format!("{}_one", key.trim_end_matches("_other"))) {
                continue;
            }
            match key.strip_suffix("_one") {
                Some(stem) => plural(&mut out, slice, stem, &texts, (!is_local).then_some(&mut files)),
                None => plain(&mut out, slice, key, &texts, (!is_local).then_some(&mut files)),
            }
        }
        out += "    const _: (fn(Language, u64) -> String, [Language; 2]) = (number, [En, De]);\n";
        if is_client {
            out += "    const _: fn(usize) -> &'static str = texts::get;\n";
        }
        out += "}\n";
    }
    let folder = std::env::var("OUT_DIR").expect("OUT_DIR");
    let files = files.texts.map(|texts| texts.join("\0"));
    writeln!(out, "pub const HASH: &str = {:?};", hash(&files)).expect("write");
    for (file, (tag, _)) in files.iter().zip(LANGUAGES) {
        std::fs::write(Path::new(&folder).join(format!("texts.{tag}.txt")), file).expect("texts");
    }
    std::fs::write(Path::new(&folder).join("texts.rs"), out).expect("texts.rs");
}

fn read(tag: &str, slice: &str) -> Map<String, Value> {
    let path = format!("locales/{tag}/{slice}.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn text<'a>(texts: &'a [Map<String, Value>], language: usize, slice: &str, key: &str) -> &'a str {
    let found = texts[language].get(key).and_then(Value::as_str).filter(|t| !t.trim().is_empty());
    found.unwrap_or_else(|| panic!("{slice}.{key} has no text in {}", LANGUAGES[language].0))
}

/// `"a {b} c"` → (`["a ", " c"]`, `["b"]`).
fn split(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut parts, mut names, mut rest) = (Vec::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').unwrap_or_else(|| panic!("no closing brace: {text}"));
        parts.push(before);
        names.push(name);
        rest = tail;
    }
    parts.push(rest);
    (parts, names)
}

/// The placeholders, in alphabetical order.
fn arguments(texts: &[Map<String, Value>], slice: &str, key: &str) -> Vec<String> {
    let of = |language| split(text(texts, language, slice, key)).1.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let sorted = |language| of(language).into_iter().collect::<BTreeSet<_>>();
    for (language, (tag, _)) in LANGUAGES.iter().enumerate() {
        assert!(sorted(language) == sorted(0), "{slice}.{key}: the placeholders differ in {tag}");
    }
    sorted(0).into_iter().collect()
}

/// How a sentence is called.
struct Call {
    /// The struct of its values, where there are several.
    declared: String,
    /// Up to the body.
    head: String,
    /// Behind the body.
    tail: &'static str,
}

/// `key` is the sentence's, `count` the parameter of a plural, `names` its other placeholders.
fn call(key: &str, count: &str, names: &[String], result: &str, l: &str) -> Call {
    if names.len() < 2 {
        let parameters: String = names.iter().map(|n| format!(", {n}: &str")).collect();
        let head = format!("    pub fn {key}({l}: Language{count}{parameters}) -> {result} {{");
        return Call { declared: String::new(), head, tail: "}" };
    }
    let words = key.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    let (name, fields) = (words.collect::<String>(), names.join(", "));
    let declared: String = names.iter().map(|n| format!("pub {n}: &'a str, ")).collect();
    Call {
        declared: format!("    #[derive(Clone, Copy, Debug)]\n    pub struct {name}<'a> {{ {declared}}}\n"),
        head: format!(
            "    impl {name}<'_> {{ pub fn say(self, {l}: Language{count}) -> {result} {{ let Self {{ {fields} }} = self;"
        ),
        tail: "} }",
    }
}

fn expression(text: &str) -> String {
    let (parts, names) = split(text);
    if names.is_empty() {
        return format!("{text:?}");
    }
    let mut pieces = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        if !part.is_empty() {
            pieces.push(format!("{part:?}"));
        }
        if let Some(name) = names.get(i) {
            pieces.push((*name).to_owned());
        }
    }
    format!("[{}].concat()", pieces.join(", "))
}

fn plain(out: &mut String, slice: &str, key: &str, texts: &[Map<String, Value>], files: Option<&mut Files>) {
    let names = arguments(texts, slice, key);
    let number = files.map(|files| (files.is_client, files.add(texts, slice, key, &names)));
    let result = if names.is_empty() { "&'static str" } else { "String" };
    let is_number = matches!(number, Some((true, _)));
    let Call { declared, head, tail } = call(key, "", &names, result, if is_number { "_" } else { "l" });
    out.push_str(&declared);
    if let Some((true, id)) = number {
        let body = if names.is_empty() {
            format!("texts::get({id})")
        } else {
            format!("texts::fill({id}, &[{}])", names.join(", "))
        };
        writeln!(out, "{head} {body} {tail}").expect("write");
        return;
    }
    let arms: String = (0..LANGUAGES.len())
        .map(|l| format!("{} => {}, ", LANGUAGES[l].1, expression(text(texts, l, slice, key))))
        .collect();
    writeln!(out, "{head} match l {{ {arms}}} {tail}").expect("write");
}

fn plural(out: &mut String, slice: &str, stem: &str, texts: &[Map<String, Value>], files: Option<&mut Files>) {
    let (one, other) = (format!("{stem}_one"), format!("{stem}_other"));
    let mut names = arguments(texts, slice, &other);
    for name in arguments(texts, slice, &one) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.retain(|name| name != "n");
    let all: Vec<String> = std::iter::once("n".to_owned()).chain(names.iter().cloned()).collect();
    let numbers = files
        .map(|files| (files.is_client, files.add(texts, slice, &one, &all), files.add(texts, slice, &other, &all)));
    let Call { declared, head, tail } = call(stem, ", count: u64", &names, "String", "l");
    out.push_str(&declared);
    if let Some((true, one, other)) = numbers {
        let values: String = names.iter().map(|n| format!(", {n}")).collect();
        writeln!(
            out,
            "{head} texts::fill(if count == 1 {{ {one} }} else {{ {other} }}, &[&number(l, count){values}]) {tail}"
        )
        .expect("write");
        return;
    }
    let arms: String = (0..LANGUAGES.len())
        .map(|l| {
            let string = |key: &str| format!("{}.to_owned()", expression(text(texts, l, slice, key)));
            format!("({0}, 1) => {1}, ({0}, _) => {2}, ", LANGUAGES[l].1, string(&one), string(&other))
        })
        .collect();
    writeln!(
        out,
        "{head} let n = number(l, count); let n = n.as_str(); let _ = n; match (l, count) {{ {arms}}} {tail}"
    )
    .expect("write");
}
