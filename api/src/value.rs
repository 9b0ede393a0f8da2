//! Values of an answer, ordered as the client sees them.

use std::borrow::Cow;

use crate::table::Answer;

/// Name of a column, metadata or field.
pub(crate) type Name = Cow<'static, str>;

/// One value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    Record(Record),
    /// Rows, or rows by a key, within an answer.
    Answer(Box<Answer>),
}

impl Value {
    /// A number: integral ones print without decimals.
    pub(crate) fn number(number: f64) -> Self {
        const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() < EXACT_MAX { Self::Int(number as i64) } else { Self::Float(number) }
    }

    /// The number, when it is one or reads as one.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Bool(on) => Some(f64::from(u8::from(*on))),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The text of a scalar; `None` for lists and records.
    pub(crate) fn as_text(&self) -> Option<String> {
        Some(match self {
            Self::Null => String::new(),
            Self::Bool(on) => String::from(if *on { "1" } else { "0" }),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(_) | Self::Record(_) | Self::Answer(_) => return None,
        })
    }

    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Record(_) | Self::Answer(_))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Bool(on)
    }
}

/// Fields in order. Few fields, so that a look-up is a scan.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Record {
    fields: Vec<(Name, Value)>,
}

impl Record {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(Value::as_number)
    }

    /// Replaces the field in its place, or appends it.
    pub(crate) fn set(&mut self, name: impl Into<Name>, value: impl Into<Value>) {
        let name = name.into();
        match self.fields.iter_mut().find(|(field, _)| *field == name) {
            Some((_, old)) => *old = value.into(),
            None => self.fields.push((name, value.into())),
        }
    }

    /// As [`Self::set`], in one expression.
    pub(crate) fn with(mut self, name: impl Into<Name>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.retain(|(field, _)| field != name);
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.fields.retain(|(name, _)| keep(name));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Name, Value)> {
        self.fields.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut (Name, Value)> {
        self.fields.iter_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        Self::Record(record)
    }
}

impl<N: Into<Name>, V: Into<Value>> FromIterator<(N, V)> for Record {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self { fields: fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}
