//! Faults with real processes: servers, databases and Redis die, Twilio misbehaves; then the accounts must balance.
//!
//! Every case loads a server from outside, breaks something, and compares what clients were told, what the server tells, and
//! what the accounting Twilio saw: none vanished, none twice, every status right. `cargo xtask test --only faults` runs them.

mod check;
mod database;
mod follower;
mod kills;
mod load;
mod redis;
mod roles;
mod site;
mod twilio;

/// Makes an ignored test of an async function for each database, to be run by `cargo xtask test`.
macro_rules! faults_on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "cargo xtask test --only faults"]
            async fn $name() { super::$name($crate::support::Backend::Sqlite).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "cargo xtask test --only faults"]
            async fn $name() {
                if $crate::support::has_postgres() {
                    super::$name($crate::support::Backend::Postgres).await;
                }
            })+
        }
    };
}
pub(crate) use faults_on_both;
