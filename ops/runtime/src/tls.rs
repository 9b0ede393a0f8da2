//! TLS by rustls: certificates that are taken up anew when their files change, and the way to HTTPS.

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use axum_server::tls_rustls::RustlsConfig;
use clap::Args;
use tokio::{fs, net::TcpListener};
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;

/// Between two looks at the files of the certificate.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// For a year browsers speak HTTPS without being told again.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Whether a process speaks TLS itself.
#[derive(Debug, Clone, Default, Args)]
pub struct TlsOptions {
    /// File of the certificate chain in PEM; with it the process speaks TLS. Taken up anew when it changes.
    #[arg(long, env = "NAGARE_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// File of its private key in PEM.
    #[arg(long, env = "NAGARE_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// Address on which plain HTTP is answered with the way to HTTPS.
    #[arg(long, env = "NAGARE_TLS_REDIRECT_LISTEN", requires = "tls_certificate")]
    pub tls_redirect_listen: Option<SocketAddr>,
}

/// The certificate, kept current, and the redirection beside it; `None` without TLS.
pub(crate) async fn open(options: &TlsOptions, stop: CancellationToken) -> io::Result<Option<RustlsConfig>> {
    let (Some(certificate), Some(key)) = (options.tls_certificate.clone(), options.tls_key.clone()) else {
        return Ok(None);
    };
    // Somebody else may have installed one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let known = read(&certificate, &key).await?;
    let config = RustlsConfig::from_pem(known.0.clone(), known.1.clone()).await?;
    if let Some(address) = options.tls_redirect_listen {
        let listener = TcpListener::bind(address).await?;
        let told = stop.clone();
        tokio::spawn(async move {
            let server = axum::serve(listener, Router::new().fallback(redirect));
            if let Err(error) = server.with_graceful_shutdown(told.cancelled_owned()).await {
                tracing::error!(%error, "the redirection to HTTPS ended");
            }
        });
    }
    let kept = config.clone();
    tokio::spawn(async move {
        let current = keep_current(&kept, (certificate, key), known);
        stop.run_until_cancelled(current).await;
    });
    Ok(Some(config))
}

/// Certificate chain and private key in PEM.
type Pem = (Vec<u8>, Vec<u8>);

/// Looks after the files for ever, which held `known` when they were used last.
async fn keep_current(config: &RustlsConfig, (certificate, key): (PathBuf, PathBuf), mut known: Pem) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Ok(found) = read(&certificate, &key).await else { continue };
        if known == found {
            continue;
        }
        // Halfway through a replacement certificate and key do not fit: the next look finds them whole.
        match config.reload_from_pem(found.0.clone(), found.1.clone()).await {
            Ok(()) => {
                tracing::info!("the TLS certificate was taken up anew");
                known = found;
            }
            Err(error) => tracing::warn!(%error, "the TLS certificate cannot be used; the one before stays"),
        }
    }
}

async fn read(certificate: &PathBuf, key: &PathBuf) -> io::Result<Pem> {
    Ok((fs::read(certificate).await?, fs::read(key).await?))
}

/// The router as it is served over TLS.
pub(crate) fn secure(router: Router) -> Router {
    let (name, value) = (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    router.layer(SetResponseHeaderLayer::overriding(name, value)).layer(from_fn(tell_https))
}

/// Handlers read this header, whoever ends TLS.
async fn tell_https(mut request: Request, next: Next) -> Response {
    let name = HeaderName::from_static("x-forwarded-proto");
    request.headers_mut().insert(name, HeaderValue::from_static("https"));
    next.run(request).await
}

async fn redirect(headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // The port is that of plain HTTP; a host in brackets keeps its colons.
    let host = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(host, _)| host);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match HeaderValue::from_str(&format!("https://{host}{path}")) {
        Ok(target) if !host.is_empty() => {
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{path::Path, sync::Arc};

    use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};
    use tokio::{
        io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    /// A certificate of localhost that signs itself, in files.
    pub(crate) struct Certificate {
        pub(crate) der: Vec<u8>,
        certificate: PathBuf,
        key: PathBuf,
    }

    impl Certificate {
        pub(crate) fn write(folder: &Path) -> Self {
            let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
            let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
            std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
            std::fs::write(&certificate, made.cert.pem()).unwrap();
            Self { der: made.cert.der().to_vec(), certificate, key }
        }

        pub(crate) fn options(&self) -> TlsOptions {
            TlsOptions {
                tls_certificate: Some(self.certificate.clone()),
                tls_key: Some(self.key.clone()),
                tls_redirect_listen: None,
            }
        }
    }

    trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
    impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

    /// A connection of HTTP/1.1.
    pub(crate) struct Client(Box<dyn Stream>);

    impl Client {
        pub(crate) async fn plain(address: SocketAddr) -> Self {
            Self(Box::new(TcpStream::connect(address).await.unwrap()))
        }

        /// Over TLS with one of the certificates, which is returned.
        pub(crate) async fn secure(address: SocketAddr, trusted: &[&Certificate]) -> (Self, Vec<u8>) {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let mut roots = RootCertStore::empty();
            trusted.iter().for_each(|certificate| roots.add(CertificateDer::from(certificate.der.clone())).unwrap());
            let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
            let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
            let stream = TcpStream::connect(address).await.unwrap();
            let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
            let shown = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
            (Self(Box::new(stream)), shown)
        }

        /// Head and body of an answer.
        pub(crate) async fn get(&mut self, path: &str, headers: &str) -> String {
            let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
            if self.0.write_all(request.as_bytes()).await.is_err() {
                return String::new();
            }
            let mut answer = Vec::new();
            loop {
                let mut part = [0_u8; 4096];
                match self.0.read(&mut part).await {
                    Ok(0) | Err(_) => break,
                    Ok(length) => answer.extend_from_slice(&part[..length]),
                }
                let text = String::from_utf8_lossy(&answer);
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    break;
                }
            }
            String::from_utf8_lossy(&answer).into_owned()
        }
    }

    #[tokio::test]
    async fn plain_http_is_sent_to_https() {
        let check = |host: &'static str, expected: Option<&'static str>| async move {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            let answer = redirect(headers, "/a?b=c".parse().unwrap()).await;
            let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(location.as_deref(), expected, "{host}");
        };
        check("stats.example:8080", Some("https://stats.example/a?b=c")).await;
        check("stats.example", Some("https://stats.example/a?b=c")).await;
        check("[::1]:80", Some("https://[::1]/a?b=c")).await;
        check("", None).await;
    }
}
