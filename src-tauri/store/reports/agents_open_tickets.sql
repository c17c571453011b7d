-- The tickets that agents_open.sql counts, of one owner.
SELECT id FROM tickets
WHERE removed = 0 AND owner IS :agent AND stage IN (SELECT value FROM json_each(:stages)){filter}
ORDER BY entered_at, id
