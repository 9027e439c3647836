//! Picks a command.

use std::process::ExitCode;

/// A page of a list is thousands of small allocations, on all threads at one time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    waybill::cli::main()
}
