//! Numbers that a log has drawn: a cursor beyond them is not of this log, also where its newest events were deleted.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::is_postgres;
use super::sql::Sql;

#[derive(FromQueryResult)]
struct Drawn {
    seq: Option<i64>,
}

/// The last `seq` that was drawn for `table`; 0 when there was none.
///
/// # Errors
/// What the database said.
pub(super) async fn last(db: &impl ConnectionTrait, table: &str) -> Result<i64, DbErr> {
    let sql = if is_postgres(db) {
        format!(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence('{table}', 'seq')::regclass) AS seq"
        )
    } else {
        format!("SELECT seq FROM sqlite_sequence WHERE name = '{table}'")
    };
    let drawn = Drawn::find_by_statement(Sql::new(sql).on(db))
        .one(db)
        .await?;
    Ok(drawn.and_then(|it| it.seq).unwrap_or_default())
}
