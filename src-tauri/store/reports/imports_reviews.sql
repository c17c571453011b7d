-- What a person made of the rows of the imports of the period that were kept for a decision.
SELECT imports.source, review_items.decision, count(*) AS items
FROM imports CROSS JOIN review_items ON review_items.import = imports.id
WHERE imports.at >= :from AND imports.at < :until AND imports.state NOT IN ('undoing', 'undone')
GROUP BY imports.source, review_items.decision
