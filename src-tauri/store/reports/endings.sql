-- The deals that were closed in the period and are closed when it is judged, each with what it was worth. A deal that was
-- reopened is not closed; one that was closed again is closed once.
SELECT tickets.id, ways.stage = :won AS is_won, stage_entries.entered_at, tickets.owner, tickets.source,
    CASE WHEN ways.stage = :won AND tickets.final_currency <> '' THEN tickets.final_minor
        ELSE tickets.value_minor END AS minor,
    CASE WHEN ways.stage = :won AND tickets.final_currency <> '' THEN tickets.final_currency
        ELSE tickets.currency END AS currency
FROM ways CROSS JOIN stage_entries
    ON stage_entries.stage = ways.stage AND stage_entries.next_stage IS ways.next
    AND stage_entries.entered_at >= :from AND stage_entries.entered_at < :until
CROSS JOIN tickets INDEXED BY tickets_endings ON tickets.id = stage_entries.ticket
WHERE ways.next IS NOT ''
    -- Now nobody has left who has not: only a moment of the past needs those that left later.
    AND (ways.next IS NULL OR :past)
    AND (stage_entries.left_at IS NULL OR stage_entries.left_at >= :judged)
    AND stage_entries.ticket {tickets}
