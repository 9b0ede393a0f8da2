use nagare_schema::{Config, CustomDimension, DimensionScope, Goal, SiteId};

use super::{Descriptor, ENGLISH};

/// Reports that each goal has for itself.
const OF_GOALS: [&str; 3] = ["Goals.get", "Goals.getVisitsUntilConversion", "Goals.getDaysToConversion"];

/// The reports of a site in order, with those of its goals.
pub(crate) fn of_site(config: &Config, site: SiteId) -> Vec<Descriptor> {
    let sells = config.sites.get(&site).is_some_and(|site| site.ecommerce);
    let mut descriptors: Vec<Descriptor> = Vec::new();
    let all = ENGLISH.reports.iter().filter(|report| sells || report.category != "Ecommerce");
    for descriptor in all.map(Descriptor::of) {
        let ended = descriptors.last().filter(|last| last.category != descriptor.category);
        match ended.map(|last| last.category.as_str()) {
            Some("Goals") => add_goals(&mut descriptors, config, site),
            Some("Visitors") => descriptors.extend(of_dimensions(config, site, DimensionScope::Visit)),
            Some("Actions") => descriptors.extend(of_dimensions(config, site, DimensionScope::Action)),
            _ => {}
        }
        descriptors.push(descriptor);
    }
    descriptors
}

fn add_goals(descriptors: &mut Vec<Descriptor>, config: &Config, site: SiteId) {
    for goal in config.goals_of(site) {
        let of_goal = |name: &str| {
            let overview = ENGLISH.reports.iter().find(|report| report.name == name && report.goal.is_none())?;
            Some(about_goal(Descriptor::of(overview), goal))
        };
        descriptors.extend(OF_GOALS.into_iter().filter_map(of_goal));
    }
}

/// The reports about the site's active dimensions of the scope.
fn of_dimensions(config: &Config, site: SiteId, scope: DimensionScope) -> impl Iterator<Item = Descriptor> {
    let description = match scope {
        DimensionScope::Visit => &ENGLISH.dimension_reports.visit,
        DimensionScope::Action => &ENGLISH.dimension_reports.action,
    };
    let active = config.dimensions_of(site).filter(move |own| own.active && own.scope == scope);
    active.map(|dimension| about_dimension(Descriptor::of(description), dimension))
}

fn about_dimension(descriptor: Descriptor, dimension: &CustomDimension) -> Descriptor {
    Descriptor {
        subcategory: Some(format!("customdimension{}", dimension.id)),
        title: dimension.name.clone(),
        dimension: Some(dimension.name.clone()),
        parameters: vec![("idDimension", dimension.id.to_string())],
        ..descriptor
    }
}

fn about_goal(mut descriptor: Descriptor, goal: &Goal) -> Descriptor {
    descriptor.title = match descriptor.action() {
        "get" => format!("Goal {}", goal.name),
        _ => format!("{} - {}", goal.name, descriptor.title),
    };
    descriptor.has_goal_metrics = false;
    descriptor.parameters = vec![("idGoal", goal.id.to_string())];
    descriptor
}

/// The report of a site with these parameters; one without parameters when none has them all.
pub(crate) fn find(
    config: &Config,
    site: SiteId,
    name: &str,
    parameter: impl Fn(&str) -> Option<String>,
) -> Option<Descriptor> {
    let mut named: Vec<Descriptor> = of_site(config, site).into_iter().filter(|found| found.name() == name).collect();
    let has_all = |descriptor: &Descriptor| {
        let mut parameters = descriptor.parameters.iter();
        !descriptor.parameters.is_empty() && parameters.all(|(name, value)| parameter(name).as_ref() == Some(value))
    };
    let is_asked = |descriptor: &Descriptor| descriptor.parameters.iter().any(|(name, _)| parameter(name).is_some());
    if named.iter().any(is_asked) && !named.iter().any(has_all) {
        return None;
    }
    let at = named.iter().position(has_all).or_else(|| named.iter().position(|found| found.parameters.is_empty()))?;
    Some(named.swap_remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    #[test]
    fn ecommerce_is_described_where_it_is_sold() {
        let config = caller("root").config;
        let mut selling = (*config).clone();
        let site = selling.sites.values().next().unwrap().clone();
        let mut changed = (*site).clone();
        changed.ecommerce = !site.ecommerce;
        selling.sites.insert(site.id, std::sync::Arc::new(changed));
        let sells = |config: &Config| of_site(config, site.id).iter().any(|found| found.category == "Ecommerce");
        assert_ne!(sells(&config), sells(&selling));
    }

    #[test]
    fn a_report_is_found_by_name_and_goal() {
        let config = caller("root").config;
        let site = *config.sites.keys().next().unwrap();
        let found = |goal: Option<&str>| {
            let goal = goal.map(str::to_owned);
            find(&config, site, "Goals.get", move |_| goal.clone()).map(|found| found.unique_id())
        };
        assert_eq!(found(None), Some("Goals_get".to_owned()));
        assert_eq!(found(Some("0")), Some("Goals_get_idGoal--0".to_owned()));
        assert_eq!(found(Some("99")), None);
    }
}
