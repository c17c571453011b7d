//! What a person does, timed: each row under the name by which `cargo xtask bench --rows` asks for it.

use std::{
    fs::File,
    io::BufWriter,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chrono::{Days, Utc};
use domain::{AgentId, StageKey, TicketId};
use engine::{
    Engine,
    views::{ColumnQuery, ExportFormat, ExportQuery, InsightsFilter, ListQuery, MoveOutcome, MoveRequest},
};
use store::Filter;

use crate::{
    figures::Figure,
    people::{Person, person},
};

type Row = (&'static str, fn(&Engine) -> Result<Figure>);

/// Everything that is measured here.
pub const ROWS: [Row; 12] = [
    ("board", board),
    ("board-filtered", filtered_board),
    ("column-page", column_page),
    ("palette", palette),
    ("palette-typo", palette_with_typos),
    ("phone", phone),
    ("ticket", ticket),
    ("insights", insights),
    ("export-csv", export_csv),
    ("export-xlsx", export_xlsx),
    ("move", move_one),
    ("move-500", move_many),
];

/// How many tickets the samples are taken from.
pub fn size(engine: &Engine) -> Result<u32> {
    let board = engine.board(&Filter::default())?;
    Ok(board.columns.iter().map(|column| column.head.count).sum())
}

/// People that are on the board, spread over all of it.
fn people(engine: &Engine, many: u32) -> Result<Vec<Person>> {
    let size = size(engine)?;
    let step = (size / many).max(1);
    Ok((0..size)
        .step_by(step as usize)
        .take(many as usize)
        .map(person)
        .collect())
}

fn column(engine: &Engine, stage: &str, many: u32) -> Result<Vec<TicketId>> {
    let cards = engine.column_page(&ColumnQuery {
        stage: StageKey(stage.to_owned()),
        filter: Filter::default(),
        offset: 0,
        limit: many,
    })?;
    Ok(cards.iter().map(|card| card.id).collect())
}

fn board(engine: &Engine) -> Result<Figure> {
    Figure::of(200, |_| engine.board(&Filter::default()).map(drop))
}

/// By owner, by source, by score, by text, one after the other.
fn filtered_board(engine: &Engine) -> Result<Figure> {
    let with = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    };
    let filters = [
        with(|filter| filter.owners = vec![AgentId(3)]),
        with(|filter| filter.sources = vec!["Referral".to_owned()]),
        with(|filter| filter.min_score = Some(70)),
        with(|filter| filter.text = "dental".to_owned()),
    ];
    let count = filters.len();
    Figure::of(100, |turn| {
        let filter = filters.get(turn % count).context("a filter")?;
        engine.board(filter).map(drop)
    })
}

/// A page from the depth of the largest column.
fn column_page(engine: &Engine) -> Result<Figure> {
    let deep = size(engine)? / 5;
    Figure::of(100, |turn| {
        let offset = u32::try_from(turn)? * (deep / 100);
        let page = engine.column_page(&ColumnQuery {
            stage: StageKey("new_lead".to_owned()),
            filter: Filter::default(),
            offset,
            limit: 100,
        })?;
        drop(page);
        Ok(())
    })
}

/// Each keystroke of names, companies, addresses and first names alone.
fn palette(engine: &Engine) -> Result<Figure> {
    let words = people(engine, 12)?.into_iter().flat_map(|who| {
        [
            format!("{} {}", who.first, who.last),
            who.company,
            who.email,
            who.first.to_owned(),
        ]
    });
    keystrokes(engine, words)
}

/// The same with two letters swapped, which is when nothing is found at first.
fn palette_with_typos(engine: &Engine) -> Result<Figure> {
    let words = people(engine, 16)?.into_iter().map(|who| {
        let mut letters: Vec<char> = who.company.chars().collect();
        if letters.len() > 4 {
            letters.swap(2, 3);
        }
        letters.into_iter().collect()
    });
    keystrokes(engine, words)
}

fn keystrokes(engine: &Engine, words: impl Iterator<Item = String>) -> Result<Figure> {
    engine.search("warm up")?;
    let mut times = Vec::new();
    for word in words {
        let mut typed = String::new();
        for letter in word.chars().take(14) {
            typed.push(letter);
            let start = Instant::now();
            engine.search(&typed)?;
            times.push(start.elapsed());
        }
    }
    Ok(Figure::from(times))
}

/// A person by phone number, as it may be typed.
fn phone(engine: &Engine) -> Result<Figure> {
    let people = people(engine, 50)?;
    let count = people.len();
    Figure::of(200, |turn| {
        let digits = people.get(turn % count).context("a person")?.phone.replace(' ', "");
        let national = digits.trim_start_matches('0');
        let typed = match turn % 4 {
            0 => format!("+44 {national}"),
            1 => format!("0044{national}"),
            2 => format!(
                "({}) {}",
                digits.get(..5).unwrap_or_default(),
                digits.get(5..).unwrap_or_default()
            ),
            _ => digits.clone(),
        };
        let found = engine.search(&typed)?;
        ensure!(!found.is_empty(), "nobody has {typed}");
        Ok(())
    })
}

fn ticket(engine: &Engine) -> Result<Figure> {
    let tickets = column(engine, "negotiation", 100)?;
    let count = tickets.len();
    Figure::of(200, |turn| {
        let ticket = tickets.get(turn % count).context("a ticket")?;
        engine.ticket_view(*ticket).map(drop)
    })
}

/// Every report over the last ninety days, one after the other.
fn insights(engine: &Engine) -> Result<Figure> {
    let to = Utc::now().date_naive();
    let filter = InsightsFilter {
        from: to - Days::new(89),
        to,
        ..InsightsFilter::default()
    };
    let mut times = Vec::new();
    for turn in 0..6 {
        let mut time = |work: &dyn Fn() -> Result<()>| -> Result<()> {
            let start = Instant::now();
            work()?;
            // The first round warms up.
            if turn > 0 {
                times.push(start.elapsed());
            }
            Ok(())
        };
        time(&|| engine.funnel(&filter).map(drop))?;
        time(&|| engine.stage_times(&filter).map(drop))?;
        time(&|| engine.forecast(&filter).map(drop))?;
        time(&|| engine.win_loss(&filter).map(drop))?;
        time(&|| engine.sources_report(&filter).map(drop))?;
        time(&|| engine.agents_report(&filter).map(drop))?;
    }
    Ok(Figure::from(times))
}

fn export_csv(engine: &Engine) -> Result<Figure> {
    export(engine, ExportFormat::Csv)
}

fn export_xlsx(engine: &Engine) -> Result<Figure> {
    export(engine, ExportFormat::Xlsx)
}

/// All tickets with the usual columns, into a file.
fn export(engine: &Engine, format: ExportFormat) -> Result<Figure> {
    let path = std::env::temp_dir().join("leadline-bench-export");
    let query = ExportQuery {
        list: ListQuery::default(),
        columns: Vec::new(),
        format,
    };
    let time = || -> Result<Duration> {
        let start = Instant::now();
        engine.export(&query, BufWriter::new(File::create(&path)?))?;
        Ok(start.elapsed())
    };
    let figure = Figure::from(vec![time()?]);
    std::fs::remove_file(&path)?;
    Ok(figure)
}

fn move_one(engine: &Engine) -> Result<Figure> {
    let cards = column(engine, "contacted", 100)?;
    let count = cards.len();
    Figure::of(200, |turn| {
        let card = cards.get(turn % count).context("a card")?;
        let target = if turn / count % 2 == 0 {
            "researching"
        } else {
            "contacted"
        };
        put(engine, vec![*card], target)
    })
}

fn move_many(engine: &Engine) -> Result<Figure> {
    let cards = column(engine, "researching", 500)?;
    Figure::of(10, |turn| {
        put(
            engine,
            cards.clone(),
            if turn % 2 == 0 { "contacted" } else { "researching" },
        )
    })
}

fn put(engine: &Engine, tickets: Vec<TicketId>, target: &str) -> Result<()> {
    let moved = engine.move_tickets(&MoveRequest {
        tickets,
        target: target.to_owned(),
        ..MoveRequest::default()
    })?;
    ensure!(matches!(moved, MoveOutcome::Moved { .. }), "not moved: {moved:?}");
    Ok(())
}
