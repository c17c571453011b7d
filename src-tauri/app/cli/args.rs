//! The words of the command line, and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::profiles::Profile;

/// The whole HaloPSA sales pipeline on one board: offline, instant, synced in the background.
///
/// Without a command the window opens. With one, Leadline works on the same data without a window: results go to
/// standard output (as JSON with --json), messages to standard error.
#[derive(Debug, Parser)]
#[command(
    name = "leadline",
    version,
    max_term_width = 100,
    after_help = "Exit codes:
  0  done
  1  failed for another reason, such as a ticket that does not exist
  2  the command line cannot be understood
  3  refused by a rule of the workflow, or a field is missing or wrong
  4  not connected, signed out, or the account may not do this
  5  the data cannot be opened: locked, wrong passphrase, damaged, newer, in use, disk full
  6  no answer from the network, or what answers is no HaloPSA

Where things are kept:
  Data goes to --home (default: leadline in the system's data folder), encrypted. The key and the
  client secret go to the system's keychain. Where there is none, set LEADLINE_PASSPHRASE.
  The log is in the folder log there; LEADLINE_LOG=debug makes it say more. It names nobody.

Try it:
  leadline --demo                         a board full of sample data
  leadline sandbox --port 8720            a HaloPSA to connect to, on this computer"
)]
pub struct Arguments {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Which data to work on.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Keep the data in this folder
    #[arg(long, global = true, value_name = "DIR", env = "LEADLINE_HOME")]
    pub home: Option<PathBuf>,
    /// Work on the built-in sample tenant instead of a real HaloPSA
    #[arg(long, global = true)]
    pub demo: bool,
    /// Work on the HaloPSA of that name (default: the one shown or connected last; see leadline profiles)
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "demo")]
    pub profile: Option<Profile>,
}

/// How to print.
#[derive(Args, Clone, Copy, Debug)]
pub struct Output {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What to do without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Connect to a HaloPSA: as a person with the browser, or with a service account whose secret comes on standard input
    #[command(after_help = "Examples:
  leadline connect acme.halopsa.com --client-id 1f2e… --browser
  pass show halopsa | leadline connect https://acme.halopsa.com --client-id 1f2e…
  leadline connect other.halopsa.com --client-id 7a0b… --browser --profile other

With --browser you sign in as yourself. The application in HaloPSA has to be of the type \"Authorisation Code (Native
Application)\" with the login redirect URL http://127.0.0.1:8765/callback, to the letter.

Without it, at a terminal the secret is asked for and not shown. It is never an argument: arguments can be read by everybody on the computer. It is kept in
the keychain; where there is none, sealed with LEADLINE_PASSPHRASE.")]
    Connect {
        /// The address of the HaloPSA, such as acme.halopsa.com
        address: String,
        /// The client id of the service account (HaloPSA: Configuration, Integrations, HaloPSA API)
        #[arg(long, value_name = "ID")]
        client_id: String,
        /// Sign in as a person, with the browser
        #[arg(long)]
        browser: bool,
        /// The port on this computer at which the browser comes back (default: that of Settings, else 8765)
        #[arg(long, value_name = "N", requires = "browser", value_parser = clap::value_parser!(u16).range(1..))]
        port: Option<u16>,
        /// Only print the address to sign in at, open no browser
        #[arg(long, requires = "browser")]
        no_open: bool,
        #[command(flatten)]
        output: Output,
    },
    /// List the HaloPSAs that have data on this computer
    Profiles {
        #[command(flatten)]
        output: Output,
    },
    /// Forget the credentials; the data and what waits to be sent stay
    Disconnect,
    /// Say what is connected, what waits and what was refused
    Status {
        #[command(flatten)]
        output: Output,
    },
    /// Show what stands for what in HaloPSA, and what its administrator could add
    #[command(after_help = "Examples:
  leadline mapping --export > mapping.json
  leadline mapping --import mapping.json

