//! How a name sounds, coarsely: what is said alike falls into one block.
//!
//! Only blocks are made of it, never a verdict, so it may be generous. The rules follow English and German ears: letters
//! fall into classes by where in the mouth they are made, vowels after the first letter are left out, doubled sounds
//! count once.

use compact_str::CompactString;

/// The sound of a folded word: its first sound and up to four classes after it.
#[must_use]
pub fn sound(folded: &str) -> CompactString {
    let word = folded.as_bytes();
    let mut sounds = CompactString::default();
    let mut last = 0_u8;
    for (at, &letter) in word.iter().enumerate() {
        let next = word.get(at + 1).copied().unwrap_or_default();
        let class = class_of(letter, next);
        if at == 0 {
            // Vowels are easily swapped, so all of them begin a name alike.
            sounds.push(char::from(if class == 0 { b'0' } else { class }));
        } else if class != 0 && class != last {
            sounds.push(char::from(class));
            if sounds.len() == 5 {
                break;
            }
        }
        // A vowel between two equal consonants parts them; `h` and `w` do not.
        if class != 0 || !matches!(letter, b'h' | b'w' | b'y') {
            last = class;
        }
    }
    sounds
}

fn class_of(letter: u8, next: u8) -> u8 {
    match letter {
        b'p' if next == b'h' => b'F',
        b'b' | b'p' => b'B',
        b'f' | b'v' => b'F',
        b'c' if matches!(next, b'e' | b'i' | b'y' | b'h') => b'S',
        b'c' | b'g' | b'j' | b'k' | b'q' | b'x' => b'K',
        b's' | b'z' => b'S',
        b'd' | b't' => b'T',
        b'l' => b'L',
        b'm' | b'n' => b'N',
        b'r' => b'R',
        b'0'..=b'9' => letter,
        b'a'..=b'z' | b' ' => 0,
        // Other scripts have no classes here; each byte stands for itself.
        other => other & 0x7f | 0x40,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_alike_fall_together() {
        for (a, b) in [
            ("schmidt", "schmitt"),
            ("meier", "mayer"),
            ("allen", "alen"),
            ("philips", "fillips"),
            ("swanson", "swansen"),
            ("neumann", "neuman"),
        ] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
        for (a, b) in [("smith", "jones"), ("doe", "roe"), ("iwan", "iwanski")] {
            assert_ne!(sound(a), sound(b), "{a} {b}");
        }
        assert_eq!(sound(""), "");
    }
}
