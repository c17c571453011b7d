//! How smoothly the page moves while a hand is on it: the time from each frame to the next, taken in the page itself.
//!
//! The marks are put into the page from outside; the program has no code for it. The hand is the driver's: its pointer
//! goes the way that a person's goes.

use std::{thread, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    driver::Driver,
    rows::{DRAG, DRAG_PLAIN, SCROLL, SCROLL_PLAIN},
    table::Figure,
};

/// From one small movement of the hand to the next: about a frame.
const STEP_MS: u64 = 16;
/// How often each way is gone. The first time loads what the page loads only when it is needed, and is not counted.
const ROUNDS: usize = 3;
/// Until an opened window has nothing more to do.
const CALM: Duration = Duration::from_secs(4);
/// The largest column of every pipeline that is made.
const COLUMN: &str = "[data-testid='column-new_lead']";
const SCROLLER: &str = "[data-scroller='new_lead']";
/// Notches of the wheel in one direction, for how long at most (a machine without a graphics processor draws a few frames
/// in a second), and how far one turns.
const NOTCHES: usize = 240;
const TURNING_MS: u64 = 12_000;
const NOTCH: i64 = 120;
/// Movements that the driver is told at once.
const PART: usize = 40;

/// Times in the page from frame to frame while one of the two things is done.
pub fn measure(row: &str, window: &Driver) -> Result<Figure> {
    window.until(
        "the cards are drawn",
        "return document.querySelectorAll('article[data-testid]').length > 5;",
    )?;
    thread::sleep(CALM);
    let mut frames = Vec::new();
    for round in 0..=ROUNDS {
        window.run(BEGIN, &[])?;
        match row {
            DRAG | DRAG_PLAIN => drag(window)?,
            SCROLL | SCROLL_PLAIN => scroll(window)?,
            other => anyhow::bail!("{other} is not a row of frames"),
        }
        let seen = window.run(END, &[])?;
        let seen = seen.as_array().context("frames")?.iter().filter_map(Value::as_f64);
        if round > 0 {
            frames.extend(seen);
        }
    }
    of(frames)
}

/// The median, and the longest.
fn of(mut frames: Vec<f64>) -> Result<Figure> {
    ensure!(frames.len() > 100, "the page drew only {} frames", frames.len());
    frames.sort_by(f64::total_cmp);
    let at = |place: usize| frames.get(place).copied().unwrap_or_default();
    Ok(Figure {
        median: at(frames.len() / 2),
        p95: at(frames.len() - 1),
    })
}

const BEGIN: &str = "
    const marks = (window.benchMarks = { frames: [], on: true });
    let before;
    const mark = (now) => {
        if (before !== undefined) marks.frames.push(now - before);
        before = now;
        if (marks.on) requestAnimationFrame(mark);
    };
    requestAnimationFrame(mark);";

const END: &str = "window.benchMarks.on = false; return window.benchMarks.frames;";

/// Lifts a card, carries it over the whole board to the far edge, where the board scrolls along, and back, and puts it
/// down where it was.
fn drag(window: &Driver) -> Result<()> {
    let places = window.run(
        "document.querySelector(\"[data-region='board']\").scrollLeft = 0;
        const card = document.querySelector(arguments[0] + ' article[data-testid]').getBoundingClientRect();
        return [card.left + card.width / 2, card.top + card.height / 2, innerWidth, innerHeight].map(Math.round);",
        &[json!(COLUMN)],
    )?;
    let number = |at: usize| places.get(at).and_then(Value::as_i64).context("a place on the board");
    let (x, y, right, bottom) = (number(0)?, number(1)?, number(2)? - 12, number(3)?);
    let to = |x: i64, y: i64| json!({ "type": "pointerMove", "x": x, "y": y, "duration": STEP_MS });
    let mut way = vec![
        to(x, y),
        json!({ "type": "pointerDown", "button": 0 }),
        to(x + 3, y + 2),
        to(x + 8, y + 4),
    ];
    // A hand does not go in a straight line.
    let height = |step: i64| y + (step * 7) % (bottom / 2 - y / 2).max(1);
    let across = |from: i64, to: i64| {
        let steps = (to - from).abs() / 14;
        (1..=steps).map(move |step| from + (to - from) * step / steps)
    };
    way.extend(across(x, right).zip(0..).map(|(x, step)| to(x, height(step))));
    // The board has edges where it scrolls; there the hand trembles.
    let tremble = |x: i64| (0..70).map(move |step| to(x + step % 2, y + 40 + step % 3));
    way.extend(tremble(right));
    way.extend(across(right, 12).zip(0..).map(|(x, step)| to(x, height(step))));
    way.extend(tremble(12));
    way.extend(across(12, x).map(|x| to(x, y)));
    way.push(json!({ "type": "pointerUp", "button": 0 }));
    // What is held stays held from one part to the next. On a busy machine all of it at once would outlast the driver.
    for part in way.chunks(PART) {
        window.act(&hand(part))?;
    }
    window.until(
        "the card is put down",
        "return document.querySelector('[data-carried=true]') === null;",
    )
}

fn hand(way: &[Value]) -> Value {
    json!({ "type": "pointer", "id": "hand", "parameters": { "pointerType": "mouse" }, "actions": way })
}

/// Scrolls the column by a notch of the wheel in each frame: down from its top, and up from its middle. The driver takes
/// turns of the wheel and does nothing with them, so the page is scrolled from inside; what it has to draw is the same.
fn scroll(window: &Driver) -> Result<()> {
    for (from, notch) in [(0.0, NOTCH), (0.5, -NOTCH)] {
        window.run(
            "document.querySelector(\"[data-region='board']\").scrollLeft = 0;
            const list = document.querySelector(arguments[0]);
            list.scrollTop = list.scrollHeight * arguments[1];
            let left = arguments[3];
            const end = performance.now() + arguments[4];
            window.benchScrolled = false;
            const turn = () => {
                list.scrollTop += arguments[2];
                left -= 1;
                if (left > 0 && performance.now() < end) requestAnimationFrame(turn);
                else window.benchScrolled = true;
            };
            requestAnimationFrame(turn);",
            &[
                json!(SCROLLER),
                json!(from),
                json!(notch),
                json!(NOTCHES),
                json!(TURNING_MS),
            ],
        )?;
        window.until("the column is scrolled", "return window.benchScrolled;")?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn frames_come_to_their_median_and_the_longest() {
        let mut frames = vec![16.0; 120];
        frames.push(48.0);
        assert_eq!(
            of(frames).unwrap(),
            Figure {
                median: 16.0,
                p95: 48.0
            }
        );
        assert!(of(vec![16.0]).is_err(), "a page that stands still is not smooth");
    }
}
