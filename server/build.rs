//! Rebuilds the server when the embedded dashboard changed (a file that came or went is not seen otherwise).

fn main() {
    // Without the dashboard there is no such folder, and Cargo takes a missing one for a changed one each time.
    if let Err(error) = std::fs::create_dir_all("embedded") {
        println!("cargo:warning=server/embedded can't be made: {error}");
    }
    println!("cargo:rerun-if-changed=embedded");
    println!("cargo:rerun-if-changed=build.rs");
}
