//! A database that does not answer, as long as a test wants.

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

use super::TestApp;

/// Somebody else's transaction that holds what the server wants to write. Ends with [`Lock::open`].
pub(crate) struct Lock(DatabaseConnection);

impl Lock {
    pub(crate) async fn open(self) {
        self.0.execute_unprepared("ROLLBACK").await.unwrap();
        self.0.close().await.unwrap();
    }
}

impl TestApp {
    /// From now on nobody writes messages, contacts or webhook events.
    pub(crate) async fn lock_database(&self) -> Lock {
        let config = &self.running.app.config;
        let mut options = ConnectOptions::new(config.database_url.expose());
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.unwrap();
        let lock = if config.is_sqlite() {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN; LOCK TABLE message, contact, webhook_event IN EXCLUSIVE MODE"
        };
        connection.execute_unprepared(lock).await.unwrap();
        Lock(connection)
    }
}
