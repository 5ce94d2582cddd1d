//! Searching: a text that somebody types is compared with a column that was made by the same
//! [`fold`], so that both databases, which know small letters differently, find the same.

use domain::text::fold;
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, LikeExpr};

/// Nobody searches for more than this.
const MAX_SEARCH: usize = 100;

/// What is searched for, as the columns have it. Empty where nothing is.
pub(crate) fn wanted(typed: &str) -> String {
    fold(&typed.chars().take(MAX_SEARCH).collect::<String>())
}

/// Whether a folded column holds this text, which is folded too.
pub(crate) fn holds(column: impl IntoColumnRef, folded: &str) -> Expr {
    like(Expr::col(column), folded)
}

/// The same, for what is no column.
pub(crate) fn like(what: Expr, folded: &str) -> Expr {
    what.like(LikeExpr::new(format!("%{}%", escape(folded))).escape('\\'))
}

/// Whether a folded column holds each of the words that somebody typed, wherever.
pub(crate) fn each_word(column: impl IntoColumnRef + Clone, typed: &str) -> Condition {
    wanted(typed).split(' ').filter(|word| !word.is_empty()).fold(Condition::all(), |all, word| {
        // Nothing that somebody types is a wildcard.
        all.add(holds(column.clone(), word))
    })
}

/// A text that stands for itself inside a LIKE pattern.
fn escape(text: &str) -> String {
    // PostgreSQL has no zero in a text, so nothing is found by one.
    text.replace('\0', "").replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_types_is_no_pattern() {
        assert_eq!(escape("100%_\\"), "100\\%\\_\\\\");
        assert_eq!(wanted(" ÄNNE\u{a0} Köhler\u{200b} "), "anne kohler");
        assert_eq!(wanted("％"), "%", "the wide one becomes a plain one, and is escaped after that");
        assert_eq!(wanted("\0 "), "");
    }
}
