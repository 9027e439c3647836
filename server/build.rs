//! Rebuilds the server when the embedded dashboard changed (a file that came or went is not seen otherwise).

fn main() {
    println!("cargo:rerun-if-changed=embedded");
    println!("cargo:rerun-if-changed=build.rs");
}
