//! PrivacyManager (`reports.md` §23): which columns of recorded visits can be emptied.

use super::{Method, at_once};
use crate::{
    permission::Permission,
    value::{Record, Value},
};

pub(super) const METHODS: &[Method] = &[
    Method::configuration("PrivacyManager.getAvailableVisitColumnsToAnonymize", Permission::Superuser, |_, _| {
        at_once(Ok(columns(&[OF_VISITS, OF_BOTH].concat())))
    }),
    Method::configuration(
        "PrivacyManager.getAvailableLinkVisitActionColumnsToAnonymize",
        Permission::Superuser,
        |_, _| at_once(Ok(columns(&[OF_ACTIONS, OF_BOTH].concat()))),
    ),
];

/// Columns that are a number even when nothing is known.
const NUMBERS: [&str; 4] =
    ["idaction_url_ref", "visit_exit_idaction_url", "visit_total_interactions", "visitor_count_visits"];

/// Columns of visits and of actions.
const OF_BOTH: &[&str] = &[
    "custom_dimension_1",
    "custom_dimension_2",
    "custom_dimension_3",
    "custom_dimension_4",
    "custom_dimension_5",
    "custom_var_k1",
    "custom_var_k2",
    "custom_var_k3",
    "custom_var_k4",
    "custom_var_k5",
    "custom_var_v1",
    "custom_var_v2",
    "custom_var_v3",
    "custom_var_v4",
    "custom_var_v5",
];

const OF_VISITS: &[&str] = &[
    "config_browser_engine",
    "config_browser_name",
    "config_browser_version",
    "config_client_type",
    "config_cookie",
    "config_device_brand",
    "config_device_model",
    "config_device_type",
    "config_flash",
    "config_java",
    "config_os",
    "config_os_version",
    "config_pdf",
    "config_quicktime",
    "config_realplayer",
    "config_resolution",
    "config_silverlight",
    "config_windowsmedia",
    "last_idlink_va",
    "location_browser_lang",
    "location_city",
    "location_country",
    "location_latitude",
    "location_longitude",
    "location_region",
    "profilable",
    "referer_keyword",
    "referer_name",
    "referer_type",
    "referer_url",
    "user_id",
    "visit_entry_idaction_name",
    "visit_entry_idaction_url",
    "visit_exit_idaction_name",
    "visit_exit_idaction_url",
    "visit_goal_buyer",
    "visit_goal_converted",
    "visit_total_actions",
    "visit_total_events",
    "visit_total_interactions",
    "visit_total_searches",
    "visitor_count_visits",
    "visitor_localtime",
    "visitor_returning",
    "visitor_seconds_since_first",
    "visitor_seconds_since_last",
    "visitor_seconds_since_order",
];

const OF_ACTIONS: &[&str] = &[
    "bandwidth",
    "custom_float",
    "idaction_content_interaction",
    "idaction_content_name",
    "idaction_content_piece",
    "idaction_content_target",
    "idaction_event_action",
    "idaction_event_category",
    "idaction_name",
    "idaction_name_ref",
    "idaction_product_cat",
    "idaction_product_cat2",
    "idaction_product_cat3",
    "idaction_product_cat4",
    "idaction_product_cat5",
    "idaction_product_name",
    "idaction_product_sku",
    "idaction_url",
    "idaction_url_ref",
    "idpageview",
    "pageview_position",
    "product_price",
    "search_cat",
    "search_count",
    "time_dom_completion",
    "time_dom_processing",
    "time_network",
    "time_on_load",
    "time_server",
    "time_spent",
    "time_spent_ref_action",
    "time_transfer",
];

/// The columns by name, with what they hold once they are emptied.
fn columns(names: &[&'static str]) -> Value {
    let mut names = names.to_vec();
    names.sort_unstable();
    let column = |name: &'static str| {
        let default = if NUMBERS.contains(&name) { Value::Int(0) } else { Value::Null };
        Value::Record(Record::default().with("column_name", name).with("default_value", default))
    };
    Value::List(names.into_iter().map(column).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §23: sorted by name
    #[test]
    fn columns_are_sorted_and_numbers_become_zero() {
        let Value::List(columns) = columns(&[OF_VISITS, OF_BOTH].concat()) else { panic!("a list") };
        let names: Vec<String> = columns
            .iter()
            .filter_map(
                |column| if let Value::Record(column) = column { column.get("column_name")?.as_text() } else { None },
            )
            .collect();
        assert!(names.is_sorted() && names.len() == OF_VISITS.len() + OF_BOTH.len());
        assert!(
            columns
                .iter()
                .any(|column| matches!(column, Value::Record(column) if column.number("default_value") == Some(0.0)))
        );
    }
}
