-- The tickets that sources.sql counts, of one source and some lifecycles.
SELECT id FROM tickets
WHERE removed = 0 AND created_at >= :from AND created_at < :until{filter}
    AND source = :of AND lifecycle IN (SELECT value FROM json_each(:lifecycles))
ORDER BY created_at DESC, id DESC
