use super::{
    Answering, Call, annotations, bulk, countries, dashboards, data_subjects, dimensions, example, failures, goals,
    insights, languages, live, metadata, multi_sites, overlay, overview, privacy, processed_report, report, retention,
    row_evolution, scheduled, segment_editor, segments, setting_groups, settings, sign_in, sites, tour, transitions,
    users, variables, version,
};
use crate::{
    catalogue::{self, Report},
    metrics::Family,
    permission::{Granted, Permission},
};

/// One method: its name, what it requires, and what it does.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) permission: Permission,
    pub(crate) family: Family,
    action: Action,
}

#[derive(Clone, Copy)]
enum Action {
    Report(&'static Report),
    Call(for<'a> fn(Call<'a>, Granted) -> Answering<'a>),
}

impl Method {
    /// A method that is no report.
    pub(super) const fn new(
        name: &'static str,
        permission: Permission,
        family: Family,
        action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>,
    ) -> Self {
        Self { name, permission, family, action: Action::Call(action) }
    }

    /// A method that reads or changes what is configured.
    pub(super) const fn configuration(
        name: &'static str,
        permission: Permission,
        action: for<'a> fn(Call<'a>, Granted) -> Answering<'a>,
    ) -> Self {
        Self::new(name, permission, Family::Configuration, action)
    }

    /// True when it changes something: its name says so.
    pub(super) fn changes(&self) -> bool {
        const READING: [&str; 5] = ["get", "has", "is", "find", "export"];
        let verb = self.name.split_once('.').map_or(self.name, |(_, verb)| verb);
        let reads = READING.iter().any(|word| verb.starts_with(word)) || verb.ends_with("xists");
        self.family == Family::Configuration && !reads
    }

    fn of_report(report: &'static Report) -> Self {
        Self {
            name: report.name,
            permission: report.permission,
            family: Family::Report,
            action: Action::Report(report),
        }
    }

    pub(super) fn answer<'a>(&self, call: Call<'a>, granted: Granted) -> Answering<'a> {
        match self.action {
            Action::Report(report) => Box::pin(report::answer(report, call, granted)),
            Action::Call(action) => action(call, granted),
        }
    }
}

/// Methods that are no reports.
const CALLS: &[&[Method]] = &[
    version::METHODS,
    countries::METHODS,
    metadata::METHODS,
    processed_report::METHODS,
    bulk::METHODS,
    overview::METHODS,
    row_evolution::METHODS,
    sites::METHODS,
    sites::lookup::METHODS,
    sites::removal::METHODS,
    sites::tracking_code::METHODS,
    sites::zones::METHODS,
    setting_groups::METHODS,
    scheduled::METHODS,
    privacy::METHODS,
    retention::METHODS,
    data_subjects::METHODS,
    dashboards::METHODS,
    languages::METHODS,
    tour::METHODS,
    example::METHODS,
    failures::METHODS,
    goals::METHODS,
    dimensions::METHODS,
    variables::METHODS,
    settings::METHODS,
    annotations::METHODS,
    users::METHODS,
    sign_in::METHODS,
    live::METHODS,
    segment_editor::METHODS,
    segments::METHODS,
    multi_sites::METHODS,
    insights::METHODS,
    transitions::METHODS,
    overlay::METHODS,
];

/// Every method.
pub(super) fn methods() -> impl Iterator<Item = Method> {
    catalogue::reports().map(Method::of_report).chain(CALLS.iter().copied().flatten().copied())
}

/// True when a link may share the method: a report of one site, and no way to others.
pub(crate) fn is_shareable(name: &str) -> bool {
    let is_report = |method: &Method| method.permission == Permission::View && method.family == Family::Report;
    !name.starts_with("API.") && find(name).as_ref().is_some_and(is_report)
}

pub(super) fn find(name: &str) -> Option<Method> {
    methods().find(|method| method.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{auth::tests::caller, permission::authorise, request::Params, snapshot};

    const CALLERS: [&str; 6] = ["root", "admin", "writer", "viewer", "anonymous", ""];

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = methods().map(|method| method.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    /// Who may call what, on their own site and on another: a change of any cell shows in the file.
    #[test]
    fn every_method_is_permitted_as_recorded() {
        let mut lines: Vec<String> = methods().map(|method| line(&method)).collect();
        lines.sort();
        snapshot::check("src/methods/permissions.txt", &(lines.join("\n") + "\n"));
    }

    fn line(method: &Method) -> String {
        let on = |site: u32| {
            let params = Params::parse(&format!("idSite={site}")).unwrap_or_default();
            let allowed = CALLERS.map(|login| authorise(method.permission, &caller(login), &params).is_ok());
            allowed.map(|allowed| if allowed { 'y' } else { '-' }).into_iter().collect::<String>()
        };
        format!("{} {:?} {} {}", method.name, method.permission, on(1), on(2))
    }
}
