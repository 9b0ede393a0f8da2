//! The parsers of what clients ask for, for fuzzing: each bears any text.

use jiff::civil::Date;
use nagare_schema::{Config, SiteId};

use crate::{
    period,
    request::Params,
    segment::{Context, Segment},
};

/// The parameters of a request: a query, the first line, and a body.
pub fn request(text: &str) {
    let (query, body) = text.split_once('\n').unwrap_or((text, ""));
    let _ = Params::read(query, body);
}

/// The definition of a segment.
pub fn segment(text: &str) {
    let config = Config::default();
    let context = Context { config: &config, sites: &[SiteId(1)], is_user: true, hides_visitors: false };
    let _ = Segment::parse(Some(text), context);
}

/// A date, for every kind of period.
pub fn period(text: &str) {
    const TODAY: Date = Date::constant(2024, 5, 1);
    for kind in ["day", "week", "month", "year", "range"] {
        let _ = period::parse(kind, text, TODAY);
    }
}
