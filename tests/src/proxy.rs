use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::broadcast,
};

const CHUNK: usize = 64 * 1024;

/// A TCP proxy that can swallow what the server answers, and cut all connections.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    fault: Arc<Fault>,
}

#[derive(Debug)]
struct Fault {
    swallow: AtomicBool,
    cut: broadcast::Sender<()>,
}

impl Proxy {
    /// Listens on a free port and forwards to `server_port` on loopback.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(server_port: u16) -> anyhow::Result<Self> {
        let port = crate::free_port()?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let fault = Arc::new(Fault { swallow: AtomicBool::new(false), cut: broadcast::channel(1).0 });
        tokio::spawn(accept(listener, server_port, fault.clone()));
        Ok(Self { port, fault })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on requests arrive and answers are lost.
    pub fn swallow_answers(&self) {
        self.fault.swallow.store(true, Ordering::SeqCst);
    }

    /// Cuts all connections; new ones work.
    pub fn cut(&self) {
        self.fault.swallow.store(false, Ordering::SeqCst);
        // Nobody connected is as good.
        let _ = self.fault.cut.send(());
    }
}

async fn accept(listener: TcpListener, server_port: u16, fault: Arc<Fault>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(forward(client, server_port, fault.clone()));
    }
}

async fn forward(client: TcpStream, server_port: u16, fault: Arc<Fault>) {
    let mut cut = fault.cut.subscribe();
    let Ok(server) = TcpStream::connect(("127.0.0.1", server_port)).await else { return };
    // As the processes would speak without a proxy between them.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let never = AtomicBool::new(false);
    tokio::select! {
        () = pump(client_in, server_out, &never) => {}
        () = pump(server_in, client_out, &fault.swallow) => {}
        _ = cut.recv() => {}
    }
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, swallow: &AtomicBool) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        if !swallow.load(Ordering::SeqCst) && to.write_all(&chunk[..length]).await.is_err() {
            return;
        }
    }
}
