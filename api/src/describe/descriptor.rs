use super::{Description, Descriptions, ENGLISH, GoalSet, Metric};
use crate::{
    shape::Columns,
    value::{Record, Value},
};

/// Where the guides of reports are.
const GUIDES: &str = "https://matomo.org/";
/// Told of legacy data only.
pub(crate) const LEGACY: &str = "avg_time_generation";

/// A report of a site as clients are told of it.
#[derive(Debug, Clone)]
pub(crate) struct Descriptor {
    pub(super) description: &'static Description,
    pub(crate) category: String,
    pub(crate) subcategory: Option<String>,
    pub(crate) title: String,
    pub(crate) dimension: Option<String>,
    /// What else than the method selects it: `idGoal`, `idDimension`.
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// Columns of goals are described: not where the report is about one.
    pub(super) has_goal_metrics: bool,
}

/// A metric of a report as it is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) name: &'static str,
    pub(crate) metric: &'static Metric,
}

/// What a list of descriptions is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) site: String,
    pub(crate) period: Option<String>,
    pub(crate) date: Option<String>,
    /// Dates of the graph over time.
    pub(crate) evolution: Option<(String, String)>,
    pub(crate) subtable: Option<String>,
    pub(crate) hides_documentation: bool,
    /// Distinct counts of rows are told of single days only.
    pub(crate) hides_uniques: bool,
    pub(crate) columns: Columns,
    /// Metrics that are not counted or explained.
    pub(crate) silent: Vec<&'static str>,
}

impl Descriptor {
    pub(super) fn of(description: &'static Description) -> Self {
        let goal = description.goal.clone().map(|goal| ("idGoal", goal));
        Self {
            description,
            category: description.category.clone(),
            subcategory: description.subcategory.clone(),
            title: description.title.clone(),
            dimension: description.dimension.clone(),
            parameters: goal.into_iter().collect(),
            has_goal_metrics: true,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        &self.description.name
    }

    pub(crate) fn module(&self) -> &'static str {
        self.name().split_once('.').map_or("", |(module, _)| module)
    }

