//! A place on the web that has a feed, or anything else.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What it does with those who ask.
#[derive(Clone, Debug)]
pub(super) enum Manner {
    /// Sends this with its mark, or says that it is as it was.
    Feed(String),
    /// Sends this, whatever it is.
    Says(String),
    /// Has trouble of its own.
    Broken,
    /// Sends without end.
    Endless,
    /// Says nothing.
    Silent,
    /// Sends elsewhere.
    Elsewhere(String),
}

/// A source.
pub(super) struct Source {
    pub(super) url: String,
    manner: Arc<Mutex<Manner>>,
    /// The heads of all requests.
    asked: Arc<Mutex<Vec<String>>>,
}

/// A feed with these items, the first one the newest.
pub(super) fn rss(title: &str, items: &[(&str, &str)]) -> String {
    let item = |(day, (title, link)): (usize, &(&str, &str))| {
        format!("<item><title>{title}</title><link>{link}</link><pubDate>{:02} Jan 2026 08:00:00 GMT</pubDate></item>", 25 - day)
    };
    let items: String = items.iter().enumerate().map(item).collect();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title}</title>{items}</channel></rss>")
}

impl Source {
    pub(super) async fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/rss?a=1&b=2", listener.local_addr().expect("an address"));
        let source = Self { url, manner: Arc::new(Mutex::new(manner)), asked: Arc::default() };
        let (manner, asked) = (source.manner.clone(), source.asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner.clone(), asked.clone()));
            }
        });
        source
    }

    pub(super) fn becomes(&self, manner: Manner) {
        *self.manner.lock().expect("nobody panics") = manner;
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics").clone()
    }
}

async fn serve(mut stream: TcpStream, manner: Arc<Mutex<Manner>>, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read_exact(&mut byte).await.is_err() {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let is_known = head.contains("if-none-match: \"mark\"");
    asked.lock().expect("nobody panics").push(head);
    let manner = manner.lock().expect("nobody panics").clone();
    let answer = match manner {
        Manner::Feed(_) if is_known => "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_owned(),
        Manner::Feed(text) => format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\netag: \"mark\"\r\nlast-modified: Mon, 26 Jan 2026 00:00:00 GMT\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        ),
        Manner::Says(text) => format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}", text.len()),
        Manner::Broken => "HTTP/1.1 503 Sorry\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned(),
        Manner::Elsewhere(to) => {
            format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        }
        Manner::Endless => {
            let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            while sent.is_ok() {
                sent = stream.write_all(&[b' '; 64 * 1024]).await;
            }
            return;
        }
        Manner::Silent => return std::future::pending().await,
    };
    drop(stream.write_all(answer.as_bytes()).await);
}
