//! The numbers of a page, download or outlink, and their sums (`reports.md` §5.3).

use std::collections::BTreeMap;

use super::{View, goals, quotient, round};
use crate::value::{Record, Value};

/// Page timings in the order of their columns.
pub(crate) const TIMINGS: [&str; 6] = ["network", "server", "transfer", "dom_processing", "dom_completion", "on_load"];

/// Places of rows that a day is divided into.
const PLACES_MAX: f64 = 1e9;

/// Samples of one measure.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Samples {
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

/// Visits that begin with a page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Entries {
    pub(super) visitors: f64,
    pub(super) visits: f64,
    pub(super) actions: f64,
    pub(super) seconds: f64,
    pub(super) bounces: f64,
}

/// Visits that end with a page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Exits {
    pub(super) visitors: f64,
    pub(super) visits: f64,
    pub(super) first_day: f64,
}

/// One goal on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct GoalOfPage {
    pub(super) conversions: f64,
    pub(super) revenue: f64,
    pub(super) pages_before: f64,
    /// The first day of a conversion.
    pub(super) first_day: f64,
    pub(super) conversions_share: f64,
    pub(super) revenue_share: f64,
    /// Conversions and revenue of visits that began with the page, and both by such a visit: as in
    /// Matomo the rates of days and pages add up.
    pub(super) entry: Option<[f64; 4]>,
}

/// The numbers of a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Numbers {
    pub(super) visits: f64,
    pub(super) visitors: f64,
    pub(super) hits: f64,
    pub(super) seconds: f64,
    pub(super) after_search: f64,
    pub(super) timings: [Samples; 6],
    pub(super) bandwidth: Samples,
    pub(super) entries: Option<Entries>,
    pub(super) exits: Option<Exits>,
    pub(super) goals: BTreeMap<i32, GoalOfPage>,
}

/// What of the numbers is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) view: &'a View<'a>,
    /// Has no rows below it: distinct counts are known.
    pub(super) is_leaf: bool,
    pub(super) is_first_level: bool,
    /// Timings that some row has.
    pub(super) timings: [bool; 6],
    /// Conversions of each goal.
    pub(super) totals: &'a BTreeMap<i32, f64>,
}

impl Samples {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.into_iter().chain(other.min).reduce(f64::min);
        self.max = self.max.into_iter().chain(other.max).reduce(f64::max);
    }
}

impl Numbers {
    /// The place of the row among those that say something on a day.
    pub(super) fn told_at(mut self, place: usize) -> Self {
        let part_of_day = place as f64 / PLACES_MAX;
        self.exits.iter_mut().for_each(|exits| exits.first_day += part_of_day);
        self.goals.values_mut().for_each(|goal| goal.first_day += part_of_day);
        self
    }

    /// Adds what another row counts.
    pub(super) fn add(&mut self, other: &Self) {
        self.visits += other.visits;
        self.visitors += other.visitors;
        self.hits += other.hits;
        self.seconds += other.seconds;
        self.after_search += other.after_search;
        self.timings.iter_mut().zip(&other.timings).for_each(|(own, other)| own.add(other));
        self.bandwidth.add(&other.bandwidth);
        if let Some(other) = &other.entries {
            let own = self.entries.get_or_insert_default();
            own.visitors += other.visitors;
            own.visits += other.visits;
            own.actions += other.actions;
            own.seconds += other.seconds;
            own.bounces += other.bounces;
        }
        if let Some(other) = &other.exits {
            let own = self.exits.get_or_insert(Exits { first_day: other.first_day, ..Exits::default() });
            own.visitors += other.visitors;
            own.visits += other.visits;
            own.first_day = own.first_day.min(other.first_day);
        }
        for (goal, other) in &other.goals {
            let none = GoalOfPage { first_day: other.first_day, ..GoalOfPage::default() };
            self.goals.entry(*goal).or_insert(none).add(other);
        }
    }

    /// The columns of a row with these numbers, without its label.
    pub(super) fn fill(&self, columns: &mut Record, shown: &Shown<'_>) {
        let uniques = shown.is_leaf && shown.view.is_day;
        columns.set("nb_visits", Value::number(self.visits));
        if uniques {
            columns.set("nb_uniq_visitors", Value::number(self.visitors));
        }
        columns.set("nb_hits", Value::number(self.hits));
        columns.set("sum_time_spent", Value::number(self.seconds));
        if self.after_search > 0.0 {
            columns.set("nb_hits_following_search", Value::number(self.after_search));
        }
        for ((name, samples), _) in TIMINGS.iter().zip(&self.timings).zip(shown.timings).filter(|(_, shown)| *shown) {
            samples.fill_timing(columns, name, uniques);
        }
        self.bandwidth.fill_bandwidth(columns);
        self.fill_entries(columns, uniques);
        let exits_follow = self.exits_follow_goals();
        if !exits_follow {
            self.fill_exits(columns, uniques);
        }
        if !self.goals.is_empty() {
            let goals = self.goals.iter().map(|(goal, numbers)| {
                let total = shown.totals.get(goal).copied().filter(|_| shown.is_first_level);
                (goals::name(*goal), numbers.columns(total))
            });
            columns.set("goals", goals.collect::<Record>());
        }
        if exits_follow {
            self.fill_exits(columns, uniques);
        }
        if shown.is_leaf && !shown.view.is_day {
            self.fill_daily(columns);
        }
    }

