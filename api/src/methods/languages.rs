//! LanguagesManager (`reports.md` §25): languages that clients may ask for, and what users prefer.

use nagare_schema::User;

use super::{Call, Method, at_once, users};
use crate::{
    error::Fault,
    permission::Permission,
    table::Answer,
    value::{Record, Value},
};

/// Code, own name, and English name of a language.
const LANGUAGES: &str = include_str!("../../data/interface_languages.tsv");
/// The language that all texts have.
const WRITTEN: &str = "en";
const LANGUAGE: &str = "language";
const CLOCK: &str = "use12HourClock";

pub(super) const METHODS: &[Method] = &[
    Method::configuration("LanguagesManager.getAvailableLanguages", Permission::None, |_, _| {
        at_once(Ok(Value::List(languages().map(|[code, ..]| code.into()).collect())))
    }),
    Method::configuration("LanguagesManager.getAvailableLanguageNames", Permission::None, |_, _| {
        at_once(Ok(Value::List(languages().map(|language| named(language).into()).collect())))
    }),
    Method::configuration("LanguagesManager.getAvailableLanguagesInfo", Permission::None, |_, _| {
        at_once(Ok(Value::List(languages().map(described).collect())))
    }),
    Method::configuration("LanguagesManager.isLanguageAvailable", Permission::None, |call, _| {
        at_once(call.params.required("languageCode").map(|code| is_known(code).into()))
    }),
    Method::configuration("LanguagesManager.getLanguageForUser", Permission::SignedIn, |call, _| {
        at_once(
            user(&call)
                .map(|user| user.preferences.get(LANGUAGE).map_or(Value::from(WRITTEN), |code| code.as_str().into())),
        )
    }),
    Method::configuration("LanguagesManager.setLanguageForUser", Permission::SignedIn, |call, _| {
        Box::pin(set_language(call))
    }),
    Method::configuration("LanguagesManager.uses12HourClockForUser", Permission::SignedIn, |call, _| {
        at_once(user(&call).map(|user| user.preferences.contains_key(CLOCK).into()))
    }),
    Method::configuration("LanguagesManager.set12HourClockForUser", Permission::SignedIn, |call, _| {
        Box::pin(set_clock(call))
    }),
];

fn languages() -> impl Iterator<Item = [&'static str; 3]> {
    LANGUAGES.lines().filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

fn is_known(code: &str) -> bool {
    languages().any(|[known, ..]| known == code)
}

fn named([code, name, english]: [&str; 3]) -> Record {
    Record::default().with("code", code).with("name", name).with("english_name", english)
}

fn described(language: [&str; 3]) -> Value {
    let percent = if language[0] == WRITTEN { "100" } else { "0" };
    let [code, name, english] = language;
    Record::default()
        .with("code", code)
        .with("name", name)
        .with("english_name", english)
        .with("translators", "")
        .with("percentage_complete", format!("{percent}%"))
        .into()
}

/// The user that the request is about, when it is the caller, or the caller is superuser.
pub(super) fn user<'a>(call: &Call<'a>) -> Result<&'a User, Fault> {
    let login = call.params.required("login")?;
    if !call.caller.is_superuser() && call.caller.login() != Some(login) {
        return Err(Fault::denied(format!("The user has to be either a Super User or the user '{login}' itself.")));
    }
    let user = call.caller.config.users.get(login).map(AsRef::as_ref);
    user.ok_or_else(|| Fault::new(format!("User '{login}' doesn't exist.")))
}

/// Changes a preference of the user that the request is about; `None` takes it away.
async fn prefer(call: &Call<'_>, name: &'static str, value: Option<&str>) -> Result<Answer, Fault> {
    users::prefer(call, &user(call)?.login, name, value).await
}

async fn set_language(call: Call<'_>) -> Result<Answer, Fault> {
    let code = call.params.required("languageCode")?;
    if !is_known(code) {
        return Ok(Answer::Value(Value::Bool(false)));
    }
    prefer(&call, LANGUAGE, Some(code)).await
}

async fn set_clock(call: Call<'_>) -> Result<Answer, Fault> {
    call.params.required("use12HourClock")?;
    prefer(&call, CLOCK, call.params.flag("use12HourClock").then_some("1")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_a_code_and_two_names() {
        assert_eq!(languages().count(), LANGUAGES.lines().count());
        assert!(is_known("pt-br") && !is_known("xx"));
        assert!(languages().all(|language| language.iter().all(|text| !text.is_empty())));
    }
}
