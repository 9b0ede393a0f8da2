//! `pivotBy` with a dimension that is not the one below the report's rows: what the report tells within
//! each value of the dimension (`reporting-api.md` §9).

use nagare_schema::{Config, SiteId, named_setting};

use super::{Call, nested};
use crate::{
    catalogue::{self, Flatten, Report, Source},
    error::Fault,
    permission::Granted,
    request::Params,
    shape::{Cells, Pivot, Rules, Steps, dimension_id},
    table::{Answer, Table},
    value::Value,
};

/// Values of the other dimension at most: each is a report of its own.
const VALUES_MAX: usize = 50;
/// What of a request shapes the pivot table, not the tables that it is made from.
const SHAPING: [&str; 9] = [
    "pivotBy",
    "pivotByColumn",
    "pivotByColumnLimit",
    "flat",
    "expanded",
    "label",
    "filter_limit",
    "showColumns",
    "hideColumns",
];

/// Where the values of a dimension are told.
struct Told {
    method: &'static str,
    /// The custom dimension.
    custom: Option<u32>,
}

pub(super) async fn by_segments(
    report: &'static Report,
    pivot: &Pivot,
    call: Call<'_>,
    granted: Granted,
) -> Result<Answer, Fault> {
    let config = &call.caller.config;
    let site = if granted.keyed { None } else { granted.sites.first().copied() };
    let told = told(&pivot.dimension, config, site)
        .ok_or_else(|| Fault::new(format!("Invalid dimension '{}'.", pivot.dimension)))?;
    if !config.settings.named.flag(&named_setting::PIVOT_BY_SEGMENT) {
        let name = report.name;
        return Err(Fault::new(format!("Unsupported pivot: report '{name}' has no subtable dimension.")));
    }
    let params = call.params.clone().without(&SHAPING).with("disable_generic_filters", "1");
    let mut table = rows(&call, report.name, &params).await?;
    let named = match told.custom {
        Some(id) => params.clone().with("idDimension", id.to_string()),
        None => params.clone(),
    };
    let values = rows(&call, told.method, &named).await?;
    let mut cells: Vec<Cells> = vec![Cells::new(); table.rows.len()];
    for value in values.rows.iter().take(VALUES_MAX) {
        let Some(segment) = value.metadata.get("segment").and_then(Value::as_text) else { continue };
        let own = params.filled("segment").map_or(segment.clone(), |own| format!("{own};{segment}"));
        let found = rows(&call, report.name, &params.clone().with("segment", own)).await?;
        for (row, cells) in table.rows.iter().zip(&mut cells) {
            let cell = found.rows.iter().find(|found| found.label() == row.label()).and_then(|row| pivot.value(row));
            cells.extend(cell.map(|cell| (value.label(), cell)));
        }
    }
    pivot.apply(&mut table, &cells);
    let rules = Rules { processed: report.processed, sort: report.sort, flatten: report.flatten };
    let steps = Steps::read(call.params, rules)?.pivoted(Some(pivot.clone()));
    Ok(Answer::Table(steps.table(table, "")))
}

async fn rows(call: &Call<'_>, name: &str, params: &Params) -> Result<Table, Fault> {
    match nested::ask(call, name, params).await? {
        Answer::Table(table) => Ok(table),
        _ => Err(Fault::new("Only tables of one website and one period can be pivoted.")),
    }
}

/// The report whose first level is the dimension.
fn told(dimension: &str, config: &Config, site: Option<SiteId>) -> Option<Told> {
    if let Some(id) = dimension.strip_prefix("CustomDimension.CustomDimension") {
        let id = id.parse().ok()?;
        config.dimensions.get(&(site?, id)).filter(|dimension| dimension.active)?;
        return Some(Told { method: "CustomDimensions.getCustomDimension", custom: Some(id) });
    }
    let is_it = |report: &&Report| {
        let key = match report.flatten {
            Flatten::Levels(keys) | Flatten::PathLevels(keys) | Flatten::Joined(keys) => keys.first().copied(),
            Flatten::Path(key) | Flatten::PagePath(key) => Some(key),
            Flatten::Unsupported | Flatten::Custom(_) => None,
        };
        matches!(&report.source, Source::Visits(visits) if !visits.below)
            && key.is_some_and(|key| dimension_id(key) == dimension)
    };
    catalogue::reports().find(is_it).map(|report| Told { method: report.name, custom: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reporting-api.md` §9.
    #[test]
    fn a_dimension_is_told_by_the_report_about_it() {
        let config = Config::default();
        let method = |dimension: &str| told(dimension, &config, Some(SiteId(1))).map(|told| told.method);
        assert_eq!(method("UserCountry.City"), Some("UserCountry.getCity"));
        assert_eq!(method("Referrers.SearchEngine"), Some("Referrers.getSearchEngines"));
        assert_eq!(method("CustomDimension.CustomDimension1"), None);
        assert_eq!(method("Nothing.Here"), None);
    }
}
