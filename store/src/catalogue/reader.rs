//! Reads the fields of a catalogue file one by one, so that all that is wrong is found at once.
//!
//! What does not read is told with its line, and something harmless stands in for it, so that the
//! rest can be checked. What is wrong with a stand-in alone is not told.

use super::file::{FileFinding, FileProblem, field_of, line_of};
use domain::catalogue::{
    Catalogue, CatalogueProblem, Category, Download, Finding, Fulfilment, MAX_QUANTITY, OperatingSystem, Package,
    PackageItem, Product, Quantity, SoftwareLanguage, Step, Unit, Wanted,
};
use domain::language::LocalText;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Node<'i> = Spanned<DeValue<'i>>;

/// A name that the format does not know is told up to this length.
const LONGEST_NAME: usize = 64;

/// A table that is being read: what it holds, where it stands, and what was asked of it.
struct Fields<'n, 'i> {
    /// Nothing where something else than a table stands; that is told already.
    table: Option<&'n DeTable<'i>>,
    start: usize,
    at: Vec<Step>,
    asked: Vec<&'static str>,
}

impl<'n, 'i> Fields<'n, 'i> {
    fn place(&self, name: &'static str) -> Vec<Step> {
        self.at.iter().cloned().chain([Step::Field(name)]).collect()
    }
    fn ask(&mut self, name: &'static str) -> Option<&'n Node<'i>> {
        self.asked.push(name);
        self.table?.get(name)
    }
}

