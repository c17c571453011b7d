//! The board in two sizes, kept to be looked at; one of them stands in the README.

use std::{fs, path::Path};

use crate::harness::{Tenant, Window};

/// So that the README opens quickly.
const LARGEST: usize = 400_000;

#[tokio::test]
async fn the_board_is_photographed() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    for (width, height) in [(1280, 800), (1920, 1080)] {
        window.resize(width, height).await;
        let png = window.picture(&format!("board-{width}x{height}")).await;
        assert_eq!(size(&png), (width, height));
        if width == 1280 {
            assert!(png.len() < LARGEST, "{} bytes", png.len());
            // Only when asked for: the sample data follows the calendar, so the picture is never the same twice.
            if std::env::var_os("UPDATE_PICTURE").is_some() {
                let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/board.png");
                fs::write(readme, &png).unwrap();
            }
        }
    }
}

/// Width and height, from the head of a PNG.
fn size(png: &[u8]) -> (i64, i64) {
    let number = |at: usize| {
        let bytes = png.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        i64::from(u32::from_be_bytes(bytes.expect("a whole PNG")))
    };
    assert!(png.starts_with(b"\x89PNG"), "a PNG");
    (number(16), number(20))
}