A document is read by its names, so it can be taken to another HaloPSA. What that one does not have is said and left as it is.")]
    Mapping {
        /// Read the set-up of HaloPSA again first
        #[arg(long)]
        read: bool,
        /// Read a mapping from this file and keep it
        #[arg(long, value_name = "FILE")]
        import: Option<PathBuf>,
        /// Print the mapping as a document that can be read back in
        #[arg(long)]
        export: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Fetch what changed in HaloPSA and send what waits
    #[command(
        after_help = "While a window is open over the same data it syncs by itself; then this command says so and ends."
    )]
    Sync {
        /// One round, then end
        #[arg(long, required = true)]
        once: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Mark people as Do Not Contact, on every ticket of theirs; or lift it, as a manager
    #[command(after_help = "Examples:
  leadline do-not-contact '#1042' --reason opt-out
  leadline do-not-contact '#1042' --lift --reason \"Asked for an offer on 12 November\"

To mark, the reason is opt-out, legal or other. To lift, it is a sentence that stays on the record, here and in HaloPSA.")]
    DoNotContact {
        /// The tickets: numbers here, or # and numbers in HaloPSA
        #[arg(required = true, value_name = "TICKET")]
        tickets: Vec<String>,
        /// Why
        #[arg(long, value_name = "REASON")]
        reason: String,
        /// They may be contacted again
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        output: Output,
    },
    /// List tickets, in board order
    Tickets {
        /// Only this stage, by key or name
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
        /// Only tickets whose company, person, e-mail or phone contains this
        #[arg(long, value_name = "TEXT", default_value = "")]
        text: String,
        /// Only tickets with something waiting, refused or in conflict
        #[arg(long)]
        unsynced: bool,
        /// At most this many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        output: Output,
    },
    /// Bring a list of people in: new leads are made, known ones get what is new, and a person is asked about the rest
    #[command(after_help = "Examples:
  leadline import leads.csv --dry-run
  leadline import apollo-export.csv --source apollo --errors not-imported.csv
  leadline import leads.xlsx --sheet Contacts --mapping mapping.json --json
  leadline import --undo 7

A dry run says what would become of every row and writes nothing; the run then does exactly that. A run that was
interrupted goes on where it stopped when the same file is imported again. --undo takes an import back, except for
tickets that somebody has worked on since.")]
    Import(super::import::Wish),
    /// List the imports, newest first
    Imports {
        #[command(flatten)]
        output: Output,
    },
    /// Write tickets into a file for a spreadsheet
    #[command(after_help = "Examples:
  leadline export --out pipeline.xlsx
  leadline export --stage contacted --owner 'Ann Lee' --columns company_name,person_name,email > contacted.csv
  leadline export --list 'Hot Leads' --all --out hot.csv

A text that a spreadsheet would take for a formula gets an apostrophe in front. Times are in UTC in csv, and in the time
of this computer in a workbook, because a workbook knows no time zones.")]
    Export(super::export::Wish),
    /// Print a report of Insights
    #[command(after_help = "Examples:
  leadline report funnel --from 2026-10-01 --to 2026-10-31
  leadline report stages --cohort --format csv > times.csv
  leadline report forecast --format json

Everything is counted on this computer. Days begin where --zone says. What each figure means stands in the report as JSON,
under about.definitions. In csv, several currencies of one sum have a plus between them.")]
    Report(super::report::Wish),
    /// Move a ticket to a stage
    #[command(after_help = "Examples:
  leadline move 17 contacted
  leadline move '#2041' qualified --set fit_score=80 --set timeframe='Q3'

The move is saved on this computer at once. HaloPSA gets it with the next sync.")]
    Move {
        /// The ticket: its number here, or '#' and its number in HaloPSA
        ticket: String,
        /// The stage, by key or name
        stage: String,
        /// Answer a field that the stage asks for; may be repeated
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Take back the last thing done here
    Undo {
        #[command(flatten)]
        output: Output,
    },
    /// Do the last undone thing again
    Redo {
        #[command(flatten)]
        output: Output,
    },
    /// Find tickets by company, person, e-mail, number, or phone in any format
    Search {
        text: String,
        #[command(flatten)]
        output: Output,
    },
    /// List what waits for HaloPSA, was refused, or was sent lately
    Outbox {
        /// Try refused entries again with the next sync
        #[arg(long)]
        retry_all: bool,
        #[command(flatten)]
        output: Output,
    },
    /// List what waits for somebody's decision, longest waiting first
    #[command(after_help = "Examples:
  leadline review --json
  leadline review --reason possible-duplicate --look

Reasons: refused-change, sync-conflict, possible-duplicate, job-change, merge-conflict, new-data, low-quality, import-error.")]
    Review {
        /// Only what waits for this reason
        #[arg(long, value_name = "REASON")]
        reason: Option<String>,
        /// At most this many
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Look for duplicates among tickets and contacts first
        #[arg(long)]
        look: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Clean e-mail addresses, phone numbers, company names or web addresses, one a line
    #[command(after_help = "Examples:
  cut -f3 leads.tsv | leadline clean phone --country GB
  leadline clean email < addresses.txt

For every line of standard input one line comes out, in the same order: the clean value, or ! and the reason. Phone
numbers come out as +442079460018, with ;ext=12 where they have an extension.")]
    Clean {
        /// What the lines are
        #[arg(value_enum)]
        kind: super::clean::Kind,
        /// How phone numbers without a country code are read, such as GB; without it they cannot be
        #[arg(long, value_name = "COUNTRY")]
        country: Option<String>,
    },
    /// Find the rows of one list in another, or twice in one
    #[command(after_help = "Examples:
  leadline link customers.csv leads.csv --out pairs.csv
  leadline link --dedupe leads.csv

Columns are recognised by their headers, as in an import. The result is CSV with the columns id_left, id_right, score,
decision (same or review) and evidence; ids are those of the column \"id\", else line numbers. Rows that are new are
left out. The files are only read, and nothing of Leadline's own data is touched.")]
    Link {
        /// The list that is there
        #[arg(value_name = "LEFT", requires = "right", required_unless_present = "dedupe")]
        left: Option<PathBuf>,
        /// The list that comes in
        #[arg(value_name = "RIGHT")]
        right: Option<PathBuf>,
        /// Compare this list with itself
        #[arg(long, value_name = "FILE", conflicts_with_all = ["left", "right"])]
        dedupe: Option<PathBuf>,
        /// Write the pairs to this file (default: standard output)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Compare by weights that are learnt from these very files first, and kept nowhere (see leadline weights)
        #[arg(long)]
        estimate: bool,
    },
    /// Say how much it counts that two records agree, or learn that from your own data
    #[command(after_help = "Examples:
  leadline weights
  leadline weights --estimate --dry-run
  leadline weights --estimate customers.csv leads.csv
  leadline weights --shipped

When lists and tickets are compared, each thing that agrees or differs counts for so many bits: the
more often it is so between two records of one person than between strangers, the more. The shipped
weights come from five public and invented sets. --estimate finds them for your data, without
anybody saying who is who: from the tickets here, from one file with repeated people, or from two
files with people in common. It takes 100 likely matches; what is too rare in the data stays as
shipped. What is kept is used by imports and by the look for duplicates. What must never be merged
by a machine is a rule and not a weight, and holds in any case.

Exit code 3: there was too little to learn from, and nothing was changed.")]
    Weights {
        /// Learn the weights from the tickets here, or from one or two files, show them beside the shipped ones and keep them
        #[arg(long, num_args = 0..=2, value_name = "FILE")]
        estimate: Option<Vec<PathBuf>>,
        /// Show what was learnt and keep nothing
        #[arg(long, requires = "estimate")]
        dry_run: bool,
        /// Use the shipped weights again
        #[arg(long, conflicts_with = "estimate")]
        shipped: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Run a HaloPSA in a box on this computer, with sample data, until Ctrl+C
    #[command(after_help = "Any HaloPSA client can be pointed at it. Service account:
  client id      leadline-sandbox
  client secret  sandbox-secret
People, with the browser:
  client id      leadline-native
  redirect URL   http://127.0.0.1:8765/callback")]
    Sandbox {
        /// The port to listen on, on this computer only; 0 takes any free one
        #[arg(long, value_name = "N", default_value_t = 8720)]
        port: u16,
        /// How many pipeline tickets to make up
        #[arg(long, value_name = "N", default_value_t = 2000)]
        tickets: u32,
        /// The same seed makes up the same tenant
        #[arg(long, value_name = "N", default_value_t = 7)]
        seed: u64,
        /// Requests allowed in any 5 minutes; 0 for no limit
        #[arg(long, value_name = "N", default_value_t = 300)]
        rate_limit: u32,
        /// Milliseconds that every answer takes longer
        #[arg(long, value_name = "MS", default_value_t = 0)]
        latency_ms: u64,
    },
}
