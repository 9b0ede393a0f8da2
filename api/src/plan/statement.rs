use std::fmt;

use super::Part;

/// A value that the server puts into a query, never the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bound {
    Ids(Vec<u64>),
    Number(i64),
    Text(String),
    Texts(Vec<String>),
}

/// One query. Its columns: site, bucket, `keys` texts, then numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) params: Vec<(String, Bound)>,
    pub(crate) keys: usize,
    /// Parts that its numbers tell besides the one it is planned for: each begins at a number, and ends where the
    /// next begins. A row does not tell a part whose first number is NULL.
    pub(crate) also: Vec<(Part, usize)>,
}

impl Statement {
    pub(crate) fn new(sql: impl Into<String>, keys: usize) -> Self {
        Self { sql: sql.into(), params: Vec::new(), keys, also: Vec::new() }
    }

    pub(crate) fn bind(mut self, name: impl Into<String>, value: Bound) -> Self {
        self.params.push((name.into(), value));
        self
    }
}

/// For snapshots.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sql)?;
        for (name, value) in &self.params {
            writeln!(f, "-- {name} = {value:?}")?;
        }
        for (part, number) in &self.also {
            writeln!(f, "-- {part:?} from number {number}")?;
        }
        Ok(())
    }
}