/// What was found so far.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub found: Vec<FileFinding>,
    /// Where something stands in for what does not read.
    unread: Vec<Vec<Step>>,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new(), unread: Vec::new() }
    }

    fn tell(&mut self, start: usize, at: Vec<Step>, problem: CatalogueProblem) {
        let what = FileProblem::Content { field: field_of(&at), problem };
        self.found.push(FileFinding { line: line_of(self.text, start), what });
        self.unread.push(at);
    }

    /// A field that may be left out.
    fn optional<T>(
        &mut self,
        of: &mut Fields<'_, '_>,
        name: &'static str,
        wanted: Wanted,
        read: impl FnOnce(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        let node = of.ask(name)?;
        let value = read(node.get_ref());
        if value.is_none() {
            self.tell(node.span().start, of.place(name), CatalogueProblem::WrongType(wanted));
        }
        value
    }

    /// Whether a field is there that has to be.
    fn has(&mut self, of: &Fields<'_, '_>, name: &'static str) -> bool {
        let is_there = of.table.is_some_and(|table| table.contains_key(name));
        if !is_there && of.table.is_some() {
            self.tell(of.start, of.place(name), CatalogueProblem::Required);
        }
        is_there
    }

    fn text(&mut self, of: &mut Fields<'_, '_>, name: &'static str) -> String {
        let text = self.has(of, name).then(|| self.optional(of, name, Wanted::Text, read_text)).flatten();
        text.unwrap_or_default()
    }

    /// A number; one that a field of ours cannot hold is beyond all limits all the same.
    fn number(&mut self, of: &mut Fields<'_, '_>, name: &'static str) -> Option<u32> {
        let n = self.optional(of, name, Wanted::Number, read_number)?;
        Some(u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// A word of those that the field takes.
    fn word<T: DeserializeOwned>(&mut self, of: &mut Fields<'_, '_>, name: &'static str, stand_in: T) -> T {
        if !self.has(of, name) {
            return stand_in;
        }
        let Some(node) = of.ask(name) else { return stand_in };
        match read_word(node.get_ref().as_str().unwrap_or_default()) {
            Ok(word) => word,
            Err(words) => {
                self.tell(node.span().start, of.place(name), CatalogueProblem::NotOneOf { words });
                stand_in
            }
        }
    }

    /// A text in both languages.
    fn local(&mut self, of: &mut Fields<'_, '_>, name: &'static str) -> LocalText {
        let text = self.has(of, name).then(|| self.optional_local(of, name)).flatten();
        text.unwrap_or_else(|| LocalText { en: String::new(), de: String::new() })
    }

    fn optional_local(&mut self, of: &mut Fields<'_, '_>, name: &'static str) -> Option<LocalText> {
        let node = of.ask(name)?;
        let mut both = self.fields(node, of.place(name), Wanted::Texts);
        let text = LocalText { en: self.text(&mut both, "en"), de: self.text(&mut both, "de") };
        self.finish(&both);
        Some(text)
    }

    fn fields<'n, 'i>(&mut self, node: &'n Node<'i>, at: Vec<Step>, wanted: Wanted) -> Fields<'n, 'i> {
        let (table, start) = (node.get_ref().as_table(), node.span().start);
        if table.is_none() {
            self.tell(start, at.clone(), CatalogueProblem::WrongType(wanted));
        }
        Fields { table, start, at, asked: Vec::new() }
    }

    /// The entries below headings of the same name.
    fn entries<'n, 'i>(&mut self, of: &mut Fields<'n, 'i>, name: &'static str) -> Vec<Fields<'n, 'i>> {
        let Some(node) = of.ask(name) else { return Vec::new() };
        let Some(list) = node.get_ref().as_array() else {
            self.tell(node.span().start, of.place(name), CatalogueProblem::WrongType(Wanted::Entries));
            return Vec::new();
        };
        let entry = |(n, node): (usize, &'n Node<'i>)| {
            let mut at = of.place(name);
            at.push(Step::Index(n));
            self.fields(node, at, Wanted::Entries)
        };
        list.iter().enumerate().map(entry).collect()
    }

    /// Tells of the fields that nobody asked for.
    fn finish(&mut self, of: &Fields<'_, '_>) {
        for (key, _) in of.table.into_iter().flat_map(|table| table.iter()) {
            let name: &str = key.get_ref();
            if of.asked.contains(&name) {
                continue;
            }
            let name: String = name.chars().take(LONGEST_NAME).collect();
            let above = field_of(&of.at);
            let field = if above.is_empty() { name } else { [above.as_str(), ".", &name].concat() };
            let what = FileProblem::Content { field, problem: CatalogueProblem::UnknownField };
            self.found.push(FileFinding { line: line_of(self.text, key.span().start), what });
        }
    }

    /// The whole file, as far as it reads.
    pub fn catalogue(&mut self, root: &DeTable<'_>) -> Catalogue {
        let mut of = Fields { table: Some(root), start: 0, at: Vec::new(), asked: Vec::new() };
        let format = self.has(&of, "format").then(|| self.number(&mut of, "format")).flatten();
        let products = self.entries(&mut of, "product").into_iter().map(|of| self.product(of)).collect();
        let packages = self.entries(&mut of, "package").into_iter().map(|of| self.package(of)).collect();
        self.finish(&of);
        Catalogue { format: format.unwrap_or_default(), products, packages }
    }

    fn product(&mut self, mut of: Fields<'_, '_>) -> Product {
        let of = &mut of;
        let product = Product {
            code: self.text(of, "code"),
            category: self.word(of, "category", Category::Software),
            fulfilment: self.word(of, "fulfilment", Fulfilment::None),
            unit: self.word(of, "unit", Unit::Licences),
            name: self.local(of, "name"),
            summary: self.local(of, "summary"),
            instructions: self.optional_local(of, "instructions"),
            portal: self.optional(of, "portal", Wanted::Text, read_text),
            keys: self.number(of, "keys"),
            reassign_lock_days: self.number(of, "reassign_lock_days"),
            reassign_limit: self.number(of, "reassign_limit"),
            several_per_person: self.optional(of, "several_per_person", Wanted::YesOrNo, read_yes_or_no),
            max_per_request: self.number(of, "max_per_request"),
            valid_months: self.number(of, "valid_months"),
            activate_within_days: self.number(of, "activate_within_days"),
            downloads: self.entries(of, "download").into_iter().map(|of| self.download(of)).collect(),
        };
        self.finish(of);
        product
    }

    fn download(&mut self, mut of: Fields<'_, '_>) -> Download {
        let of = &mut of;
        let download = Download {
            language: self.word(of, "language", SoftwareLanguage::En),
            os: self.word(of, "os", OperatingSystem::Linux),
            url: self.text(of, "url"),
            size: self.size(of),
            sha256: self.text(of, "sha256"),
        };
        self.finish(of);
        download
    }

    fn size(&mut self, of: &mut Fields<'_, '_>) -> u64 {
        let size = self.has(of, "size").then(|| self.optional(of, "size", Wanted::Number, read_number)).flatten();
        u64::try_from(size.unwrap_or_default()).unwrap_or(u64::MAX)
    }

    fn package(&mut self, mut of: Fields<'_, '_>) -> Package {
        let of = &mut of;
        let package = Package {
            code: self.text(of, "code"),
            name: self.local(of, "name"),
            label: self.local(of, "label"),
            summary: self.local(of, "summary"),
            price: self.price(of),
            currency: self.text(of, "currency"),
            not_with: self.optional(of, "not_with", Wanted::List, read_texts).unwrap_or_default(),
            items: self.entries(of, "item").into_iter().map(|of| self.item(of)).collect(),
        };
        self.finish(of);
        package
    }

    fn price(&mut self, of: &mut Fields<'_, '_>) -> String {
        let price = self.has(of, "price").then(|| self.optional(of, "price", Wanted::Text, read_price)).flatten();
        price.unwrap_or_default()
    }

    fn item(&mut self, mut of: Fields<'_, '_>) -> PackageItem {
        let item = PackageItem { product: self.text(&mut of, "product"), quantity: self.quantity(&mut of) };
        self.finish(&of);
        item
    }

    fn quantity(&mut self, of: &mut Fields<'_, '_>) -> Quantity {
        let stand_in = Quantity::Of(1);
        if !self.has(of, "quantity") {
            return stand_in;
        }
        let Some(node) = of.ask("quantity") else { return stand_in };
        let problem = match (node.get_ref().as_str(), read_number(node.get_ref())) {
            (Some("unlimited"), _) => return Quantity::Unlimited,
            (_, Some(n)) => match u32::try_from(n) {
                Ok(n @ 1..=MAX_QUANTITY) => return Quantity::Of(n),
                _ => CatalogueProblem::OutOfRange { from: 1, to: u64::from(MAX_QUANTITY) },
            },
            _ => CatalogueProblem::WrongType(Wanted::Quantity),
        };
        self.tell(node.span().start, of.place("quantity"), problem);
        stand_in
    }

    /// Whether something is wrong only because of what stands in for something else.
    pub fn is_from_stand_in(&self, finding: &Finding) -> bool {
        use CatalogueProblem as P;
        let is_unread = |at: &[Step]| self.unread.iter().any(|unread| at.starts_with(unread));
        let field = |name| finding.at.iter().take(2).cloned().chain([Step::Field(name)]).collect::<Vec<_>>();
        // The field, or the whole entry, in whichever entry.
        let any = |list: &'static str, name: &'static str| {
            let is_it = |at: &[Step]| match at {
                [Step::Field(of)] | [Step::Field(of), Step::Index(_)] => *of == list,
                [Step::Field(of), Step::Index(_), Step::Field(field)] => *of == list && *field == name,
                _ => false,
            };
            self.unread.iter().any(|at| is_it(at))
        };
        let from_another = match finding.problem {
            P::NothingInIt => {
                let is_list = |at: &[Step]| matches!(at, [Step::Field("product" | "package")]);
                self.unread.iter().any(|at| is_list(at))
            }
            P::FulfilmentNotInCategory => is_unread(&field("fulfilment")) || is_unread(&field("category")),
            P::Missing | P::NotWithThisFulfilment => is_unread(&field("fulfilment")),
            P::DuplicateDownload => {
                let downloads = field("download");
                self.unread.iter().any(|at| at.starts_with(&downloads))
            }
            P::UnknownProduct { .. } => any("product", "code"),
            P::UnknownPackage { .. } => any("package", "code"),
            P::UnlimitedNotPossible => any("product", "fulfilment"),
            _ => false,
        };
        from_another || is_unread(&finding.at)
    }
}

fn read_text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn read_yes_or_no(value: &DeValue<'_>) -> Option<bool> {
    value.as_bool()
}

/// A number without quotation marks is no price: what one looks like is told by the check.
fn read_price(value: &DeValue<'_>) -> Option<String> {
    let is_number = value.is_integer() || value.is_float();
    read_text(value).or_else(|| is_number.then(String::new))
}

fn read_texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|node| read_text(node.get_ref())).collect()
}

fn read_number(value: &DeValue<'_>) -> Option<i128> {
    let number = value.as_integer()?;
    // More digits than this are too many for every field.
    Some(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX))
}

/// The words that a field takes, where it does not take the one that was given.
#[derive(Debug)]
struct Words(&'static [&'static str]);

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}
impl std::error::Error for Words {}
impl serde::de::Error for Words {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self(&[])
    }
    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}

fn read_word<T: DeserializeOwned>(text: &str) -> Result<T, &'static [&'static str]> {
    let word: StrDeserializer<'_, Words> = text.into_deserializer();
    T::deserialize(word).map_err(|Words(words)| words)
}
