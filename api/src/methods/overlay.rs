//! Overlay (`reports.md` §16): what a view of a site with its numbers asks for.

use super::{Call, Method, at_once, transitions};
use crate::{
    catalogue::PageField,
    error::Fault,
    metrics::Family,
    permission::{Granted, Permission},
    table::{Answer, Row, Table},
    value::Record,
};

/// Pages that follow one at most (`reporting-api.md` §12).
const FOLLOWING_MAX: usize = 300;

pub(super) const METHODS: &[Method] = &[
    Method::configuration("Overlay.getTranslations", Permission::View, |_, _| at_once(Ok(translations().into()))),
    Method::configuration("Overlay.getExcludedQueryParameters", Permission::View, |call, granted| {
        at_once(super::sites::excluded_parameters(&call, &granted))
    }),
    Method::new("Overlay.getFollowingPages", Permission::View, Family::Report, |call, granted| {
        Box::pin(following(call, granted))
    }),
];

async fn following(call: Call<'_>, granted: Granted) -> Result<Answer, Fault> {
    let views = transitions::views(&call, granted, call.params.required("url")?, PageField::Url).await?;
    let rows = views.following(FOLLOWING_MAX).into_iter().map(|columns| Row { columns, ..Row::default() });
    Ok(Answer::Table(Table { rows: rows.collect(), ..Table::default() }))
}

/// Texts of the view.
fn translations() -> Record {
    [
        ("oneClick", "1 click"),
        ("clicks", "%s clicks"),
        ("clicksFromXLinks", "%1$s clicks from one of %2$s links"),
        ("link", "Link"),
    ]
    .into_iter()
    .collect()
}
