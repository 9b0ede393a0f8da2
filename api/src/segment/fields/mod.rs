//! The names of `segments.md` §5, as data.

mod behaviour;
mod ecommerce;
mod origin;
mod visitors;

use nagare_schema::DimensionScope;

use super::{
    Context,
    field::{Category, Column, Field, Rows, Source},
};

/// Slots of custom variables and product categories.
pub(crate) const SLOTS: u32 = 5;

/// What names of custom dimensions begin with; the id follows.
pub(crate) const DIMENSION: &str = "dimension";

/// Every name but those of custom dimensions.
pub(crate) fn fields() -> impl Iterator<Item = &'static Field> {
    [visitors::FIELDS, origin::FIELDS, behaviour::FIELDS, ecommerce::FIELDS].into_iter().flatten()
}

/// The field of a name, and its slot when a number follows the name.
pub(crate) fn find(name: &str) -> Option<(Field, Option<u32>)> {
    if let Some(field) = fields().find(|field| field.name == name) {
        return Some((*field, None));
    }
    let base = name.trim_end_matches(|char: char| char.is_ascii_digit());
    let slot = name[base.len()..].parse().ok().filter(|slot| (1..=SLOTS).contains(slot))?;
    let field = fields().find(|field| field.name == base && matches!(field.source, Source::Slots(..)))?;
    Some((*field, Some(slot)))
}

/// The field of `dimension<id>`, when a site of the request has it and it is active.
pub(crate) fn of_dimension(name: &str, context: Context<'_>) -> Option<Field> {
    let id: u32 = name.strip_prefix(DIMENSION)?.parse().ok()?;
    let mut configured = context.sites.iter().filter_map(|site| context.config.dimensions.get(&(*site, id)));
    let (rows, category) = match configured.find(|dimension| dimension.active)?.scope {
        DimensionScope::Visit => (Rows::Visits, Category::Visitors),
        DimensionScope::Action => (Rows::Actions, Category::Behaviour),
    };
    let column = Column::text("dimensions[#]").at(id);
    Some(Field::new(DIMENSION, "Custom Dimension", Source::Column(rows, column)).within(category))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_unions_are_of_names() {
        let names: Vec<&str> = fields().map(|field| field.name).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        for field in fields() {
            if let Source::Union(members) = field.source {
                for member in members {
                    assert!(find(member).is_some(), "{member}");
                }
            }
        }
    }

    #[test]
    fn a_number_names_a_slot_of_a_family_only() {
        assert_eq!(
            find("customVariableName3").map(|(field, slot)| (field.name, slot)),
            Some(("customVariableName", Some(3)))
        );
        for name in ["customVariableName0", "customVariableName6", "pageUrl1", "nothing", ""] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
