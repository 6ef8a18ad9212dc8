//! Logs: to standard error, and to a file a day where the settings say so. Ids only, never names, words or tokens;
//! should a token get into a line all the same, it is blotted out on the way.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    str::FromStr,
};

use secrecy::{ExposeSecret, SecretString};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::LogConfig;

/// Logging can't begin.
#[derive(Debug, thiserror::Error)]
#[error("can't log to {}: {why}; check LOG_FILE and the rights of its directory", path.display())]
pub struct LogFault {
    path: PathBuf,
    why: String,
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Begins logging for the whole process, blotting out `secrets`. A second call changes nothing.
pub fn start(config: &LogConfig, secrets: Vec<SecretString>) -> Result<(), LogFault> {
    let colours = io::stderr().is_terminal() && !config.json;
    let mut layers = vec![layer(config, colours, Blotting { to: io::stderr, secrets: secrets.clone() })];
    if let Some(path) = &config.file {
        let file = Blotting { to: rolling(path, config.keep_days)?, secrets };
        layers.push(layer(config, false, file));
    }
    // Fails only if somebody logs already: a test that starts the program twice.
    drop(tracing_subscriber::registry().with(layers).try_init());
    Ok(())
}

fn layer<W>(config: &LogConfig, colours: bool, writer: W) -> BoxedLayer
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::from_str(&filter(&config.filter)).expect("the settings were checked");
    if config.json {
        fmt::layer().json().flatten_event(true).with_ansi(false).with_writer(writer).with_filter(filter).boxed()
    } else {
        fmt::layer().with_ansi(colours).with_target(false).with_writer(writer).with_filter(filter).boxed()
    }
}

/// MTProto's library tells each packet; whoever wants that names it.
fn filter(asked: &str) -> String {
    if asked.contains("grammers") {
        asked.to_owned()
    } else {
        format!("{asked},grammers_mtsender=error,grammers_mtproto=error,grammers_session=error")
    }
}

fn rolling(path: &Path, keep_days: usize) -> Result<RollingFileAppender, LogFault> {
    let fault = |why: String| LogFault { path: path.to_owned(), why };
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| fault("this is no file name".to_owned()))?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(|why| fault(why.to_string()))?;
    let builder = RollingFileAppender::builder().rotation(Rotation::DAILY).filename_prefix(name).max_log_files(keep_days);
    builder.build(dir).map_err(|why| fault(why.to_string()))
}

/// A writer that lets no secret pass.
struct Blotting<M> {
    to: M,
    secrets: Vec<SecretString>,
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Blotting<M> {
    type Writer = BlottingWriter<'a, M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        BlottingWriter { to: self.to.make_writer(), secrets: &self.secrets }
    }
}

struct BlottingWriter<'a, W> {
    to: W,
    secrets: &'a [SecretString],
}

impl<W: Write> Write for BlottingWriter<'_, W> {
    /// A line arrives in one piece, so a secret is never cut in two.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let clean = self.secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty());
        let clean = clean.fold(text.into_owned(), |text, secret| text.replace(secret, "***"));
        self.to.write_all(clean.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tempfile::TempDir;

    use super::*;

    const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("unpoisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn config(json: bool) -> LogConfig {
        LogConfig { filter: "info".to_owned(), json, file: None, keep_days: 2 }
    }

    fn logged(json: bool) -> String {
        let memory = Memory::default();
        let to = memory.clone();
        let writer = Blotting { to: move || to.clone(), secrets: vec![TOKEN.to_owned().into()] };
        let subscriber = tracing_subscriber::registry().with(layer(&config(json), false, writer));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(chat.id = -100, url = format!("https://api.telegram.org/bot{TOKEN}/getMe"), "asked");
            tracing::debug!("not told");
        });
        let bytes = memory.0.lock().expect("unpoisoned").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn a_token_never_gets_through() {
        for json in [false, true] {
            let text = logged(json);
            assert!(text.contains("/bot***/getMe") && text.contains("asked") && !text.contains("AAHdq"), "{text}");
            assert!(!text.contains("not told"));
        }
        assert!(serde_json::from_str::<serde_json::Value>(&logged(true)).is_ok());
    }

    #[test]
    fn the_file_is_one_of_a_few() {
        let dir = TempDir::new().expect("a directory");
        let path = dir.path().join("logs").join("rollcall.log");
        writeln!(rolling(&path, 2).expect("opens"), "hello").expect("writes");
        let names: Vec<_> =
            fs::read_dir(dir.path().join("logs")).expect("lists").flatten().map(|entry| entry.file_name()).collect();
        assert!(names.len() == 1 && names[0].to_string_lossy().starts_with("rollcall.log."), "{names:?}");
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_told() {
        let dir = TempDir::new().expect("a directory");
        fs::write(dir.path().join("file"), "").expect("written");
        let why = rolling(&dir.path().join("file").join("x.log"), 2).expect_err("refused");
        assert!(why.to_string().contains("check LOG_FILE"), "{why}");
    }
}
