//! Rows of days by their places: where a report tells no more than so many rows of a day, the engine sums up those
//! that are past the limit for certain. Rows of equal weight have one place, so that who knows what they are
//! called decides among them.

/// The last key of the row that sums up those past the limit.
pub(crate) const REST_KEY: &str = "\u{1}others";
/// The same, written down.
pub(super) const REST: &str = r"'\x01others'";

/// `… AS place`: by weight among the rows of a site and period that take places; the others come before.
pub(super) fn place(takes_place: &str, period: &str, weight: &str) -> String {
    format!(
        "if({takes_place}, rank() OVER (PARTITION BY site_id, {period}, {takes_place} ORDER BY {weight} DESC), 0) AS place"
    )
}
