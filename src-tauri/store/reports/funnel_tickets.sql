-- The tickets that funnel.sql counts, of one stage.
SELECT stage_entries.ticket
FROM ways CROSS JOIN stage_entries
    ON stage_entries.stage = ways.stage AND stage_entries.next_stage IS ways.next
    AND stage_entries.entered_at >= :from AND stage_entries.entered_at < :until
    AND (stage_entries.again_at IS NULL OR stage_entries.again_at >= :until)
WHERE ways.next IS NOT '' AND stage_entries.ticket {tickets}
    AND CASE :what
        WHEN 'entered' THEN 1
        WHEN 're_entered' THEN stage_entries.visit > 1
        WHEN 'here' THEN stage_entries.left_at IS NULL OR stage_entries.left_at >= :judged
        ELSE stage_entries.left_at < :judged AND ways.next IN (SELECT value FROM json_each(:nexts))
    END
ORDER BY stage_entries.entered_at DESC, stage_entries.ticket DESC
