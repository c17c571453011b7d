//! Plain text to HaloPSA's HTML notes and back.
//!
//! `from_html(to_html(text))` gives the text back (line ends as `\n`, outer white space cut), so that a note whose
//! answer was lost can be recognised among the actions of its ticket.

/// Escapes plain text into HTML that shows the same lines.
pub(super) fn to_html(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut html = String::with_capacity(unified.len() + 16);
    html.push_str("<p>");
    for (number, line) in unified.trim().split('\n').enumerate() {
        if number > 0 {
            html.push_str("<br>");
        }
        let mut previous = ' ';
        let mut rest = line.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                '\t' => html.push_str("&#9;"),
                // A browser shows several spaces as one, and none at the edge of a line.
                ' ' if previous == ' ' || rest.peek().is_none() => html.push_str("&nbsp;"),
                c if c.is_control() => {}
                c => html.push(c),
            }
            previous = c;
        }
    }
    html.push_str("</p>");
    html
}

/// What a person would read in the HTML: tags gone, blocks on lines of their own, entities decoded, scripts and styles
/// dropped. Text that is no HTML comes through.
pub(super) fn from_html(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '<' => match read_tag(after) {
                Some((name, behind)) => page.tag(&name, behind),
                None => {
                    page.literal('<');
                    after
                }
            },
            '&' => match read_entity(after) {
                Some((decoded, behind)) => {
                    page.literal(decoded);
                    behind
                }
                None => {
                    page.literal('&');
                    after
                }
            },
            c if c.is_whitespace() && c != '\u{a0}' => {
                page.pending_space = true;
                after
            }
            c => {
                page.literal(c);
                after
            }
        };
    }
    page.finish()
}

#[derive(Default)]
struct Page {
    text: String,
    /// White space was seen and matters if more text follows on the same line.
    pending_space: bool,
    /// A block ended: the next text starts on a line of its own.
    pending_break: bool,
}

impl Page {
    fn literal(&mut self, c: char) {
        if self.pending_break && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        } else if self.pending_space && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        self.pending_break = false;
        self.pending_space = false;
        self.text.push(if c == '\u{a0}' { ' ' } else { c });
    }

    /// Takes note of a tag; says where to go on reading.
    fn tag<'a>(&mut self, name: &str, behind: &'a str) -> &'a str {
        match name {
            "br" => {
                if self.pending_break && !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push('\n');
                }
                self.pending_break = false;
                self.pending_space = false;
                self.text.push('\n');
            }
            "script" | "style" | "head" | "title" => return skip_element(name, behind),
            "p" | "div" | "li" | "ul" | "ol" | "tr" | "table" | "blockquote" | "pre" | "hr" | "h1" | "h2" | "h3"
            | "h4" | "h5" | "h6" | "/p" | "/div" | "/li" | "/ul" | "/ol" | "/tr" | "/table" | "/blockquote"
            | "/pre" | "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" => self.pending_break = true,
            "/td" | "/th" => self.pending_space = true,
            _ => {}
        }
        behind
    }

    fn finish(self) -> String {
        self.text.trim().to_owned()
    }
}

/// The lower-case name of a tag (with its slash when it closes) and what comes behind it; `None` when it is no tag.
fn read_tag(after: &str) -> Option<(String, &str)> {
    if let Some(comment) = after.strip_prefix("!--") {
        let end = comment.find("-->").map_or(comment.len(), |at| at + 3);
        return Some((String::new(), comment.get(end..)?));
    }
    let name_start = after.strip_prefix('/').unwrap_or(after);
    if !name_start.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
        return None;
    }
    let mut quote = None;
    for (at, c) in after.char_indices() {
        match (quote, c) {
            (None, '>') => {
                let inside = after.get(..at)?;
                let name_end = inside
                    .char_indices()
                    .skip(1)
                    .find(|(_, c)| c.is_whitespace() || *c == '/')
                    .map_or(inside.len(), |(at, _)| at);
                let name = inside.get(..name_end)?.to_ascii_lowercase();
                return Some((name, after.get(at + 1..)?));
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

/// What comes behind the end of an element whose content nobody reads.
fn skip_element<'a>(name: &str, behind: &'a str) -> &'a str {
    let lower = behind.to_ascii_lowercase();
    let end = lower.find(&format!("</{name}")).and_then(|at| {
        lower
            .get(at..)
            .and_then(|tail| tail.find('>'))
            .map(|close| at + close + 1)
    });
    end.and_then(|end| behind.get(end..)).unwrap_or_default()
}

/// The character of an entity and what comes behind it.
fn read_entity(after: &str) -> Option<(char, &str)> {
    let end = after.char_indices().take(12).find(|(_, c)| *c == ';')?.0;
    let name = after.get(..end)?;
    let decoded = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "pound" => '£',
        "euro" => '€',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c == '\t' || *c == '\n' || !c.is_control())?
        }
    };
    Some((decoded, after.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            to_html("<b>5 > 3</b> & \"so\"\r\n  it's\n\nfine"),
            "<p>&lt;b&gt;5 &gt; 3&lt;/b&gt; &amp; &quot;so&quot;<br>&nbsp;&nbsp;it&#39;s<br><br>fine</p>"
        );
        assert_eq!(to_html(""), "<p></p>");
    }

    #[test]
    fn html_becomes_what_a_person_reads() {
        let check = |html: &str, expect: &str| assert_eq!(from_html(html), expect, "{html:?}");
        check("<p>Called</p>", "Called");
        check("<p>One</p><p>Two</p>", "One\nTwo");
        check("<div>One<br/>Two</div>\r\n  <div>Three</div>", "One\nTwo\nThree");
        check("One<br>\n<br>Two", "One\n\nTwo");
        check("<ul><li>A</li><li>B</li></ul>", "A\nB");
        check("a   b\n c", "a b c");
        check("Tom &amp; Ann&nbsp;&#8364;5 &#x41;", "Tom & Ann €5 A");
        check(
            "<style>p{color:red}</style><script>alert('x')</script>Hi<!-- no -->",
            "Hi",
        );
        check("<a href=\"x>y\" title='a>b'>link</a>", "link");
        check("5 < 6 and 7 & 8", "5 < 6 and 7 & 8");
        check("&bogus; &#xZZ; &;", "&bogus; &#xZZ; &;");
        check("plain text, no tags", "plain text, no tags");
        check("<p>open", "open");
        check("<script>never closed", "");
        check("<", "<");
    }

    proptest! {
        #[test]
        fn notes_come_back_as_they_went(text in "[ a-z<>&\"'/;#é€😀\n]{0,40}") {
            let tidy = text.trim();
            prop_assert_eq!(from_html(&to_html(&text)), tidy);
        }

        #[test]
        fn any_html_is_survived(html in "\\PC{0,60}") {
            let text = from_html(&html);
            let hard_spaces = text.matches('\u{a0}').count();
            prop_assert_eq!(hard_spaces, 0);
        }

        #[test]
        fn escaped_text_holds_no_tags(text in "\\PC{0,60}") {
            let html = to_html(&text);
            let inner = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")).unwrap();
            prop_assert!(!inner.replace("<br>", "").contains(['<', '>']));
        }
    }
}
