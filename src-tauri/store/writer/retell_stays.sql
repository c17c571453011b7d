UPDATE stage_entries SET next_stage = told.next_stage, visit = told.visit, again_at = told.again_at
FROM (
    SELECT id, lead(stage) OVER stays AS next_stage, row_number() OVER same AS visit, lead(entered_at) OVER same AS again_at
    FROM stage_entries WHERE ticket = ?1
    WINDOW stays AS (ORDER BY entered_at, left_at IS NULL, left_at, id),
        same AS (PARTITION BY stage ORDER BY entered_at, left_at IS NULL, left_at, id)
) AS told
WHERE stage_entries.id = told.id
    AND (stage_entries.next_stage, stage_entries.visit, stage_entries.again_at)
        IS NOT (told.next_stage, told.visit, told.again_at)
