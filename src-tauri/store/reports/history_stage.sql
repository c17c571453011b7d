-- The stays of one stage, way by way and in the order of time, as the covering index has them.
SELECT next_stage, entered_at, left_at, again_at, visit, ticket
FROM stage_entries INDEXED BY stage_entries_ways
WHERE stage = ?1
ORDER BY next_stage, entered_at
