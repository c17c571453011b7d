//! Text as it is compared: folded to plain lower-case letters and digits, and how far two folded texts are apart.

use unicode_normalization::UnicodeNormalization;

/// Lower case without accents, `ß` as `ss`, everything that is no letter or digit as one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    if text.is_ascii() {
        for c in text.chars() {
            push(&mut folded, &mut gap, c.to_ascii_lowercase());
        }
        return folded;
    }
    for c in text.nfkd() {
        if is_mark(c) {
            continue;
        }
        for lower in c.to_lowercase() {
            match plain(lower) {
                Some(letters) => letters.chars().for_each(|letter| push(&mut folded, &mut gap, letter)),
                None => push(&mut folded, &mut gap, lower),
            }
        }
    }
    folded
}

/// Adds one character: apostrophes and stops vanish (`O'Brien`, `S.A.`), other signs part words.
fn push(folded: &mut String, gap: &mut bool, c: char) {
    if c.is_alphanumeric() {
        if *gap && !folded.is_empty() {
            folded.push(' ');
        }
        *gap = false;
        folded.push(c);
    } else if !matches!(c, '.' | '\'' | '’' | '`' | '´') {
        *gap = true;
    }
}

/// Accents that the decomposition has parted from their letters.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F)
}

/// Letters that no decomposition takes apart.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ø' => "o",
        'æ' => "a",
        'œ' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        _ => return None,
    })
}

/// Whether two folded texts are one, with umlauts written either way: `lochel` and `loechel`.
#[must_use]
pub fn same_spelling(a: &str, b: &str) -> bool {
    a == b || (a.len() != b.len() && a.len().abs_diff(b.len()) < 4 && without_digraphs(a).eq(without_digraphs(b)))
}

/// `ae`, `oe` and `ue` as `a`, `o` and `u`: equal for texts of the same spelling.
pub fn without_digraphs(text: &str) -> impl Iterator<Item = u8> {
    let mut before = 0;
    text.bytes().filter(move |&byte| {
        let second = byte == b'e' && matches!(before, b'a' | b'o' | b'u');
        before = byte;
        !second
    })
}

/// A stable hash of text, for blocks. The tag keeps keys of different kinds apart.
#[must_use]
pub fn key(tag: u8, parts: &[&str]) -> u64 {
    // FNV-1a with a final mix: keys live in memory only, so speed matters and attackers do not.
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(tag).wrapping_mul(PRIME);
    for part in parts {
        for byte in part.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
        hash = (hash ^ 0xff).wrapping_mul(PRIME);
    }
    hash ^= hash >> 32;
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// How many letters were typed wrong, left out, added or swapped with their neighbour; `limit + 1` when more than
/// `limit`.
#[must_use]
pub fn typing_errors(a: &str, b: &str, limit: usize) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    // Most pairs share their beginning and their end, which cost nothing.
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (
        a.get(..a.len() - end).unwrap_or_default(),
        b.get(..b.len() - end).unwrap_or_default(),
    );
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()).min(limit + 1);
    }
    if b.len() > LONGEST {
        return limit + 1;
    }
    if letters_apart(a, b) > limit {
        return limit + 1;
    }
    let mut before = [0_u16; LONGEST + 1];
    let mut above = [0_u16; LONGEST + 1];
    let mut row = [0_u16; LONGEST + 1];
    let most = limit;
    let limit = u16::try_from(limit).unwrap_or(u16::MAX - 1);
    (0..).zip(&mut above).for_each(|(at, cell)| *cell = at);
    let mut previous_letter = 0;
    for (line, &letter) in (0_u16..).zip(a) {
        let mut left = line + 1;
        let mut least = left;
        let mut diagonal = line;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        let mut previous_other = 0;
        let mut two_back = 0;
        for (at, &other) in b.iter().enumerate() {
            let up = above.get(at + 1).copied().unwrap_or(limit);
            let mut cost = (left + 1).min(up + 1).min(diagonal + u16::from(letter != other));
            if line > 0 && at > 0 && letter == previous_other && previous_letter == other {
                cost = cost.min(two_back + 1);
            }
            two_back = before.get(at).copied().unwrap_or(limit);
            if let Some(cell) = row.get_mut(at + 1) {
                *cell = cost;
            }
            previous_other = other;
            diagonal = up;
            left = cost;
            least = least.min(cost);
        }
        if least > limit {
            return most + 1;
        }
        previous_letter = letter;
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    let errors = above.get(b.len()).copied().unwrap_or(u16::MAX);
    usize::from(errors).min(most + 1)
}

/// How many letters at least one of the two texts has and the other has not: no fewer slips make one of the other.
fn letters_apart(a: &[u8], b: &[u8]) -> usize {
    let mut counts = [0_i16; 32];
    let mut count = |byte: u8, by: i16| {
        if let Some(count) = counts.get_mut(usize::from(byte % 32)) {
            *count += by;
        }
    };
    a.iter().for_each(|byte| count(*byte, 1));
    b.iter().for_each(|byte| count(*byte, -1));
    let sum = |sign: i16| {
        counts
            .iter()
            .map(|count| usize::try_from(*count * sign).unwrap_or(0))
            .sum::<usize>()
    };
    sum(1).max(sum(-1))
}

