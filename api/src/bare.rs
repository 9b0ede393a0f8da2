//! The statements of a report without all that is around them: what its answer is compared with.

use clickhouse::Client;
use jiff::civil::Date;
use nagare_schema::{Config, SiteId};
use prometheus::Registry;

use crate::{
    ApiError, ApiOptions,
    catalogue::reports,
    error::Fault,
    metrics::Metrics,
    period,
    plan::{self, Plan, Scope},
    query::Engine,
    segment::{Context, Segment},
};

/// What a report is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `Module.method`.
    pub report: &'a str,
    /// Whose.
    pub site: SiteId,
    /// Kind of period.
    pub period: &'a str,
    /// Dates, none relative.
    pub date: &'a str,
    /// Of which visits.
    pub segment: Option<&'a str>,
}

/// A report as its statements.
pub struct BareReport {
    engine: Engine,
    plan: Plan,
}

impl BareReport {
    /// Plans a report of the catalogue as a request without further parameters does.
    ///
    /// # Errors
    /// [`ApiError::Query`] when there is no such report, or it cannot be planned.
    pub async fn new(clickhouse: &Client, asked: Asked<'_>) -> Result<Self, ApiError> {
        let engine = Engine::new(clickhouse.clone(), ApiOptions::default(), Metrics::new(&Registry::new())?);
        let plan = plan_of(&engine, asked).await.map_err(|fault| ApiError::Query(fault.message))?;
        Ok(Self { engine, plan })
    }

    /// Runs all statements at once and forgets what they answer.
    ///
    /// # Errors
    /// [`ApiError::Query`] when one fails.
    pub async fn run(&self) -> Result<(), ApiError> {
        let runs = self.plan.iter().map(|(_, statement)| self.engine.answer(statement));
        let answers = futures_util::future::try_join_all(runs).await;
        answers.map(drop).map_err(|fault| ApiError::Query(fault.message))
    }

    /// The statements as they are sent.
    pub fn statements(&self) -> impl Iterator<Item = String> {
        self.plan.iter().map(|(part, statement)| format!("{part:?}: {statement}"))
    }
}

async fn plan_of(engine: &Engine, asked: Asked<'_>) -> Result<Plan, Fault> {
    let no_report = || Fault::new(format!("no report {}", asked.report));
    let report = reports().find(|report| report.name == asked.report).ok_or_else(no_report)?;
    let sites = [asked.site];
    // No date is relative to it.
    let periods = period::parse(asked.period, asked.date, Date::MAX)?;
    let config = Config::default();
    let context = Context { config: &config, sites: &sites, is_user: true, hides_visitors: false };
    let segment = Segment::parse(asked.segment, context)?;
    let distinct = engine.distinct(&sites, &periods).await?;
    let scope = Scope { segment, distinct, levels: 1, ..Scope::new(&sites, periods) };
    Ok(plan::plan(report, &scope))
}
