//! One screen for all tests of this process, made in memory: nothing appears on anybody's desktop.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// The size of the screen. There is no window manager, so a window stands at its top left corner.
const SIZE: &str = "1920x1080x24";

/// `DISPLAY` for the programs of a test. The screen ends with this process, however that ends: its shell waits for the
/// end of its standard input.
pub fn display() -> &'static str {
    static SCREEN: OnceLock<(String, Child)> = OnceLock::new();
    let (name, _) = SCREEN.get_or_init(|| {
        let mut child = Command::new("sh")
            .args([
                "-c",
                "Xvfb -displayfd 1 -screen 0 \"$1\" -nolisten tcp -noreset 2>/dev/null & cat >/dev/null; kill $!",
                "screen",
                SIZE,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh starts");
        let mut number = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut number)
            .expect("Xvfb says its number");
        let number = number.trim();
        assert!(!number.is_empty(), "Xvfb did not start; is it installed?");
        (format!(":{number}"), child)
    });
    name
}

/// Where pictures of the window are kept for a person to look at.
pub fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/e2e-shots");
    fs::create_dir_all(&folder).expect("a folder for the pictures");
    folder
}

/// Keeps a picture of the whole screen, where ImageMagick is installed. For failures: it asks nothing of the window.
pub fn keep(prefix: &str) {
    let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
    let path = pictures().join(format!("{prefix}-{test}.png"));
    let taken = Command::new("import")
        .args(["-display", display(), "-window", "root"])
        .arg(&path)
        .status();
    if taken.is_ok_and(|status| status.success()) {
        eprintln!("the screen: {}", path.display());
    }
}
