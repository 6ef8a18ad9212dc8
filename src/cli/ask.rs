//! Asks the person at the terminal; a script answers with lines on standard input.

use std::io::{self, IsTerminal};

use secrecy::SecretString;

use super::{failure::Failure, out};

/// Whether somebody sits there.
pub(super) fn is_somebody_there() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a line.
pub(super) async fn line(prompt: &str) -> Result<String, Failure> {
    out::talk(prompt);
    // On another thread: connections are kept alive while somebody looks for their telephone.
    read(|| {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    })
    .await
}

/// Asks for something that nobody else should see.
pub(super) async fn hidden(prompt: &str) -> Result<SecretString, Failure> {
    if is_somebody_there() {
        let prompt = format!("{prompt} ");
        read(move || rpassword::prompt_password(prompt).map(Some)).await.map(|text| text.trim().into())
    } else {
        line(prompt).await.map(SecretString::from)
    }
}

async fn read(work: impl FnOnce() -> io::Result<Option<String>> + Send + 'static) -> Result<String, Failure> {
    let read = tokio::task::spawn_blocking(work).await;
    let ended = || Failure::Refused("standard input ended before the answer".to_owned());
    match read {
        Ok(Ok(Some(text))) => Ok(text),
        Ok(Ok(None)) | Err(_) => Err(ended()),
        Ok(Err(why)) if why.kind() == io::ErrorKind::UnexpectedEof => Err(ended()),
        Ok(Err(why)) => Err(Failure::Refused(format!("can't read the answer: {why}"))),
    }
}
