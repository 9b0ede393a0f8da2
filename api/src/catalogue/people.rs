//! UserLanguage, UserId (`reports.md` §8).

use super::{About, Described, Dimension, Flatten, Key, Level, Report, Visits};
use crate::{
    names::{UNKNOWN, country, language},
    shape::url_encode,
};

const NO_CODE: &str = "xx";

const LANGUAGES: &[Level] = &[Level::new(&[Key::Language], describe_language).grouped(to_language)];
const CODES: &[Level] = &[Level::new(&[Key::Language], describe_code).grouped(or_unknown)];
const USERS: &[Level] = &[Level::new(&[Key::User], describe_user)];

const fn report(name: &'static str, visits: Visits, flatten: Flatten) -> Report {
    Report { flatten, ..Report::of_visits(name, visits) }
}

const fn by_language(levels: &'static [Level]) -> Visits {
    Visits::by(Dimension::Language, levels)
}

const LANGUAGE: Flatten = Flatten::Levels(&["UserLanguage_Language"]);

pub(super) const REPORTS: &[Report] = &[
    report("UserLanguage.getLanguage", by_language(LANGUAGES), LANGUAGE),
    report("UserLanguage.getLanguageCode", by_language(CODES), LANGUAGE),
    report("UserId.getUsers", Visits::by(Dimension::User, USERS), Flatten::Unsupported),
];

fn or_unknown(keys: &mut Vec<String>) {
    if let [code] = keys.as_mut_slice()
        && code.is_empty()
    {
        NO_CODE.clone_into(code);
    }
}

/// `fr` of `fr-ca`; what is no language is `xx`.
fn to_language(keys: &mut Vec<String>) {
    if let [code] = keys.as_mut_slice() {
        let own = code.split('-').next().filter(|own| language(own).is_some()).unwrap_or(NO_CODE);
        *code = own.to_owned();
    }
}

fn describe_language(about: &About<'_>) -> Described {
    let code = about.key(0);
    match language(code) {
        Some(name) => Described::new(name).segment(format!("languageCode=={code},languageCode=@{code}-")),
        None => Described::new(UNKNOWN).segment(format!("languageCode=={NO_CODE}")),
    }
}

fn describe_code(about: &About<'_>) -> Described {
    let code = about.key(0);
    let (own, region) = code.split_once('-').map_or((code, None), |(own, region)| (own, Some(region)));
    let name = language(own).unwrap_or(UNKNOWN);
    let label = match region {
        Some(region) => format!("{name} - {} ({code})", country(region)),
        None => format!("{name} ({code})"),
    };
    Described::new(label).segment(format!("languageCode=={}", url_encode(code)))
}

fn describe_user(about: &About<'_>) -> Described {
    Described::new(about.key(0)).segment(format!("userId=={}", url_encode(about.key(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_languages_are_named() {
        let code = |code: &str| {
            let keys = [code.to_owned()];
            describe_code(&About { keys: &keys, ..About::default() }).label
        };
        assert_eq!([code("fr"), code("fr-fr")], ["French (fr)", "French - France (fr-fr)"]);
        let mut keys = vec!["fr-ca".to_owned()];
        to_language(&mut keys);
        assert_eq!(keys, ["fr"]);
    }
}
