//! Campaigns that the address of a page or the tracker names (`tracking.md` §6.3).

use std::collections::BTreeMap;

use nagare_schema::{
    NamedSettings, Text,
    named_setting::{CAMPAIGN_DETAILS, CAMPAIGN_KEYWORDS, CAMPAIGN_NAMES, DETAILED_CAMPAIGN_NAMES},
};

use crate::page_url::{UrlParts, decode_value, pairs, truncate};

/// What a campaign has beside its name and keyword, and the parameters for it.
const DETAILS: [(&str, &[&str]); 6] = [
    ("source", &["mtm_source", "matomo_source", "pk_source", "piwik_source", "utm_source"]),
    ("medium", &["mtm_medium", "matomo_medium", "pk_medium", "piwik_medium", "utm_medium"]),
    ("content", &["mtm_content", "matomo_content", "pk_content", "piwik_content", "utm_content"]),
    ("id", &["mtm_cid", "matomo_cid", "pk_cid", "piwik_cid", "utm_id"]),
    ("group", &["mtm_group", "matomo_group", "pk_group", "piwik_group", "utm_group"]),
    ("placement", &["mtm_placement", "matomo_placement", "pk_placement", "piwik_placement", "utm_placement"]),
];
/// Bytes of a name, a keyword or another detail.
const BYTES_MAX: usize = 250;
/// Bytes of a name or a keyword of campaigns without details.
const PLAIN_BYTES_MAX: usize = 255;
/// Parameters of names and of keywords at most.
const PARAMETERS_MAX: usize = 32;

/// Parameters of names and of keywords, the first that is there wins.
#[derive(Debug)]
pub struct CampaignParameters {
    names: Vec<String>,
    keywords: Vec<String>,
    /// Details are recorded.
    has_details: bool,
}

/// What was named, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its name.
    pub name: String,
    /// Empty when there is none.
    pub keyword: String,
    /// Source, medium and the like.
    pub details: BTreeMap<Text, Text>,
}

/// What an address says: a part of it, with the name and keyword in there.
struct Said<'a> {
    text: &'a str,
    name: String,
    keyword: String,
}

impl CampaignParameters {
    /// From settings: names separated by commas.
    pub fn new(settings: &NamedSettings) -> Self {
        let list = |texts: &[&str]| {
            let names = texts.iter().flat_map(|text| text.split(','));
            names.map(str::trim).filter(|name| !name.is_empty()).take(PARAMETERS_MAX).map(str::to_owned).collect()
        };
        let has_details = settings.flag(&CAMPAIGN_DETAILS);
        let further = if has_details { settings.text(&DETAILED_CAMPAIGN_NAMES) } else { "" };
        Self {
            names: list(&[settings.text(&CAMPAIGN_NAMES), further]),
            keywords: list(&[settings.text(&CAMPAIGN_KEYWORDS)]),
            has_details,
        }
    }

    /// Names and keywords.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.keywords).map(String::as_str)
    }

    /// The campaign that is sent under the names of parameters, else that of the page (steps 1, 2 and 4).
    pub fn find(&self, sent: &BTreeMap<String, String>, page: Option<&UrlParts<'_>>) -> Option<Campaign> {
        let in_query = page.and_then(|page| self.said(page.query?));
        let said = match in_query {
            Some(said) if !said.keyword.is_empty() => Some(said),
            found => page.and_then(|page| self.said(page.fragment?)).or(found),
        };
        let sent = |names: &[String]| {
            let mut values = names.iter().filter_map(|name| sent.get(name));
            values.next().filter(|value| !value.is_empty()).cloned()
        };
        let text = said.as_ref().map(|said| said.text).or_else(|| page.and_then(|page| page.query));
        let (name, keyword) = match (sent(&self.names), said) {
            (Some(name), said) => {
                let keyword = sent(&self.keywords).or_else(|| said.map(|said| said.keyword));
                (name, keyword.unwrap_or_default())
            }
            (None, said) => said.map(|said| (said.name, said.keyword))?,
        };
        let details = text.filter(|_| self.has_details).map(details).unwrap_or_default();
        let bytes_max = if self.has_details { BYTES_MAX } else { PLAIN_BYTES_MAX };
        Some(Campaign { name: lower(&name, bytes_max), keyword: lower(&keyword, bytes_max), details })
    }

    fn said<'a>(&self, text: &'a str) -> Option<Said<'a>> {
        let name = first(text, self.names.iter().map(String::as_str))?;
        let keyword = first(text, self.keywords.iter().map(String::as_str)).unwrap_or_default();
        Some(Said { text, name, keyword })
    }
}

/// The value of the first of the parameters that has one.
fn first<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let value = |name: &str| {
        // Most texts have none of the names: a search is cheaper than taking them apart.
        let (_, value) =
            pairs(text).filter(|_| text.contains(name)).find(|(known, value)| *known == name && !value.is_empty())?;
        Some(decode_value(value)).filter(|value| !value.is_empty())
    };
    names.into_iter().find_map(value)
}

fn details(text: &str) -> BTreeMap<Text, Text> {
    let detail = |(column, names): &(&str, &[&str])| {
        Some(((*column).into(), lower(&first(text, names.iter().copied())?, BYTES_MAX).into()))
    };
    DETAILS.iter().filter_map(detail).collect()
}

fn lower(text: &str, bytes_max: usize) -> String {
    truncate(&text.to_lowercase(), bytes_max).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Option<(&str, &str, &[&str])>) {
        check_with("1", url, expected);
    }

    fn check_with(details: &str, url: &str, expected: Option<(&str, &str, &[&str])>) {
        let mut settings = NamedSettings::default();
        for (name, value) in [
            (CAMPAIGN_NAMES.name, "mtm_campaign, shop_campaign,"),
            (CAMPAIGN_KEYWORDS.name, "mtm_kwd"),
            (DETAILED_CAMPAIGN_NAMES.name, "shelf"),
            (CAMPAIGN_DETAILS.name, details),
        ] {
            settings.set(name, value).unwrap();
        }
        let found = CampaignParameters::new(&settings).find(&BTreeMap::new(), UrlParts::parse(url).as_ref());
        let found = found.as_ref().map(|campaign| {
            let details: Vec<&str> = campaign.details.keys().map(AsRef::as_ref).collect();
            (campaign.name.as_str(), campaign.keyword.as_str(), details)
        });
        assert_eq!(found, expected.map(|(name, keyword, details)| (name, keyword, details.to_vec())), "{url}");
    }

    /// `tracking.md` §6.3
    #[test]
    fn names_are_those_of_the_settings() {
        check("http://x.org/?mtm_campaign=A&mtm_kwd=B", Some(("a", "b", &[])));
        check("http://x.org/?shop_campaign=A&utm_source=s&utm_medium=m", Some(("a", "", &["medium", "source"])));
        check("http://x.org/?utm_campaign=A", None);
    }

    #[test]
    fn details_and_their_names_are_recorded_where_they_are_on() {
        let url = "http://x.org/?shelf=A&utm_source=s";
        check(url, Some(("a", "", &["source"])));
        check_with("0", url, None);
        check_with("0", "http://x.org/?mtm_campaign=A&utm_source=s", Some(("a", "", &[])));
    }

    /// `tracking.md` §6.3 step 2
    #[test]
    fn details_stand_where_the_campaign_does() {
        check("http://x.org/?utm_content=c#mtm_campaign=A&utm_id=1", Some(("a", "", &["id"])));
        check("http://x.org/?utm_content=c&mtm_campaign=A&mtm_kwd=k#mtm_campaign=B", Some(("a", "k", &["content"])));
    }
}
