//! Custom dimensions (`reports.md` §9): one report for each scope, about the dimension that is asked for.

use nagare_schema::DimensionScope;

use super::{About, Columns, Described, Dimension, Flatten, Key, Level, Report, Sort, Source, Visits};
use crate::shape::{Processed, url_encode};

const NAME: &str = "CustomDimensions.getCustomDimension";
/// What rows without a value are called.
pub(crate) const VALUE_UNKNOWN: &str = "Value not defined";

const VALUES: &[Level] = &[Level::new(&[Key::CustomDimension], describe).with_goals()];

static OF_VISITS: Report = Report {
    processed: &[Processed::Bandwidth, Processed::TimeOnSite, Processed::BounceRate, Processed::ActionsPerVisit],
    ..Report::of_visits(NAME, Visits { columns: Columns::FewUsers, ..Visits::by(Dimension::Custom, VALUES) })
};
static OF_ACTIONS: Report = Report {
    processed: &[Processed::Bandwidth, Processed::TimeOnDimension, Processed::BounceRate, Processed::ExitRate],
    sort: Sort::VISITS,
    flatten: Flatten::Levels(&[]),
    ..Report::plain(NAME, Source::ActionDimension)
};

/// The report about a dimension of the scope.
pub(crate) fn of_custom_dimension(scope: DimensionScope) -> &'static Report {
    match scope {
        DimensionScope::Visit => &OF_VISITS,
        DimensionScope::Action => &OF_ACTIONS,
    }
}

fn describe(about: &About<'_>) -> Described {
    let value = about.key(0);
    let label = if value.is_empty() { VALUE_UNKNOWN } else { value };
    Described::new(label).with("segment", format!("dimension{}=={}", about.custom, url_encode(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §9.
    #[test]
    fn values_select_by_the_id_of_the_dimension() {
        let keys = ["a b".to_owned()];
        let described = describe(&About { keys: &keys, custom: 3, ..About::default() });
        assert_eq!(described.label, "a b");
        assert_eq!(described.metadata.get("segment"), Some(&"dimension3==a+b".into()));
        assert_eq!(describe(&About::default()).label, VALUE_UNKNOWN);
    }
}
