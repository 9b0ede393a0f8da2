//! How many rows the tables of reports have (`reporting-api.md` §12).

use nagare_schema::{
    NamedSetting, NamedSettings,
    named_setting::{
        ACTIONS_ROWS_MAX, ACTIONS_SUBTABLE_ROWS_MAX, DIMENSIONS_ROWS_MAX, DIMENSIONS_SUBTABLE_ROWS_MAX,
        EVENTS_ROWS_MAX, EVENTS_SUBTABLE_ROWS_MAX, PRODUCTS_ROWS_MAX, REFERRERS_ROWS_MAX, REFERRERS_SUBTABLE_ROWS_MAX,
        ROW_LIMITS_LIFTED, SEARCH_ROWS_MAX, STANDARD_ROWS_MAX, USERS_ROWS_MAX,
    },
};

use super::Report;

/// Rows of a report's tables at most; `None` where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Limits {
    pub(crate) first: Option<usize>,
    pub(crate) below: Option<usize>,
    /// Rows with most of it are kept.
    pub(crate) metric: &'static str,
    /// The metadata that tells apart what is limited by itself.
    pub(crate) parts: Option<&'static str>,
    /// What rows past the limit have in common tells their visitors, too.
    pub(crate) sums_visitors: bool,
}

/// Settings of the first level and of those below, by the beginning of the method's name.
type Rule = (&'static str, Option<&'static NamedSetting<i64>>, Option<&'static NamedSetting<i64>>);

const RULES: &[Rule] = &[
    ("Actions.getSiteSearch", Some(&SEARCH_ROWS_MAX), None),
    ("Actions.", Some(&ACTIONS_ROWS_MAX), Some(&ACTIONS_SUBTABLE_ROWS_MAX)),
    ("Contents.", Some(&ACTIONS_ROWS_MAX), Some(&ACTIONS_SUBTABLE_ROWS_MAX)),
    ("CustomDimensions.", Some(&DIMENSIONS_ROWS_MAX), Some(&DIMENSIONS_SUBTABLE_ROWS_MAX)),
    ("CustomVariables.", Some(&REFERRERS_ROWS_MAX), Some(&REFERRERS_SUBTABLE_ROWS_MAX)),
    ("DevicesDetection.getType", None, None),
    ("DevicesDetection.", Some(&STANDARD_ROWS_MAX), None),
    ("Events.", Some(&EVENTS_ROWS_MAX), Some(&EVENTS_SUBTABLE_ROWS_MAX)),
    ("Goals.getItems", Some(&PRODUCTS_ROWS_MAX), None),
    ("MarketingCampaignsReporting.", Some(&REFERRERS_ROWS_MAX), Some(&REFERRERS_SUBTABLE_ROWS_MAX)),
    ("Referrers.getReferrerType", None, Some(&REFERRERS_ROWS_MAX)),
    ("Referrers.", Some(&REFERRERS_ROWS_MAX), Some(&REFERRERS_SUBTABLE_ROWS_MAX)),
    ("Resolution.", Some(&STANDARD_ROWS_MAX), None),
    ("UserCountry.getCity", Some(&STANDARD_ROWS_MAX), None),
    ("UserCountry.getRegion", Some(&STANDARD_ROWS_MAX), None),
    ("UserId.", Some(&USERS_ROWS_MAX), None),
    ("UserLanguage.", Some(&STANDARD_ROWS_MAX), None),
];

impl Report {
    /// The limits of the report's tables, unless they are lifted.
    pub(crate) fn limits(&self, settings: &NamedSettings) -> Limits {
        let rule = RULES.iter().find(|(begin, ..)| self.name.starts_with(begin));
        let Some((begin, first, below)) = rule.filter(|_| !settings.flag(&ROW_LIMITS_LIFTED)) else {
            return Limits::default();
        };
        let of = |setting: &Option<&'static NamedSetting<i64>>| setting.and_then(|setting| settings.limit(setting));
        Limits {
            first: of(first),
            below: of(below),
            metric: if *begin == "Goals.getItems" { "revenue" } else { "nb_visits" },
            parts: (self.name == "Referrers.getAll").then_some("referer_type"),
            sums_visitors: !begin.starts_with("Actions."),
        }
    }
}

impl Limits {
    /// Rows of a level's tables at most.
    pub(crate) fn of_level(&self, level: usize) -> Option<usize> {
        if level == 0 { self.first } else { self.below }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.first.is_none() && self.below.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::reports;

    fn limits(name: &str, settings: &NamedSettings) -> [Option<usize>; 2] {
        let limits = reports().find(|report| report.name == name).unwrap().limits(settings);
        [limits.of_level(0), limits.of_level(1)]
    }

    /// `reporting-api.md` §12.
    #[test]
    fn tables_are_limited_as_settings_say() {
        let mut settings = NamedSettings::default();
        assert_eq!(limits("Referrers.getWebsites", &settings), [Some(1000), Some(50)]);
        assert_eq!(limits("Actions.getPageUrls", &settings), [Some(500), Some(100)]);
        assert_eq!(limits("UserCountry.getCountry", &settings), [None, None]);
        settings.set("General.datatable_archiving_maximum_rows_standard", "3").unwrap();
        assert_eq!(limits("Resolution.getResolution", &settings), [Some(3), None]);
        settings.set(ROW_LIMITS_LIFTED.name, "1").unwrap();
        assert_eq!(limits("Resolution.getResolution", &settings), [None, None]);
    }
}
