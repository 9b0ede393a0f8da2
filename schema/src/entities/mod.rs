//! What people keep beside their sites and accounts.

mod annotation;
mod dashboard;
mod scheduled_report;
mod stored_segment;
mod tracking_failure;

pub use annotation::Annotation;
pub use dashboard::{Dashboard, Widget};
pub use scheduled_report::{ReportFormat, ReportSchedule, ReportTransport, ScheduledReport};
pub use stored_segment::StoredSegment;
pub use tracking_failure::{FailureKind, TrackingFailure};
