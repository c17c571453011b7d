//! Generates Tauri's context: capabilities are listed by hand in `capabilities/`.

fn main() {
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/app/capabilities/**/*.json");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
