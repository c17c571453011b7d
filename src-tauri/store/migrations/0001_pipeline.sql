-- The pipeline on one computer. Times are whole milliseconds since 1970, UTC. Agents are a cache of HaloPSA's records, and
-- so are companies, sites and contacts with a HaloPSA id; what a person did here (tickets, values, activities, journal,
-- outbox, and records that were made here) is user data. It is long because a new database is made from one script.

CREATE TABLE counters ( -- user data: one row
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    -- Grows with every write, so that a window can tell whether it is behind.
    seq INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO counters (only, seq) VALUES (1, 0);

CREATE TABLE settings ( -- user data
    name TEXT NOT NULL PRIMARY KEY,
    -- JSON.
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors ( -- cache (can be refetched): how far each pull came
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents ( -- cache (can be refetched)
    id INTEGER NOT NULL PRIMARY KEY,
    halo_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    initials TEXT NOT NULL DEFAULT '',
    colour TEXT NOT NULL DEFAULT '',
    team TEXT NOT NULL DEFAULT '',
    inactive INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE companies ( -- user data
    id INTEGER NOT NULL PRIMARY KEY,
    -- NULL for one that was made here, until HaloPSA has it.
    halo_id INTEGER UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    -- The name as it is compared.
    match_key TEXT NOT NULL DEFAULT '',
    website TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    inactive INTEGER NOT NULL DEFAULT 0,
    -- Made here, and then found to be this one. The row stays, because the journal names it.
    same_as INTEGER REFERENCES companies (id),
    -- Its making was undone; the row stays for redo.
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX companies_key ON companies (match_key) WHERE match_key <> '';

CREATE TABLE sites ( -- user data
    id INTEGER NOT NULL PRIMARY KEY,
    -- NULL for one that was made here, until HaloPSA has it.
    halo_id INTEGER UNIQUE,
    company INTEGER REFERENCES companies (id),
    name TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    inactive INTEGER NOT NULL DEFAULT 0,
    same_as INTEGER REFERENCES sites (id),
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sites_company ON sites (company) WHERE company IS NOT NULL;

CREATE TABLE contacts ( -- user data
    id INTEGER NOT NULL PRIMARY KEY,
    -- NULL for one that was made here, until HaloPSA has it.
    halo_id INTEGER UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    -- JSON array of numbers as HaloPSA has them.
    phones TEXT NOT NULL DEFAULT '[]',
    company INTEGER REFERENCES companies (id),
    site INTEGER REFERENCES sites (id),
    inactive INTEGER NOT NULL DEFAULT 0,
    same_as INTEGER REFERENCES contacts (id),
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contacts_email ON contacts (email COLLATE NOCASE) WHERE email <> '';
CREATE INDEX contacts_company ON contacts (company) WHERE company IS NOT NULL;

CREATE TABLE tickets ( -- user data
    id INTEGER NOT NULL PRIMARY KEY,
    halo_id INTEGER UNIQUE,
    lifecycle TEXT NOT NULL,
    stage TEXT NOT NULL,
    owner INTEGER REFERENCES agents (id),
    contact_id INTEGER REFERENCES contacts (id),
    company_id INTEGER REFERENCES companies (id),
    summary TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    entered_at INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0,
    -- HaloPSA no longer has it.
    gone INTEGER NOT NULL DEFAULT 0,
    -- 0 there, 1 its creation was undone (the row stays, so that redo and the journal find it), 2 merged into another one,
    -- or taken back while HaloPSA has it.
    removed INTEGER NOT NULL DEFAULT 0,
    -- The ticket that it became a part of; `removed` is 2 then.
    merged_into INTEGER REFERENCES tickets (id),
    lead_score INTEGER,
    next_action TEXT,
    next_action_at INTEGER,
    -- What follows is derived by the writer: from the ticket's values, …
    company TEXT NOT NULL DEFAULT '',
    person TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    dnc INTEGER NOT NULL DEFAULT 0,
    fit_score INTEGER,
    probability INTEGER,
    -- Zero and '' where the ticket has no value.
    value_minor INTEGER NOT NULL DEFAULT 0,
    currency TEXT NOT NULL DEFAULT '',
    -- What it was worth in the end, likewise.
    final_minor INTEGER NOT NULL DEFAULT 0,
    final_currency TEXT NOT NULL DEFAULT '',
    -- The day on which it is expected to close, in days since 1970.
    closes_on INTEGER,
    -- … from its scores: the one that its card shows, …
    score INTEGER CHECK (score IS CASE lifecycle WHEN 'lead' THEN lead_score ELSE fit_score END),
    -- … and from outbox and conflicts: 0 synced, 1 waiting, 2 refused, 3 conflict, 4 gone.
    sync INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The board in its order (longest in the stage first), of everybody, of one owner, and from one source, covering
-- everything that filters and sums read. What a filter asks first comes first: a row is read only that far.
CREATE INDEX tickets_board ON tickets
    (stage, entered_at, id, score, source, owner, sync, currency, value_minor, probability)
    WHERE removed = 0;
CREATE INDEX tickets_owner ON tickets
    (owner, stage, entered_at, id, score, source, sync, currency, value_minor, probability)
    WHERE removed = 0;
CREATE INDEX tickets_source ON tickets
    (source, stage, entered_at, id, score, owner, sync, currency, value_minor, probability)
    WHERE removed = 0;
CREATE INDEX tickets_removed ON tickets (id) WHERE removed <> 0;
CREATE INDEX tickets_created ON tickets (created_at, source, lifecycle, owner) WHERE removed = 0;
-- Open opportunities by the day on which they are expected to close, covering the forecast.
CREATE INDEX tickets_deals ON tickets (closes_on, currency, probability, stage, value_minor, owner, source)
    WHERE lifecycle = 'opportunity' AND removed = 0;
-- What closed opportunities were worth, and whose they are: any number of them are read by their ids.
CREATE INDEX tickets_endings ON tickets (id, owner, source, value_minor, currency, final_minor, final_currency);
CREATE INDEX tickets_unsynced ON tickets (sync) WHERE sync <> 0 AND removed = 0;
CREATE INDEX tickets_contact ON tickets (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX tickets_company ON tickets (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX tickets_company_name ON tickets (company COLLATE NOCASE);
CREATE INDEX tickets_person_name ON tickets (person COLLATE NOCASE);
CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE stage_totals ( -- cache (can be recounted): column heads without counting; kept by the triggers below
    stage TEXT NOT NULL,
    currency TEXT NOT NULL,
    -- -1 for tickets without one.
    score INTEGER NOT NULL,
    tickets INTEGER NOT NULL DEFAULT 0,
    minor INTEGER NOT NULL DEFAULT 0,
    -- Minor units times per cent.
    weighted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stage, currency, score)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tickets_counted AFTER INSERT ON tickets WHEN NEW.removed = 0
BEGIN
    INSERT INTO stage_totals (stage, currency, score, tickets, minor, weighted)
    VALUES (
        NEW.stage, NEW.currency, coalesce(NEW.score, -1),
        1, NEW.value_minor, NEW.value_minor * coalesce(NEW.probability, 0)
    )
    ON CONFLICT (stage, currency, score) DO UPDATE SET
        tickets = tickets + excluded.tickets, minor = minor + excluded.minor, weighted = weighted + excluded.weighted;
END;

CREATE TRIGGER tickets_recounted AFTER UPDATE OF stage, currency, score, value_minor, probability, removed ON tickets
BEGIN
    UPDATE stage_totals SET
        tickets = tickets - 1,
        minor = minor - OLD.value_minor,
        weighted = weighted - OLD.value_minor * coalesce(OLD.probability, 0)
    WHERE stage = OLD.stage AND currency = OLD.currency AND score = coalesce(OLD.score, -1) AND OLD.removed = 0;
    INSERT INTO stage_totals (stage, currency, score, tickets, minor, weighted)
    SELECT
        NEW.stage, NEW.currency, coalesce(NEW.score, -1),
        1, NEW.value_minor, NEW.value_minor * coalesce(NEW.probability, 0)
    WHERE NEW.removed = 0
    ON CONFLICT (stage, currency, score) DO UPDATE SET
        tickets = tickets + excluded.tickets, minor = minor + excluded.minor, weighted = weighted + excluded.weighted;
END;

CREATE TABLE ticket_values ( -- user data
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    field TEXT NOT NULL,
    -- JSON of a typed value.
    value TEXT NOT NULL,
    -- As typed or imported, where it differs.
    raw TEXT,
    source TEXT NOT NULL,
    -- The provider, file or rule behind the source.
    source_name TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL,
    by_agent INTEGER,
    PRIMARY KEY (ticket, field)
) STRICT, WITHOUT ROWID;

-- Which tickets are in a segment.
-- Why opportunities were won or lost: few tickets have it, and reports ask for it of many.
CREATE INDEX ticket_values_endings ON ticket_values (ticket, field, value)
    WHERE field IN ('win_loss_reason', 'competitors');
CREATE INDEX ticket_values_segment ON ticket_values (field, value) WHERE field IN ('industry', 'employee_range');

CREATE TABLE stage_entries ( -- user data
    id INTEGER NOT NULL PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    lifecycle TEXT NOT NULL,
    stage TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    left_at INTEGER,
    by_agent INTEGER,
    -- The operation that brought it there; NULL where Leadline did not see it happen.
    operation INTEGER REFERENCES operations (id),
    -- Reconstructed from HaloPSA rather than seen by Leadline.
    rebuilt INTEGER NOT NULL DEFAULT 0,
    -- What follows is derived by the writer, so that a report needs one row to know what became of a stay: the stage it
    -- was left for, …
    next_stage TEXT,
    -- … how often the ticket has been in this stage, this time included, …
    visit INTEGER NOT NULL DEFAULT 1,
    -- … and when it came here again.
    again_at INTEGER
) STRICT;
CREATE INDEX stage_entries_ticket ON stage_entries (ticket, entered_at, id);
CREATE UNIQUE INDEX stage_entries_open ON stage_entries (ticket) WHERE left_at IS NULL;
-- The stays of a period, by stage and way out, covering what the reports read.
CREATE INDEX stage_entries_ways ON stage_entries (stage, next_stage, entered_at, left_at, again_at, visit, ticket);
CREATE INDEX stage_entries_agent ON stage_entries (by_agent, entered_at, ticket) WHERE by_agent IS NOT NULL;
-- Since when a ticket is an opportunity.
CREATE INDEX stage_entries_opened ON stage_entries (ticket, entered_at) WHERE lifecycle = 'opportunity';
CREATE INDEX stage_entries_rebuilt ON stage_entries (entered_at) WHERE rebuilt = 1 AND left_at IS NOT NULL;

CREATE TABLE activities ( -- user data
    id INTEGER NOT NULL PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    halo_action INTEGER,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    agent INTEGER,
    who TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '',
    -- JSON of a call record.
    call TEXT,
    -- Of a task (due) or a meeting: when, and since when it is done.
    starts_at INTEGER,
    ends_at INTEGER,
    done_at INTEGER,
    halo_appointment INTEGER UNIQUE,
    -- Taken back by undo; the row stays for redo.
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX activities_ticket ON activities (ticket, at, id);
CREATE INDEX activities_calls ON activities (agent, at, ticket) WHERE kind = 'call' AND removed = 0;
CREATE INDEX activities_open ON activities (starts_at, ticket) WHERE starts_at IS NOT NULL AND done_at IS NULL AND removed = 0;
CREATE UNIQUE INDEX activities_halo ON activities (ticket, halo_action) WHERE halo_action IS NOT NULL;

CREATE TABLE operations ( -- user data: what was done, one row for each operation
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The agent behind it; NULL for a person not known as an agent, and for a machine.
    agent INTEGER,
    -- The rule or system behind it; NULL for a person.
    machine TEXT,
    undoable INTEGER NOT NULL,
    -- The operation that this one takes back.
    undo_of INTEGER REFERENCES operations (id),
    -- 0 something new, 1 its undo, 2 the redo, 3 the undo of the redo, …
    depth INTEGER NOT NULL DEFAULT 0,
    undone_by INTEGER REFERENCES operations (id)
) STRICT;
CREATE INDEX operations_hand ON operations (agent, id) WHERE undoable = 1 AND machine IS NULL;

CREATE TABLE journal ( -- user data: what each operation changed, with the image before it
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    operation INTEGER NOT NULL REFERENCES operations (id),
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    what TEXT NOT NULL,
    -- The field, where `what` is 'field'; else ''.
    field TEXT NOT NULL DEFAULT '',
    -- JSON.
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX journal_operation ON journal (operation, id);
CREATE INDEX journal_ticket ON journal (ticket, operation);
CREATE INDEX journal_field ON journal (ticket, what, field, id);

CREATE TABLE outbox ( -- user data: what HaloPSA has yet to accept, and for a while what it accepted
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    operation INTEGER REFERENCES operations (id),
    -- update, create, activity, company, site or contact.
    kind TEXT NOT NULL,
    activity INTEGER REFERENCES activities (id),
    -- The company, site or contact, where it is one of these.
    record INTEGER,
    -- Waits until HaloPSA has accepted that entry: it needs the id.
    depends_on INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    -- JSON.
    payload TEXT NOT NULL,
    -- In words.
    what TEXT NOT NULL,
    -- waiting, sending, uncertain, parked or sent.
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    reason TEXT,
    detail TEXT
) STRICT;
CREATE INDEX outbox_unsent ON outbox (ticket, id, state, kind, due_at) WHERE state <> 'sent';
CREATE INDEX outbox_ticket ON outbox (ticket);
CREATE INDEX outbox_sent ON outbox (changed_at) WHERE state = 'sent';
CREATE INDEX outbox_activity ON outbox (activity) WHERE activity IS NOT NULL;
CREATE INDEX outbox_record ON outbox (kind, record) WHERE record IS NOT NULL;
CREATE INDEX outbox_depends ON outbox (depends_on) WHERE depends_on IS NOT NULL;

CREATE TABLE lists ( -- user data: named sets of tickets; in HaloPSA a list is a tag
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- manual or automatic.
    kind TEXT NOT NULL DEFAULT 'manual'
) STRICT;

CREATE TABLE list_members ( -- user data
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    list INTEGER NOT NULL REFERENCES lists (id),
    PRIMARY KEY (ticket, list)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_members_list ON list_members (list, ticket);

CREATE TABLE successions ( -- user data: tickets whose opportunity is a ticket of its own in HaloPSA
    ticket INTEGER NOT NULL PRIMARY KEY REFERENCES tickets (id),
    -- The part of the ticket that stands for the other of the two.
    other INTEGER NOT NULL UNIQUE REFERENCES tickets (id)
) STRICT;

CREATE TABLE mirror ( -- cache (can be refetched): each ticket as HaloPSA last showed it, the base of every merge
    halo_id INTEGER NOT NULL PRIMARY KEY,
    -- JSON.
    ticket TEXT NOT NULL,
    last_update INTEGER,
    seen_at INTEGER NOT NULL,
    -- A list showed a change, and its details, which hold what lists leave out, were not read since.
    details_due INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mirror_details ON mirror (halo_id) WHERE details_due = 1;

CREATE TABLE conflicts ( -- user data: both sides changed one field
    id INTEGER NOT NULL PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    -- 'stage', 'owner' or the key of a field.
    field TEXT NOT NULL,
    label TEXT NOT NULL,
    mine TEXT NOT NULL,
    theirs TEXT NOT NULL,
    -- JSON: what to write locally to take that side.
    mine_patch TEXT NOT NULL,
    theirs_patch TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    -- NULL while open; then mine, theirs or moot.
    choice TEXT
) STRICT;
CREATE INDEX conflicts_ticket ON conflicts (ticket);
CREATE INDEX conflicts_waiting ON conflicts (opened_at) WHERE choice IS NULL;
CREATE UNIQUE INDEX conflicts_open ON conflicts (ticket, field) WHERE choice IS NULL;

CREATE TABLE phone_index ( -- cache (can be derived again): numbers backwards, so that their last digits find them
    -- ticket, contact or company.
    kind TEXT NOT NULL,
    owner INTEGER NOT NULL,
    -- Digits of the E.164 number, last first; else of the number as typed, without leading zeros.
    reversed TEXT NOT NULL,
    -- As a person reads it.
    shown TEXT NOT NULL,
    PRIMARY KEY (kind, owner, reversed)
) STRICT, WITHOUT ROWID;
CREATE INDEX phone_index_reversed ON phone_index (kind, reversed);

-- cache (can be derived again): one document for each ticket, row id = ticket id. Trigrams find any part of a word of
-- three letters or more; the documents begin and end with a space, so that ' ab' finds words that begin with ab.
CREATE VIRTUAL TABLE ticket_search USING fts5 (
    company, person, email, phone, other,
    tokenize = 'trigram remove_diacritics 1', content = '', contentless_delete = 1
);
-- Its blocks fit into a page of the file, of which 80 bytes are the cipher's; the default would need two.
INSERT INTO ticket_search (ticket_search, rank) VALUES ('pgsz', 3900);

-- How the conversation with HaloPSA goes.

CREATE TABLE sync_minutes ( -- cache (can be lost): the requests of each minute of the last day
    -- The minute's beginning.
    minute INTEGER NOT NULL PRIMARY KEY,
    requests INTEGER NOT NULL DEFAULT 0,
    -- Those of them to which no HaloPSA gave a proper answer.
    errors INTEGER NOT NULL DEFAULT 0,
    -- JSON array: how many answers took how long, in the engine's steps.
    latencies TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE TABLE sync_log ( -- cache (can be lost): what sync did lately, without personal data
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- When it happened last.
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    -- How often it happened in a row.
    times INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE missing ( -- cache (can be found again): tickets that HaloPSA left out of its last sweeps
    halo_id INTEGER NOT NULL PRIMARY KEY,
    sweeps INTEGER NOT NULL,
    since INTEGER NOT NULL,
    -- A person said that they are there all the same.
    kept INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE unplaced ( -- cache (can be refetched): open tickets that HaloPSA has in a status which stands for no stage
    halo_id INTEGER NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE missing_records ( -- cache (can be found again): companies, sites and contacts that HaloPSA left out of its sweeps
    -- company, site or contact.
    sort TEXT NOT NULL,
    halo_id INTEGER NOT NULL,
    sweeps INTEGER NOT NULL,
    since INTEGER NOT NULL,
    -- HaloPSA said that it does not have it.
    gone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sort, halo_id)
) STRICT, WITHOUT ROWID;

-- Do Not Contact.

CREATE TABLE suppressions ( -- user data: who must not be contacted, and who said so; no address is readable here
    id INTEGER NOT NULL PRIMARY KEY,
    -- HMAC-SHA256 of the address or number, under a key in the settings.
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- email or phone.
    kind TEXT NOT NULL,
    -- A mailbox or line that others use as well: nobody writes or dials there, but it does not say who is meant.
    shared INTEGER NOT NULL DEFAULT 0,
    -- The ticket it was learned from.
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    at INTEGER NOT NULL,
    by_agent INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    -- NULL while it holds.
    lifted_at INTEGER,
    lifted_by INTEGER,
    lifted_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX suppressions_hash ON suppressions (hash, shared) WHERE lifted_at IS NULL;
CREATE INDEX suppressions_ticket ON suppressions (ticket);
-- Which tickets share an address or a number with a person who opted out.
CREATE INDEX tickets_email ON tickets (email) WHERE email <> '' AND removed = 0;
CREATE INDEX ticket_values_line ON ticket_values (json_extract(value, '$.value.e164'))
    WHERE field IN ('phone', 'mobile_phone');

-- Review: what a person must decide.

CREATE TABLE review_items ( -- user data: what is kept for a decision; conflicts and refused changes are where they are
    id INTEGER NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    -- What it is about; NULL where nothing of it is here yet.
    ticket INTEGER REFERENCES tickets (id),
    other INTEGER REFERENCES tickets (id),
    -- Two contacts, the lower number first, where the question is about them.
    contact INTEGER REFERENCES contacts (id),
    other_contact INTEGER REFERENCES contacts (id),
    -- The import it came with, and the line of its file.
    import INTEGER,
    line INTEGER,
    -- JSON: the incoming side.
    payload TEXT NOT NULL,
    -- By which the incoming record is known again; '' where it has nothing.
    key TEXT NOT NULL,
    -- Whom the incoming record is about.
    label TEXT NOT NULL,
    -- JSON array of sentences.
    evidence TEXT NOT NULL,
    source TEXT NOT NULL,
    certain INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    -- NULL while it waits.
    decision TEXT,
    decided_at INTEGER,
    decided_by INTEGER
) STRICT;
CREATE INDEX review_waiting ON review_items (opened_at) WHERE decision IS NULL;
CREATE INDEX review_ticket ON review_items (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX review_other ON review_items (other) WHERE other IS NOT NULL;
CREATE INDEX review_contact ON review_items (contact) WHERE contact IS NOT NULL;
CREATE INDEX review_other_contact ON review_items (other_contact) WHERE other_contact IS NOT NULL;
CREATE INDEX review_import ON review_items (import) WHERE import IS NOT NULL;
CREATE INDEX review_key ON review_items (key) WHERE key <> '';

CREATE TABLE review_assignments ( -- user data: who looks at which entry of the queue
    -- item:12, conflict:3 or outbox:9.
    key TEXT NOT NULL PRIMARY KEY,
    agent INTEGER NOT NULL REFERENCES agents (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE not_same ( -- user data: what a person keeps apart for ever
    id INTEGER NOT NULL PRIMARY KEY,
    -- NULL where contacts are kept apart.
    ticket INTEGER REFERENCES tickets (id),
    -- The ticket with the higher number; NULL where the other one is a record of files, known by its key.
    other INTEGER REFERENCES tickets (id),
    -- Two contacts, the lower number first.
    contact INTEGER REFERENCES contacts (id),
    other_contact INTEGER REFERENCES contacts (id),
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    by_agent INTEGER,
    -- Taken back; the row stays for undo.
    taken_back INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX not_same_pair ON not_same (ticket, coalesce(other, 0), key);
CREATE INDEX not_same_other ON not_same (other) WHERE other IS NOT NULL;
CREATE UNIQUE INDEX not_same_contacts ON not_same (contact, other_contact) WHERE contact IS NOT NULL;

CREATE TABLE to_compare ( -- cache (can be found again): tickets that wait for the look for duplicates
    ticket INTEGER NOT NULL PRIMARY KEY REFERENCES tickets (id),
    -- The write that made, changed or opened it, by the counter of writes.
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE contacts_to_compare ( -- cache (can be found again): contacts that wait for the look for duplicates
    contact INTEGER NOT NULL PRIMARY KEY REFERENCES contacts (id),
    -- The write that changed the contact or its tickets, by the counter of writes.
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE review_journal ( -- user data: what operations did to the queue, with the image before it
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    operation INTEGER NOT NULL REFERENCES operations (id),
    -- JSON.
    step TEXT NOT NULL
) STRICT;
CREATE INDEX review_journal_operation ON review_journal (operation, id);

-- Imports.

CREATE TABLE imports ( -- user data: files that were brought in, and what became of them
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    file_name TEXT NOT NULL,
    -- The provider whose export it is, or ''.
    source TEXT NOT NULL DEFAULT '',
    -- draft, planning, planned, running, paused, cancelled, done, undoing or undone.
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    by_agent INTEGER,
    -- Where the file lies until it is planned; '' afterwards.
    path TEXT NOT NULL DEFAULT '',
    -- JSON: how the file is read and mapped.
    draft TEXT NOT NULL DEFAULT '',
    -- JSON: what the plan found in all.
    report TEXT NOT NULL DEFAULT '',
    rows INTEGER NOT NULL DEFAULT 0,
    -- Rows up to this number are applied, in the same transaction as what they changed.
    applied INTEGER NOT NULL DEFAULT 0,
    -- The journal of its operation is taken back up to this entry.
    taken_back INTEGER NOT NULL DEFAULT 0,
    -- The word of whoever works on it, and when they were last seen.
    worker TEXT NOT NULL DEFAULT '',
    worked_at INTEGER NOT NULL DEFAULT 0,
    operation INTEGER REFERENCES operations (id),
    undo INTEGER REFERENCES operations (id),
    problem TEXT
) STRICT;
CREATE INDEX imports_operation ON imports (operation) WHERE operation IS NOT NULL;

CREATE TABLE import_rows ( -- user data: what is to become of each row, and then what became of it
    import INTEGER NOT NULL REFERENCES imports (id),
    -- From 1, in the order of the file, without gaps.
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    planned TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- Tickets are never deleted, so nothing has to be found by this.
    ticket INTEGER,
    quality INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (import, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_rows_outcome ON import_rows (import, outcome, number);
CREATE INDEX import_rows_different ON import_rows (import, number) WHERE planned <> outcome;

CREATE TABLE import_details ( -- user data: what was read, and why it becomes what it becomes
    import INTEGER NOT NULL REFERENCES imports (id),
    number INTEGER NOT NULL,
    -- JSON.
    detail TEXT NOT NULL,
    PRIMARY KEY (import, number)
) STRICT;

CREATE TABLE provider_ids ( -- user data: which record of a data provider became which ticket
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    ticket INTEGER NOT NULL,
    PRIMARY KEY (provider, id)
) STRICT, WITHOUT ROWID;
