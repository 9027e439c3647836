//! Whoever comes waits in one hall; one worker takes all who wait at that moment and answers each. So a transaction and its
//! sync to disk are paid once for many. Knows neither database nor flow.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

/// Places in the hall; who comes later waits at the door.
const PLACES: usize = 1_024;

/// The way in: `Q` is asked, `A` is answered.
#[derive(Debug)]
pub struct Door<Q, A> {
    door: mpsc::Sender<Waiting<Q, A>>,
    hall: Mutex<Option<Hall<Q, A>>>,
}

/// What waits, for the one worker.
pub type Hall<Q, A> = mpsc::Receiver<Waiting<Q, A>>;

/// One who waits.
#[derive(Debug)]
pub struct Waiting<Q, A> {
    /// What is asked.
    pub question: Q,
    /// Where the answer goes. One who left gets none; their question counts all the same.
    pub answer: oneshot::Sender<A>,
}

impl<Q, A> Default for Door<Q, A> {
    fn default() -> Self {
        let (door, hall) = mpsc::channel(PLACES);
        Self {
            door,
            hall: Mutex::new(Some(hall)),
        }
    }
}

impl<Q, A> Door<Q, A> {
    /// The hall: given out once.
    pub fn hall(&self) -> Option<Hall<Q, A>> {
        self.hall
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Asks and waits for the answer; `None` when the worker has ended.
    pub async fn ask(&self, question: Q) -> Option<A> {
        let (answer, answered) = oneshot::channel();
        self.door.send(Waiting { question, answer }).await.ok()?;
        answered.await.ok()
    }
}

/// Waits for the next batch of at most `most`; an empty one means the end. After `stop` only those who wait already come.
pub async fn next_batch<Q, A>(
    hall: &mut Hall<Q, A>,
    batch: &mut Vec<Waiting<Q, A>>,
    most: usize,
    stop: &tokio_util::sync::CancellationToken,
) -> usize {
    tokio::select! {
        biased;
        count = hall.recv_many(batch, most) => count,
        () = stop.cancelled() => {
            hall.close();
            hall.recv_many(batch, most).await
        }
    }
}
