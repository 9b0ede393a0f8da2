//! Names about where a visit came from: its place, and its referrer.

use crate::segment::field::{Category, Column, Field, Reading};

const fn located(name: &'static str, title: &'static str, column: Column) -> Field {
    Field::visit(name, title, column).within(Category::Location)
}

const fn acquired(name: &'static str, title: &'static str, column: Column) -> Field {
    Field::visit(name, title, column).within(Category::Acquisition)
}

pub(super) const FIELDS: &[Field] = &[
    located("countryCode", "Country code", Column::text("country")),
    located("countryName", "Country", Column::text("country")),
    located("continentCode", "Continent", Column::text("country")),
    located("regionCode", "Region", Column::text("region")),
    located("city", "City", Column::text("city")),
    located("latitude", "Latitude", Column::number("round(latitude, 6)")),
    located("longitude", "Longitude", Column::number("round(longitude, 6)")),
    located("languageCode", "Language code", Column::text("language")),
    acquired("referrerType", "Channel Type", Column::number("referrer_type")).reading(Reading::ReferrerType),
    acquired("referrerName", "Referrer Name", Column::text("referrer_name")),
    acquired("referrerKeyword", "Keyword", Column::text("referrer_keyword")),
    acquired("referrerUrl", "Referrer URL", Column::text("referrer_url")),
];
