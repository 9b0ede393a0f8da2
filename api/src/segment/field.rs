//! What a name of the segment language stands for.

use super::called::Vocabulary;

/// Tables whose rows conditions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rows {
    Visits,
    Actions,
    Conversions,
    Items,
}

/// How the values of a column compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Whatever the letters' case.
    Text,
    /// Byte by byte, unless it is searched.
    Exact,
    /// As `Exact`; scheme and `www.` are in the column of this name and `_prefix`.
    Url,
    Number,
    /// 64 bits, shown as 16 hexadecimal digits.
    Hex,
    /// A network address.
    Address,
    /// The id of a visit, shown as its number.
    Visit,
}

/// An expression over a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) kind: ColumnKind,
    /// `#` stands for the slot.
    pub(crate) sql: &'static str,
    /// The rows that have it; others are as if it were NULL.
    pub(crate) guard: Option<&'static str>,
    /// Number of a custom variable or product category, id of a custom dimension.
    pub(crate) slot: Option<u32>,
}

impl Column {
    const fn new(kind: ColumnKind, sql: &'static str) -> Self {
        Self { kind, sql, guard: None, slot: None }
    }

    pub(crate) const fn text(sql: &'static str) -> Self {
        Self::new(ColumnKind::Text, sql)
    }

    pub(crate) const fn exact(sql: &'static str) -> Self {
        Self::new(ColumnKind::Exact, sql)
    }

    pub(crate) const fn url(sql: &'static str) -> Self {
        Self::new(ColumnKind::Url, sql)
    }

    pub(crate) const fn number(sql: &'static str) -> Self {
        Self::new(ColumnKind::Number, sql)
    }

    pub(crate) const fn hex(sql: &'static str) -> Self {
        Self::new(ColumnKind::Hex, sql)
    }

    pub(crate) const fn address(sql: &'static str) -> Self {
        Self::new(ColumnKind::Address, sql)
    }

    pub(crate) const fn visit(sql: &'static str) -> Self {
        Self::new(ColumnKind::Visit, sql)
    }

    /// The same for rows where `guard` holds.
    pub(crate) const fn of(self, guard: &'static str) -> Self {
        Self { guard: Some(guard), ..self }
    }

    pub(crate) const fn at(self, slot: u32) -> Self {
        Self { slot: Some(slot), ..self }
    }
}

/// Where a name looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A column, on the same row as other conditions.
    Column(Rows, Column),
    /// A column of any row of the visit.
    AnyRow(Rows, Column),
    /// A column in any slot; with a number behind the name, in that one.
    Slots(Rows, Column),
    /// Any of these names.
    Union(&'static [&'static str]),
}

/// How the values of a name are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Plain,
    /// Scheme and `www.` do not matter.
    Url,
    /// Days, of a column in seconds.
    Days,
    /// One of these; in an error the column is called `column`.
    Numbered {
        column: &'static str,
        names: &'static [(&'static str, i64)],
    },
    ReferrerType,
    VisitorType,
    /// The model of a device.
    Model,
    /// Names, where the column holds what they stand for.
    Called(Vocabulary),
    /// An amount: compared, never searched.
    Amount,
}

/// Which values of a name are suggested (`segments.md` §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suggestion {
    /// Those of the log, the most frequent first.
    Logged,
    /// Those of the log, then the rest of the vocabulary.
    Known,
    /// All numbers from one to another.
    Numbers(u32, u32),
    /// Always these.
    Listed(&'static [&'static str]),
    /// The days before today.
    Days,
    /// Those of another name.
    Of(&'static str),
    /// None: the log of visits does not tell them.
    Nothing,
}

/// Groups of names, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    Visitors,
    Location,
    CustomVariables,
    Behaviour,
    Events,
    Acquisition,
    Ecommerce,
}

/// Sorts metrics before dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Metric,
    Dimension,
}

/// Where a name shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    Listed,
    /// Listed, and for users only.
    Restricted,
    /// Accepted, and its values are suggested.
    Unlisted,
}

/// A name of the segment language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) category: Category,
    pub(crate) kind: Kind,
    pub(crate) source: Source,
    pub(crate) reading: Reading,
    pub(crate) listing: Listing,
    pub(crate) suggestion: Suggestion,
}

impl Field {
    pub(crate) const fn new(name: &'static str, title: &'static str, source: Source) -> Self {
        Self {
            name,
            title,
            category: Category::Visitors,
            kind: Kind::Dimension,
            source,
            reading: Reading::Plain,
            listing: Listing::Listed,
            suggestion: Suggestion::Logged,
        }
    }

    /// Of visits.
    pub(crate) const fn visit(name: &'static str, title: &'static str, column: Column) -> Self {
        Self::new(name, title, Source::Column(Rows::Visits, column))
    }

    /// Of actions.
    pub(crate) const fn action(name: &'static str, title: &'static str, column: Column) -> Self {
        Self { category: Category::Behaviour, ..Self::new(name, title, Source::Column(Rows::Actions, column)) }
    }

    pub(crate) const fn metric(self) -> Self {
        Self { kind: Kind::Metric, ..self }
    }

    pub(crate) const fn within(self, category: Category) -> Self {
        Self { category, ..self }
    }

    pub(crate) const fn reading(self, reading: Reading) -> Self {
        Self { reading, ..self }
    }

    pub(crate) const fn listing(self, listing: Listing) -> Self {
        Self { listing, ..self }
    }

    pub(crate) const fn suggesting(self, suggestion: Suggestion) -> Self {
        Self { suggestion, ..self }
    }
}
