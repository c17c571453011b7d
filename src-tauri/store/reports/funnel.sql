-- For each way out: distinct tickets that came into the stage in the period and left it that way, those of them that had
-- been there before, and those that had not left when it is judged. A ticket counts with its last stay of the period.
SELECT ways.place, ways.next, (
    SELECT json_array(count(*), count(*) FILTER (WHERE visit > 1), count(*) FILTER (WHERE left_at >= :judged))
    FROM stage_entries
    WHERE stage_entries.stage = ways.stage AND stage_entries.next_stage IS ways.next
        AND stage_entries.entered_at >= :from AND stage_entries.entered_at < :until
        AND (stage_entries.again_at IS NULL OR stage_entries.again_at >= :until)
        AND stage_entries.ticket {tickets}
) AS counts
FROM ways WHERE ways.next IS NOT ''
