//! A window with an empty page and nothing else, made with the libraries that Tauri makes windows with: what Leadline's
//! own window is compared with. It asks for nothing, so what it takes is what a window takes on this system. With
//! `--board` the page is a board of plain boxes, so what it takes is what a board takes on this system.

use anyhow::Result;
use tao::{
    dpi::LogicalSize,
    event::{Event, WindowEvent},
    event_loop::{ControlFlow, EventLoop},
    window::{Window, WindowBuilder},
};
use wry::{WebContext, WebView, WebViewBuilder};

/// A page with nothing on it.
const EMPTY: &str = "<!doctype html><html lang=\"en\"><title>Bare</title></html>";
const BOARD: &str = include_str!("plain.html");

fn main() -> Result<()> {
    let events = EventLoop::new();
    let size = LogicalSize::new(1280.0, 800.0);
    let window = WindowBuilder::new()
        .with_title("Bare")
        .with_inner_size(size)
        .build(&events)?;
    let is_board = std::env::args().any(|argument| argument == "--board");
    let mut context = WebContext::new(None);
    // As Tauri does it, so that the bench can put the same hand on both.
    context.set_allows_automation(std::env::var_os("TAURI_AUTOMATION").is_some());
    // All live until the program ends: the loop does not come back.
    let _page = put_a_page_into(&window, &mut context, if is_board { BOARD } else { EMPTY })?;
    events.run(|event, _, flow| {
        *flow = match event {
            Event::WindowEvent {
                event: WindowEvent::CloseRequested,
                ..
            } => ControlFlow::Exit,
            _ => ControlFlow::Wait,
        };
    })
}

fn put_a_page_into(window: &Window, context: &mut WebContext, html: &str) -> Result<WebView> {
    let page = WebViewBuilder::new_with_web_context(context).with_html(html);
    #[cfg(target_os = "linux")]
    {
        use anyhow::Context;
        use tao::platform::unix::WindowExtUnix;
        use wry::WebViewBuilderExtUnix;
        Ok(page.build_gtk(window.default_vbox().context("a place in the window")?)?)
    }
    #[cfg(not(target_os = "linux"))]
    Ok(page.build(window)?)
}
