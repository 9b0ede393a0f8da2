//! A segment as a condition. It selects visits: a statement over visits tests their columns, any other
//! asks for the ids of visits that a table names, and counts all that those visits did
//! (`segments.md` §4.1, §4.4; not §4.3, which the recorded answers contradict).

use nagare_schema::Numbered;

use super::{Bound, Statement};
use crate::segment::{Check, Clause, Column, ColumnKind, Operator, Rows, Segment, Test, Whole, leading_number};

/// Which rows of other tables may belong to a visit or action of the statement's window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span(pub(super) &'static str);

impl Rows {
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::Actions => "actions",
            Self::Conversions => "conversions",
            Self::Items => "conversion_items",
        }
    }

    /// Rows that cancel others must not select.
    fn group(self) -> &'static str {
        match self {
            Self::Actions => "",
            _ => " GROUP BY visit_id HAVING sum(sign) > 0",
        }
    }
}

/// The condition on a row of `rows`, to be used after `AND`.
pub(super) fn condition(segment: &Segment, rows: Rows, span: Span) -> String {
    let mut names = Names::default();
    let parts: Vec<Part> = segment.all.iter().map(|clause| Part::of(clause, &mut names, span)).collect();
    let mut choices: Vec<Choice> = vec![Choice::default()];
    for part in &parts {
        choices = choices.iter().flat_map(|choice| part.extend(choice, rows)).collect();
    }
    let texts: Vec<String> = choices.iter().map(|choice| choice.text(span)).collect();
    match texts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", texts.join(" OR ")),
    }
}

/// Binds the values of the segment.
pub(super) fn bind(segment: &Segment, statement: Statement) -> Statement {
    let mut names = Names::default();
    segment.tests().fold(statement, |statement, test| {
        let Some(bound) = bound(test) else { return statement };
        statement.bind(names.next(), bound)
    })
}

impl Segment {
    /// In the order in which values are named.
    fn tests(&self) -> impl Iterator<Item = &Test> {
        self.all.iter().flat_map(|clause| {
            let of_visits = clause.visits.iter().flat_map(|whole| whole.all.iter().flatten());
            clause.rows.iter().chain(of_visits)
        })
    }
}

/// Names of bound values, in order.
#[derive(Default)]
struct Names {
    next: usize,
}

impl Names {
    fn next(&mut self) -> String {
        self.next += 1;
        format!("segment_{}", self.next - 1)
    }
}

/// One clause, written down: conditions on rows by table, and conditions on the visit's id.
struct Part {
    /// With whether a visit without such a row passes.
    rows: Vec<(Rows, String, bool)>,
    visits: Vec<String>,
}

impl Part {
    fn of(clause: &Clause, names: &mut Names, span: Span) -> Self {
        let tests: Vec<(&Test, String)> = clause.rows.iter().map(|test| (test, text(test, names))).collect();
        let visits = clause.visits.iter().map(|whole| of_visit(whole, names, span)).collect();
        let of_table = |rows: Rows| {
            let own = tests.iter().filter(|(test, _)| test.rows == rows);
            let passes = own.clone().any(|(test, _)| test.passes_without_row());
            (rows, any(own.map(|(_, text)| text.clone())), passes)
        };
        Self { rows: clause.tables().map(of_table).collect(), visits }
    }

    /// The ways to make this hold, too: on the visit that a statement counts, or on a row of another table.
    fn extend<'a>(&'a self, choice: &'a Choice, own: Rows) -> impl Iterator<Item = Choice> + 'a {
        let is_here = move |rows: Rows| rows == own && own == Rows::Visits;
        let here = self.rows.iter().filter(move |(rows, ..)| is_here(*rows)).map(|(_, text, _)| text);
        let here: Vec<String> = here.chain(&self.visits).cloned().collect();
        let here = (!here.is_empty()).then(|| choice.and_here(any(here)));
        let elsewhere = self.rows.iter().filter(move |(rows, ..)| !is_here(*rows));
        here.into_iter().chain(elsewhere.map(|(rows, text, passes)| choice.and_in(*rows, text, *passes)))
    }
}

