//! Names about a visit and who made it.

use crate::segment::{
    called::Vocabulary,
    field::{
        Category, Column, Field,
        Listing::{Restricted, Unlisted},
        Reading, Rows, Source, Suggestion,
    },
};

/// Minutes of an hour, seconds of a minute.
const SIXTY: Suggestion = Suggestion::Numbers(0, 59);
const HOURS: Suggestion = Suggestion::Numbers(0, 23);
const ENGINES: [&str; 19] = [
    "WebKit",
    "Blink",
    "Trident",
    "Text-based",
    "Dillo",
    "iCab",
    "Elektra",
    "Presto",
    "Clecko",
    "Gecko",
    "KHTML",
    "NetFront",
    "Edge",
    "NetSurf",
    "Servo",
    "Goanna",
    "EkiohFlow",
    "Arachne",
    "LibWeb",
];

const DEVICE_TYPES: Reading = Reading::Numbered {
    column: "log_visit.config_device_type",
    names: &[
        ("desktop", 0),
        ("smartphone", 1),
        ("tablet", 2),
        ("feature phone", 3),
        ("console", 4),
        ("tv", 5),
        ("car browser", 6),
        ("smart display", 7),
        ("camera", 8),
        ("portable media player", 9),
        ("phablet", 10),
        ("smart speaker", 11),
        ("wearable", 12),
        ("peripheral", 13),
    ],
};
const ECOMMERCE_STATUS: Reading = Reading::Numbered {
    column: "log_visit.visit_goal_buyer",
    names: &[("none", 0), ("ordered", 1), ("abandonedCart", 2), ("orderedThenAbandonedCart", 3)],
};

const fn number(name: &'static str, title: &'static str, sql: &'static str) -> Field {
    Field::visit(name, title, Column::number(sql))
}

const fn text(name: &'static str, title: &'static str, sql: &'static str) -> Field {
    Field::visit(name, title, Column::text(sql))
}

const fn variable(name: &'static str, title: &'static str, rows: Rows, sql: &'static str) -> Field {
    Field::new(name, title, Source::Slots(rows, Column::text(sql))).within(Category::CustomVariables)
}

