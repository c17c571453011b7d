//! Generates Tauri's context. What the window may ask of the host is listed by hand, in `capabilities/` and
//! `permissions/`: a command that is not listed there is refused.

fn main() {
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/app/permissions");
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/app/permissions/*.toml");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/app/capabilities/**/*.json")
        .app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
