-- What became of the rows of the imports of the period, as far as they are applied and stand.
SELECT imports.source, imports.id, import_rows.outcome, count(*) AS rows, sum(import_rows.quality) AS quality
FROM imports CROSS JOIN import_rows
    ON import_rows.import = imports.id AND import_rows.number <= imports.applied
WHERE imports.at >= :from AND imports.at < :until AND imports.state NOT IN ('undoing', 'undone')
GROUP BY imports.source, imports.id, import_rows.outcome
