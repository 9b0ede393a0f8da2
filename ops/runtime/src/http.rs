use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use axum_server::{Handle, Server};
use clap::Args;
use hyper_util::rt::TokioTimer;
use prometheus::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{Health, ProxyOptions, TlsOptions, metrics_text, proxies::Proxies, tls};

/// Time open requests get to finish when the process stops.
pub const HTTP_DRAIN_MAX: Duration = Duration::from_secs(10);
/// Time a client gets to send the head of a request; connections that say nothing are closed after it.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// Bytes of the head of a request.
const HEAD_BYTES_MAX: usize = 128 * 1024;
/// Bytes of the headers of a request over HTTP/2.
const HEADER_LIST_BYTES_MAX: u32 = 128 * 1024;
/// Requests at a time over one connection of HTTP/2.
const STREAMS_MAX: u32 = 200;

/// What every answer says unless it says something else: it is what it claims to be, and loads nothing.
const HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// How a process serves its requests.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeOptions {
    #[command(flatten)]
    tls: TlsOptions,
    #[command(flatten)]
    proxies: ProxyOptions,
}

/// Serves `router` with `/health/live`, `/health/ready` and `/metrics` beside it until `stop`, then
/// lets open requests finish for [`HTTP_DRAIN_MAX`].
///
/// # Errors
/// When the listener fails, or what the options name cannot be used.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    observed: (Vec<Registry>, Health),
    options: &ServeOptions,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let proxies = Arc::new(options.proxies.open()?);
    let router = guarded(beside(router, observed), proxies);
    let handle = Handle::new();
    let listener = listener.into_std()?;
    let (ending, told) = (handle.clone(), stop.clone());
    tokio::spawn(async move {
        told.cancelled().await;
        ending.graceful_shutdown(Some(HTTP_DRAIN_MAX));
    });
    let Some(certificate) = tls::open(&options.tls, stop).await? else {
        let mut server = axum_server::from_tcp(listener)?.handle(handle);
        limit(&mut server);
        return server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await;
    };
    let mut server = axum_server::from_tcp_rustls(listener, certificate)?.handle(handle);
    limit(&mut server);
    server.serve(tls::secure(router).into_make_service_with_connect_info::<SocketAddr>()).await
}

/// The bounds of a connection: slow and greedy clients meet them.
fn limit<Acceptor>(server: &mut Server<SocketAddr, Acceptor>) {
    let builder = server.http_builder();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_BYTES_MAX);
    builder.http2().max_header_list_size(HEADER_LIST_BYTES_MAX).max_concurrent_streams(STREAMS_MAX);
}

fn beside(router: Router, observed: (Vec<Registry>, Health)) -> Router {
    let (registries, health) = observed;
    router
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(move || std::future::ready(readiness(&health))))
        .route("/metrics", get(move || std::future::ready(metrics_text(&registries))))
}

/// Adds the headers, and tells handlers the client's address instead of a proxy's.
fn guarded(router: Router, proxies: Arc<Proxies>) -> Router {
    let router = HEADERS.iter().fold(router, |router, (name, value)| {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        router.layer(SetResponseHeaderLayer::if_not_present(name, value))
    });
    router.layer(from_fn(move |request: Request, next: Next| client_address(proxies.clone(), request, next)))
}

async fn client_address(proxies: Arc<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    if let Some(peer) = peer {
        let client: IpAddr = proxies.client(request.headers(), peer.ip());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, peer.port())));
    }
    next.run(request).await
}

