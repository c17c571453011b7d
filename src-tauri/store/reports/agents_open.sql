-- The open tickets of each owner.
SELECT owner, count(*) AS tickets FROM tickets
WHERE removed = 0 AND stage IN (SELECT value FROM json_each(:stages)){filter}
GROUP BY owner
