//! Reads that look through the whole log, a few at a time: the other connections are for everybody else.

use std::fmt::Display;
use std::sync::Arc;

use sea_orm::DbErr;
use tokio::sync::Semaphore;

/// At one time.
const MOST: usize = 3;

/// Who may look now.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Turns {
    /// Reads in its turn, which lasts until the database is done with it, also when nobody waits for it any more: a statement is
    /// not ended with its reader.
    ///
    /// # Errors
    /// What the database said.
    pub(super) async fn take<T, F>(&self, reading: F) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let ended = |it: &dyn Display| DbErr::Custom(format!("a search ended: {it}"));
        let turn = Arc::clone(&self.0).acquire_owned().await;
        let turn = turn.map_err(|it| ended(&it))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "it only reads: a stop does not wait for it for long"
        )]
        let task = tokio::spawn(async move {
            let found = reading.await;
            drop(turn);
            found
        });
        task.await.map_err(|it| ended(&it))?
    }
}
