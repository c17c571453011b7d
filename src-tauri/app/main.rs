//! Leadline: the window, and the same without one. Everything is in the library, so that tests can reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    leadline_app::main()
}
