-- The stays that began in the period.
SELECT ways.place, stage_entries.entered_at, stage_entries.left_at
FROM ways CROSS JOIN stage_entries
    ON stage_entries.stage = ways.stage AND stage_entries.next_stage IS ways.next
    AND stage_entries.entered_at >= :from AND stage_entries.entered_at < :until
WHERE ways.next IS NOT '' AND stage_entries.ticket {tickets}
