//! MarketingCampaignsReporting: campaigns by all that tells them apart.

use super::{About, Described, Dimension, Flatten, Key, Level, Only, Otherwise, Report, Visits, referrers};
use crate::shape::url_encode;

const NAMES: &[Level] = &[
    Level::new(&[Key::Campaign], |about| named("campaignName", about)).with_goals().with_below().selecting_below(),
    Level::new(&[Key::Campaign, Key::CampaignKeyword, Key::CampaignContent], |about| joined(&about.keys[1..]))
        .with_goals()
        .grouped(drop_empty_pair)
        .without_empty(),
];
const KEYWORDS: &[Level] = &[single(&[Key::CampaignKeyword], |about| named("campaignKeyword", about))];
const CONTENTS: &[Level] = &[single(&[Key::CampaignContent], |about| named("campaignContent", about))];
const SOURCES: &[Level] = &[single(&[Key::CampaignSource], |about| named("campaignSource", about))];
const MEDIUMS: &[Level] = &[single(&[Key::CampaignMedium], |about| named("campaignMedium", about))];
const IDS: &[Level] = &[single(&[Key::CampaignId], |about| named("campaignId", about))];
const GROUPS: &[Level] = &[single(&[Key::CampaignGroup], |about| named("campaignGroup", about))];
const PLACEMENTS: &[Level] = &[single(&[Key::CampaignPlacement], |about| named("campaignPlacement", about))];
const SOURCE_MEDIUMS: &[Level] = &[
    Level::new(&[Key::CampaignSource, Key::CampaignMedium], |about| joined(about.keys)).with_goals().with_below(),
    Level::new(&[Key::CampaignSource, Key::CampaignMedium, Key::SourcedCampaign], |about| Described::new(about.last()))
        .with_goals(),
];

const fn single(keys: &'static [Key], describe: fn(&About<'_>) -> Described) -> Level {
    Level::new(keys, describe).with_goals().without_empty()
}

const fn report(name: &'static str, visits: Visits, keys: &'static [&'static str]) -> Report {
    Report { flatten: Flatten::Levels(keys), ..Report::of_visits(name, visits) }
}

const fn by(dimension: Dimension, levels: &'static [Level]) -> Visits {
    Visits::by(dimension, levels)
}

const BY_SOURCE: Visits =
    Visits { only: Only::Having(Key::CampaignSource), ..by(Dimension::CampaignSource, SOURCE_MEDIUMS) };

const SOURCE: Report = report(
    "MarketingCampaignsReporting.getSource",
    by(Dimension::CampaignSource, SOURCES),
    &["MarketingCampaignsReporting_CampaignSource"],
);
/// Campaigns without sources were recorded without details: they are told as referrers are.
const BY_NAME: Visits = Visits {
    otherwise: Some(&Otherwise { without: SOURCE, told: Report::of_visits("", referrers::BY_CAMPAIGN) }),
    ..by(Dimension::Campaign, NAMES)
};
const BY_KEYWORD: Visits = Visits {
    otherwise: Some(&Otherwise { without: SOURCE, told: Report::of_visits("", referrers::BY_CAMPAIGN_KEYWORD) }),
    ..by(Dimension::Campaign, KEYWORDS)
};
const BELOW_NAME: Visits = Visits {
    otherwise: Some(&Otherwise { without: SOURCE, told: Report::of_visits("", referrers::BY_CAMPAIGN.below()) }),
    ..BY_NAME.below()
};

const NAME_KEYS: &[&str] =
    &["MarketingCampaignsReporting_CampaignName", "MarketingCampaignsReporting_CombinedKeywordContent"];
const SOURCE_KEYS: &[&str] =
    &["MarketingCampaignsReporting_CampaignSourceMedium", "MarketingCampaignsReporting_CampaignName"];

pub(super) const REPORTS: &[Report] = &[
    report("MarketingCampaignsReporting.getName", BY_NAME, NAME_KEYS),
    report("MarketingCampaignsReporting.getKeywordContentFromNameId", BELOW_NAME, NAME_KEYS),
    report("MarketingCampaignsReporting.getKeyword", BY_KEYWORD, &["MarketingCampaignsReporting_CampaignKeyword"]),
    report(
        "MarketingCampaignsReporting.getContent",
        by(Dimension::Campaign, CONTENTS),
        &["MarketingCampaignsReporting_CampaignContent"],
    ),
    SOURCE,
    report(
        "MarketingCampaignsReporting.getMedium",
        by(Dimension::CampaignSource, MEDIUMS),
        &["MarketingCampaignsReporting_CampaignMedium"],
    ),
    report("MarketingCampaignsReporting.getSourceMedium", BY_SOURCE, SOURCE_KEYS),
    report("MarketingCampaignsReporting.getNameFromSourceMediumId", BY_SOURCE.below(), SOURCE_KEYS),
    report(
        "MarketingCampaignsReporting.getId",
        by(Dimension::CampaignGroup, IDS),
        &["MarketingCampaignsReporting_CampaignId"],
    ),
    report(
        "MarketingCampaignsReporting.getGroup",
        by(Dimension::CampaignGroup, GROUPS),
        &["MarketingCampaignsReporting_CampaignGroup"],
    ),
    report(
        "MarketingCampaignsReporting.getPlacement",
        by(Dimension::CampaignGroup, PLACEMENTS),
        &["MarketingCampaignsReporting_CampaignPlacement"],
    ),
];

fn named(segment: &str, about: &About<'_>) -> Described {
    Described::new(about.last()).segment(format!("{segment}=={}", url_encode(about.last())))
}

fn joined(parts: &[String]) -> Described {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    Described::new(parts.join(" - "))
}

/// A keyword without content stands alone: the last key is empty when both are.
fn drop_empty_pair(keys: &mut Vec<String>) {
    if let [_, keyword, content] = keys.as_mut_slice()
        && content.is_empty()
    {
        std::mem::swap(keyword, content);
    }
}
