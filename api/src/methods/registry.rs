use super::{Answering, Call, goals, live, report, settings, sites, version};
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
const CALLS: &[&[Method]] =
    &[version::METHODS, sites::METHODS, goals::METHODS, settings::METHODS, live::METHODS];

/// Every method.
pub(super) fn methods() -> impl Iterator<Item = Method> {
    catalogue::reports().map(Method::of_report).chain(CALLS.iter().copied().flatten().copied())
}

pub(super) fn find(name: &str) -> Option<Method> {
    methods().find(|method| method.name == name)
}
