//! Tables that somebody hands over as CSV: keys, seats, companies, all read alike.
//!
//! Forgiving where spreadsheets differ (encoding, separator, capitals of the heading, empty columns
//! and rows), exact in what a line is: as editors count, whatever ends it. Rule R-FILE-2.

use domain::file::{NotText, read_text, separator, unguarded};

pub(crate) struct Table {
    /// The line of the heading.
    pub line: u64,
    /// The heading's names in small letters, without empty ones.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

pub(crate) struct Row {
    /// The line that it begins in.
    pub line: u64,
    /// It has a cell for each column, and nothing beside them.
    pub is_whole: bool,
    /// As far as it has them.
    cells: Vec<String>,
}

impl Row {
    /// The cell of a column; empty where the row has none.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Reads a table. Without any word in it, it has no columns.
pub(crate) fn read(file: &[u8]) -> Result<Table, NotText> {
    let text = read_text(file)?.replace("\r\n", "\n").replace('\r', "\n");
    let bytes = text.as_bytes();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator(&text)).has_headers(false).flexible(true).from_reader(bytes);
    let mut table = Table { line: 1, columns: Vec::new(), rows: Vec::new() };
    // Which cells of a record are in a named column.
    let mut named: Vec<bool> = Vec::new();
    let mut lines = Lines { bytes, line: 1, counted: 0 };
    for record in reader.records() {
        // The text is UTF-8, and in memory: this does not happen.
        let record = record.map_err(|_| NotText { line: lines.line })?;
        let line = lines.of(record.position());
        let mut cells: Vec<&str> = record.iter().map(|cell| unguarded(cell.trim())).collect();
        while cells.last().is_some_and(|cell| cell.is_empty()) && cells.len() > named.len() {
            cells.pop();
        }
        if cells.iter().all(|cell| cell.chars().all(|c| matches!(c, ',' | ';'))) {
            continue;
        }
        if table.columns.is_empty() {
            table.line = line;
            named = cells.iter().map(|name| !name.is_empty()).collect();
            table.columns = cells.iter().filter(|name| !name.is_empty()).map(|name| name.to_lowercase()).collect();
            continue;
        }
        let is_named = |at: usize| named.get(at).copied().unwrap_or_default();
        let is_whole =
            cells.len() >= named.len() && cells.iter().enumerate().all(|(at, cell)| cell.is_empty() || is_named(at));
        let in_columns = cells.iter().enumerate().filter(|(at, _)| is_named(*at));
        let cells = in_columns.map(|(_, cell)| (*cell).to_owned()).collect();
        table.rows.push(Row { line, is_whole, cells });
    }
    Ok(table)
}

/// Counts lines up to where a record begins. The reader's own count is taken before the blank lines
/// that it passes over.
struct Lines<'t> {
    /// Its lines end with LF.
    bytes: &'t [u8],
    line: u64,
    counted: usize,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let at = position.and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(self.counted);
        let blank = self.bytes.iter().skip(at).take_while(|byte| **byte == b'\n').count();
        let passed = self.bytes.get(self.counted..at + blank).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted += passed.len();
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str) -> Vec<(u64, bool, String)> {
        let table = read(file.as_bytes()).unwrap();
        assert_eq!(table.columns, ["product", "key"], "{file:?}");
        let cells = |row: &Row| [row.cell(0), row.cell(1)].join("|");
        table.rows.iter().map(|row| (row.line, row.is_whole, cells(row))).collect()
    }

    /// Rule R-FILE-2.
    #[test]
    fn lines_are_those_of_an_editor() {
        for end in ["\n", "\r\n", "\r"] {
            let file = ["", "product,key", "", "a,\"1", "2\"", "", "", "b,3", " ", "c,4", ""].join(end);
            let expected = [(4, true, "a|1\n2"), (8, true, "b|3"), (10, true, "c|4")];
            assert_eq!(told(&file), expected.map(|(line, whole, cells)| (line, whole, cells.to_owned())), "{end:?}");
        }
    }

    /// Rule R-FILE-2.
    #[test]
    fn what_spreadsheets_write_is_read_alike() {
        let expected = [(2, true, "a|1".to_owned()), (3, true, "b|2".to_owned())];
        for file in [
            "product,key\na,1\nb,2",
            "\u{feff}Product;KEY\r\na;1\r\nb;2\r\n",
            " product \t Key\na\t1\n\"b\"\t 2 ",
            "product,key,\na,1,\nb,2,",
            "product,,key,,\na,,1,,\nb,,2\n",
            "product,key\na,1\nb,2\n,\n , ,\n\n",
            "product,key\na,1,,\nb,2,",
        ] {
            assert_eq!(told(file), expected, "{file:?}");
        }
    }

    #[test]
    fn a_row_that_does_not_fit_says_so() {
        let expected = [(2, false, "a|".to_owned()), (3, false, "b|2".to_owned()), (4, true, "|4".to_owned())];
        assert_eq!(told("product,key\na\nb,2,x\n,4"), expected);
        assert_eq!(told("product,,key\na\nb,x,2\n,,4"), expected);
    }

    #[test]
    fn what_was_guarded_comes_back() {
        let cell = domain::file::guarded("=1+1");
        assert_eq!(told(&["product,key\na,", &cell].concat()), [(2, true, "a|=1+1".to_owned())]);
    }

    #[test]
    fn what_is_no_table_has_no_columns() {
        for file in ["", "\n\n", ",,;\n;", "\u{feff}"] {
            let table = read(file.as_bytes()).unwrap();
            assert!(table.columns.is_empty() && table.rows.is_empty(), "{file:?}");
        }
        assert_eq!(read(b"product,key\r\na,\xf6").err(), Some(NotText { line: 2 }));
    }
}
