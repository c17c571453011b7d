//! `cargo xtask package`: the bundles that people install.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{
    shell,
    system::{self, Purpose},
    ui,
};

pub fn package() -> Result<()> {
    system::prepare(Purpose::Package)?;
    ui::install()?;
    let mut tauri = ui::tool("tauri")?;
    // Its configuration lies at the top of the tree; it builds the ui itself.
    tauri.current_dir(shell::root()?);
    shell::must(tauri.args(["build", "--bundles", "deb,rpm"]))?;

    let bundles = shell::root()?.join("target/release/bundle");
    let mut found = 0;
    for kind in ["deb", "rpm"] {
        for entry in fs::read_dir(bundles.join(kind)).with_context(|| format!("no {kind} was built"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == kind) {
                found += 1;
                describe(&path, kind)?;
            }
        }
    }
    if found < 2 {
        bail!(
            "Tauri reported success, yet a bundle is missing in {}",
            bundles.display()
        );
    }
    Ok(())
}

/// Prints name and size, and lets the system's own tool read the bundle: one that cannot be read is no bundle.
fn describe(path: &Path, kind: &str) -> Result<()> {
    let megabytes = fs::metadata(path)?.len().div_ceil(100_000);
    println!("{} ({}.{} MB)", path.display(), megabytes / 10, megabytes % 10);
    let mut reader = match kind {
        "deb" => shell::command("dpkg-deb")?,
        _ => shell::command("rpm")?,
    };
    reader.args(if kind == "deb" {
        &["--field"][..]
    } else {
        &["-qp", "--queryformat", "%{NAME} %{VERSION}\n"][..]
    });
    if kind == "deb" {
        reader.arg(path).args(["Package", "Version", "Depends"]);
    } else {
        reader.arg(path);
    }
    print!("{}", shell::output(&mut reader)?);
    Ok(())
}
