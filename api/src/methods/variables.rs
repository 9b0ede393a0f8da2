//! Custom variables (`reports.md` §9): which names stand in which slots, and names that are reserved.

use jiff::tz::TimeZone;

use super::{Answering, Call, Method, nested, report};
use crate::{
    error::Fault,
    metrics::Family,
    permission::{Granted, Permission},
    table::{Answer, Row},
    value::{Record, Value},
};

/// Slots of each scope.
const SLOTS: i64 = 5;
const SCOPES: [&str; 2] = ["visit", "page"];
/// Names that product views had.
const RESERVED: [&str; 4] = ["_pks", "_pkn", "_pkc", "_pkp"];

pub(super) const METHODS: &[Method] = &[
    Method::new("CustomVariables.getUsagesOfSlots", Permission::Admin, Family::Report, |call, granted| {
        Box::pin(usages(call, granted))
    }),
    Method::new(
        "CustomVariables.getReservedCustomVariableKeys",
        Permission::None,
        Family::Configuration,
        |_, _| -> Answering<'_> { Box::pin(std::future::ready(Ok(reserved()))) },
    ),
];

fn reserved() -> Answer {
    Answer::Value(Value::List(RESERVED.iter().map(|name| Value::from(*name)).collect()))
}

/// The names of every slot since the site is there, by their use.
async fn usages(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let created = call.caller.config.sites.get(&site).map_or(0, |site| site.created_at.0);
    let first = jiff::Timestamp::from_second(created).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    let last = report::today(&call, &[site]).max(first);
    let params = call.params.clone().without(&["filter_limit", "filter_offset", "segment", "flat", "expanded"]);
    let params = params.with("period", "range").with("date", format!("{first},{last}"));
    let answer = nested::ask(&call, "CustomVariables.getCustomVariables", &params).await?;
    let rows = match &answer {
        Answer::Table(table) => table.rows.as_slice(),
        _ => &[],
    };
    let slots = SCOPES.iter().flat_map(|scope| (1..=SLOTS).map(move |index| slot(scope, index, rows)));
    Ok(Answer::Value(Value::List(slots.collect())))
}

fn slot(scope: &'static str, index: i64, rows: &[Row]) -> Value {
    let own = Value::Record(Record::default().with("scope", scope).with("index", index));
    let is_here = |row: &&Row| matches!(row.metadata.get("slots"), Some(Value::List(slots)) if slots.contains(&own));
    let usages = rows.iter().filter(is_here).map(|row| {
        let number = |name: &str| Value::number(row.columns.number(name).unwrap_or(0.0));
        let usage = Record::default().with("name", row.label());
        usage.with("nb_visits", number("nb_visits")).with("nb_actions", number("nb_actions")).into()
    });
    let usages = Value::List(usages.collect());
    Record::default().with("scope", scope).with("index", index).with("usages", usages).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §9.
    #[test]
    fn a_slot_lists_the_names_that_stand_in_it() {
        let slots = Value::List(vec![Record::default().with("scope", "page").with("index", 2).into()]);
        let columns = Record::default().with("label", "a").with("nb_actions", 3);
        let rows = [Row { columns, metadata: Record::default().with("slots", slots), ..Row::default() }];
        let usage = Record::default().with("name", "a").with("nb_visits", 0).with("nb_actions", 3);
        let usages = |scope, index| match slot(scope, index, &rows) {
            Value::Record(record) => record.get("usages").cloned(),
            _ => None,
        };
        assert_eq!(usages("page", 2), Some(Value::List(vec![usage.into()])));
        assert_eq!(usages("visit", 2), Some(Value::List(Vec::new())));
    }
}
