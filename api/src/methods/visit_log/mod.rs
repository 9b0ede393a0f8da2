//! The visit log: visits as they are, with what was done in them (`reports.md` §12).

mod action;
mod custom;
mod flat;
mod numbers;
mod sales;
mod shown;
mod spent;
mod visit;

use std::collections::HashMap;

use nagare_schema::{SiteId, UnixSeconds, VisitId};
use serde::de::DeserializeOwned;

use self::{
    action::{ActionRow, ConversionRow, ItemRow},
    numbers::Numbering,
    sales::{SalesRow, VisitorSales},
    shown::Shown,
    visit::VisitRow,
};
use super::Call;
use crate::{
    error::Fault,
    plan::{self, LoggedVisits, Statement, VisitLog},
    shape::Columns,
    table::{IdPlace, Row, Table},
    value::Record,
};

/// Actions shown of one visit.
const ACTIONS_MAX: u64 = 500;

/// A visit of the log.
pub(super) struct Logged {
    pub(super) visit: VisitRow,
    done: Done,
}

/// Where a visit stands in the log: its last action and its id.
type Place = (UnixSeconds, VisitId);

impl Logged {
    pub(super) fn place(&self) -> Place {
        (UnixSeconds(self.visit.last_at), VisitId(self.visit.id))
    }
}

/// The visits of a log.
pub(super) async fn read(call: &Call<'_>, log: &VisitLog) -> Result<Vec<Logged>, Fault> {
    let mut visits: Vec<VisitRow> = rows(call, &plan::visit_log(log)).await?;
    let Some(of) = logged(log, &visits) else { return Ok(Vec::new()) };
    let mut details = details(call, log, &of, &visits).await?;
    let numbers = plan::visit_numbers(&of, log.with_actions);
    if numbers::fill(call, &numbers, &mut visits, &mut details).await? == Numbering::Now && log.with_actions {
        // Products come in the order of their numbers, which they did not have before.
        details = self::details(call, log, &of, &visits).await?;
        numbers::fill(call, &numbers, &mut visits, &mut details).await?;
    }
    let sales = sales(call, log, &visits).await?;
    let logged = visits.into_iter().map(|visit| {
        let mut done = details.remove(&visit.id).unwrap_or_default();
        done.sales = sales.get(&(visit.site, visit.visitor)).copied().unwrap_or_default();
        Logged { visit, done }
    });
    Ok(logged.collect())
}

/// The visits as their sites show them.
pub(super) fn records(call: &Call<'_>, visits: &[Logged]) -> Vec<Record> {
    visits.iter().filter_map(|logged| record(call, logged)).collect()
}

fn record(call: &Call<'_>, logged: &Logged) -> Option<Record> {
    let site = call.caller.config.sites.get(&SiteId(logged.visit.site))?;
    Some(logged.visit.record(&Shown::new(site), &logged.done, call.caller.is_user()))
}

/// The visits of a log, each with its place in it.
pub(crate) async fn placed(call: &Call<'_>, log: &VisitLog) -> Result<Vec<(Place, Record)>, Fault> {
    let visits = read(call, log).await?;
    Ok(visits.iter().filter_map(|logged| Some((logged.place(), record(call, logged)?))).collect())
}

/// The visits of a log, one row each.
pub(super) async fn table(call: &Call<'_>, log: &VisitLog) -> Result<Table, Fault> {
    let mut records = records(call, &read(call, log).await?);
    if call.params.flag("flat") {
        records.iter_mut().for_each(flat::fill);
    }
    let rows = records.into_iter().map(|columns| Row { columns, ..Row::default() });
    let mut table = Table { rows: rows.collect(), ids: IdPlace::Hidden };
    Columns::read(call.params, true).table(&mut table);
    Ok(table)
}

/// What was done in a visit.
#[derive(Debug, Default)]
struct Done {
    actions: Vec<ActionRow>,
    conversions: Vec<ConversionRow>,
    items: Vec<ItemRow>,
    goal_names: HashMap<i32, String>,
    /// Conversions of goals.
    goals: usize,
    sales: VisitorSales,
}

/// Which visits of a log were read; `None` when there are none.
fn logged(log: &VisitLog, visits: &[VisitRow]) -> Option<LoggedVisits> {
    let from = visits.iter().map(|visit| visit.first_at).min()?;
    let to = visits.iter().map(|visit| visit.last_at).max()?;
    let ids = visits.iter().map(|visit| VisitId(visit.id)).collect();
    Some(LoggedVisits { sites: log.sites.clone(), ids, from: UnixSeconds(from), to: UnixSeconds(to) })
}

async fn details(
    call: &Call<'_>,
    log: &VisitLog,
    of: &LoggedVisits,
    visits: &[VisitRow],
) -> Result<HashMap<u64, Done>, Fault> {
    let mut details: HashMap<u64, Done> = HashMap::new();
    let conversions: Vec<ConversionRow> = rows(call, &plan::visit_conversions(of)).await?;
    for conversion in conversions {
        let done = details.entry(conversion.visit).or_default();
        done.goals += usize::from(conversion.goal > 0);
        // They are counted also where what was done is not shown.
        if log.with_actions {
            done.conversions.push(conversion);
        }
    }
    if !log.with_actions {
        return Ok(details);
    }
    let (actions, items) = (plan::visit_actions(of, ACTIONS_MAX), plan::visit_items(of));
    let (actions, items): (Vec<ActionRow>, Vec<ItemRow>) = tokio::try_join!(rows(call, &actions), rows(call, &items))?;
    actions.into_iter().for_each(|action| details.entry(action.visit).or_default().actions.push(action));
    items.into_iter().for_each(|item| details.entry(item.visit).or_default().items.push(item));
    for visit in visits {
        if let Some(done) = details.get_mut(&visit.id) {
            let goals = call.caller.config.goals_of(SiteId(visit.site));
            done.goal_names = goals.map(|goal| (goal.id, goal.name.clone())).collect();
        }
    }
    Ok(details)
}

/// What the visitors of shops bought.
async fn sales(
    call: &Call<'_>,
    log: &VisitLog,
    visits: &[VisitRow],
) -> Result<HashMap<(u32, u64), VisitorSales>, Fault> {
    let is_shop = |site: &SiteId| call.caller.config.sites.get(site).is_some_and(|site| site.ecommerce);
    let mut sales: HashMap<(u32, u64), VisitorSales> = HashMap::new();
    if !log.sites.iter().any(is_shop) {
        return Ok(sales);
    }
    let visitors: Vec<u64> = visits.iter().map(|visit| visit.visitor).collect();
    let sold: Vec<SalesRow> = rows(call, &plan::visitor_sales(&log.sites, &visitors)).await?;
    sold.iter().for_each(|row| sales.entry((row.site, row.visitor)).or_default().add(row));
    Ok(sales)
}

/// The rows of a statement, whose columns are the fields of `T` in order.
async fn rows<T: DeserializeOwned>(call: &Call<'_>, statement: &Statement) -> Result<Vec<T>, Fault> {
    let rows = call.engine.rows(statement).await?;
    let read: Result<Vec<T>, _> =
        rows.into_iter().map(|row| serde_json::from_value(serde_json::Value::Array(row))).collect();
    read.map_err(|error| {
        tracing::error!(%error, "a row of the visit log cannot be read");
        Fault::unavailable("The answer of the database cannot be read.")
    })
}
