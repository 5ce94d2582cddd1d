//! What differs between two catalogues, entry by entry and field by field.

use domain::catalogue::{Catalogue, Package, Product};
use domain::console::{EntryChange, EntryKind, Fate, FieldChange};
use domain::language::LocalText;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A longer text is cut where it is compared for people.
const LONGEST: usize = 300;

/// What publishing `after` would change of `before`: what comes, what differs, what goes.
pub fn diff(before: &Catalogue, after: &Catalogue) -> Vec<EntryChange> {
    let packages = entries(EntryKind::Package, &before.packages, &after.packages, |p: &Package| (&p.code, &p.name));
    let products = entries(EntryKind::Product, &before.products, &after.products, |p: &Product| (&p.code, &p.name));
    packages.into_iter().chain(products).collect()
}

fn entries<T: Serialize + PartialEq>(
    kind: EntryKind,
    before: &[T],
    after: &[T],
    named: impl Fn(&T) -> (&String, &LocalText),
) -> Vec<EntryChange> {
    let mut changes = Vec::new();
    let mut add = |fate, entry: &T, fields| {
        let (code, name) = named(entry);
        changes.push(EntryChange { kind, fate, code: code.clone(), name: name.clone(), fields });
    };
    let place = |list: &[T], code: &str| list.iter().position(|e| named(e).0 == code);
    for (n, entry) in after.iter().enumerate() {
        match place(before, named(entry).0) {
            None => add(Fate::Added, entry, fields(None, Some(entry))),
            Some(was) => {
                let mut differing = fields(before.get(was), Some(entry));
                if was != n {
                    let at = |n: usize| (n + 1).to_string();
                    differing.push(FieldChange { field: "position".to_owned(), before: at(was), after: at(n) });
                }
                if !differing.is_empty() {
                    add(Fate::Changed, entry, differing);
                }
            }
        }
    }
    for entry in before.iter().filter(|e| place(after, named(e).0).is_none()) {
        add(Fate::Removed, entry, Vec::new());
    }
    changes.sort_by_key(|change| change.fate);
    changes
}

fn fields<T: Serialize>(before: Option<&T>, after: Option<&T>) -> Vec<FieldChange> {
    let flat = |entry: Option<&T>| {
        let mut found = BTreeMap::new();
        if let Some(value) = entry.and_then(|e| serde_json::to_value(e).ok()) {
            flatten(String::new(), &value, &mut found);
        }
        // The entry's own name is on its line.
        found.remove("code");
        found
    };
    let (before, after) = (flat(before), flat(after));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |of: &BTreeMap<String, String>, name: &String| of.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldChange { field: name.clone(), before: text(&before, name), after: text(&after, name) })
        .collect()
}

/// Every value with its way, as the format calls it: `name.de`, `item.sql-server`, `download.de.linux.url`.
fn flatten(at: String, value: &Value, into: &mut BTreeMap<String, String>) {
    let under = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(under(name), value, into);
            }
        }
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                match value {
                    Value::Object(fields) => list_entry(&under, n, fields, into),
                    other => {
                        let said = into.entry(at.clone()).or_default();
                        if !said.is_empty() {
                            said.push_str(", ");
                        }
                        said.push_str(&plain(other));
                    }
                }
            }
        }
        other => {
            into.insert(at, plain(other));
        }
    }
}

/// An entry of a list is named by what sets it apart.
fn list_entry(
    under: &impl Fn(&str) -> String,
    n: usize,
    fields: &serde_json::Map<String, Value>,
    into: &mut BTreeMap<String, String>,
) {
    let text = |name: &str| fields.get(name).map(plain);
    if let (Some(product), Some(quantity)) = (text("product"), text("quantity")) {
        into.insert(under(&product), quantity);
        return;
    }
    let name = match (text("language"), text("os")) {
        (Some(language), Some(os)) => format!("{language}.{os}"),
        _ => n.to_string(),
    };
    for (field, value) in fields.iter().filter(|(f, _)| !matches!(f.as_str(), "language" | "os")) {
        flatten(under(&format!("{name}.{field}")), value, into);
    }
}

fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > LONGEST { text.chars().take(LONGEST).chain(['…']).collect() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::file::read;

    const DEMO: &str = include_str!("../../../demo/catalogue.toml");

    #[test]
    fn a_changed_file_says_what_changed() {
        let before = read(DEMO).unwrap();
        assert!(diff(&before, &before).is_empty());
        let mut after = before.clone();
        after.packages[0].price = "495.00".to_owned();
        after.packages[0].items.retain(|item| item.product != "project-professional-2019");
        after.products[0].name.de = "Büro".to_owned();
        let gone = after.packages.pop().unwrap();
        let found = diff(&before, &after);
        let told: Vec<_> = found.iter().map(|c| (c.kind, c.fate, c.code.as_str())).collect();
        let first = (before.packages[0].code.as_str(), before.products[0].code.as_str());
        let expected = [
            (EntryKind::Package, Fate::Changed, first.0),
            (EntryKind::Package, Fate::Removed, gone.code.as_str()),
            (EntryKind::Product, Fate::Changed, first.1),
        ];
        assert_eq!(told, expected);
        let fields: Vec<_> =
            found[0].fields.iter().map(|f| (f.field.as_str(), f.before.as_str(), f.after.as_str())).collect();
        assert_eq!(fields, [("item.project-professional-2019", "1", ""), ("price", "475.00", "495.00")]);
        assert_eq!(found[2].fields[0].field, "name.de");
        // Read the other way round, the package comes.
        assert_eq!(diff(&after, &before)[0].fate, Fate::Added);
    }

    #[test]
    fn another_order_is_a_change() {
        let before = read(DEMO).unwrap();
        let mut after = before.clone();
        after.products.swap(0, 1);
        let found = diff(&before, &after);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|c| c.fields.len() == 1 && c.fields[0].field == "position"));
    }
}
