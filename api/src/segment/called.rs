//! What people call the values of columns: goals, browsers, countries and their like, by name
//! (`segments.md` §4.10, 4.14, 4.15).

use nagare_device::names::{Names, brands, browsers, systems};

use super::{Context, Operator};
use crate::names::{self, UNKNOWN, UNKNOWN_CODE};

/// What is in no country.
const NO_COUNTRY: [&str; 2] = ["xx", ""];

/// A vocabulary of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Goals of the sites; the column holds `site.goal`.
    Goals,
    Browsers,
    Systems,
    Brands,
    Countries,
    /// Codes of continents; the column holds countries.
    Continents,
}

/// A name, and a value that it is the name of. Several values may have one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) name: String,
    pub(super) value: String,
}

impl Called {
    fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

impl Vocabulary {
    /// Every name, in no order.
    pub(super) fn list(self, context: Context<'_>) -> Vec<Called> {
        match self {
            Self::Goals => goals(context),
            Self::Browsers => coded(browsers(), &[UNKNOWN_CODE, ""]),
            Self::Systems => coded(systems(), &[UNKNOWN_CODE, ""]),
            Self::Brands => coded(brands(), &[""]),
            Self::Countries => {
                let known = names::countries().into_iter().map(|(code, name)| Called::new(name, code));
                known.chain(NO_COUNTRY.map(|code| Called::new(UNKNOWN, code))).collect()
            }
            Self::Continents => {
                let known =
                    names::countries().into_iter().map(|(code, _)| Called::new(names::continent_code(code), code));
                known.chain(NO_COUNTRY.map(|code| Called::new(names::continent_code(code), code))).collect()
            }
        }
    }

    /// The values whose name a comparison fits, whatever the letters' case.
    pub(super) fn fitting(self, operator: Operator, name: &str, context: Context<'_>) -> Vec<String> {
        let name = name.to_lowercase();
        let fits = |known: &str| match operator {
            Operator::Equal | Operator::Different => known == name,
            Operator::AtLeast => known >= name.as_str(),
            Operator::Above => known > name.as_str(),
            Operator::AtMost => known <= name.as_str(),
            Operator::Below => known < name.as_str(),
            Operator::Contains | Operator::Lacks => known.contains(&name),
            Operator::Begins => known.starts_with(&name),
            Operator::Ends => known.ends_with(&name),
        };
        let list = self.list(context).into_iter();
        list.filter(|called| fits(&called.name.to_lowercase())).map(|called| called.value).collect()
    }
}

fn coded(list: &Names, unknown: &[&str]) -> Vec<Called> {
    let known = list.iter().filter(|named| !unknown.contains(&named.code));
    let known = known.map(|named| Called::new(named.name, named.code));
    known.chain(unknown.iter().map(|code| Called::new(UNKNOWN, *code))).collect()
}

fn goals(context: Context<'_>) -> Vec<Called> {
    let of_site = |site| context.config.goals_of(site).map(move |goal| (site, goal));
    let goals = context.sites.iter().flat_map(|site| of_site(*site));
    goals.map(|(site, goal)| Called::new(goal.name.as_str(), format!("{site}.{}", goal.id))).collect()
}

#[cfg(test)]
mod tests {
    use nagare_schema::Config;

    use super::*;

    fn check(vocabulary: Vocabulary, operator: Operator, name: &str, expected: &[&str]) {
        let config = Config::default();
        let context = Context { config: &config, sites: &[], is_user: true, hides_visitors: false };
        let mut fitting = vocabulary.fitting(operator, name, context);
        fitting.sort();
        assert_eq!(fitting, expected, "{name}");
    }

    #[test]
    fn section_4_14_names_stand_for_codes() {
        check(Vocabulary::Browsers, Operator::Equal, "firefox", &["FF"]);
        check(Vocabulary::Systems, Operator::Equal, "GNU/Linux", &["LIN"]);
        check(Vocabulary::Countries, Operator::Different, "New Zealand", &["nz"]);
        check(Vocabulary::Countries, Operator::Begins, "united", &["ae", "gb", "us"]);
        check(Vocabulary::Countries, Operator::Equal, "Atlantis", &[]);
    }

    #[test]
    fn section_4_15_an_unknown_brand_has_no_code_of_its_own() {
        check(Vocabulary::Brands, Operator::Equal, "Samsung", &["SA"]);
        check(Vocabulary::Brands, Operator::Equal, "Unknown", &["", "XX"]);
    }

    #[test]
    fn section_4_10_a_continent_is_its_countries() {
        check(Vocabulary::Continents, Operator::Equal, "unk", &["", "xx"]);
        check(Vocabulary::Continents, Operator::Equal, "Ant", &["aq", "bv", "gs", "hm", "tf"]);
    }
}
