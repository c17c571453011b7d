//! Tidying of text: the damage that copying, spreadsheets and encodings do, undone without changing a word.

use unicode_normalization::UnicodeNormalization;

/// Whether the character takes no room and says nothing: zero-width spaces, direction marks, byte order marks.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// One line: NFC, invisible and control characters gone, runs of any space become one.
#[must_use]
pub fn tidy_line(text: &str) -> String {
    // Most text is tidy, and what is plain is composed already.
    if is_tidy(text) {
        text.to_owned()
    } else if text.is_ascii() {
        tidied(text.chars(), text.len())
    } else {
        tidied(text.nfc(), text.len())
    }
}

/// Whether it is plain, and has nothing but single spaces between its words.
fn is_tidy(text: &str) -> bool {
    let mut after_space = true;
    for byte in text.bytes() {
        if !(b' '..0x7F).contains(&byte) || (byte == b' ' && after_space) {
            return false;
        }
        after_space = byte == b' ';
    }
    !after_space || text.is_empty()
}

fn tidied(characters: impl Iterator<Item = char>, length: usize) -> String {
    let mut line = String::with_capacity(length);
    let mut space = false;
    for c in characters {
        if c.is_whitespace() || c.is_control() {
            space = true;
        } else if !is_joiner_or_visible(c) {
            // Left out: it cannot be seen, so nobody meant it.
        } else {
            if space && !line.is_empty() {
                line.push(' ');
            }
            space = false;
            line.push(c);
        }
    }
    line
}

/// Several lines: NFC, line ends as `\n`, invisible and control characters gone, outer blank lines and trailing spaces cut.
#[must_use]
pub fn tidy_lines(text: &str) -> String {
    if is_tidy(text) {
        return text.to_owned();
    }
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut tidy = String::with_capacity(unified.len());
    for (number, line) in unified.split('\n').enumerate() {
        if number > 0 {
            tidy.push('\n');
        }
        let is_kept = |c: &char| is_joiner_or_visible(*c) && (*c == '\t' || !c.is_control());
        let visible: String = if line.is_ascii() {
            line.chars().filter(is_kept).collect()
        } else {
            line.nfc().filter(is_kept).collect()
        };
        tidy.push_str(visible.trim_end());
    }
    tidy.trim_matches('\n').trim_end().to_owned()
}

/// Zero-width joiners hold emoji and some scripts together, so they stay; other invisible characters go.
fn is_joiner_or_visible(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}') || !is_invisible(c)
}

/// What is left for comparing names: lower case letters and digits only.
#[must_use]
pub fn letters_and_digits(text: &str) -> String {
    // What is plain has only one form.
    if text.is_ascii() {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        return kept.map(|c| c.to_ascii_lowercase()).collect();
    }
    text.nfkc()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_words_and_loses_the_damage() {
        for (typed, tidy) in [
            ("  Jane\u{a0} \tDoe ", "Jane Doe"),
            ("\u{feff}Acme\u{200b} Ltd", "Acme Ltd"),
            ("Jose\u{301}", "José"),
            ("a\r\nb", "a b"),
            ("\u{200b} ", ""),
        ] {
            assert_eq!(tidy_line(typed), tidy, "{typed:?}");
        }
    }

    #[test]
    fn what_is_tidy_is_told_at_once() {
        for (text, tidy) in [
            ("", true),
            ("a", true),
            ("Acme Ltd, Leeds", true),
            (" a", false),
            ("a ", false),
            ("a  b", false),
            ("a\tb", false),
            ("a\nb", false),
            ("a\u{7f}", false),
            ("é", false),
        ] {
            assert_eq!(is_tidy(text), tidy, "{text:?}");
            assert!(
                !tidy || (tidied(text.chars(), 0) == text && tidy_lines(text) == text),
                "{text:?}"
            );
        }
    }

    #[test]
    fn lines_keep_their_shape() {
        assert_eq!(tidy_lines("\r\n one  \r\n\r\n two\rthree\n\n"), " one\n\n two\nthree");
        assert_eq!(tidy_lines(" \n\t\n"), "");
    }

    #[test]
    fn tidying_twice_changes_nothing() {
        for text in ["a \n b\n\n", " x\u{200b}\n\u{200b}", "\u{feff}\n y", " \u{200b} "] {
            assert_eq!(tidy_lines(&tidy_lines(text)), tidy_lines(text), "{text:?}");
            assert_eq!(tidy_line(&tidy_line(text)), tidy_line(text), "{text:?}");
        }
    }

    #[test]
    fn names_compare_by_letters_and_digits() {
        assert_eq!(letters_and_digits("CF_101: Lead-Source"), "cf101leadsource");
        assert_eq!(letters_and_digits("Ｅ-mail"), "email");
    }
}
