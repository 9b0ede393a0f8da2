//! The rows of each table: facts as columns, borrowed wherever a text is. Field order and types are
//! those of `schema/clickhouse`.

mod action;
mod columns;
mod conversion;
mod hit;
mod visit;

pub(crate) use action::ActionRow;
pub(crate) use conversion::{ConversionItemRow, ConversionRow};
pub(crate) use hit::HitRow;
pub(crate) use visit::VisitRow;

/// Whether a row stands or cancels an earlier one of the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i8)]
pub(crate) enum Sign {
    /// Takes back the row of the same version.
    Cancel = -1,
    /// Stands until it is cancelled.
    Stand = 1,
}