    pub(crate) fn action(&self) -> &'static str {
        self.name().split_once('.').map_or("", |(_, action)| action)
    }

    pub(crate) fn is_subtable(&self) -> bool {
        self.description.is_subtable
    }

    pub(crate) fn is_listed(&self) -> bool {
        !self.description.unlisted
    }

    pub(crate) fn documentation(&self) -> Option<&'static str> {
        self.description.documentation.as_deref()
    }

    pub(crate) fn guide(&self) -> Option<String> {
        self.description.guide.as_ref().map(|guide| format!("{GUIDES}{guide}"))
    }

    /// `Module_action`, with its parameters.
    pub(crate) fn unique_id(&self) -> String {
        let parameters = self.parameters.iter().map(|(name, value)| format!("_{name}--{value}"));
        format!("{}_{}{}", self.module(), self.action(), parameters.collect::<String>())
    }

    /// Metrics that are counted.
    pub(crate) fn metrics(&self) -> Vec<Shown> {
        resolve(&ENGLISH.set_of(self.description).metrics)
    }

    /// Metrics that are counted in the period that is asked for.
    pub(crate) fn shown_metrics(&self, asked: &Asked) -> Vec<Shown> {
        let mut metrics = self.metrics();
        metrics.retain(|shown| !(asked.hides_uniques && matches!(shown.name, "nb_uniq_visitors" | "nb_users")));
        metrics.retain(|shown| !asked.silent.contains(&shown.name));
        metrics
    }

    /// Metrics that are computed, without those that are not listed by themselves.
    pub(crate) fn processed(&self) -> Vec<Shown> {
        self.all_processed().into_iter().filter(|shown| !self.hides(shown.name)).collect()
    }

    fn all_processed(&self) -> Vec<Shown> {
        resolve(&ENGLISH.set_of(self.description).processed)
    }

    /// The rate of conversions is shown with each goal where goals are shown.
    fn hides(&self, name: &str) -> bool {
        let with_goals = name == "conversion_rate" && self.description.goal_metrics.is_some();
        with_goals || self.description.hidden.iter().any(|hidden| hidden == name)
    }

    /// Metrics of each goal.
    pub(crate) fn goal_metrics(&self) -> Vec<Shown> {
        self.goal_set().map_or_else(Vec::new, |set| resolve(&set.metrics))
    }

    fn goal_set(&self) -> Option<&'static GoalSet> {
        let set = self.description.goal_metrics.as_ref().filter(|_| self.has_goal_metrics)?;
        ENGLISH.goal_sets.get(set)
    }

    /// All metrics, those that are not listed by themselves included.
    pub(crate) fn every_metric(&self) -> Vec<Shown> {
        let mut all = self.metrics();
        for shown in self.all_processed() {
            if !all.iter().any(|other| other.name == shown.name) {
                all.push(shown);
            }
        }
        all
    }

    /// The descriptor as `API.getReportMetadata` answers it.
    pub(crate) fn record(&self, asked: &Asked) -> Record {
        let mut record = Record::default().with("category", self.category.clone());
        let optional = |record: &mut Record, name: &'static str, text: Option<&str>| {
            if let Some(text) = text {
                record.set(name, text);
            }
        };
        optional(&mut record, "subcategory", self.subcategory.as_deref());
        record.set("name", self.title.clone());
        record.set("module", self.module());
        record.set("action", self.action());
        if !self.parameters.is_empty() {
            record.set("parameters", pairs(self.parameters.iter().map(|(name, value)| (*name, value.as_str()))));
        }
        optional(&mut record, "dimension", self.dimension.as_deref());
        optional(&mut record, "documentation", self.documentation());
        optional(&mut record, "onlineGuideUrl", self.guide().as_deref());
        if !self.description.dimensions.is_empty() {
            let dimensions = self.description.dimensions.iter();
            record.set("dimensions", pairs(dimensions.map(|(id, name)| (id.as_str(), name.as_str()))));
        }
        self.describe_metrics(&mut record, asked);
        if self.description.is_subtable {
            record.set("isSubtableReport", true);
        }
        self.link_graphs(&mut record, asked);
        record.set("uniqueId", self.unique_id());
        record
    }

    fn describe_metrics(&self, record: &mut Record, asked: &Asked) {
        let labels = |shown: &[Shown]| pairs(shown.iter().map(|shown| (shown.name, shown.metric.label.as_str())));
        let shown = |mut list: Vec<Shown>| {
            list.retain(|shown| asked.columns.shows(shown.name));
            list
        };
        let all = shown(self.every_metric());
        record.set("metrics", labels(&shown(self.shown_metrics(asked))));
        let documented: Vec<(&str, &str)> = all
            .iter()
            .filter(|shown| !asked.silent.contains(&shown.name))
            .filter_map(|shown| shown.metric.documentation.as_deref().map(|text| (shown.name, text)))
            .collect();
        if !asked.hides_documentation && !documented.is_empty() {
            record.set("metricsDocumentation", pairs(documented.into_iter()));
        }
        let processed = shown(self.processed());
        if !processed.is_empty() {
            record.set("processedMetrics", labels(&processed));
        }
        record.set("metricTypes", units(&all));
        if self.description.constant_rows {
            record.set("constantRowsCount", true);
        }
        if let Some(below) = &self.description.below {
            record.set("actionToLoadSubTables", below.clone());
        }
        if !self.description.related.is_empty() {
            let related = self.description.related.iter().filter_map(|name| related(name));
            record.set("relatedReports", Value::List(related.map(Value::Record).collect()));
        }
        let Some(set) = self.goal_set() else { return };
        record.set("metricsGoal", labels(&resolve(&set.metrics)));
        record.set("processedMetricsGoal", labels(&resolve(&set.processed)));
        record.set("metricTypesGoal", units(&resolve(&set.types)));
    }

    /// Addresses of the graph, and of the graph over time.
    fn link_graphs(&self, record: &mut Record, asked: &Asked) {
        let mut base = format!(
            "index.php?module=API&method=ImageGraph.get&idSite={}&apiModule={}&apiAction={}",
            asked.site,
            self.module(),
            self.action()
        );
        for (name, value) in &self.parameters {
            base.push_str(&format!("&{name}={value}"));
        }
        let subtable = asked.subtable.as_ref().map_or_else(String::new, |id| format!("&idSubtable={id}"));
        let (Some(period), Some(date)) = (&asked.period, &asked.date) else {
            record.set("imageGraphUrl", format!("{base}{subtable}"));
            return;
        };
        let evolution =
            asked.evolution.as_ref().map(|(period, dates)| format!("{base}&period={period}&date={dates}{subtable}"));
        let period = if date.contains(',') { "range" } else { period };
        let own = format!("{base}&period={period}&date={date}{subtable}");
        let is_over_time = self.dimension.is_none();
        record.set("imageGraphUrl", evolution.clone().filter(|_| is_over_time).unwrap_or(own));
        if let Some(evolution) = evolution.filter(|_| self.description.evolves) {
            record.set("imageGraphEvolutionUrl", evolution);
        }
    }
}

