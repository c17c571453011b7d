//! The filter that cleans one value a line.

use super::Terminal;

#[test]
fn lines_are_cleaned_without_any_data_of_leadline() {
    let terminal = Terminal::new();
    let phones = "020 7946 0018 x5\nnobody\n\n+1 202 555 0173\n";
    let ran = terminal
        .run_with(phones, &["clean", "phone", "--country", "United Kingdom"])
        .succeeds();
    assert_eq!(
        ran.out,
        "+442079460018;ext=5\n! “nobody” is no phone number that can be dialled.\n! This line is empty.\n+12025550173\n"
    );
    let ran = terminal.run_with("020 7946 0018", &["clean", "phone"]).succeeds();
    assert!(ran.out.contains("without knowing its country"), "{}", ran.out);
    let emails = terminal
        .run_with("Jane <JANE@acme.com>;\r\nnone", &["clean", "email"])
        .succeeds();
    assert_eq!(
        emails.out,
        "jane@acme.com\n! “none” is not an e-mail address: it has no @.\n"
    );
    assert_eq!(
        terminal.run_with("ACME LTD\n", &["clean", "company"]).succeeds().out,
        "Acme Ltd\n"
    );
    assert_eq!(
        terminal
            .run_with("HTTPS://Acme.com/\n", &["clean", "website"])
            .succeeds()
            .out,
        "acme.com\n"
    );
    terminal
        .run(&["clean", "phone", "--country", "Atlantis"])
        .fails(2, "is no country");
    terminal.run(&["clean", "fax"]).fails(2, "invalid value");
    assert!(!terminal.home().join("log").exists(), "nothing is opened");
}
