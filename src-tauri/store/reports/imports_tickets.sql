-- The tickets behind counts of imports.sql: rows with one of these outcomes.
SELECT import_rows.ticket
FROM imports CROSS JOIN import_rows
    ON import_rows.import = imports.id AND import_rows.number <= imports.applied
    AND import_rows.outcome IN (SELECT value FROM json_each(:outcomes))
CROSS JOIN tickets ON tickets.id = import_rows.ticket AND tickets.removed = 0
WHERE imports.at >= :from AND imports.at < :until AND imports.state NOT IN ('undoing', 'undone')
    AND imports.source = :of
GROUP BY import_rows.ticket
ORDER BY import_rows.ticket
