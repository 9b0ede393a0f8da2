//! What users prefer (`reports.md` §22).

use nagare_schema::{ConfigKey, Entity};

use super::{super::change::change, Call, unknown};
use crate::{error::Fault, table::Answer, value::Value};

/// Bytes of a value.
const VALUE_BYTES_MAX: usize = 255;
const DATE: &str = "defaultReportDate";
/// What may be set by name; other preferences have methods of their own.
const NAMES: [&str; 2] = ["defaultReport", DATE];
/// The date that a user begins with who does not say.
const DATE_DEFAULT: &str = "yesterday";

/// The login that the request is about, that of the caller unless it says; refused when it is another's.
fn login<'a>(call: &Call<'a>) -> Result<&'a str, Fault> {
    let own = call.caller.login().unwrap_or_default();
    let login = call.params.filled("userLogin").unwrap_or(own);
    if !call.caller.is_superuser() && own != login {
        return Err(Fault::denied(format!("The user has to be either a Super User or the user '{login}' itself.")));
    }
    if call.caller.config.users.contains_key(login) { Ok(login) } else { Err(unknown(login)) }
}

fn name<'a>(call: &Call<'a>) -> Result<&'static str, Fault> {
    let asked = call.params.required("preferenceName")?;
    let name = NAMES.into_iter().find(|name| *name == asked);
    name.ok_or_else(|| Fault::new(format!("Not supported preference name: {asked}")))
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, Fault> {
    let (login, name) = (login(call)?, name(call)?);
    let stored = call.caller.config.users.get(login).and_then(|user| user.preferences.get(name));
    Ok(match stored {
        Some(value) => value.as_str().into(),
        None if name == DATE => DATE_DEFAULT.into(),
        None => call.caller.config.sites.keys().next().map_or(Value::Bool(false), |site| Value::Int(site.0.into())),
    })
}

pub(super) async fn set(call: Call<'_>) -> Result<Answer, Fault> {
    let (login, name, value) = (login(&call)?, name(&call)?, call.params.required("preferenceValue")?);
    if value.len() > VALUE_BYTES_MAX {
        return Err(Fault::bad_request(format!("'preferenceValue' has at most {VALUE_BYTES_MAX} bytes.")));
    }
    prefer(&call, login, name, Some(value)).await
}

/// Changes a preference; `None` takes it away.
pub(in crate::methods) async fn prefer(
    call: &Call<'_>,
    login: &str,
    name: &'static str,
    value: Option<&str>,
) -> Result<Answer, Fault> {
    change(call.directory, &ConfigKey::User(login.to_owned()), |stored| match stored {
        Some(Entity::User(user)) => {
            let mut user = user.clone();
            match value {
                Some(value) => user.preferences.insert(name.to_owned(), value.to_owned()),
                None => user.preferences.remove(name),
            };
            Ok(Entity::User(user))
        }
        _ => Err(unknown(login)),
    })
    .await?;
    Ok(Answer::Value(Value::Bool(true)))
}
