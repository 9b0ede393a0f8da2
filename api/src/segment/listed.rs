//! The names that a caller may use, as clients list them (`segments.md` §6).

use super::{
    Context,
    field::{Category, Field, Kind, Listing, Reading, Source, Suggestion},
    fields,
};

/// A name of the language and what clients show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) category: Category,
    pub(crate) kind: Kind,
    /// For users only.
    pub(crate) restricted: bool,
    /// The names that it stands for.
    pub(crate) members: Vec<String>,
    /// All values there are.
    pub(crate) accepted: Option<Vec<&'static str>>,
}

/// Every name that the caller may use, by category, metrics first, and by title; with those that are
/// accepted and usually not shown when `all`.
pub(crate) fn listed(context: Context<'_>, all: bool) -> Vec<Listed> {
    let shown = |field: &&Field| match field.listing {
        Listing::Listed => true,
        Listing::Restricted => context.is_user && !context.hides(field.name),
        Listing::Unlisted => all,
    };
    let mut names: Vec<Listed> = fields::fields().filter(shown).flat_map(|field| with_slots(field, all)).collect();
    for dimension in context.sites.iter().flat_map(|site| context.config.dimensions_of(*site)) {
        let name = format!("{}{}", fields::DIMENSION, dimension.id);
        if names.iter().any(|known| known.name == name) {
            continue;
        }
        if let Some(field) = fields::of_dimension(&name, context) {
            names.push(Listed { name, title: dimension.name.clone(), ..Listed::of(&field) });
        }
    }
    names.sort_by(|a, b| (a.category, a.kind, &a.title).cmp(&(b.category, b.kind, &b.title)));
    names
}

/// A family of slots, and its members where they are shown.
fn with_slots(field: &Field, all: bool) -> Vec<Listed> {
    let own = Listed::of(field);
    let is_family = matches!(field.source, Source::Slots(..));
    let shown = if is_family && (all || field.category != Category::Ecommerce) { fields::SLOTS } else { 0 };
    let of_slot = |slot| Listed {
        name: format!("{}{slot}", field.name),
        title: match field.title.split_once(" (") {
            Some((title, rest)) => format!("{title} {slot} ({rest}"),
            None => format!("{} {slot}", field.title),
        },
        members: Vec::new(),
        ..own.clone()
    };
    std::iter::once(own.clone()).chain((1..=shown).map(of_slot)).collect()
}

impl Listed {
    fn of(field: &Field) -> Self {
        Self {
            name: field.name.to_owned(),
            title: field.title.to_owned(),
            category: field.category,
            kind: field.kind,
            restricted: field.listing == Listing::Restricted,
            members: match field.source {
                Source::Union(members) => members.iter().map(|member| (*member).to_owned()).collect(),
                Source::Slots(..) => (1..=fields::SLOTS).map(|slot| format!("{}{slot}", field.name)).collect(),
                Source::Column(..) | Source::AnyRow(..) => Vec::new(),
            },
            accepted: match (field.reading, field.suggestion) {
                (Reading::Numbered { names, .. }, _) => Some(names.iter().map(|(name, _)| *name).collect()),
                (_, Suggestion::Listed(values)) => Some(values.to_vec()),
                _ => None,
            },
        }
    }
}

impl Category {
    /// What the category is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Visitors => "Visitors",
            Self::Location => "Visitor location",
            Self::CustomVariables => "Custom Variables",
            Self::Behaviour => "Behaviour",
            Self::Events => "Events",
            Self::Acquisition => "Acquisition",
            Self::Ecommerce => "Ecommerce",
        }
    }
}

impl Kind {
    /// What the kind is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Dimension => "dimension",
        }
    }
}

#[cfg(test)]
mod tests {
    use nagare_schema::{Config, CustomDimension, Entity, SiteId};

    use super::*;

    fn names(is_user: bool, all: bool) -> Vec<String> {
        let mut config = Config::default();
        for (id, active) in [(4, true), (5, false)] {
            let dimension = CustomDimension { id, active, name: "Plan".to_owned(), ..CustomDimension::default() };
            let entity = Entity::Dimension(SiteId(1), dimension);
            config.apply(1, &entity.key(), Some(entity));
        }
        let context = Context { config: &config, sites: &[SiteId(1), SiteId(2)], is_user, hides_visitors: false };
        listed(context, all).into_iter().map(|listed| listed.name).collect()
    }

    #[test]
    fn section_6_names_are_listed_for_whom_they_are() {
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        let (user, anonymous, all) = (names(true, false), names(false, false), names(true, true));
        assert!(has(&user, "visitIp") && !has(&anonymous, "visitIp"));
        assert!(has(&user, "dimension4") && !has(&user, "dimension5"));
        assert!(has(&user, "customVariableName3") && !has(&user, "productCategory3"));
        assert!(has(&all, "productCategory3") && has(&all, "visitServerMinute") && !has(&user, "visitServerMinute"));
    }

    #[test]
    fn section_6_metrics_come_first_and_names_in_order() {
        let user = names(true, false);
        assert_eq!(user[..3], ["actions", "daysSinceFirstVisit", "daysSinceLastEcommerceOrder"]);
        let at = |name: &str| user.iter().position(|known| known == name);
        assert!(at("visitIp") < at("browserName") && at("browserName") < at("browserCode"));
        assert!(at("visitorType") < at("bandwidth") && at("bandwidth") < at("actionType"));
    }
}
