-- The tickets that were in one of these stages when it is judged.
FROM ways CROSS JOIN stage_entries
    ON stage_entries.stage = ways.stage AND stage_entries.next_stage IS ways.next
    AND stage_entries.entered_at < :judged
WHERE ways.next IS NOT ''
    -- Now nobody has left who has not: only a moment of the past needs those that left later.
    AND (ways.next IS NULL OR :past)
    AND (stage_entries.left_at IS NULL OR stage_entries.left_at >= :judged)
    AND stage_entries.ticket {tickets}
