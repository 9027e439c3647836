//! Hands `schema.graphql` to the compiler: every operation of `src/api` is checked against it.

fn main() {
    println!("cargo:rerun-if-changed=../schema.graphql");
    if let Err(fault) = cynic_codegen::register_schema("waybill")
        .from_sdl_file("../schema.graphql")
        .and_then(cynic_codegen::registration::SchemaRegistration::as_default)
    {
        println!("cargo:warning=schema.graphql cannot be read: {fault}");
        std::process::exit(1);
    }
}
