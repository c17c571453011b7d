//! `store.board(…)` for `store.read(|reader| reader.board(…))`: each question alone, of the last committed state.

use chrono::{DateTime, Utc};
use domain::{
    ActivityId, AgentId, CompanyId, ConflictId, ContactId, FieldKey, HaloAgentId, HaloCompanyId, HaloContactId,
    HaloTicketId, ImportId, OperationId, OutboxId, ReviewId, StageKey, StoredValue, TicketId, activity::NextAction,
    lists::Tags, money::Money, remote::RemoteTicket, suppression::Identity,
};
use serde::de::DeserializeOwned;
use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::{
    ActivityRow, Actor, AgentRow, Applied, BoardColumn, Card, ColumnHead, CompanyRow, ConflictDetail, ContactRow,
    Error, FieldRow, Filter, HistoryRow, ImportOutcome, ImportRecord, ImportRowDetail, KnownContact, Line, ListRow,
    NewRecord, NotSameRow, OperationRow, Order, OutboxCounts, OutboxEntry, OutboxRow, OutcomeCount, Pair, ReviewCount,
    ReviewEntry, ReviewFilter, ReviewItem, ReviewKey, SearchHit, SiteRow, StageEntryRow, Store, Suppression, TicketRow,
};

macro_rules! short_forms {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        impl Store {$(
            #[doc = concat!("See [`Reader::", stringify!($name), "`](crate::Reader::", stringify!($name), ").")]
            ///
            /// # Errors
            /// As there, or that no reader could be opened.
            pub fn $name(&self, $($argument: $type),*) -> Result<$result, Error> {
                self.read(|reader| reader.$name($($argument),*))
            }
        )*}
    };
}

