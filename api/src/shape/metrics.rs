use super::pretty;
use crate::{
    error::Fault,
    request::Params,
    table::{Subtable, Table},
    value::{Record, Value},
};

/// How numbers are written: `format_metrics` (`reporting-api.md` §10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Raw,
    /// Rates become percents: the default over HTTP.
    Percents,
    /// Processed metrics become percents, durations and money.
    Processed,
    /// And revenue becomes money.
    All,
}

/// Writes metrics as the request asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetricFormat {
    mode: Mode,
}

impl MetricFormat {
    pub(crate) fn read(params: &Params) -> Result<Self, Fault> {
        let mode = match params.filled("format_metrics") {
            None | Some("bc") => Mode::Percents,
            Some("0") => Mode::Raw,
            Some("1") => Mode::Processed,
            Some("all") => Mode::All,
            Some(other) => return Err(Fault::bad_request(format!("format_metrics cannot be '{other}'."))),
        };
        Ok(Self { mode })
    }

    pub(super) fn table(&self, table: &mut Table, symbol: &str) {
        if self.mode == Mode::Raw {
            return;
        }
        for row in &mut table.rows {
            self.record(&mut row.columns, symbol);
            if let Some(Subtable { table: Some(table), .. }) = &mut row.subtable {
                self.table(table, symbol);
            }
        }
    }

    pub(crate) fn record(&self, record: &mut Record, symbol: &str) {
        if self.mode == Mode::Raw {
            return;
        }
        for (name, value) in record.iter_mut() {
            if let Value::Int(_) | Value::Float(_) = value {
                let number = value.as_number().unwrap_or(0.0);
                if let Some(text) = self.text(name, number, symbol) {
                    *value = Value::Text(text);
                }
            }
        }
    }

    fn text(&self, name: &str, number: f64, symbol: &str) -> Option<String> {
        if is_rate(name) {
            return Some(pretty::percent(number));
        }
        if self.mode == Mode::Percents {
            return None;
        }
        if name.starts_with("avg_time_") || name == "avg_page_load_time" {
            return Some(pretty::duration(number));
        }
        let is_money = match self.mode {
            Mode::All => name.contains("revenue"),
            _ => name.contains("revenue_per_") || name.contains("avg_order_revenue"),
        };
        is_money.then(|| pretty::money(number, symbol))
    }
}

/// Percents over HTTP (`reporting-api.md` §10).
pub(crate) fn is_rate(name: &str) -> bool {
    const PARTS: [&str; 6] =
        ["conversion_rate", "abandoned_rate", "interaction_rate", "exit_rate", "nb_visits_percentage", "_evolution"];
    if name.ends_with("_evolution_trend") {
        return false;
    }
    name.starts_with("bounce_rate")
        || PARTS.iter().any(|part| name.contains(part))
        || (name.starts_with("Referrers") && name.ends_with("_percent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: [&str; 4]) {
        let mut record = Record::default().with("bounce_rate", Value::Float(0.27)).with("avg_time_on_site", 184);
        record.set("revenue", 1000);
        record.set("nb_visits", 2);
        MetricFormat::read(&Params::parse(query).unwrap()).unwrap().record(&mut record, "$");
        let texts: Vec<String> = record.iter().filter_map(|(_, value)| value.as_text()).collect();
        assert_eq!(texts, expected, "{query}");
    }

    #[test]
    fn metrics_are_written_as_asked() {
        check("", ["27%", "184", "1000", "2"]);
        check("format_metrics=0", ["0.27", "184", "1000", "2"]);
        check("format_metrics=1", ["27%", "3 min 4s", "1000", "2"]);
        check("format_metrics=all", ["27%", "3 min 4s", "$1,000", "2"]);
    }
}
