-- Every stage that a ticket was ever in, found by jumping from one to the next in the index.
WITH RECURSIVE found (stage) AS (
    SELECT min(stage) FROM stage_entries
    UNION ALL
    SELECT (SELECT min(stage) FROM stage_entries WHERE stage_entries.stage > found.stage)
    FROM found WHERE found.stage IS NOT NULL
)
SELECT stage FROM found WHERE stage IS NOT NULL