short_forms! {
    seq() -> i64;
    board(filter: &Filter, first: u32) -> Vec<BoardColumn>;
    column_heads(filter: &Filter) -> Vec<ColumnHead>;
    column_page(stage: &StageKey, filter: &Filter, offset: u32, limit: u32) -> Vec<Card>;
    list_cards(filter: &Filter, offset: u32, limit: u32) -> Vec<Card>;
    listed(filter: &Filter, among: Option<&[TicketId]>, order: Order, stages: &[StageKey]) -> Vec<TicketId>;
    lines(tickets: &[TicketId], fields: &[FieldKey]) -> Vec<Line>;
    worth(tickets: &[TicketId]) -> Vec<(Money, Money)>;
    card(ticket: TicketId) -> Option<Card>;
    cards(tickets: &[TicketId]) -> Vec<Card>;
    ticket(ticket: TicketId) -> Option<TicketRow>;
    ticket_by_halo(halo: HaloTicketId) -> Option<TicketId>;
    ticket_or_part(ticket: TicketId) -> Option<TicketRow>;
    merged_into(ticket: TicketId) -> Option<TicketId>;
    survivor(ticket: TicketId) -> TicketId;
    parts_of(ticket: TicketId) -> Vec<TicketId>;
    succession(ticket: TicketId) -> Option<TicketId>;
    ticket_count() -> u32;
    suppressed_person(identities: &[Identity]) -> Option<Suppression>;
    suppressed_address(identities: &[Identity]) -> Option<Suppression>;
    suppression(identity: &Identity) -> Option<Suppression>;
    suppressions_of(ticket: TicketId) -> Vec<Suppression>;
    tickets_at(identity: &Identity) -> Vec<TicketId>;
    values(ticket: TicketId) -> BTreeMap<FieldKey, StoredValue>;
    value(ticket: TicketId, field: FieldKey) -> Option<StoredValue>;
    field_rows(ticket: TicketId) -> Vec<FieldRow>;
    activities(ticket: TicketId) -> Vec<ActivityRow>;
    activity(activity: ActivityId) -> Option<ActivityRow>;
    stage_entries(ticket: TicketId) -> Vec<StageEntryRow>;
    next_action(ticket: TicketId) -> Option<NextAction>;
    related(ticket: TicketId) -> Vec<Card>;
    sources() -> Vec<String>;
    history(ticket: TicketId) -> Vec<HistoryRow>;
    operation(operation: OperationId) -> Option<OperationRow>;
    operation_changes(operation: OperationId) -> Vec<Applied>;
    last_undoable(actor: Actor) -> Option<OperationRow>;
    last_undone(actor: Actor) -> Option<OperationRow>;
    search(text: &str, limit: u32) -> Vec<SearchHit>;
    due(now: DateTime<Utc>, limit: u32) -> Vec<OutboxEntry>;
    next_due() -> Option<DateTime<Utc>>;
    outbox_entry(entry: OutboxId) -> Option<OutboxEntry>;
    unsent(ticket: TicketId) -> Vec<OutboxEntry>;
    last_unsent(ticket: TicketId) -> Option<OutboxEntry>;
    outbox(sent: u32) -> Vec<OutboxRow>;
    outbox_counts() -> OutboxCounts;
    conflicts(ticket: TicketId) -> Vec<ConflictDetail>;
    all_conflicts() -> Vec<ConflictDetail>;
    conflict(conflict: ConflictId) -> Option<ConflictDetail>;
    review_queue(filter: &ReviewFilter, offset: u32, limit: u32) -> Vec<ReviewEntry>;
    review_counts(me: Option<AgentId>) -> Vec<ReviewCount>;
    review_sources() -> Vec<String>;
    review_item(item: ReviewId) -> Option<ReviewItem>;
    reviews_of(ticket: TicketId) -> Vec<ReviewItem>;
    reviews_of_contact(contact: ContactId) -> Vec<ReviewItem>;
    known_contact(contact: ContactId) -> Option<KnownContact>;
    import(import: ImportId) -> Option<ImportRecord>;
    imports() -> Vec<ImportRecord>;
    import_counts(import: ImportId, up_to: u32) -> Vec<OutcomeCount>;
    import_rows(import: ImportId, of: Option<ImportOutcome>, offset: u32, limit: u32) -> Vec<ImportRowDetail>;
    import_rows_of_quality(import: ImportId, quality: RangeInclusive<u8>, offset: u32, limit: u32) -> Vec<ImportRowDetail>;
    import_rows_in_lines(import: ImportId, lines: &[u32]) -> Vec<ImportRowDetail>;
    import_differences(import: ImportId, limit: u32) -> Vec<ImportRowDetail>;
    review_assignee(key: &ReviewKey) -> Option<AgentId>;
    is_not_same(pair: &Pair) -> bool;
    kept_apart() -> Vec<NotSameRow>;
    apart_from(ticket: TicketId) -> Vec<NotSameRow>;
    agents() -> Vec<AgentRow>;
    agent(agent: AgentId) -> Option<AgentRow>;
    agent_by_halo(halo: HaloAgentId) -> Option<AgentId>;
    halo_agent(agent: AgentId) -> Option<HaloAgentId>;
    contact(contact: ContactId) -> Option<ContactRow>;
    contact_by_halo(halo: HaloContactId) -> Option<ContactId>;
    company_by_halo(halo: HaloCompanyId) -> Option<CompanyId>;
    company_name(company: CompanyId) -> Option<String>;
    company(company: CompanyId) -> Option<CompanyRow>;
    companies_named(name: &str) -> Vec<CompanyRow>;
    companies_like(text: &str) -> Vec<CompanyRow>;
    site_of_company(company: CompanyId) -> Option<SiteRow>;
    contacts_of(company: CompanyId) -> Vec<ContactRow>;
    contacts_with_email(email: &str) -> Vec<ContactRow>;
    lists() -> Vec<ListRow>;
    lists_of(ticket: TicketId) -> Tags;
    rule_lists() -> Tags;
    record_entry(record: NewRecord) -> Option<OutboxEntry>;
    mirror_get(ticket: HaloTicketId) -> Option<RemoteTicket>;
    details_due(limit: u32) -> Vec<HaloTicketId>;
    mirror_count() -> u32;
    cursor_get(name: &str) -> Option<String>;
}

impl Store {
    /// See [`Reader::setting_get`](crate::Reader::setting_get).
    ///
    /// # Errors
    /// As there, or that no reader could be opened.
    pub fn setting_get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        self.read(|reader| reader.setting_get(name))
    }
}
