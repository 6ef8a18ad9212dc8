//! What the terminal sees: data on standard output, talk on standard error. A reader that went away (`| head`) is no error.

use std::io::{self, ErrorKind, Write};

/// Writes data for a person or the next program; a line break is added where there is none.
pub(super) fn data(text: &str) -> io::Result<()> {
    bytes(text.as_bytes())?;
    if text.ends_with('\n') { Ok(()) } else { bytes(b"\n") }
}

/// Writes data as it is.
pub(super) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Says something to the person beside the data.
pub(super) fn talk(text: &str) {
    // Nobody is left to tell if this fails.
    drop(writeln!(io::stderr().lock(), "{text}"));
}
