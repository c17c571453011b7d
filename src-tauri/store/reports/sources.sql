-- The tickets that were created in the period.
SELECT source, lifecycle, count(*) AS tickets FROM tickets
WHERE removed = 0 AND created_at >= :from AND created_at < :until{filter}
GROUP BY source, lifecycle
