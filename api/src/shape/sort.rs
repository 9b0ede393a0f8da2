use std::cmp::Ordering;

use crate::{
    catalogue,
    request::Params,
    table::{Row, Table},
    value::Value,
};

const FALLBACK: &str = "nb_visits";
const LABEL: &str = "label";

/// The order of rows: `filter_sort_column`, `filter_sort_order`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sort {
    column: String,
    descending: bool,
}

impl Sort {
    pub(super) fn read(params: &Params, default: catalogue::Sort) -> Self {
        let asked = params.filled("filter_sort_column");
        let order = params.filled("filter_sort_order").map(|order| !order.eq_ignore_ascii_case("asc"));
        Self {
            column: asked.unwrap_or(default.column).to_owned(),
            descending: order.unwrap_or(asked.is_some() || default.descending),
        }
    }

    pub(super) fn column(&self) -> &str {
        &self.column
    }

    /// Sorts the table and what is loaded below it.
    pub(super) fn apply(&self, table: &mut Table) {
        table.for_each_level(0, &mut |table, _| self.sort(table));
    }

    fn sort(&self, table: &mut Table) {
        let rows = &table.rows;
        let has = |column: &str| rows.iter().any(|row| row.columns.get(column).is_some());
        let Some(column) = [&self.column, FALLBACK].into_iter().find(|column| has(column)) else { return };
        if self.column.is_empty() {
            return;
        }
        table.rows.sort_by(|a, b| self.compare(column, a, b));
    }

    fn compare(&self, column: &str, a: &Row, b: &Row) -> Ordering {
        let directed = |ordering: Ordering| if self.descending { ordering.reverse() } else { ordering };
        let summaries = a.is_summary.cmp(&b.is_summary);
        let own = match (a.columns.get(column), b.columns.get(column)) {
            (Some(a), Some(b)) => directed(compare_values(column, a, b)),
            (None, None) => Ordering::Equal,
            (a, _) => {
                if a.is_some() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        };
        let ties = || match column {
            LABEL => Ordering::Equal,
            FALLBACK => natural(&a.label(), &b.label()),
            _ => visits(b).total_cmp(&visits(a)),
        };
        summaries.then(own).then_with(ties)
    }
}

fn visits(row: &Row) -> f64 {
    row.columns.number(FALLBACK).unwrap_or(0.0)
}

fn compare_values(column: &str, a: &Value, b: &Value) -> Ordering {
    match (a.as_number(), b.as_number()) {
        (Some(a), Some(b)) if column != LABEL => a.total_cmp(&b),
        _ => natural(&a.as_text().unwrap_or_default(), &b.as_text().unwrap_or_default()),
    }
}

/// Compares as people do: blanks and case do not matter, and numbers in texts are numbers.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Tokens(a), Tokens(b));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => {
                let ordering = left.compare(&right);
                if ordering != Ordering::Equal {
                    return ordering;
                }
            }
        }
    }
}

struct Tokens<'a>(&'a str);

enum Token<'a> {
    /// Digits without leading zeros.
    Number(&'a str),
    Letter(char),
}

impl Token<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Token::Number(a), Token::Number(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            (Token::Letter(a), Token::Letter(b)) => a.cmp(b),
            (Token::Number(_), Token::Letter(letter)) => '0'.cmp(letter),
            (Token::Letter(letter), Token::Number(_)) => letter.cmp(&'0'),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.0.trim_start();
        let first = text.chars().next()?;
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        if digits > 0 {
            self.0 = &text[digits..];
            return Some(Token::Number(text[..digits].trim_start_matches('0')));
        }
        self.0 = &text[first.len_utf8()..];
        Some(Token::Letter(first.to_ascii_uppercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Record;

    fn check(query: &str, expected: &[&str]) {
        let row = |label: &str, visits: i64, hits: Option<i64>| {
            let mut columns = Record::default().with("label", label).with("nb_visits", visits);
            if let Some(hits) = hits {
                columns.set("nb_hits", hits);
            }
            Row { columns, is_summary: label == "Others", ..Row::default() }
        };
        let rows = vec![row("p10", 1, Some(5)), row("Others", 9, Some(9)), row(" P9", 1, Some(5)), row("a", 2, None)];
        let mut table = Table { rows, ..Table::default() };
        Sort::read(&Params::parse(query).unwrap(), catalogue::Sort::VISITS).apply(&mut table);
        assert_eq!(table.rows.iter().map(Row::label).collect::<Vec<_>>(), expected, "{query}");
    }

    #[test]
    fn letters_stand_before_an_underscore() {
        assert_eq!(natural("ab", "a_b"), Ordering::Less);
        assert_eq!(natural("A b", "ab"), Ordering::Equal);
    }

    #[test]
    fn rows_are_sorted_as_asked() {
        check("", &["a", " P9", "p10", "Others"]);
        check("filter_sort_order=asc", &[" P9", "p10", "a", "Others"]);
        check("filter_sort_column=nb_hits", &["p10", " P9", "a", "Others"]);
        check("filter_sort_column=nb_hits&filter_sort_order=asc", &["p10", " P9", "a", "Others"]);
        check("filter_sort_column=label&filter_sort_order=asc", &["a", " P9", "p10", "Others"]);
        check("filter_sort_column=nothing", &["a", " P9", "p10", "Others"]);
    }
}
