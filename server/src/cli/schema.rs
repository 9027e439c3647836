//! `waybill schema`

use super::common::{Done, print};
use crate::graphql;

pub(super) fn run() -> Done {
    print(graphql::sdl().trim_end());
    Ok(())
}
