-- Every way out of these stages that was ever taken, found by jumping from one to the next in the index: the place of the
-- stage in the list, its key, and the stage it was left for (NULL: not left yet). The rows with '' only start it.
WITH RECURSIVE ways (place, stage, next) AS (
    SELECT key, value, '' FROM json_each(:stages)
    UNION ALL
    SELECT ways.place, ways.stage, (
        SELECT min(next_stage) FROM stage_entries
        WHERE stage_entries.stage = ways.stage AND stage_entries.next_stage > ways.next)
    FROM ways WHERE ways.next IS NOT NULL
)
