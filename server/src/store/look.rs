//! Looks at a database without changing it: opens what is there, for reading only, and compares its schema with ours.

use std::path::PathBuf;
use std::time::Duration;

use migration::{MigratorTrait as _, SchemaManager};
use sea_orm::sqlx::{Connection as _, PgConnection};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbErr, RuntimeErr, Statement};

use super::{BUSY_TIMEOUT, Db};

/// Where the steps that were taken are noted.
const STEPS: &str = "seaql_migrations";
const POSTGRES: [(&str, &str); 2] = [
    ("default_transaction_read_only", "on"),
    ("statement_timeout", "5000"),
];

/// How a database's schema compares with this program's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Steps that were taken.
    pub taken: usize,
    /// Steps that this program knows and the database has not taken.
    pub pending: usize,
    /// Steps that the database has taken and this program does not know: it is older.
    pub unknown: usize,
}

/// Opens the database at `url` for reading. The file of an SQLite database must be there.
///
/// # Errors
/// What the database said.
pub async fn look(url: &str) -> Result<Db, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(2)
        .connect_timeout(Duration::from_secs(4))
        .acquire_timeout(Duration::from_secs(4))
        .sqlx_logging(false);
    if file(url).is_some() {
        options.map_sqlx_sqlite_opts(|it| {
            it.read_only(true)
                .create_if_missing(false)
                .busy_timeout(BUSY_TIMEOUT)
        });
    } else {
        options.map_sqlx_postgres_opts(|it| it.options(POSTGRES));
    }
    if file(url).is_none() {
        // A pool tries again until its time is up, and then does not say why.
        let first = PgConnection::connect(url).await.map_err(conn)?;
        first.close().await.map_err(conn)?;
    }
    let connection = Database::connect(options).await?;
    Ok(Db::new(connection.clone(), connection))
}

fn conn(error: sea_orm::sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// The file of the SQLite database at `url`; `None`: it is not SQLite.
pub fn file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    path.split('?').next().map(PathBuf::from)
}

/// How the schema compares with ours.
///
/// # Errors
/// What the database said.
pub async fn schema(db: &Db) -> Result<Schema, DbErr> {
    let own: Vec<String> = migration::Migrator::migrations()
        .iter()
        .map(|it| it.name().to_owned())
        .collect();
    let db = db.read();
    let taken = if SchemaManager::new(db).has_table(STEPS).await? {
        let all = format!("SELECT version FROM {STEPS}");
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), all))
            .await?;
        rows.iter()
            .map(|row| row.try_get::<String>("", "version"))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        Vec::new()
    };
    Ok(Schema {
        pending: own.iter().filter(|it| !taken.contains(it)).count(),
        unknown: taken.iter().filter(|it| !own.contains(it)).count(),
        taken: taken.len(),
    })
}
