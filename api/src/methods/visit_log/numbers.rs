//! The numbers that clients know visits, actions and texts by (`tracking.md` §0.2).

use std::collections::HashMap;

use nagare_schema::Numbered;

use super::{Call, Done, VisitRow, rows};
use crate::{error::Fault, plan::Statement};

/// Numbers by kind and key.
type Known = HashMap<(u8, u64), u64>;

/// When things got their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    Before,
    Now,
}

/// Numbers visits and what was done in them. What is too new to have a number is given one.
pub(super) async fn fill(
    call: &Call<'_>,
    statement: &Statement,
    visits: &mut [VisitRow],
    details: &mut HashMap<u64, Done>,
) -> Result<Numbering, Fault> {
    let Err(from) = assign(&read(call, statement).await?, visits, details) else { return Ok(Numbering::Before) };
    call.numberer.number(from).await?;
    if let Err(id) = assign(&read(call, statement).await?, visits, details) {
        tracing::error!(id, "something was not numbered");
        return Err(Fault::unavailable("New visits have no numbers yet. Ask again."));
    }
    Ok(Numbering::Now)
}

async fn read(call: &Call<'_>, statement: &Statement) -> Result<Known, Fault> {
    let rows: Vec<(u8, u64, u64)> = rows(call, statement).await?;
    Ok(rows.into_iter().map(|(kind, key, number)| ((kind, key), number)).collect())
}

/// Writes the numbers down, or tells the smallest id of what has none.
fn assign(known: &Known, visits: &mut [VisitRow], details: &mut HashMap<u64, Done>) -> Result<(), u64> {
    let mut without: Option<u64> = None;
    let mut find = |what: Numbered, key: u64, id: u64| {
        let number = known.get(&(what.code(), key)).copied();
        if number.is_none() {
            without = Some(without.map_or(id, |least| least.min(id)));
        }
        number.unwrap_or(0)
    };
    for visit in visits {
        visit.number = find(Numbered::Visit, visit.id, visit.id);
        for action in details.get_mut(&visit.id).into_iter().flat_map(|done| &mut done.actions) {
            action.number = find(Numbered::Action, action.id, action.id);
            action.text_number = action.text.map(|key| find(Numbered::Text, key, action.id));
        }
    }
    without.map_or(Ok(()), Err)
}
