//! `leadline clean`: a filter that cleans one value a line, by the rules of an import.
//!
//! Line for line: the clean value, or `! ` and the reason. Nothing of Leadline's own data is touched, and no line, whatever
//! is in it, stops the others. What comes in is cleaned as far as it has come, so that the filter can stand in the middle
//! of a conversation, and on every core where there is much.

use std::{
    io::{self, Read, Write},
    num::NonZero,
    process::ExitCode,
    thread,
};

use clap::ValueEnum;
use domain::{company_name, country, email::EmailAddress, phone::PhoneNumber, web::WebAddress};

use super::{Failure, Outcome, failed};

/// What the lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Email,
    Phone,
    Company,
    Website,
}

/// The longest line that is looked at, in bytes.
const LONGEST: usize = 1 << 20;

/// How much is read at once.
const BLOCK: usize = 1 << 20;

/// The most of a reason, in characters.
const TOLD: usize = 240;

/// Fewer lines are not worth another thread.
const WORTH_A_THREAD: usize = 512;

/// Cleans standard input onto standard output.
pub(super) fn clean(kind: Kind, country: Option<&str>) -> Outcome {
    let country = country.map(code).transpose()?.unwrap_or_default();
    match filter(kind, &country, &mut io::stdin().lock(), &mut io::stdout().lock()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(failed("Clean the lines", error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// The country that was said. Two letters may be one that only phone numbers know.
fn code(said: &str) -> Result<String, Failure> {
    let said = said.trim();
    match country::code(said) {
        Some(code) => Ok(code.to_owned()),
        None if said.is_empty() || (said.len() == 2 && said.bytes().all(|byte| byte.is_ascii_alphabetic())) => {
            Ok(said.to_ascii_uppercase())
        }
        None => Err(Failure::Usage(format!(
            "“{said}” is no country; write a code such as GB, or its name."
        ))),
    }
}

/// Cleans line by line, and hands on what is done before it waits for more.
fn filter(kind: Kind, country: &str, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let mut buffer: Vec<u8> = Vec::new();
    // The rest of a line that was too long already.
    let mut skipping = false;
    loop {
        let filled = buffer.len();
        buffer.resize(filled + BLOCK, 0);
        let read = match input.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                buffer.truncate(filled);
                continue;
            }
            read => read?,
        };
        buffer.truncate(filled + read);
        let mut done = if read == 0 {
            buffer.len()
        } else {
            buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
        };
        let mut lines = buffer.get(..done).unwrap_or_default();
        if skipping && done > 0 {
            let end = lines
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(lines.len(), |at| at + 1);
            lines = lines.get(end..).unwrap_or_default();
            skipping = false;
        }
        output.write_all(cleaned(kind, country, lines).as_bytes())?;
        if buffer.len() - done > LONGEST {
            if !skipping {
                output.write_all(format!("! {TOO_LONG}\n").as_bytes())?;
            }
            skipping = true;
        }
        if skipping {
            done = buffer.len();
        }
        output.flush()?;
        buffer.drain(..done);
        if read == 0 {
            return Ok(());
        }
    }
}

const TOO_LONG: &str = "This line is longer than 1 MB.";

/// Every line of a text, cleaned.
fn cleaned(kind: Kind, country: &str, text: &[u8]) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = lines.len().div_ceil(cores).max(WORTH_A_THREAD);
    let of = |lines: &[&[u8]]| {
        let mut cleaned = String::with_capacity(lines.len() * 24);
        for line in lines {
            put(kind, country, line, &mut cleaned);
        }
        cleaned
    };
    if lines.len() <= share {
        return of(&lines);
    }
    thread::scope(|scope| {
        let shares: Vec<_> = lines
            .chunks(share)
            .map(|share| (share, scope.spawn(move || of(share))))
            .collect();
        // A share that panicked has said so; worked on again here, it ends the program.
        shares
            .into_iter()
            .map(|(share, done)| done.join().unwrap_or_else(|_| of(share)))
            .collect()
    })
}

/// One line in, one line out.
fn put(kind: Kind, country: &str, line: &[u8], out: &mut String) {
    let line = String::from_utf8_lossy(line);
    let line = line.strip_suffix('\r').unwrap_or(&line);
    let found = if line.len() > LONGEST {
        Err(TOO_LONG.to_owned())
    } else if line.trim().is_empty() {
        Err("This line is empty.".to_owned())
    } else {
        value(kind, country, line)
    };
    let (mark, text, most) = match &found {
        Ok(clean) => ("", clean.as_str(), usize::MAX),
        Err(reason) => ("! ", reason.as_str(), TOLD),
    };
    out.push_str(mark);
    // Whatever stood in the line, one line comes out.
    out.extend(text.chars().take(most).map(|c| {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            ' '
        } else {
            c
        }
    }));
    out.push('\n');
}

