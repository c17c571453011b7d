-- The stays of one ticket.
SELECT stage, next_stage, entered_at, left_at, again_at, visit, ticket, by_agent
FROM stage_entries INDEXED BY stage_entries_ticket
WHERE ticket = ?1
