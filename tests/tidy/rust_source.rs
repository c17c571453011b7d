//! Rust sources without what is not code: comments and texts blanked out, tests cut off. Not a parser: just enough to
//! keep a rule from tripping over a word in a comment.

use crate::tree::File;

/// A Rust file, taken apart. All three texts have the same lines.
pub struct RustFile<'a> {
    pub file: &'a File,
    /// Comments and the insides of texts are spaces.
    code: String,
    /// The same, with everything under `#[cfg(test)]` spaces too; all spaces when the whole file is test code.
    shipped: String,
}

impl<'a> RustFile<'a> {
    pub fn new(file: &'a File) -> Self {
        let code = without_comments_and_texts(&file.text);
        let shipped = if is_test_file(&file.path) {
            blank(&code)
        } else {
            without_tests(&code)
        };
        Self { file, code, shipped }
    }

    /// `path:line` of every line of shipped code that contains the text.
    pub fn shipped_with(&self, text: &str) -> Vec<String> {
        self.places(&self.shipped, text)
    }

    /// The same for all code.
    pub fn code_with(&self, text: &str) -> Vec<String> {
        self.places(&self.code, text)
    }

    /// The same for test code only.
    pub fn tests_with(&self, text: &str) -> Vec<String> {
        let shipped: Vec<&str> = self.shipped.lines().collect();
        let lines = self.code.lines().enumerate();
        let is_test = |at: usize, line: &str| line.contains(text) && !shipped.get(at).is_some_and(|s| s.contains(text));
        lines
            .filter(|(at, line)| is_test(*at, line))
            .map(|(at, _)| self.place(at))
            .collect()
    }

    /// Names of the types, traits and modules that shipped code declares, each with its place.
    pub fn declared(&self) -> Vec<(String, String)> {
        let mut declared = Vec::new();
        for (at, line) in self.shipped.lines().enumerate() {
            let mut words = line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty());
            while let Some(word) = words.next() {
                if matches!(word, "struct" | "enum" | "trait" | "type" | "mod")
                    && let Some(name) = words.next()
                {
                    declared.push((name.to_owned(), self.place(at)));
                }
            }
        }
        declared
    }

    fn places(&self, code: &str, text: &str) -> Vec<String> {
        code.lines()
            .enumerate()
            .filter(|(_, line)| line.contains(text))
            .map(|(at, _)| self.place(at))
            .collect()
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{}", self.file.path, line + 1)
    }
}

/// Whether the whole file is test code.
pub fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// Blanks comments, texts and characters, keeping every line where it is.
fn without_comments_and_texts(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_non_code(&chars, at);
        match end {
            Some(end) => {
                out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
                at = end;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// Where the comment, text or character that begins here ends; `None` when code begins here.
fn end_of_non_code(chars: &[char], at: usize) -> Option<usize> {
    let get = |at: usize| chars.get(at).copied().unwrap_or('\n');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    match get(at) {
        '/' if get(at + 1) == '/' => Some((at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len())),
        '/' if get(at + 1) == '*' => {
            let (mut depth, mut i) = (1, at + 2);
            while i < chars.len() && depth > 0 {
                match (get(i), get(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
            }
            Some(i)
        }
        'r' if at == 0 || !is_word(get(at - 1)) || (get(at - 1) == 'b' && (at < 2 || !is_word(get(at - 2)))) => {
            let hashes = (at + 1..chars.len()).take_while(|i| chars[*i] == '#').count();
            if get(at + 1 + hashes) != '"' {
                return None;
            }
            let closes = |i: usize| get(i) == '"' && (1..=hashes).all(|n| get(i + n) == '#');
            let close = (at + 2 + hashes..chars.len()).find(|i| closes(*i));
            Some(close.map_or(chars.len(), |i| i + 1 + hashes))
        }
        '"' => {
            let mut i = at + 1;
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            Some((i + 1).min(chars.len()))
        }
        // A character, not a lifetime: 'x' or '\…'.
        '\'' if get(at + 1) == '\\' => Some(
            (at + 3..chars.len())
                .find(|i| chars[*i] == '\'')
                .map_or(chars.len(), |i| i + 1),
        ),
        '\'' if get(at + 2) == '\'' => Some(at + 3),
        _ => None,
    }
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        out.push_str(&rest[..start]);
        let item = &rest[start..];
        let end = end_of_item(item, MARK.len());
        out.push_str(&blank(&item[..end]));
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}

/// Where the item ends: at its closing brace, or at the semicolon when it has no braces.
fn end_of_item(item: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices().skip_while(|(at, _)| *at < from) {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    item.len()
}

#[test]
fn what_is_not_code_is_not_seen() {
    let source = File::new(
        "src-tauri/x/lib.rs",
        r##"
//! a.unwrap()
fn f<'a>(x: &'a str) -> char { /* b.unwrap() /* nested */ */ let t = "c.unwrap() \" d.unwrap()"; '"' }
const RAW: &str = r#"e.unwrap() " f.unwrap()"#;
fn g() { real.unwrap() }
#[cfg(test)]
mod tests {
    fn h() { if true { tested.unwrap() } }
}
fn i() { after.unwrap() }
#[cfg(test)]
mod elsewhere;
fn j() { last.unwrap() }
"##,
    );
    let rust = RustFile::new(&source);
    let line = |n: usize| format!("src-tauri/x/lib.rs:{n}");
    assert_eq!(rust.shipped_with(".unwrap()"), [line(5), line(10), line(13)]);
    assert_eq!(rust.tests_with(".unwrap()"), [line(8)]);
    assert_eq!(rust.code_with(".unwrap()"), [line(5), line(8), line(10), line(13)]);
}

#[test]
fn files_of_tests_are_tests_from_top_to_bottom() {
    for path in [
        "tests/e2e/main.rs",
        "src-tauri/store/tests/undo.rs",
        "src-tauri/domain/workflow/tests.rs",
    ] {
        let source = File::new(path, "fn f() { x.unwrap() }");
        let rust = RustFile::new(&source);
        assert!(rust.shipped_with(".unwrap()").is_empty(), "{path}");
        assert_eq!(rust.tests_with(".unwrap()").len(), 1, "{path}");
    }
}
