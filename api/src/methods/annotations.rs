//! Annotations (`reports.md` §18): notes on the calendar of a site.

use jiff::civil::Date;
use nagare_schema::{Annotation, ConfigKey, Entity, GrantLevel, SiteId};

use super::{
    Call, Method, at_once,
    change::{change, create},
    report::today,
};
use crate::{
    auth::Caller,
    error::Fault,
    period::{self, Period, PeriodKind},
    permission::{Granted, Permission},
    table::Answer,
    value::{Record, Value},
};

/// Characters of a note; a longer one ends with an ellipsis.
const NOTE_CHARS_MAX: usize = 255;
/// Notes of a site.
const NOTES_MAX: usize = 10_000;

pub(super) const METHODS: &[Method] = &[
    Method::configuration("Annotations.add", Permission::View, |call, granted| Box::pin(add(call, granted))),
    Method::configuration("Annotations.save", Permission::View, |call, granted| Box::pin(save(call, granted))),
    Method::configuration("Annotations.delete", Permission::View, |call, granted| Box::pin(delete(call, granted))),
    Method::configuration("Annotations.deleteAll", Permission::Superuser, |call, _| Box::pin(delete_all(call))),
    Method::configuration("Annotations.get", Permission::View, |call, granted| {
        at_once(found(&call, &granted).map(|note| record(note, call.caller).into()))
    }),
    Method::configuration("Annotations.getAll", Permission::View, |call, granted| at_once(all(&call, &granted))),
    Method::configuration("Annotations.getAnnotationCountForDates", Permission::View, |call, granted| {
        at_once(counts(&call, &granted))
    }),
];

async fn add(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let site = granted.one()?;
    let author = call
        .caller
        .login()
        .filter(|_| call.caller.is_user())
        .ok_or_else(|| Fault::denied(format!("The current user is not allowed to add notes for site #{site}.")))?;
    let note = Annotation {
        site,
        date: date(&call, site, call.params.required("date")?)?,
        note: shortened(call.params.required("note")?),
        starred: call.params.flag("starred"),
        author: author.to_owned(),
        ..Annotation::default()
    };
    let config = call.directory.snapshot();
    if config.annotations_of(site).count() >= NOTES_MAX {
        return Err(Fault::bad_request(format!("A website has at most {NOTES_MAX} notes.")));
    }
    let first = config.annotations_of(site).last().map_or(0, |last| last.id.saturating_add(1));
    let id = create(call.directory, first, |id| Entity::Annotation(Annotation { id, ..note.clone() })).await?;
    Ok(Answer::Value(record(&Annotation { id, ..note }, call.caller).into()))
}

async fn save(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let before = changeable(&call, &granted)?;
    let (params, mut after) = (call.params, before.clone());
    if let Some(text) = params.filled("date") {
        after.date = date(&call, before.site, text)?;
    }
    if let Some(text) = params.filled("note") {
        after.note = shortened(text);
    }
    if params.filled("starred").is_some() {
        after.starred = params.flag("starred");
    }
    let key = ConfigKey::Annotation(before.site, before.id);
    change(call.directory, &key, |stored| match stored {
        Some(Entity::Annotation(_)) => Ok(Entity::Annotation(after.clone())),
        _ => Err(unknown(before.site, &before.id.to_string())),
    })
    .await?;
    Ok(Answer::Value(record(&after, call.caller).into()))
}

async fn delete(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let note = changeable(&call, &granted)?;
    call.directory.delete(&ConfigKey::Annotation(note.site, note.id)).await?;
    Ok(Answer::Done)
}

async fn delete_all(call: Call<'_>) -> Result<Answer, Fault> {
    let site = call.params.required("idSite")?.parse().map_err(|_| Fault::missing("idSite"))?;
    for note in call.directory.snapshot().annotations_of(site) {
        call.directory.delete(&ConfigKey::Annotation(site, note.id)).await?;
    }
    Ok(Answer::Done)
}

fn shortened(note: &str) -> String {
    if note.chars().count() <= NOTE_CHARS_MAX {
        return note.to_owned();
    }
    note.chars().take(NOTE_CHARS_MAX - 1).chain(['…']).collect()
}

fn date(call: &Call<'_>, site: SiteId, text: &str) -> Result<String, Fault> {
    period::parse_date(text, today(call, &[site])).map(|date| date.to_string())
}

fn unknown(site: SiteId, id: &str) -> Fault {
    Fault::new(format!("There is no note with id '{id}' for site with id '{site}'."))
}

fn found<'a>(call: &Call<'a>, granted: &Granted) -> Result<&'a Annotation, Fault> {
    let (site, id) = (granted.one()?, call.params.required("idNote")?);
    let number = id.parse().map_err(|_| unknown(site, id))?;
    call.caller.config.annotations.get(&(site, number)).map(AsRef::as_ref).ok_or_else(|| unknown(site, id))
}