fn resolve(keys: &[String]) -> Vec<Shown> {
    let all: &'static Descriptions = &ENGLISH;
    let find = |key: &String| {
        let (stored, metric) = all.metrics.get_key_value(key)?;
        let name = stored.split_once('#').map_or(stored.as_str(), |(name, _)| name);
        Some(Shown { name, metric })
    };
    keys.iter().filter_map(find).collect()
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    Value::Record(pairs.map(|(name, text)| (name.to_owned(), text)).collect())
}

fn units(shown: &[Shown]) -> Value {
    pairs(shown.iter().filter_map(|shown| Some((shown.name, shown.metric.unit?.name()))))
}

fn related(name: &str) -> Option<Record> {
    let report = ENGLISH.reports.iter().find(|report| report.name == name)?;
    let (module, action) = name.split_once('.')?;
    Some(Record::default().with("name", report.title.clone()).with("module", module).with("action", action))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, goal: Option<&str>) -> Descriptor {
        let found = ENGLISH.reports.iter().find(|report| report.name == name && report.goal.as_deref() == goal);
        Descriptor::of(found.unwrap())
    }

    fn names(shown: &[Shown]) -> Vec<&'static str> {
        shown.iter().map(|shown| shown.name).collect()
    }

    #[test]
    fn ids_are_unique_and_name_parameters() {
        assert_eq!(of("UserCountry.getCountry", None).unique_id(), "UserCountry_getCountry");
        let orders = of("Goals.get", Some("ecommerceOrder"));
        assert_eq!(orders.unique_id(), "Goals_get_idGoal--ecommerceOrder");
        let mut ids: Vec<String> = ENGLISH.reports.iter().map(|report| Descriptor::of(report).unique_id()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn rates_of_conversion_are_told_with_the_goals() {
        let country = of("UserCountry.getCountry", None);
        assert_eq!(names(&country.processed()), ["nb_actions_per_visit", "avg_time_on_site", "bounce_rate"]);
        assert_eq!(names(&country.goal_metrics()), ["nb_conversions", "revenue"]);
        let language = of("UserLanguage.getLanguage", None);
        assert!(names(&language.processed()).contains(&"conversion_rate"));
    }

    #[test]
    fn a_record_links_its_graphs() {
        let asked = Asked {
            site: "1".to_owned(),
            period: Some("day".to_owned()),
            date: Some("2009-01-04".to_owned()),
            evolution: Some(("day".to_owned(), "2008-12-06,2009-01-04".to_owned())),
            ..Asked::default()
        };
        let url = |name: &str, field: &str| of(name, None).record(&asked).get(field).and_then(Value::as_text);
        assert!(url("UserCountry.getCountry", "imageGraphUrl").unwrap().ends_with("&period=day&date=2009-01-04"));
        assert!(url("Actions.get", "imageGraphUrl").unwrap().ends_with("&date=2008-12-06,2009-01-04"));
        assert_eq!(url("VisitorInterest.getNumberOfVisitsPerPage", "imageGraphEvolutionUrl"), None);
    }
}