/// One way in which all clauses hold.
#[derive(Clone, Default)]
struct Choice {
    here: Vec<String>,
    elsewhere: Vec<Elsewhere>,
}

/// What one row of another table must be.
#[derive(Clone)]
struct Elsewhere {
    rows: Rows,
    all: Vec<String>,
    passes_without_row: bool,
}

impl Choice {
    fn and_here(&self, text: String) -> Self {
        let mut choice = self.clone();
        choice.here.push(text);
        choice
    }

    fn and_in(&self, rows: Rows, text: &str, passes_without_row: bool) -> Self {
        let mut choice = self.clone();
        match choice.elsewhere.iter_mut().find(|elsewhere| elsewhere.rows == rows) {
            Some(elsewhere) => {
                elsewhere.all.push(text.to_owned());
                elsewhere.passes_without_row &= passes_without_row;
            }
            None => choice.elsewhere.push(Elsewhere { rows, all: vec![text.to_owned()], passes_without_row }),
        }
        choice
    }

    fn text(&self, span: Span) -> String {
        let elsewhere = self.elsewhere.iter().map(|elsewhere| elsewhere.text(span));
        let all: Vec<String> = self.here.iter().cloned().chain(elsewhere).collect();
        match all.as_slice() {
            [] => "1".to_owned(),
            [only] => only.clone(),
            _ => format!("({})", all.join(" AND ")),
        }
    }
}

impl Elsewhere {
    fn text(&self, span: Span) -> String {
        let has = format!("visit_id IN ({})", visits_with(self.rows, &self.all.join(" AND "), span));
        if !self.passes_without_row {
            return has;
        }
        format!("({has} OR visit_id NOT IN ({}))", visits_with(self.rows, "1", span))
    }
}

fn visits_with(rows: Rows, condition: &str, Span(span): Span) -> String {
    format!("SELECT visit_id FROM {} WHERE {span} AND {condition}{}", rows.table(), rows.group())
}

fn of_visit(whole: &Whole, names: &mut Names, span: Span) -> String {
    let all: Vec<String> =
        whole.all.iter().map(|tests| any(tests.iter().map(|test| text(test, names)).collect::<Vec<_>>())).collect();
    let not = if whole.has { "" } else { "NOT " };
    format!("visit_id {not}IN ({})", visits_with(whole.rows, &all.join(" AND "), span))
}

fn any(texts: impl IntoIterator<Item = String>) -> String {
    let texts: Vec<String> = texts.into_iter().collect();
    match texts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", texts.join(" OR ")),
    }
}

/// The value that a test compares with.
fn bound(test: &Test) -> Option<Bound> {
    match &test.check {
        Check::Empty | Check::Filled => None,
        Check::Among(values) | Check::NotAmong(values) => Some(Bound::Texts(values.clone())),
        Check::Is(operator, value) if is_numeric(test.column.kind, *operator) => {
            Some(Bound::Text(match test.column.kind {
                ColumnKind::Hex => u64::from_str_radix(value, 16).unwrap_or(0).to_string(),
                _ => leading_number(value).to_string(),
            }))
        }
        Check::Is(_, value) => Some(Bound::Text(value.clone())),
    }
}

/// True when the column is compared as a number, not searched as a text.
fn is_numeric(kind: ColumnKind, operator: Operator) -> bool {
    let is_search = matches!(operator, Operator::Contains | Operator::Lacks | Operator::Begins | Operator::Ends);
    matches!(kind, ColumnKind::Number | ColumnKind::Hex | ColumnKind::Visit) && !is_search
}

