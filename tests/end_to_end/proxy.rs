//! Small proxies that ask for a name and a password.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Who may pass.
pub(crate) const USER: &str = "boss";
pub(crate) const PASSWORD: &str = "pa55-W0rd-of-the-pr0xy";
/// `boss:pa55-W0rd-of-the-pr0xy` as an HTTP proxy hears it.
pub(crate) const BASIC: &str = "Ym9zczpwYTU1LVcwcmQtb2YtdGhlLXByMHh5";

/// What a proxy speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Speaks {
    Http,
    Socks5,
}

/// A proxy on a port of its own, for as long as the test runs.
pub(crate) struct Proxy {
    address: SocketAddr,
    speaks: Speaks,
    passed: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) fn start(speaks: Speaks) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let passed = Arc::new(AtomicUsize::new(0));
        let counter = passed.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let counter = counter.clone();
                // A client that goes away in the middle is no matter.
                thread::spawn(move || drop(serve(speaks, client, &counter)));
            }
        });
        Self { address, speaks, passed }
    }

    /// Its address, with the password or another one.
    pub(crate) fn url(&self, password: &str) -> String {
        let scheme = match self.speaks {
            Speaks::Http => "http",
            Speaks::Socks5 => "socks5",
        };
        format!("{scheme}://{USER}:{password}@{}", self.address)
    }

    /// How many connections it let through.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::Relaxed)
    }
}

fn serve(speaks: Speaks, mut client: TcpStream, passed: &AtomicUsize) -> io::Result<()> {
    let server = match speaks {
        Speaks::Http => through_http(&mut client)?,
        Speaks::Socks5 => through_socks(&mut client)?,
    };
    let Some(mut server) = server else { return Ok(()) };
    passed.fetch_add(1, Ordering::Relaxed);
    let (mut back, mut answers) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        drop(io::copy(&mut back, &mut answers));
        drop(answers.shutdown(Shutdown::Both));
    });
    drop(io::copy(&mut client, &mut server));
    server.shutdown(Shutdown::Both)
}

/// Plain requests with the whole address in their first line; all of a connection go to the same server.
fn through_http(client: &mut TcpStream) -> io::Result<Option<TcpStream>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    if !text.to_lowercase().contains("proxy-authorization: basic ") || !text.contains(BASIC) {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\
                       Content-Length: 0\r\nConnection: close\r\n\r\n";
        client.write_all(refusal.as_bytes())?;
        return Ok(None);
    }
    let host = text.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let mut server = TcpStream::connect(host)?;
    server.write_all(&head)?;
    Ok(Some(server))
}

/// RFC 1928 with the passwords of RFC 1929.
fn through_socks(client: &mut TcpStream) -> io::Result<Option<TcpStream>> {
    let methods = read(client, 2)?[1];
    read(client, methods.into())?;
    client.write_all(&[5, 2])?;
    let name_length = read(client, 2)?[1];
    let name = read(client, name_length.into())?;
    let password_length = read(client, 1)?[0];
    let password = read(client, password_length.into())?;
    let may_pass = name == USER.as_bytes() && password == PASSWORD.as_bytes();
    client.write_all(&[1, u8::from(!may_pass)])?;
    if !may_pass {
        return Ok(None);
    }
    let request = read(client, 10)?;
    let ip = Ipv4Addr::new(request[4], request[5], request[6], request[7]);
    let server = TcpStream::connect((ip, u16::from_be_bytes([request[8], request[9]])))?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    Ok(Some(server))
}

fn read(client: &mut TcpStream, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; n];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}