fn readiness(health: &Health) -> (StatusCode, String) {
    let waiting = health.waiting_for();
    if waiting.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("waiting for {}\n", waiting.join(", ")))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::tls::tests::{Certificate, Client};

    /// Clients that connect while the certificate is replaced.
    const CLIENTS: usize = 8;

    struct Served {
        address: SocketAddr,
        stop: CancellationToken,
        serving: tokio::task::JoinHandle<std::io::Result<()>>,
    }

    impl Served {
        async fn new(tls: TlsOptions) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
            let told = stop.clone();
            let serving = tokio::spawn(async move {
                let router = Router::new().route(
                    "/who",
                    get(|ConnectInfo(from): ConnectInfo<SocketAddr>| async move { from.ip().to_string() }),
                );
                let proxies = ProxyOptions {
                    trusted_proxies: vec!["127.0.0.1".to_owned()],
                    proxy_headers: vec!["x-forwarded-for".to_owned()],
                };
                let options = ServeOptions { tls, proxies };
                serve(listener, router, (Vec::new(), Health::default()), &options, told).await
            });
            Self { address, stop, serving }
        }

        async fn end(self) {
            self.stop.cancel();
            self.serving.await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn every_answer_says_that_it_loads_nothing() {
        let served = Served::new(TlsOptions::default()).await;
        let answer = Client::plain(served.address).await.get("/health/live", "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for (name, value) in HEADERS {
            assert!(answer.contains(&format!("{name}: {value}\r\n")), "{name}: {answer}");
        }
        assert!(!answer.contains("strict-transport-security"), "{answer}");
        served.end().await;
    }

    #[tokio::test]
    async fn a_trusted_proxy_tells_the_address_of_the_client() {
        let served = Served::new(TlsOptions::default()).await;
        let mut client = Client::plain(served.address).await;
        let answer = client.get("/who", "x-forwarded-for: 203.0.113.7\r\n").await;
        assert!(answer.ends_with("203.0.113.7"), "{answer}");
        served.end().await;
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let served = Served::new(TlsOptions::default()).await;
        let headers = format!("x-large: {}\r\n", "a".repeat(HEAD_BYTES_MAX));
        let answer = Client::plain(served.address).await.get("/who", &headers).await;
        assert!(answer.starts_with("HTTP/1.1 431") || answer.is_empty(), "{answer}");
        served.end().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_is_slow_with_its_head_is_sent_away() {
        let served = Served::new(TlsOptions::default()).await;
        let mut slow = tokio::net::TcpStream::connect(served.address).await.unwrap();
        let (mut answer, begun) = ([0; 1024], tokio::time::Instant::now());
        slow.write_all(b"GET /who HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        assert!(slow.read(&mut answer).await.unwrap() > 0);
        // A byte now and then does not help.
        for byte in b"GET /who HTT" {
            if slow.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::advance(HEAD_WITHIN / 10).await;
        }
        let ended = tokio::time::timeout(HEAD_WITHIN, slow.read_to_end(&mut Vec::new())).await;
        assert!(ended.is_ok() && begun.elapsed() < 2 * HEAD_WITHIN, "it stays for {:?}", begun.elapsed());
        served.end().await;
    }

    #[tokio::test]
    async fn over_tls_browsers_are_told_to_stay_and_a_new_certificate_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let first = Certificate::write(folder.path());
        let served = Served::new(first.options()).await;
        let (mut client, shown) = Client::secure(served.address, &[&first]).await;
        assert_eq!(shown, first.der);
        let answer = client.get("/health/live", "").await;
        assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
        let second = Certificate::write(folder.path());
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        let visits = (0..CLIENTS).map(async |_| {
            loop {
                let (mut client, shown) = Client::secure(served.address, &[&first, &second]).await;
                assert!(client.get("/health/live", "").await.starts_with("HTTP/1.1 200"));
                if shown == second.der || tokio::time::Instant::now() > deadline {
                    return shown == second.der;
                }
            }
        });
        let taken_up = futures_util::future::join_all(visits).await;
        assert!(taken_up.into_iter().all(|taken_up| taken_up), "the new certificate is not shown");
        // The connection that was open goes on.
        assert!(client.get("/health/live", "").await.starts_with("HTTP/1.1 200"));
        served.end().await;
    }
}
