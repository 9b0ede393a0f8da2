use crate::{describe, request::Params};

/// What columns are called: their own names, or those of `translateColumnNames=1` (`reporting-api.md` §5.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    /// The method whose columns are translated.
    method: Option<String>,
}

impl Labels {
    pub(super) fn read(params: &Params) -> Self {
        let method = params.filled("method").filter(|_| params.flag("translateColumnNames"));
        Self { method: method.map(str::to_owned) }
    }

    pub(super) fn of(&self, name: &str) -> String {
        let Some(method) = &self.method else { return name.to_owned() };
        if let Some(metadata) = name.strip_prefix("metadata_") {
            return format!("Metadata: {metadata}");
        }
        if let Some((goal, metric)) = name.strip_prefix("goals_").and_then(|rest| rest.split_once('_')) {
            return format!("{} (Goal {goal})", metric_label(method, metric));
        }
        metric_label(method, name)
    }
}

fn metric_label(method: &str, name: &str) -> String {
    match name {
        "label" => "Label".to_owned(),
        "date" => "Date".to_owned(),
        _ => describe::label_of(method, name).unwrap_or(name).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_report() {
        let of = |query: &str, name: &str| Labels::read(&Params::parse(query).unwrap()).of(name);
        let visits = "translateColumnNames=1&method=VisitsSummary.get";
        assert_eq!(of(visits, "avg_time_on_site"), "Avg. Visit Duration (in seconds)");
        assert_eq!(of(visits, "sum_visit_length"), "Total time spent by visitors (in seconds)");
        assert_eq!(of("translateColumnNames=1&method=Actions.getPageUrls", "nb_visits"), "Unique Pageviews");
        assert_eq!(of(visits, "metadata_segment"), "Metadata: segment");
        assert_eq!(of(visits, "goals_idgoal=1_revenue"), "Revenue (Goal idgoal=1)");
        assert_eq!(of("method=VisitsSummary.get", "nb_visits"), "nb_visits");
    }
}