/// Longest difference that is measured; texts that differ in more are simply different.
const LONGEST: usize = 63;

/// Whether the second text is the first with the slips a hand makes: one in a short word, two in a long one.
#[must_use]
pub fn is_slip(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    let allowed = match shorter {
        0..=2 => return false,
        3..=7 => 1,
        8..=15 => 2,
        _ => 3,
    };
    typing_errors(a, b, allowed) <= allowed
}

/// Jaro–Winkler similarity, 0 to 1, over bytes of folded text.
#[must_use]
pub fn similarity(a: &str, b: &str) -> f32 {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    if a.is_empty() || b.is_empty() || a.len() > 64 || b.len() > 64 {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = 0_u64;
    let mut matched = 0_u64;
    let mut matches = 0_u32;
    for (at, letter) in a.iter().enumerate() {
        let from = at.saturating_sub(reach);
        let to = (at + reach + 1).min(b.len());
        let found = b
            .iter()
            .enumerate()
            .take(to)
            .skip(from)
            .find(|(other, candidate)| *candidate == letter && taken & (1 << other) == 0);
        if let Some((other, _)) = found {
            taken |= 1 << other;
            matched |= 1 << at;
            matches += 1;
        }
    }
    if matches == 0 {
        return 0.0;
    }
    let letters = |text: &'_ [u8], flags: u64| {
        text.iter()
            .enumerate()
            .filter(move |(at, _)| flags & (1 << at) != 0)
            .map(|(_, &letter)| letter)
            .collect::<Vec<u8>>()
    };
    let crossed = letters(a, matched)
        .iter()
        .zip(letters(b, taken))
        .filter(|(x, y)| *x != y)
        .count();
    #[expect(clippy::cast_precision_loss, reason = "texts are shorter than 64 letters")]
    let (m, la, lb, t) = (matches as f32, a.len() as f32, b.len() as f32, crossed as f32 / 2.0);
    let jaro = (m / la + m / lb + (m - t) / m) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    #[expect(clippy::cast_precision_loss, reason = "at most 4")]
    let prefix = prefix as f32;
    jaro + prefix * 0.1 * (1.0 - jaro)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_makes_spellings_of_one_word_equal() {
        for (a, b) in [
            ("Gieß", "GIESS"),
            ("O'Brien", "obrien"),
            ("S.à r.l.", "sarl"),
            ("Łukasz", "Lukasz"),
            ("Édouard", "E\u{301}douard"),
            ("Anne-Marie", "anne marie"),
            ("Søren", "SOREN"),
        ] {
            let (a, b) = (fold(a).replace(' ', ""), fold(b).replace(' ', ""));
            assert_eq!(a, b);
        }
        assert_eq!(fold("  A & B -- C "), "a b c");
        assert_eq!(fold("Иван"), "иван");
        for (a, b, expected) in [
            ("lochel", "loechel", true),
            ("muller", "mueller", true),
            ("noel", "noel", true),
            ("roe", "ro", true),
            ("roe", "rowe", false),
            ("", "e", false),
        ] {
            assert_eq!(same_spelling(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn slips_are_counted_as_a_hand_makes_them() {
        for (a, b, errors) in [
            ("swanson", "swasnon", 1),
            ("jared", "jaed", 1),
            ("jenifer", "jennifer", 1),
            ("webb", "weib", 1),
            ("kitten", "sitting", 3),
            ("", "abc", 3),
            ("same", "same", 0),
            ("ca", "abc", 3),
        ] {
            assert_eq!(typing_errors(a, b, 5), errors, "{a} {b}");
            assert_eq!(typing_errors(b, a, 5), errors, "{b} {a}");
        }
        assert_eq!(typing_errors("completely", "different!", 2), 3);
    }

    #[test]
    fn similarity_is_that_of_jaro_and_winkler() {
        for (a, b, expected) in [
            ("martha", "marhta", 0.961),
            ("dwayne", "duane", 0.840),
            ("dixon", "dicksonx", 0.813),
            ("abc", "xyz", 0.0),
            ("", "", 0.0),
        ] {
            assert!(
                (similarity(a, b) - expected).abs() < 0.001,
                "{a} {b}: {}",
                similarity(a, b)
            );
        }
    }

    /// The textbook's table, slow and plain, to hold the fast one to.
    fn textbook(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let cost = usize::from(a[i - 1] != b[j - 1]);
                    let mut least = (table[i - 1][j] + 1)
                        .min(table[i][j - 1] + 1)
                        .min(table[i - 1][j - 1] + cost);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(table[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn typing_errors_agree_with_the_textbook(a in "[abc]{0,9}", b in "[abc]{0,9}", limit in 0_usize..6) {
            let expected = textbook(a.as_bytes(), b.as_bytes()).min(limit + 1);
            prop_assert_eq!(typing_errors(&a, &b, limit), expected);
        }

        #[test]
        fn folding_is_settled_at_once(text in "\\PC{0,30}") {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once), &once);
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }

        #[test]
        fn similarity_lies_between_nothing_and_one(a in "\\PC{0,20}", b in "\\PC{0,20}") {
            let found = similarity(&a, &b);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert!((found - similarity(&b, &a)).abs() < 0.05);
        }
    }
}