/// The note of the request, when the caller may change it.
fn changeable<'a>(call: &Call<'a>, granted: &Granted) -> Result<&'a Annotation, Fault> {
    let note = found(call, granted)?;
    if may_change(note, call.caller) {
        return Ok(note);
    }
    Err(Fault::denied(format!("The current user is not allowed to modify or delete notes for site #{}.", note.site)))
}

fn may_change(note: &Annotation, caller: &Caller) -> bool {
    caller.is_user() && (caller.may(GrantLevel::Write, note.site) || caller.login() == Some(&note.author))
}

fn record(note: &Annotation, caller: &Caller) -> Record {
    Record::default()
        .with("date", note.date.as_str())
        .with("note", note.note.as_str())
        .with("starred", i64::from(note.starred))
        .with("user", note.author.as_str())
        .with("idNote", i64::from(note.id))
        .with("canEditOrDelete", i64::from(may_change(note, caller)))
}

/// The periods of the request: those that `date` names, or the `lastN` that end with it; a range has days.
fn periods(call: &Call<'_>, sites: &[SiteId], splits_ranges: bool) -> Result<Vec<Period>, Fault> {
    let kind = call.params.filled("period").unwrap_or("day");
    let (today, text) = (today(call, sites), call.params.required("date")?);
    let last = call.params.number::<u32>("lastN").filter(|count| *count > 0 && kind != PeriodKind::Range.name());
    let periods = match last {
        Some(count) => period::parse(kind, &format!("last{count}"), period::parse_date(text, today)?)?,
        None => period::parse(kind, text, today)?,
    };
    match periods.list.as_slice() {
        [range] if splits_ranges && range.kind == PeriodKind::Range => {
            period::parse("day", &format!("{},{}", range.from, range.to), today).map(|days| days.list)
        }
        _ => Ok(periods.list),
    }
}

/// The notes of a site between two days, by day.
fn between<'a>(call: &Call<'a>, site: SiteId, from: Date, to: Date) -> Vec<&'a Annotation> {
    let holds = |note: &&Annotation| note.date.parse::<Date>().is_ok_and(|date| from <= date && date <= to);
    let mut notes: Vec<&Annotation> =
        call.caller.config.annotations_of(site).map(AsRef::as_ref).filter(holds).collect();
    notes.sort_by(|a, b| a.date.cmp(&b.date));
    notes
}

fn by_site(granted: &Granted, of: impl Fn(SiteId) -> Value) -> Value {
    granted.sites.iter().map(|site| (site.to_string(), of(*site))).collect::<Record>().into()
}

fn all(call: &Call<'_>, granted: &Granted) -> Result<Value, Fault> {
    let window = match call.params.filled("date") {
        Some(_) => periods(call, &granted.sites, false)?,
        None => Vec::new(),
    };
    let from = window.first().map_or(Date::MIN, |period| period.from);
    let to = window.last().map_or(Date::MAX, |period| period.to);
    Ok(by_site(granted, |site| {
        let notes = between(call, site, from, to);
        Value::List(notes.into_iter().map(|note| record(note, call.caller).into()).collect())
    }))
}

fn counts(call: &Call<'_>, granted: &Granted) -> Result<Value, Fault> {
    let (periods, with_text) = (periods(call, &granted.sites, true)?, call.params.flag("getAnnotationText"));
    let count = |site: SiteId, period: &Period| {
        let notes = between(call, site, period.from, period.to);
        let starred = notes.iter().filter(|note| note.starred).count();
        let mut counted = Record::default().with("count", notes.len() as i64).with("starred", starred as i64);
        if let ([only], true) = (notes.as_slice(), with_text) {
            counted.set("note", only.note.as_str());
        }
        Value::List(vec![period.from.to_string().into(), counted.into()])
    };
    Ok(by_site(granted, |site| Value::List(periods.iter().map(|period| count(site, period)).collect())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::caller;

    /// `reports.md` §18
    #[test]
    fn a_long_note_ends_with_an_ellipsis() {
        assert_eq!(shortened("é"), "é");
        assert_eq!(shortened(&"é".repeat(255)).chars().count(), 255);
        let cut = shortened(&"é".repeat(256));
        assert_eq!((cut.chars().count(), cut.ends_with("é…")), (255, true));
    }

    /// `reports.md` §18: its author, and whoever has write access
    #[test]
    fn a_note_is_changed_by_its_author_or_a_writer() {
        let note = Annotation { site: SiteId(1), author: "viewer".to_owned(), ..Annotation::default() };
        let allowed = ["viewer", "writer", "root", "anonymous", ""].map(|login| may_change(&note, &caller(login)));
        assert_eq!(allowed, [true, true, true, false, false]);
        let other = Annotation { author: "writer".to_owned(), ..note };
        assert!(!may_change(&other, &caller("viewer")));
    }
}