    /// As in Matomo, columns stand in the order in which days told of them.
    fn exits_follow_goals(&self) -> bool {
        let converted = self.goals.values().map(|goal| goal.first_day).reduce(f64::min);
        self.exits.zip(converted).is_some_and(|(exits, converted)| converted < exits.first_day)
    }

    fn fill_entries(&self, columns: &mut Record, uniques: bool) {
        if let Some(entries) = &self.entries {
            if uniques {
                columns.set("entry_nb_uniq_visitors", Value::number(entries.visitors));
            }
            columns.set("entry_nb_visits", Value::number(entries.visits));
            columns.set("entry_nb_actions", Value::number(entries.actions));
            columns.set("entry_sum_visit_length", Value::number(entries.seconds));
            columns.set("entry_bounce_count", Value::number(entries.bounces));
        }
    }

    fn fill_exits(&self, columns: &mut Record, uniques: bool) {
        if let Some(exits) = &self.exits {
            if uniques {
                columns.set("exit_nb_uniq_visitors", Value::number(exits.visitors));
            }
            columns.set("exit_nb_visits", Value::number(exits.visits));
        }
    }

    /// Distinct counts of days, added up.
    fn fill_daily(&self, columns: &mut Record) {
        columns.set("sum_daily_nb_uniq_visitors", Value::number(self.visitors));
        if let Some(entries) = &self.entries {
            columns.set("sum_daily_entry_nb_uniq_visitors", Value::number(entries.visitors));
        }
        if let Some(exits) = &self.exits {
            columns.set("sum_daily_exit_nb_uniq_visitors", Value::number(exits.visitors));
        }
    }
}

impl Samples {
    pub(super) fn fill_bandwidth(&self, columns: &mut Record) {
        columns.set("sum_bandwidth", Value::number(self.sum));
        columns.set("nb_hits_with_bandwidth", Value::number(self.count));
        columns.set("min_bandwidth", self.min.map_or(Value::Null, Value::number));
        columns.set("max_bandwidth", self.max.map_or(Value::Null, Value::number));
    }

    /// Seconds of milliseconds; of one page and day with four decimals.
    fn fill_timing(&self, columns: &mut Record, name: &str, is_single: bool) {
        let sum = self.sum / 1000.0;
        let seconds = |milliseconds: Option<f64>| {
            milliseconds.map_or(Value::Null, |milliseconds| Value::Text(format!("{:.4}", milliseconds / 1000.0)))
        };
        let shown = if is_single { Value::Text(format!("{sum:.4}")) } else { Value::number(round(sum, 4)) };
        columns.set(format!("sum_time_{name}"), shown);
        columns.set(format!("nb_hits_with_time_{name}"), Value::number(self.count));
        columns.set(format!("min_time_{name}"), seconds(self.min));
        columns.set(format!("max_time_{name}"), seconds(self.max));
    }
}

impl GoalOfPage {
    fn add(&mut self, other: &Self) {
        self.conversions += other.conversions;
        self.revenue += other.revenue;
        self.pages_before += other.pages_before;
        self.first_day = self.first_day.min(other.first_day);
        self.conversions_share += other.conversions_share;
        self.revenue_share += other.revenue_share;
        if let Some(other) = &other.entry {
            let own = self.entry.get_or_insert_default();
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
    }

    /// `total`: all conversions of the goal, where the rate is told. A page seen several times before
    /// a conversion has it as often, but no rate above one.
    fn columns(&self, total: Option<f64>) -> Record {
        let mut record = Record::default();
        if self.conversions > 0.0 {
            let rate = quotient(self.conversions, total.unwrap_or(0.0), 3).min(1.0);
            record = record
                .with("nb_conversions", Value::number(self.conversions))
                .with("revenue", Value::number(round(self.revenue, 2)))
                .with("nb_conv_pages_before", Value::number(self.pages_before))
                .with("nb_conversions_attrib", Value::number(round(self.conversions_share, 4)))
                .with("nb_conversions_page_rate", Value::number(rate))
                .with("nb_conversions_page_uniq", Value::number(self.conversions))
                .with("revenue_attrib", Value::number(round(self.revenue_share, 4)));
        }
        if let Some([conversions, revenue, rate, revenue_rate]) = self.entry {
            record.set("revenue_entry", Value::number(round(revenue, 2)));
            record.set("nb_conversions_entry_rate", Value::number(round(rate, 3)));
            record.set("revenue_per_entry", Value::number(round(revenue_rate, 3)));
            record.set("nb_conversions_entry", Value::number(conversions));
        }
        record
    }
}