/// A test, written down; never NULL where it is negated.
fn text(test: &Test, names: &mut Names) -> String {
    let column = sql(&test.column);
    let guarded = |text: String| match test.column.guard {
        Some(guard) => format!("({guard} AND {text})"),
        None => text,
    };
    let empty = match test.column.kind {
        ColumnKind::Text | ColumnKind::Exact | ColumnKind::Url | ColumnKind::Address => {
            format!("ifNull({column}, '') IN ('', '0')")
        }
        ColumnKind::Number | ColumnKind::Hex | ColumnKind::Visit => format!("ifNull({column}, 0) = 0"),
    };
    match &test.check {
        Check::Filled => guarded(format!("NOT {empty}")),
        Check::Empty => match test.column.guard {
            Some(guard) => format!("(NOT {guard} OR {empty})"),
            None => empty,
        },
        Check::Among(_) => guarded(format!("{column} IN {{{}:Array(String)}}", names.next())),
        Check::NotAmong(_) => guarded(format!("{column} NOT IN {{{}:Array(String)}}", names.next())),
        Check::Is(operator, value) => {
            let positive = operator.negated().unwrap_or(*operator);
            let text = guarded(comparison(&test.column, positive, &names.next()));
            match (operator.negated(), value.as_str()) {
                (None, _) => text,
                // NULL is 0, too.
                (Some(_), "0") => format!("NOT ifNull({text}, 1)"),
                (Some(_), _) => format!("NOT ifNull({text}, 0)"),
            }
        }
    }
}

/// The row has a value in the column of a test that binds none.
pub(super) fn filled(test: &Test) -> String {
    text(test, &mut Names::default())
}

/// The column with its slot.
pub(super) fn sql(column: &Column) -> String {
    column.slot.map_or_else(|| column.sql.to_owned(), |slot| column.sql.replace('#', &slot.to_string()))
}

fn comparison(column: &Column, operator: Operator, name: &str) -> String {
    let sql = sql(column);
    let (value, searched) = match column.kind {
        ColumnKind::Visit => {
            let number = comparison(&Column::number("number"), operator, name);
            let visit = Numbered::Visit.code();
            return format!("{sql} GLOBAL IN (SELECT key FROM numbers WHERE kind = {visit} AND {number})");
        }
        ColumnKind::Number if is_numeric(column.kind, operator) => {
            return sign(&sql, operator, &format!("{{{name}:Float64}}"));
        }
        ColumnKind::Hex if is_numeric(column.kind, operator) => {
            return sign(&sql, operator, &format!("{{{name}:UInt64}}"));
        }
        ColumnKind::Number => (format!("{{{name}:String}}"), format!("toString({sql})")),
        ColumnKind::Hex => (format!("{{{name}:String}}"), hex(&sql)),
        ColumnKind::Text | ColumnKind::Exact | ColumnKind::Url | ColumnKind::Address => {
            (format!("{{{name}:String}}"), sql.clone())
        }
    };
    let lower = |text: &str| format!("lowerUTF8({text})");
    match operator {
        Operator::Contains | Operator::Lacks => format!("positionCaseInsensitiveUTF8({searched}, {value}) > 0"),
        Operator::Begins => format!("startsWith({}, {})", lower(&searched), lower(&value)),
        Operator::Ends => format!("endsWith({}, {})", lower(&searched), lower(&value)),
        _ => match column.kind {
            ColumnKind::Address => {
                let address = |text: &str| format!("toIPv6OrDefault({text})");
                format!("({sql} != '' AND {})", sign(&address(&sql), operator, &address(&value)))
            }
            ColumnKind::Exact | ColumnKind::Url if operator == Operator::Equal => format!("{sql} = {value}"),
            _ if operator == Operator::Equal => format!("{} = {}", lower(&sql), lower(&value)),
            _ => format!("({sql} != '' AND {})", sign(&lower(&sql), operator, &lower(&value))),
        },
    }
}

/// 16 hexadecimal digits.
pub(super) fn hex(sql: &str) -> String {
    format!("leftPad(lower(hex({sql})), 16, '0')")
}

fn sign(left: &str, operator: Operator, right: &str) -> String {
    let sign = match operator {
        Operator::AtLeast => ">=",
        Operator::Above => ">",
        Operator::AtMost => "<=",
        Operator::Below => "<",
        _ => "=",
    };
    format!("{left} {sign} {right}")
}
