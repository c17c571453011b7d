//! What the system must have before anything can be built or tested, and how it gets there.
//!
//! On Debian and its children the missing packages are installed when we are root, else named with the exact command.
//! Everywhere else they are named: guessing at another distribution's package names would help nobody.

use std::{path::Path, process::Stdio};

use anyhow::{Context, Result, bail};

use crate::shell;

/// To compile the app.
const BUILD: &[&str] = &[
    "build-essential",
    "file",
    "libayatana-appindicator3-dev",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "pkg-config",
];

/// To open a window where there is no screen, or to have one without a desktop around it.
const SCREEN: &[&str] = &["dbus", "dbus-x11", "fonts-dejavu-core", "procps", "xauth", "xvfb"];

/// To drive the real window: a screen, a driver, a bus and a Secret Service of its own for every test.
const TEST: &[&str] = &[
    "at-spi2-core",
    "gnome-keyring",
    "imagemagick",
    "webkit2gtk-driver",
    "xdotool",
];

/// To build and look into bundles.
const BUNDLE: &[&str] = &["desktop-file-utils", "rpm"];

/// What is about to happen, and so what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Run { virtual_screen: bool },
    Test,
    Bench,
    Package,
}

impl Purpose {
    /// The Debian packages.
    fn packages(self) -> Vec<&'static str> {
        let more: &[&[&str]] = match self {
            Self::Run { virtual_screen: false } => &[],
            Self::Run { virtual_screen: true } => &[SCREEN],
            Self::Test | Self::Bench => &[SCREEN, TEST],
            Self::Package => &[BUNDLE],
        };
        BUILD.iter().chain(more.iter().copied().flatten()).copied().collect()
    }

    /// What other systems must have, as modules of pkg-config and programs: (how to find it, what it is).
    fn probes(self) -> Vec<(Probe, &'static str)> {
        use Probe::{Module, Program};
        let mut probes = vec![
            (Program("cc"), "a C compiler"),
            (Program("pkg-config"), "pkg-config"),
            (Module("webkit2gtk-4.1"), "WebKitGTK 4.1, with its development files"),
            (Module("gtk+-3.0"), "GTK 3, with its development files"),
            (Module("librsvg-2.0"), "librsvg 2, with its development files"),
            (
                Module("ayatana-appindicator3-0.1"),
                "Ayatana AppIndicator 3, with its development files",
            ),
            (Module("openssl"), "OpenSSL, with its development files"),
        ];
        if matches!(self, Self::Test | Self::Bench | Self::Run { virtual_screen: true }) {
            probes.push((Program("Xvfb"), "Xvfb, an X server without a screen"));
            probes.push((Program("dbus-run-session"), "D-Bus with dbus-run-session"));
        }
        if matches!(self, Self::Test | Self::Bench) {
            probes.push((Program("WebKitWebDriver"), "WebKitWebDriver, the driver of WebKitGTK"));
            probes.push((Program("gnome-keyring-daemon"), "gnome-keyring, a Secret Service"));
            probes.push((Program("import"), "ImageMagick"));
        }
        if self == Self::Package {
            probes.push((Program("rpmbuild"), "rpmbuild"));
        }
        probes
    }
}

/// Something that shows whether a thing is there.
#[derive(Clone, Copy)]
enum Probe {
    Module(&'static str),
    Program(&'static str),
}

/// Makes sure that everything is there; installs it where that is possible.
///
/// # Errors
/// When something is missing and cannot be installed by us: the text names it and says what to type.
pub fn prepare(purpose: Purpose) -> Result<()> {
    if !shell::on_path("npm") {
        bail!(
            "Node.js is missing (20.19 or newer, with npm): see https://nodejs.org/en/download, or your system's packages."
        );
    }
    if cfg!(target_os = "linux") {
        if Path::new("/etc/debian_version").exists() && shell::on_path("dpkg-query") {
            return debian(purpose);
        }
        return other_linux(purpose);
    }
    if matches!(purpose, Purpose::Test | Purpose::Bench) {
        bail!(
            "The tests of the real window need Linux (Xvfb and WebKitWebDriver). Here, `cargo xtask check` runs all the others."
        );
    }
    Ok(())
}

fn debian(purpose: Purpose) -> Result<()> {
    let wanted = purpose.packages();
    let missing = missing_on_debian(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_root()? {
        bail!(
            "These system packages are missing: {names}\nInstall them, then start again:\n\n    \
             sudo apt-get update && sudo apt-get install --no-install-recommends {names}\n"
        );
    }
    eprintln!("Installing what is missing: {names}");
    let apt = || -> Result<std::process::Command> {
        let mut apt = shell::command("apt-get")?;
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        Ok(apt)
    };
    shell::must(apt()?.args(["-qq", "update"]))?;
    shell::must(
        apt()?
            .args(["-qq", "-y", "install", "--no-install-recommends"])
            .args(&missing)
            .stdout(Stdio::null()),
    )
    .context(
        "Another installation may be running, or may have been cut off: `apt-get --fix-broken install` mends that.",
    )?;
    let still = missing_on_debian(&wanted)?;
    if !still.is_empty() {
        bail!(
            "apt-get reported success, yet these packages are still missing: {}",
            still.join(" ")
        );
    }
    Ok(())
}

/// Those of `wanted` that dpkg does not list as installed.
fn missing_on_debian(wanted: &[&'static str]) -> Result<Vec<&'static str>> {
    // dpkg-query fails when it has never heard of one of them, and still lists the others.
    let listed = shell::command("dpkg-query")?
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .output()
        .context("dpkg-query cannot be started")?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(wanted
        .iter()
        .copied()
        .filter(|name| !is_installed(&listed, name))
        .collect())
}

fn is_installed(listed: &str, name: &str) -> bool {
    listed
        .lines()
        .any(|line| line.split_once(' ') == Some((name, "installed")))
}

fn other_linux(purpose: Purpose) -> Result<()> {
    let has_pkg_config = shell::on_path("pkg-config");
    let mut missing = Vec::new();
    for (probe, what) in purpose.probes() {
        let found = match probe {
            Probe::Program(program) => shell::on_path(program),
            Probe::Module(module) => {
                has_pkg_config
                    && shell::command("pkg-config")?
                        .args(["--exists", module])
                        .status()?
                        .success()
            }
        };
        if !found {
            missing.push(format!("  - {what}"));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "These things are missing on this system; install them with its package manager, then start again:\n{}",
        missing.join("\n")
    )
}

/// Whether we may install packages.
fn is_root() -> Result<bool> {
    Ok(shell::output(shell::command("id")?.arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_only_when_it_is_installed() {
        let listed = "xvfb installed\nxauth config-files\n";
        assert!(is_installed(listed, "xvfb"));
        assert!(!is_installed(listed, "xauth"), "removed, but its settings are left");
        assert!(!is_installed(listed, "xv"), "a beginning is not a name");
        assert!(!is_installed(listed, "dbus"));
    }

    #[test]
    fn every_purpose_can_compile_and_names_nothing_twice() {
        for purpose in [
            Purpose::Run { virtual_screen: false },
            Purpose::Run { virtual_screen: true },
            Purpose::Test,
            Purpose::Bench,
            Purpose::Package,
        ] {
            let packages = purpose.packages();
            assert!(BUILD.iter().all(|name| packages.contains(name)), "{purpose:?}");
            let distinct: std::collections::BTreeSet<_> = packages.iter().collect();
            assert_eq!(distinct.len(), packages.len(), "{purpose:?}: {packages:?}");
        }
    }
}
