//! `waybill schema`

use super::common::print;
use crate::graphql;

pub(super) fn run() {
    print(graphql::sdl().trim_end());
}
