//! PrivacyManager's settings of retention (`reports.md` §23): how long visits and reports are kept.

use nagare_schema::{
    NamedSettings,
    named_setting::{REMOVAL_DAYS, REPORTS_KEEP_BASIC, REPORTS_MONTHS, REPORTS_REMOVED, VISITS_DAYS, VISITS_REMOVED},
};

use super::{Call, Method, change_settings};
use crate::{error::Fault, permission::Permission, request::Params, table::Answer, value::Value};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("PrivacyManager.setDeleteLogsSettings", Permission::Superuser, |call, _| {
        Box::pin(set(call, of_visits))
    }),
    Method::configuration("PrivacyManager.setDeleteReportsSettings", Permission::Superuser, |call, _| {
        Box::pin(set(call, of_reports))
    }),
    Method::configuration("PrivacyManager.setScheduleReportDeletionSettings", Permission::Superuser, |call, _| {
        Box::pin(set(call, of_schedule))
    }),
    Method::configuration("PrivacyManager.executeDataPurge", Permission::Superuser, |call, _| Box::pin(remove(call))),
];

/// Reports that Matomo keeps by period. Here those of weeks to years are made of those of days: who keeps
/// one of them keeps the days.
const KEPT: [&str; 5] = ["keepDay", "keepWeek", "keepMonth", "keepYear", "keepRange"];

/// Settings and their new values.
type Wanted = Vec<(&'static str, String)>;

async fn set(call: Call<'_>, of: fn(&Params) -> Wanted) -> Result<Answer, Fault> {
    let wanted = of(call.params);
    change_settings(call.directory, |settings| set_all(&mut settings.named, &wanted)).await?;
    Ok(Answer::Value(Value::Bool(true)))
}

fn set_all(settings: &mut NamedSettings, wanted: &Wanted) -> Result<(), Fault> {
    for (name, value) in wanted {
        settings.set(name, value).map_err(|error| Fault::bad_request(error.to_string()))?;
    }
    Ok(())
}

/// A number as given; what is none is refused when it is set.
fn number(params: &Params, name: &str, default: &str) -> String {
    params.filled(name).unwrap_or(default).to_owned()
}

fn switch(on: bool) -> String {
    i64::from(on).to_string()
}

fn of_visits(params: &Params) -> Wanted {
    vec![
        (VISITS_REMOVED.name, switch(params.flag("enableDeleteLogs"))),
        (VISITS_DAYS.name, number(params, "deleteLogsOlderThan", "180")),
    ]
}

fn of_reports(params: &Params) -> Wanted {
    let keeps_days = KEPT.iter().any(|name| params.flag(name));
    vec![
        (REPORTS_REMOVED.name, switch(params.flag("enableDeleteReports") && !keeps_days)),
        (REPORTS_MONTHS.name, number(params, "deleteReportsOlderThan", "3")),
        (REPORTS_KEEP_BASIC.name, switch(params.flag("keepBasic"))),
    ]
}

fn of_schedule(params: &Params) -> Wanted {
    vec![(REMOVAL_DAYS.name, number(params, "deleteLowestInterval", "7"))]
}

/// It has begun when this is answered; the records of removals say how it ends.
async fn remove(call: Call<'_>) -> Result<Answer, Fault> {
    let asked = call.removals.request(call.caller.login().unwrap_or_default()).await;
    asked.map_err(|error| Fault::unavailable(error.to_string()))?;
    Ok(Answer::Value(Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use nagare_schema::Retention;

    use super::*;

    fn retention(of: fn(&Params) -> Wanted, query: &str) -> Retention {
        let mut settings = NamedSettings::default();
        set_all(&mut settings, &of(&Params::parse(query).unwrap())).unwrap();
        Retention::of(&settings)
    }

    /// `reports.md` §23
    #[test]
    fn matomos_parameters_set_the_ages() {
        let visits = retention(of_visits, "enableDeleteLogs=1&deleteLogsOlderThan=90");
        assert_eq!((visits.visit_days, visits.report_months), (Some(90), None));
        assert_eq!(retention(of_visits, "enableDeleteLogs=0&deleteLogsOlderThan=90").visit_days, None);
        let reports = retention(of_reports, "enableDeleteReports=1&deleteReportsOlderThan=6&keepBasic=1");
        assert_eq!((reports.report_months, reports.keeps_basics), (Some(6), true));
        assert_eq!(retention(of_schedule, "deleteLowestInterval=1").every_days, 1);
    }

    #[test]
    fn who_keeps_reports_of_a_period_keeps_their_days() {
        for kept in KEPT {
            let reports = retention(of_reports, &format!("enableDeleteReports=1&{kept}=1"));
            assert_eq!(reports.report_months, None, "{kept}");
        }
    }

    #[test]
    fn an_age_that_is_no_number_is_refused() {
        let wanted = of_visits(&Params::parse("enableDeleteLogs=1&deleteLogsOlderThan=old").unwrap());
        assert!(set_all(&mut NamedSettings::default(), &wanted).is_err());
    }
}
