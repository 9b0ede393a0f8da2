use std::{net::SocketAddr, time::Duration};

use axum::{Router, http::StatusCode, routing::get};
use prometheus::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Health, metrics_text};

/// Time open requests get to finish when the process stops.
pub const HTTP_DRAIN_MAX: Duration = Duration::from_secs(10);

/// Serves `router` with `/health/live`, `/health/ready` and `/metrics` beside it until `stop`, then
/// lets open requests finish for [`HTTP_DRAIN_MAX`].
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    observed: (Vec<Registry>, Health),
    stop: CancellationToken,
) -> std::io::Result<()> {
    let (registries, health) = observed;
    let router = router
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(move || std::future::ready(readiness(&health))))
        .route("/metrics", get(move || std::future::ready(metrics_text(&registries))));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        result = server => result,
        () = async { stop.cancelled().await; tokio::time::sleep(HTTP_DRAIN_MAX).await } => Ok(()),
    }
}

fn readiness(health: &Health) -> (StatusCode, String) {
    let waiting = health.waiting_for();
    if waiting.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("waiting for {}\n", waiting.join(", ")))
}
