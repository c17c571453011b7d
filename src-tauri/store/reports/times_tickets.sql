-- The tickets with stays that times.sql reads, of one stage.
SELECT stage_entries.ticket
FROM ways CROSS JOIN stage_entries
    ON stage_entries.stage = ways.stage AND stage_entries.next_stage IS ways.next
    AND stage_entries.entered_at >= :from AND stage_entries.entered_at < :until
WHERE ways.next IS NOT '' AND stage_entries.ticket {tickets}
    AND (stage_entries.left_at IS NULL OR stage_entries.left_at >= :judged) = :open
GROUP BY stage_entries.ticket
ORDER BY max(stage_entries.entered_at) DESC, stage_entries.ticket DESC