pub(super) const FIELDS: &[Field] = &[
    number("actions", "Actions In Visit", "actions").metric(),
    number("interactions", "Number of Interactions", "interactions").metric().suggesting(Suggestion::Numbers(1, 100)),
    number("searches", "Number of Internal Searches", "searches").metric(),
    number("events", "Events", "events").metric(),
    number("visitCount", "Number of visits", "visit_count").metric(),
    number("visitDuration", "Visit Duration (in seconds)", "total_time").metric(),
    number("daysSinceFirstVisit", "Days since first visit", "seconds_since_first").metric().reading(Reading::Days),
    number("secondsSinceFirstVisit", "Seconds since first visit", "seconds_since_first").metric(),
    number("daysSinceLastVisit", "Days since last visit", "intDiv(seconds_since_last, 86400)").metric(),
    number("secondsSinceLastVisit", "Seconds since last visit", "seconds_since_last").metric(),
    number("daysSinceLastEcommerceOrder", "Days since last Ecommerce order", "intDiv(seconds_since_order, 86400)")
        .metric(),
    number("secondsSinceLastEcommerceOrder", "Seconds since last Ecommerce order", "seconds_since_order").metric(),
    number("visitLocalMinute", "Local time — minute (start of visit)", "intDiv(local_time % 3600, 60)")
        .metric()
        .suggesting(SIXTY),
    Field::visit("visitIp", "Visitor IP", Column::address("address")).metric().listing(Restricted),
    Field::visit("visitId", "Visit ID", Column::visit("visit_id")).listing(Restricted).suggesting(Suggestion::Nothing),
    Field::visit("visitorId", "Visitor ID", Column::hex("visitor_id")).listing(Restricted),
    Field::visit("fingerprint", "Fingerprint", Column::hex("config_id")).listing(Restricted),
    text("userId", "User ID", "user_id").listing(Restricted),
    number("visitorType", "Visit type", "returning").reading(Reading::VisitorType).suggesting(Suggestion::Listed(&[
        "returningCustomer",
        "returning",
        "new",
    ])),
    number("visitConverted", "Visit converted at least one Goal", "converted"),
    Field::new(
        "visitConvertedGoalId",
        "Visit converted a specific Goal Id",
        Source::Column(Rows::Conversions, Column::number("goal")),
    ),
    Field::new(
        "visitConvertedGoalName",
        "Visit converted a specific Goal Name",
        Source::Column(Rows::Conversions, Column::exact("concat(toString(site_id), '.', toString(goal))")),
    )
    .reading(Reading::Called(Vocabulary::Goals)),
    number("visitEcommerceStatus", "Visit Ecommerce status at the end of the visit", "buyer").reading(ECOMMERCE_STATUS),
    number("profilable", "Profilable", "profilable").suggesting(Suggestion::Listed(&["0", "1"])),
    text("browserCode", "Browser code", "browser"),
    text("browserName", "Browser", "browser")
        .reading(Reading::Called(Vocabulary::Browsers))
        .suggesting(Suggestion::Known),
    text("browserVersion", "Browser version", "browser_version"),
    text("browserEngine", "Browser engine", "browser_engine").suggesting(Suggestion::Listed(&ENGINES)),
    text("operatingSystemCode", "Operating system code", "os"),
    text("operatingSystemName", "Operating system", "os")
        .reading(Reading::Called(Vocabulary::Systems))
        .suggesting(Suggestion::Known),
    text("operatingSystemVersion", "Operating system version", "os_version"),
    number("deviceType", "Device type", "device_type").reading(DEVICE_TYPES),
    text("deviceBrand", "Device brand", "device_brand").reading(Reading::Called(Vocabulary::Brands)),
    text("deviceModel", "Device model", "device_model").reading(Reading::Model),
    text("resolution", "Resolution", "resolution"),
    number("visitLocalHour", "Local time — hour (start of visit)", "intDiv(local_time, 3600)"),
    number("visitStartServerHour", "Site time — hour (start of visit)", "toHour(first_at)").suggesting(HOURS),
    number("visitStartServerMinute", "Time in UTC — minute (start of visit)", "toMinute(first_at)").suggesting(SIXTY),
    number("visitServerHour", "Site time — hour (time of last action)", "toHour(last_at)"),
    number("visitServerMinute", "Time in UTC — minute (time of last action)", "toMinute(last_at)")
        .listing(Unlisted)
        .suggesting(SIXTY),
    number("visitEndServerMinute", "Time in UTC — minute (time of last action)", "toMinute(last_at)").suggesting(SIXTY),
    number("visitEndServerSecond", "Time in UTC — second (Time of last action)", "toSecond(last_at)").suggesting(SIXTY),
    text("visitEndServerDate", "Time in UTC — date (time of last action)", "toString(toDate(last_at))")
        .suggesting(Suggestion::Days),
    number("visitEndServerDayOfMonth", "Time in UTC — day of month (time of last action)", "toDayOfMonth(last_at)")
        .suggesting(Suggestion::Numbers(0, 31)),
    // 1 is Sunday.
    number(
        "visitEndServerDayOfWeek",
        "Time in UTC — day of week (time of last action)",
        "(toDayOfWeek(last_at) % 7 + 1)",
    )
    .suggesting(Suggestion::Numbers(1, 7)),
    number("visitEndServerDayOfYear", "Time in UTC — day of year (time of last action)", "toDayOfYear(last_at)")
        .suggesting(Suggestion::Numbers(1, 366)),
    number("visitEndServerWeekOfYear", "Time in UTC — week of year (time of last action)", "toISOWeek(last_at)")
        .suggesting(Suggestion::Numbers(1, 53)),
    number("visitEndServerMonth", "Time in UTC — month (time of last action)", "toMonth(last_at)")
        .suggesting(Suggestion::Numbers(1, 12)),
    number("visitEndServerQuarter", "Time in UTC — quarter (time of last action)", "toQuarter(last_at)")
        .suggesting(Suggestion::Numbers(1, 4)),
    number("visitEndServerYear", "Time in UTC — year (time of last action)", "toYear(last_at)")
        .suggesting(Suggestion::Numbers(2016, 2046)),
    variable("customVariableName", "Custom Variable name", Rows::Visits, "variables[#].1"),
    variable("customVariableValue", "Custom Variable value", Rows::Visits, "variables[#].2"),
    variable("customVariablePageName", "Custom Variable name (scope page)", Rows::Actions, "variables[#].1"),
    variable("customVariablePageValue", "Custom Variable value (scope page)", Rows::Actions, "variables[#].2"),
];
