//! Names about where a visit came from: its place, and its referrer.

use crate::segment::{
    called::Vocabulary,
    field::{Category, Column, Field, Listing, Reading, Suggestion},
};

const fn located(name: &'static str, title: &'static str, column: Column) -> Field {
    Field::visit(name, title, column).within(Category::Location)
}

const fn acquired(name: &'static str, title: &'static str, column: Column) -> Field {
    Field::visit(name, title, column).within(Category::Acquisition)
}

const fn campaign(name: &'static str, title: &'static str, sql: &'static str) -> Field {
    acquired(name, title, Column::text(sql)).listing(Listing::Unlisted)
}

pub(super) const FIELDS: &[Field] = &[
    located("countryCode", "Country code", Column::text("country")),
    located("countryName", "Country", Column::text("country"))
        .reading(Reading::Called(Vocabulary::Countries))
        .suggesting(Suggestion::Known),
    located("continentCode", "Continent", Column::text("country")).reading(Reading::Called(Vocabulary::Continents)),
    located("regionCode", "Region", Column::text("region")),
    located("city", "City", Column::text("city")),
    located("latitude", "Latitude", Column::number("round(latitude, 6)")),
    located("longitude", "Longitude", Column::number("round(longitude, 6)")),
    located("languageCode", "Language code", Column::text("language")),
    acquired("referrerType", "Channel Type", Column::number("referrer_type"))
        .reading(Reading::ReferrerType)
        .suggesting(Suggestion::Listed(&["direct", "website", "search", "social", "campaign"])),
    acquired("referrerName", "Referrer Name", Column::text("referrer_name")),
    acquired("referrerKeyword", "Keyword", Column::text("referrer_keyword")),
    campaign("campaignName", "Campaign Name", "if(referrer_type = 6, referrer_name, NULL)"),
    campaign("campaignKeyword", "Campaign Keyword", "if(referrer_type = 6, referrer_keyword, NULL)"),
    campaign("campaignSource", "Campaign Source", "campaign['source']"),
    campaign("campaignMedium", "Campaign Medium", "campaign['medium']"),
    campaign("campaignContent", "Campaign Content", "campaign['content']"),
    campaign("campaignId", "Campaign ID", "campaign['id']"),
    campaign("campaignGroup", "Campaign Group", "campaign['group']"),
    campaign("campaignPlacement", "Campaign Placement", "campaign['placement']"),
    acquired("referrerUrl", "Referrer URL", Column::text("referrer_url")),
];
