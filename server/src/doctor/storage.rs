//! Are the stores there: the database, the disk, Redis?

use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::TimeDelta;
use entity::node;
use rustix::fs::{Access, access, statvfs};

use super::{DATABASE, Finding, REDIS, Subject, ms};
use crate::cluster;
use crate::store::look::Schema;
use crate::store::{self, Db, look};

const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;
/// Below this somebody should make room.
const SCARCE: u64 = GIB;
/// Below this writes may fail any moment.
const TOO_LITTLE: u64 = 100 * MIB;
/// Processes that ended are remembered for so long.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// What became of opening the database.
#[derive(Debug, Default)]
pub(super) enum Base {
    /// It answers, and its schema is ours.
    Open {
        db: Db,
        /// Processes that reported themselves within the last hour.
        nodes: Vec<node::Model>,
    },
    /// It has nothing in it yet.
    New,
    /// It can't be read.
    #[default]
    Closed,
}

impl Base {
    pub(super) async fn close(self) {
        if let Self::Open { db, .. } = self {
            db.close().await;
        }
    }
}

/// Whether the database answers, with the schema that this program needs.
pub(super) async fn database(subject: &Subject) -> (Finding, Base) {
    if let Some(fault) = subject.fault(DATABASE) {
        return (fault, Base::Closed);
    }
    let url = subject.config.database_url.expose();
    let kind = if subject.config.is_sqlite() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let file = look::file(url);
    if let Some(file) = file.as_deref().filter(|it| !it.exists()) {
        let measured = format!("{} is not there yet", file.display());
        let fix = "waybill serve makes it at its start; if it should be there, check DATA_DIR and DATABASE_URL";
        return (Finding::warn(measured, fix), Base::New);
    }
    match looked_at(subject, url, kind).await {
        Ok(found) => found,
        Err(error) => {
            let fix = if file.is_some() {
                "check that this user may read the file of DATABASE_URL, and that it is a database"
            } else {
                "check that PostgreSQL is up and DATABASE_URL is right: host, user, password, name"
            };
            let finding = Finding::fail(format!("{kind} does not answer: {error}"), fix);
            (finding, Base::Closed)
        }
    }
}

async fn looked_at(
    subject: &Subject,
    url: &str,
    kind: &str,
) -> Result<(Finding, Base), sea_orm::DbErr> {
    let db = match &subject.server {
        Some(app) => app.db.clone(),
        None => look::look(url).await?,
    };
    let started = Instant::now();
    store::ping(&db).await?;
    let took = ms(started.elapsed());
    let schema = look::schema(&db).await?;
    let answers = format!("{kind}, {took}");
    if let Some((finding, base)) = unlike_ours(&schema, &answers) {
        if subject.server.is_none() {
            db.close().await;
        }
        return Ok((finding, base));
    }
    let since = subject.clock.now() - REMEMBERED;
    let nodes = store::nodes::alive(db.read(), since).await?;
    let measured = format!("{answers}, schema up to date (step {})", schema.taken);
    Ok((Finding::ok(measured), Base::Open { db, nodes }))
}

/// `None`: the schema is what this program needs.
fn unlike_ours(schema: &Schema, answers: &str) -> Option<(Finding, Base)> {
    let Schema {
        taken,
        pending,
        unknown,
    } = schema;
    if *taken == 0 {
        let fix = "waybill serve, or waybill migrate, makes the tables";
        return Some((Finding::warn(format!("{answers}, empty"), fix), Base::New));
    }
    if *unknown > 0 {
        let measured = format!("{answers}, schema newer than this program (steps: {unknown})");
        let fix = "run the version of waybill that used the database last, or a newer one";
        return Some((Finding::fail(measured, fix), Base::Closed));
    }
    if *pending > 0 {
        let measured = format!("{answers}, schema older than this program (steps: {pending})");
        let fix = "restart waybill serve with this version, or run waybill migrate";
        return Some((Finding::fail(measured, fix), Base::Closed));
    }
    None
}

/// Whether what must be written can be.
pub(super) fn disk(subject: &Subject) -> Finding {
    let folder = &subject.config.data_dir;
    let there = existing(folder);
    let mut needed = vec![there.clone()];
    needed.extend(look::file(subject.config.database_url.expose()).filter(|it| it.exists()));
    // Asked without opening: whoever closes an SQLite file takes its process's locks away.
    for path in needed {
        if let Err(error) = access(&path, Access::WRITE_OK) {
            let measured = format!("{} can't be written: {error}", path.display());
            return Finding::fail(measured, "let waybill's user write there, or set DATA_DIR");
        }
    }
    match statvfs(&there) {
        // Some network file systems tell nothing.
        Ok(it) if it.f_blocks == 0 => Finding::ok(format!("{} can be written", folder.display())),
        Ok(it) => room(it.f_bavail.saturating_mul(it.f_frsize), folder),
        Err(error) => Finding::warn(
            format!(
                "the free space of {} is not known: {error}",
                folder.display()
            ),
            "check DATA_DIR",
        ),
    }
}

/// The folder, or what there is of the way to it.
fn existing(folder: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = whole.ancestors().find(|it| it.exists());
    there.unwrap_or(Path::new("/")).to_owned()
}

fn room(bytes: u64, folder: &Path) -> Finding {
    let folder = folder.display();
    let free = if bytes >= GIB {
        let tenths = bytes / (GIB / 10);
        format!("{}.{} GiB", tenths / 10, tenths % 10)
    } else {
        format!("{} MiB", bytes / MIB)
    };
    let measured = format!("{free} free for {folder}");
    let fix = "make room, or move DATA_DIR: without it nothing can be kept";
    if bytes < TOO_LITTLE {
        Finding::fail(measured, fix)
    } else if bytes < SCARCE {
        Finding::warn(measured, fix)
    } else {
        Finding::ok(measured)
    }
}

/// Whether Redis answers, where there is to be one.
pub(super) async fn redis(subject: &Subject) -> Finding {
    if let Some(fault) = subject.fault(REDIS) {
        return fault;
    }
    let Some(url) = &subject.config.redis_url else {
        return Finding::ok("not used: fine for one node");
    };
    let started = Instant::now();
    match cluster::ping(url).await {
        Ok(()) => Finding::ok(format!("answers, {}", ms(started.elapsed()))),
        Err(error) => Finding::fail(
            format!("does not answer: {error}"),
            "start the Redis of REDIS_URL, or unset REDIS_URL; nothing is lost meanwhile, but nodes look for work twice a second only and each keeps to its share of the rate",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn little_room_is_told_in_time() {
        let status = |bytes| room(bytes, Path::new("data")).status;
        assert_eq!(
            [status(50 * MIB), status(500 * MIB), status(2 * GIB)],
            [Status::Fail, Status::Warn, Status::Ok]
        );
        assert_eq!(
            room(GIB * 3 / 2, Path::new("d")).measured,
            "1.5 GiB free for d"
        );
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_measured_where_it_will_be() {
        assert_eq!(existing(Path::new("/no/such/folder")), Path::new("/"));
        assert!(existing(Path::new("not-yet")).is_dir());
    }
}
