//! What a program and everything that it started use: the page and its network are processes of their own.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

/// How many ticks of the processor's clock make a second, on every Linux there is.
const TICKS: f64 = 100.0;

/// The process and all its descendants, as they are now.
pub fn family(root: u32) -> Result<Vec<u32>> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // It may have ended since it was listed.
        if let Some(parent) = field(process, PARENT).map(|parent| parent as u32) {
            children.entry(parent).or_default().push(process);
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while let Some(process) = found.get(at) {
        found.extend(children.get(process).into_iter().flatten().copied().collect::<Vec<_>>());
        at += 1;
    }
    Ok(found)
}

/// Processor time that these have used so far, in seconds.
pub fn processor_s(family: &[u32]) -> f64 {
    let ticks = |process: &u32| {
        let of = |at| field(*process, at).unwrap_or_default();
        of(USER_TIME) + of(SYSTEM_TIME)
    };
    family.iter().map(ticks).sum::<u64>() as f64 / TICKS
}

/// Memory of these, in MB; what several processes share counts for each with its part.
pub fn memory_mb(family: &[u32]) -> Result<f64> {
    let root = family.first().context("a process")?;
    let mut sum = proportional_kb(*root).context("its memory cannot be read; has it ended?")?;
    sum += family
        .iter()
        .skip(1)
        .filter_map(|process| proportional_kb(*process))
        .sum::<f64>();
    Ok(sum / 1024.0)
}

pub fn is_running(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

fn proportional_kb(process: u32) -> Option<f64> {
    let sums = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = sums.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Places in `/proc/PROCESS/stat`, counted from the state, which follows the name in brackets.
const PARENT: usize = 1;
const USER_TIME: usize = 11;
const SYSTEM_TIME: usize = 12;

fn field(process: u32, at: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    field_of(&stat, at)
}

/// The name may hold anything, brackets too; the last one ends it.
fn field_of(stat: &str, at: usize) -> Option<u64> {
    stat.rsplit_once(") ")?.1.split(' ').nth(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_moves_nothing() {
        let stat = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 150 25 0 0 20 0";
        assert_eq!(field_of(stat, PARENT), Some(7));
        assert_eq!(field_of(stat, USER_TIME), Some(150));
        assert_eq!(field_of(stat, SYSTEM_TIME), Some(25));
        assert_eq!(field_of("", PARENT), None);
    }
}
