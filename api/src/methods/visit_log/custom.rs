//! Custom dimensions and variables of visits and actions.

use std::collections::BTreeMap;

use crate::value::{Record, Value};

/// Values by the id of the dimension.
pub(super) type Dimensions = BTreeMap<u32, String>;
/// Name and value by slot.
pub(super) type Variables = BTreeMap<u8, (String, String)>;

/// Sets `dimension<id>`.
pub(super) fn dimensions(record: &mut Record, dimensions: &Dimensions) {
    for (id, value) in dimensions {
        record.set(format!("dimension{id}"), value.as_str());
    }
}

/// The variables in the order of their slots; their names begin with `prefix`.
pub(super) fn variables(variables: &Variables, prefix: &str) -> Value {
    let slots = variables.iter().map(|(slot, (name, value))| {
        let variable = Record::default()
            .with(format!("{prefix}Name{slot}"), name.as_str())
            .with(format!("{prefix}Value{slot}"), value.as_str());
        Value::Record(variable)
    });
    Value::List(slots.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §12.
    #[test]
    fn variables_name_their_slot() {
        let none = variables(&Variables::new(), "customVariable");
        assert_eq!(none, Value::List(Vec::new()));
        let some = variables(&Variables::from([(3, ("a".to_owned(), "b".to_owned()))]), "customVariable");
        let slot = Record::default().with("customVariableName3", "a").with("customVariableValue3", "b");
        assert_eq!(some, Value::List(vec![slot.into()]));
    }
}
