//! A file of lines, each synced to disk before whoever brought it is answered: what the database could not take. Lines are
//! read in their order and dropped once the database has them all; reading a line twice is harmless.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Processes that may share a folder.
const FILES: usize = 64;

/// This process's file.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    path: PathBuf,
    /// Up to here lines are complete.
    written: u64,
    /// Up to here the database has them.
    done: u64,
}

/// Lines that wait, and what they take in the file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) lines: Vec<String>,
    bytes: u64,
}

impl Spool {
    /// Opens the first file in `folder` that no other process has. What processes that ended have left in others is moved in.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut own: Option<Self> = None;
        for number in 1..=FILES {
            let path = folder.join(format!("spool-{number}.jsonl"));
            if own.is_some() && !path.exists() {
                break;
            }
            let Some(mut found) = Self::lock(path)? else {
                continue;
            };
            match &mut own {
                None => own = Some(found),
                Some(own) => own.take_over(&mut found)?,
            }
        }
        own.ok_or_else(|| io::Error::other("too many processes share this folder"))
    }

    /// `None`: another process has it.
    fn lock(path: PathBuf) -> io::Result<Option<Self>> {
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut spool = Self {
            file,
            path,
            written: 0,
            done: 0,
        };
        spool.written = spool.end_of_last_line()?;
        // A line without its end was never answered for.
        if spool.file.metadata()?.len() > spool.written {
            spool.file.set_len(spool.written)?;
        }
        Ok(Some(spool))
    }

    fn end_of_last_line(&mut self) -> io::Result<u64> {
        let mut rest = self.file.metadata()?.len();
        let mut block = [0; 4_096];
        while rest > 0 {
            let length = rest.min(4_096);
            let Some(block) = block.get_mut(..usize::try_from(length).unwrap_or_default()) else {
                break;
            };
            self.file.seek(SeekFrom::Start(rest - length))?;
            self.file.read_exact(block)?;
            if let Some(at) = block.iter().rposition(|it| *it == b'\n') {
                return Ok(rest - length + at as u64 + 1);
            }
            rest -= length;
        }
        Ok(0)
    }

    fn take_over(&mut self, other: &mut Self) -> io::Result<()> {
        loop {
            let part = other.next(1_000)?;
            if part.lines.is_empty() {
                return Ok(());
            }
            self.append(&part.lines)?;
            other.drop_part(&part)?;
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.written == self.done
    }

    /// Bytes that wait.
    pub(super) fn size_bytes(&self) -> u64 {
        self.written - self.done
    }

    /// Puts lines on disk; when this returns they are durable. If it fails, none of them is there.
    pub(super) fn append(&mut self, lines: &[String]) -> io::Result<()> {
        let mut text = String::new();
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        let put = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        if let Err(error) = put {
            // Half a line must not spoil the next one.
            let _ = self.file.set_len(self.written);
            return Err(error);
        }
        self.written += text.len() as u64;
        Ok(())
    }

    /// The oldest lines that wait, at most `most`.
    pub(super) fn next(&mut self, most: usize) -> io::Result<Part> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.done))?;
        let mut reader = BufReader::new(file.take(self.written - self.done));
        let mut part = Part {
            lines: Vec::new(),
            bytes: 0,
        };
        let mut line = Vec::new();
        while part.lines.len() < most {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            part.bytes += read as u64;
            part.lines
                .push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        Ok(part)
    }

    /// Drops what [`Spool::next`] gave: the database has it.
    pub(super) fn drop_part(&mut self, part: &Part) -> io::Result<()> {
        self.done += part.bytes;
        if self.is_empty() {
            self.file.set_len(0)?;
            self.file.sync_data()?;
            (self.written, self.done) = (0, 0);
        }
        Ok(())
    }

    /// Keeps a line beside that nobody can read, for a person to look at.
    pub(super) fn set_aside(&self, line: &str) -> io::Result<()> {
        let path = self.path.with_extension("bad");
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        writeln!(file, "{line}")?;
        file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(spool: &mut Spool, most: usize) -> Vec<String> {
        let part = spool.next(most).unwrap();
        spool.drop_part(&part).unwrap();
        part.lines
    }

    #[test]
    fn lines_come_back_in_order_also_after_a_crash_in_the_middle_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(folder.path()).unwrap();
        spool.append(&["a".into(), "नमस्ते".into()]).unwrap();
        spool.append(&["c".into()]).unwrap();
        spool.file.write_all(b"half a li").unwrap();
        drop(spool);
        let mut spool = Spool::open(folder.path()).unwrap();
        assert_eq!(lines(&mut spool, 2), ["a", "नमस्ते"]);
        spool.append(&["d".into()]).unwrap();
        assert_eq!(lines(&mut spool, 9), ["c", "d"]);
        assert!(spool.is_empty());
        assert_eq!(spool.file.metadata().unwrap().len(), 0);
    }

    #[test]
    fn two_processes_have_two_files_and_an_orphan_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = Spool::open(folder.path()).unwrap();
        let mut other = Spool::open(folder.path()).unwrap();
        one.append(&["one".into()]).unwrap();
        other.append(&["other".into()]).unwrap();
        drop((one, other));
        let mut next = Spool::open(folder.path()).unwrap();
        assert_eq!(lines(&mut next, 9), ["one", "other"]);
        drop(next);
        assert!(Spool::open(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn a_full_disk_is_told_and_loses_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join("spool-1.jsonl")).unwrap();
        let mut spool = Spool::open(folder.path()).unwrap();
        assert!(spool.append(&["a".into()]).is_err());
        assert!(spool.is_empty());
    }
}
