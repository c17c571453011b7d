SELECT count(*) FILTER (WHERE kind = 'call' AND call ->> 'outcome' = 'connected'),
    count(*) FILTER (WHERE kind = 'meeting'),
    max(at) FILTER (WHERE kind <> 'system')
FROM activities
WHERE removed = 0 AND ticket IN (
    SELECT ?1 UNION ALL SELECT id FROM tickets WHERE merged_into = ?1 AND merged_into IS NOT NULL)
