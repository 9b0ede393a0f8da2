//! Names about what was done in a visit. The kinds of `actions` are those of the dictionary:
//! 1 page view, 2 outlink, 3 download, 8 search, 10 event, 13 content.

use crate::segment::field::{Category, Column, Field, Listing, Reading, Source, Suggestion};

const ACTION_TYPES: Reading = Reading::Numbered {
    column: "log_action.type",
    names: &[
        ("pageviews", 1),
        ("contents", 13),
        ("sitesearches", 8),
        ("events", 10),
        ("outlinks", 2),
        ("downloads", 3),
    ],
};

const fn exact(name: &'static str, title: &'static str, sql: &'static str, guard: &'static str) -> Field {
    Field::action(name, title, Column::exact(sql).of(guard))
}

const fn event(name: &'static str, title: &'static str, column: Column) -> Field {
    Field::action(name, title, column.of("kind = 10")).within(Category::Events)
}

const fn content(name: &'static str, title: &'static str, sql: &'static str) -> Field {
    Field::action(name, title, Column::exact(sql).of("kind = 13"))
}

pub(super) const FIELDS: &[Field] = &[
    Field::action("pageUrl", "Page URL", Column::url("url").of("kind = 1")).reading(Reading::Url),
    exact("pageTitle", "Page Title", "name", "kind = 1"),
    Field::visit("entryPageUrl", "Entry Page URL", Column::url("entry_url"))
        .within(Category::Behaviour)
        .reading(Reading::Url),
    Field::visit("entryPageTitle", "Entry Page title", Column::exact("entry_title")).within(Category::Behaviour),
    Field::visit("exitPageUrl", "Exit Page URL", Column::url("exit_url"))
        .within(Category::Behaviour)
        .reading(Reading::Url),
    // A visit that ends with a search has its keyword there.
    Field::visit("exitPageTitle", "Exit Page Title", Column::exact("exit_title"))
        .within(Category::Behaviour)
        .suggesting(Suggestion::Of("pageTitle")),
    Field::new("actionUrl", "Action URL", Source::Union(&["pageUrl", "downloadUrl", "outlinkUrl", "eventUrl"]))
        .within(Category::Behaviour),
    exact("downloadUrl", "Download URL", "url", "kind = 3"),
    exact("outlinkUrl", "Clicked Outlink", "url", "kind = 2"),
    exact("siteSearchKeyword", "Keyword (Site Search)", "name", "kind = 8"),
    Field::action("siteSearchCategory", "Category (Site Search)", Column::text("search_category").of("kind = 8")),
    Field::action("siteSearchCount", "Keyword count (Site Search)", Column::number("search_count").of("kind = 8")),
    content("contentName", "Content Name", "content_name"),
    content("contentPiece", "Content Piece", "content_piece"),
    content("contentTarget", "Content Target", "content_target"),
    content("contentInteraction", "Content Interaction", "content_interaction"),
    Field::action("actionType", "Action Type", Column::number("kind")).reading(ACTION_TYPES),
    Field::action("actionServerHour", "Site time — hour", Column::number("toHour(at)"))
        .suggesting(Suggestion::Numbers(0, 23)),
    Field::action("actionServerMinute", "Time in UTC — minute", Column::number("toMinute(at)"))
        .suggesting(Suggestion::Numbers(0, 59)),
    Field::action("bandwidth", "Bandwidth", Column::number("bandwidth")).metric(),
    Field::action("interaction_position", "Interaction Position", Column::number("position"))
        .metric()
        .listing(Listing::Unlisted),
    event("eventCategory", "Event Category", Column::exact("event_category")),
    event("eventAction", "Event Action", Column::exact("event_action")),
    event("eventName", "Event Name", Column::exact("name")),
    Field::action("eventUrl", "Event URL", Column::url("url").of("kind = 10"))
        .within(Category::Events)
        .reading(Reading::Url),
    event("eventValue", "Event Value", Column::number("event_value")).metric(),
];
