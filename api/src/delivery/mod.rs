//! Sends scheduled reports when they are due (`reports.md` §19). Every process looks; the one whose change
//! of "sent last" is stored first sends, so that nobody receives a report twice. One that cannot be sent
//! is tried again at its next time.

mod due;
mod mail;

use std::time::Duration;

use nagare_runtime::{Context, Expected};
use nagare_schema::{ConfigKey, Entity, ReportTransport, ScheduledReport, Scope, UnixSeconds, ZoneClock};

pub(crate) use mail::{MailError, Mailer};

use crate::{
    auth::{Caller, Identity},
    endpoint::Endpoint,
    error::Fault,
    methods::{Call, Origin, data_period, render},
    request::Params,
};

/// Between two looks at what is due.
const LOOK_INTERVAL: Duration = Duration::from_secs(60);

/// Looks for reports that are due, and sends them, until the process stops.
pub(crate) async fn deliver(context: Context, endpoint: Endpoint) {
    let mut interval = tokio::time::interval(LOOK_INTERVAL);
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return,
            _ = interval.tick() => {}
        }
        let config = context.directory.snapshot();
        for report in config.reports.values() {
            let zone = config.sites.get(&report.site).map_or("UTC", |site| site.timezone.as_str());
            let (clock, now) = (ZoneClock::new(zone), UnixSeconds::from(context.clock.now()));
            if due::is_due(report, &clock, now) && claim(&context, report, &clock).await {
                send_due(&context, &endpoint, report, &clock).await;
            }
        }
    }
}

/// Marks the report as sent, unless somebody else was first.
async fn claim(context: &Context, report: &ScheduledReport, clock: &ZoneClock) -> bool {
    let Ok(Some((Entity::Report(stored), revision))) = context.directory.get(&ConfigKey::Report(report.id)).await
    else {
        return false;
    };
    let now = context.clock.now();
    if !due::is_due(&stored, clock, UnixSeconds::from(now)) {
        return false;
    }
    let claimed = Entity::Report(ScheduledReport { sent_at: Some(now), ..stored });
    context.directory.put(&claimed, Expected::Revision(revision)).await.is_ok()
}

async fn send_due(context: &Context, endpoint: &Endpoint, report: &ScheduledReport, clock: &ZoneClock) {
    let (params, origin) = (Params::default(), Origin::default());
    // As its owner sees it, whatever the owner may see by now.
    let caller = Caller {
        identity: Identity::User(report.login.clone()),
        session: None,
        scope: Scope::default(),
        config: context.directory.snapshot(),
    };
    let now = context.clock.now();
    let call = endpoint.call(&caller, &params, now, &origin);
    let today = clock.local(UnixSeconds::from(now)).date();
    let period = data_period(report).to_owned();
    if let Err(fault) = send(&call, report, &period, &due::date_of(&period, today).to_string()).await {
        tracing::error!(report = report.id, reason = fault.message, "a scheduled report was not sent");
    }
}

/// Puts a report together and sends it to its readers.
pub(crate) async fn send(call: &Call<'_>, report: &ScheduledReport, period: &str, date: &str) -> Result<(), Fault> {
    if report.transport == ReportTransport::Mobile {
        return Err(Fault::new("Text messages cannot be sent: no provider is configured."));
    }
    let owner = call.caller.config.users.get(&report.login).filter(|_| report.to_owner);
    let to: Vec<String> =
        owner.map(|owner| owner.email.clone()).into_iter().chain(report.recipients.iter().cloned()).collect();
    let document = render(call, report, period, date).await?;
    let mailer = call.mailer.ok_or_else(|| Fault::new(MailError::NoServer.to_string()))?;
    let sent = mailer.send(&to, &report.description, &document).await;
    sent.map_err(|error| Fault::unavailable(error.to_string()))
}