/// The clean value, or the reason why there is none.
fn value(kind: Kind, country: &str, line: &str) -> Result<String, String> {
    match kind {
        Kind::Email => EmailAddress::parse(line)
            .map(|email| email.0)
            .map_err(|invalid| invalid.reason),
        Kind::Website => WebAddress::parse(line)
            .map(|address| address.0)
            .map_err(|invalid| invalid.reason),
        Kind::Company => {
            let name = company_name::display(line);
            if name.is_empty() {
                Err("There is no name in this line.".to_owned())
            } else {
                Ok(name)
            }
        }
        Kind::Phone => {
            let phone = PhoneNumber::parse(line, country);
            match (phone.e164, phone.extension) {
                (Some(number), Some(extension)) => Ok(format!("{number};ext={extension}")),
                (Some(number), None) => Ok(number),
                (None, _) if country.is_empty() && !phone.typed.starts_with('+') => Err(format!(
                    "“{}” is no phone number that can be dialled without knowing its country.",
                    phone.typed
                )),
                (None, _) => Err(format!("“{}” is no phone number that can be dialled.", phone.typed)),
            }
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected should stop where it does"
)]
mod tests {
    use super::*;

    /// Gives its bytes in pieces of that size.
    struct Slowly<'a>(&'a [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(target.len()).min(self.0.len());
            let (now, later) = self.0.split_at(size);
            target.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            self.0 = later;
            Ok(size)
        }
    }

    fn through(kind: Kind, country: &str, input: &[u8], at_once: usize) -> String {
        let mut out = Vec::new();
        filter(kind, country, &mut Slowly(input, at_once), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn line_for_line() {
        let phones = b"020 7946 0018\r\n\n+44 20 7946 0018 x12\nnone\n\xFF\xFE1\n'+442079460018";
        let expected = "+442079460018\n! This line is empty.\n+442079460018;ext=12\n! “none” is no phone number that can be dialled.\n\
            ! “\u{FFFD}\u{FFFD}1” is no phone number that can be dialled.\n+442079460018\n";
        for at_once in [1, 3, 7, 1000] {
            assert_eq!(through(Kind::Phone, "GB", phones, at_once), expected, "{at_once}");
        }
        assert_eq!(
            through(Kind::Email, "", b"Jane <JANE@acme.com>;\nnobody\n", 1000),
            "jane@acme.com\n! “nobody” is not an e-mail address: it has no @.\n"
        );
        assert_eq!(through(Kind::Company, "", b"  ACME   LTD \n", 1000), "Acme Ltd\n");
        assert_eq!(
            through(Kind::Website, "", b"https://www.Acme.com/\n", 1000),
            "www.acme.com\n"
        );
        assert_eq!(through(Kind::Email, "", b"", 1000), "");
        assert_eq!(
            through(Kind::Email, "", b"\n\n", 1),
            "! This line is empty.\n".repeat(2)
        );
    }

    #[test]
    fn many_lines_keep_their_order_and_a_long_one_costs_itself() {
        let many: String = (0..20_000).map(|number| format!("P{number}@acme.com\n")).collect();
        let expected = many.to_lowercase();
        assert_eq!(through(Kind::Email, "", many.as_bytes(), 70_001), expected);
        let long = format!("a@acme.com\n{}\nb@acme.com\n", "x".repeat(3 << 20));
        assert_eq!(
            through(Kind::Email, "", long.as_bytes(), 65_536),
            format!("a@acme.com\n! {TOO_LONG}\nb@acme.com\n")
        );
        let last = "x".repeat(3 << 20);
        assert_eq!(
            through(Kind::Email, "", last.as_bytes(), 65_536),
            format!("! {TOO_LONG}\n")
        );
    }

    #[test]
    fn a_country_is_a_code_or_a_name() {
        for (said, expected) in [
            ("gb", Some("GB")),
            ("Germany", Some("DE")),
            ("", Some("")),
            ("ta", Some("TA")),
            ("Atlantis", None),
        ] {
            assert_eq!(code(said).ok().as_deref(), expected, "{said}");
        }
    }
}
