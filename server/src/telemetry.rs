//! Logs: to the terminal, to `app.log`, and errors once more to `error.log`. Files are rotated by size.

use std::path::Path;

use file_rotate::compression::Compression;
use file_rotate::suffix::AppendCount;
use file_rotate::{ContentLimit, FileRotate};
use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{Config, LogFormat};

/// A file is put aside when it has grown past this many bytes.
const FILE_BYTES: usize = 10 * 1_024 * 1_024;
/// Files kept beside the newest.
const FILES: usize = 5;

/// Writes what is left when it is dropped.
#[derive(Debug)]
pub struct Logs(#[expect(dead_code, reason = "its drop writes what is left")] Vec<WorkerGuard>);

/// Starts logging for the whole process.
///
/// # Errors
/// That the folder can't be made, or that `LOG_LEVEL` is no filter.
pub fn start(config: &Config) -> Result<Logs, String> {
    let folder = &config.log_dir;
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("LOG_DIR: can't make {}: {error}", folder.display()))?;
    let level = EnvFilter::builder()
        .parse(&config.log_level)
        .map_err(|error| format!("LOG_LEVEL: {error}; example: LOG_LEVEL=waybill=debug,info"))?;
    let (app, app_guard) = file(&folder.join("app.log"));
    let (errors, errors_guard) = file(&folder.join("error.log"));
    tracing_subscriber::registry()
        .with(level)
        .with(lines(
            config.log_format,
            std::io::stderr,
            std::io::IsTerminal::is_terminal(&std::io::stderr()),
        ))
        .with(lines(config.log_format, app, false))
        .with(lines(config.log_format, errors, false).with_filter(LevelFilter::ERROR))
        .try_init()
        .map_err(|error| error.to_string())?;
    Ok(Logs(vec![app_guard, errors_guard]))
}

fn file(path: &Path) -> (NonBlocking, WorkerGuard) {
    let limit = ContentLimit::BytesSurpassed(FILE_BYTES);
    tracing_appender::non_blocking(FileRotate::new(
        path,
        AppendCount::new(FILES),
        limit,
        Compression::None,
        None,
    ))
}

fn lines<S, W>(format: LogFormat, writer: W, has_colors: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(has_colors);
    match format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}
