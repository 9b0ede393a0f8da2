//! Pages of reports and the widgets on them (`reports.md` §24): data in `pages.json`, and a page for each
//! custom dimension. Pages have no help: Matomo's is a manual of its own.

use std::sync::LazyLock;

use nagare_schema::{Config, CustomDimension, DimensionScope, SiteId};
use serde::Deserialize;

use crate::value::{Record, Value};

/// Where the page of the first custom dimension stands among those of its category.
const FIRST_DIMENSION: usize = 70;
/// Where the widget of a custom dimension stands, without its id.
const DIMENSION_WIDGETS: u32 = 200;
/// Of categories and pages that are named beside a widget.
const ANY_ORDER: u32 = 99;

static PAGES: LazyLock<Pages> = LazyLock::new(|| serde_json::from_str(include_str!("pages.json")).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pages {
    categories: Vec<Category>,
    pages: Vec<Page>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    id: String,
    /// As the menu names it.
    name: String,
    /// As its reports name it.
    reports: String,
    order: u32,
    icon: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Page {
    category: String,
    id: String,
    name: String,
    order: usize,
    widgets: Vec<Widget>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Widget {
    name: String,
    /// `Module.method`.
    method: String,
    order: u32,
    /// How it is drawn; empty where it has a look of its own.
    #[serde(default = "table")]
    view: String,
    /// It is drawn so whatever its report is drawn as.
    #[serde(default)]
    forced: bool,
    #[serde(default)]
    parameters: Vec<(String, String)>,
    #[serde(default)]
    wide: bool,
    #[serde(default = "yes")]
    report: bool,
    /// Of a widget that holds others.
    layout: Option<String>,
    #[serde(default)]
    widgets: Vec<Widget>,
}

fn table() -> String {
    "table".to_owned()
}

fn yes() -> bool {
    true
}

/// The pages of a site.
pub(crate) fn pages(config: &Config, site: SiteId) -> Value {
    let of_category = |category: &'static Category| {
        let scope = match category.reports.as_str() {
            "Actions" => DimensionScope::Action,
            _ => DimensionScope::Visit,
        };
        let dimensions = config.dimensions_of(site).filter(|dimension| dimension.active).enumerate();
        let own = dimensions.filter(move |(_, dimension)| dimension.scope == scope);
        let own = own.map(|(place, dimension)| of_dimension(dimension, place).record(category));
        let described = PAGES.pages.iter().filter(|page| page.category == category.id);
        own.chain(described.map(|page| page.record(category))).collect::<Vec<Record>>()
    };
    Value::List(PAGES.categories.iter().flat_map(of_category).map(Value::Record).collect())
}

fn of_dimension(dimension: &CustomDimension, place: usize) -> Page {
    let widget = Widget {
        name: dimension.name.clone(),
        method: "CustomDimensions.getCustomDimension".to_owned(),
        order: DIMENSION_WIDGETS + dimension.id,
        view: table(),
        forced: false,
        parameters: vec![("idDimension".to_owned(), dimension.id.to_string())],
        wide: false,
        report: true,
        layout: None,
        widgets: Vec::new(),
    };
    Page {
        id: format!("customdimension{}", dimension.id),
        name: dimension.name.clone(),
        order: FIRST_DIMENSION + place,
        widgets: vec![widget],
        ..Page::default()
    }
}

impl Category {
    fn record(&self) -> Record {
        self.named(&self.name, self.order, &self.icon).with("help", "").with("widget", "")
    }

    /// As it is told of a widget in another.
    fn beside(&self) -> Record {
        self.named(&self.reports, ANY_ORDER, "").with("help", "").with("widget", "")
    }

    fn named(&self, name: &str, order: u32, icon: &str) -> Record {
        let record = Record::default().with("id", self.id.clone()).with("name", name.to_owned());
        record.with("order", i64::from(order)).with("icon", icon.to_owned())
    }
}

impl Page {
    fn record(&self, category: &Category) -> Record {
        let widgets = self.widgets.iter().map(|widget| widget.record(None, (category, self)).into());
        Record::default()
            .with("uniqueId", format!("{}.{}", category.id, self.id))
            .with("category", Value::Record(category.record()))
            .with("subcategory", Value::Record(self.named(self.order)))
            .with("widgets", Value::List(widgets.collect()))
    }

    fn named(&self, order: usize) -> Record {
        let record = Record::default().with("id", self.id.clone()).with("name", self.name.clone());
        record.with("order", i64::try_from(order).unwrap_or(i64::MAX)).with("help", "")
    }
}

impl Widget {
    /// `within` is the widget that holds this one.
    fn record(&self, within: Option<&Widget>, (category, page): (&Category, &Page)) -> Record {
        let (module, action) = self.method.split_once('.').unwrap_or((&self.method, ""));
        let mut record = Record::default().with("name", self.name.clone());
        if within.is_some() {
            record.set("category", Value::Record(category.beside()));
            record.set("subcategory", Value::Record(page.named(ANY_ORDER as usize)));
        }
        let parameters = self.parameters(module, action);
        let id = self.id(&parameters);
        let mut record = record
            .with("module", module.to_owned())
            .with("action", action.to_owned())
            .with("order", i64::from(self.order))
            .with("parameters", Value::Record(parameters.into_iter().collect()))
            .with("uniqueId", id)
            .with("isWide", self.wide);
        if !self.view.is_empty() {
            record.set("viewDataTable", self.view.clone());
        }
        if self.report {
            record.set("isReport", true);
        }
        if let Some(layout) = &self.layout {
            let widgets = self.widgets.iter().map(|widget| widget.record(Some(self), (category, page)).into());
            record.set("layout", layout.clone());
            record.set("isContainer", true);
            record.set("widgets", Value::List(widgets.collect()));
        }
        record
    }

    fn parameters(&self, module: &str, action: &str) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let forced = [pair("forceView", "1"), pair("viewDataTable", &self.view)];
        let forced = forced.into_iter().filter(|_| self.forced);
        let own = self.parameters.iter().cloned();
        forced.chain([pair("module", module), pair("action", action)]).chain(own).collect()
    }

    /// A widget that holds others is known by its id alone.
    fn id(&self, parameters: &[(String, String)]) -> String {
        if let Some((_, id)) = parameters.iter().find(|(name, _)| name == "containerId") {
            return format!("widget{id}");
        }
        let others = parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "module" | "action"));
        let others: String = others.map(|(name, value)| format!("{name}{value}")).collect();
        format!("widget{}{others}", self.method.replace('.', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    #[test]
    fn pages_are_readable_and_in_known_categories() {
        assert!(!PAGES.pages.is_empty());
        assert!(PAGES.pages.iter().all(|page| PAGES.categories.iter().any(|category| category.id == page.category)));
    }

    /// `reports.md` §24
    #[test]
    fn widgets_are_known_by_method_and_parameters() {
        let config = caller("root").config;
        let Value::List(pages) = pages(&config, *config.sites.keys().next().unwrap()) else { panic!("a list") };
        let text = format!("{pages:?}");
        for id in ["widgetVisitFrequencygetforceView1viewDataTablesparklines", "widgetEvents"] {
            assert!(text.contains(id), "{id}");
        }
    }
}
