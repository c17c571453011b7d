-- The tickets that the items behind a count of imports_reviews.sql are about; rows that became no ticket are about none.
SELECT tickets.id
FROM imports CROSS JOIN review_items ON review_items.import = imports.id AND review_items.decision = :decision
CROSS JOIN tickets ON tickets.id IN (review_items.ticket, review_items.other) AND tickets.removed = 0
WHERE imports.at >= :from AND imports.at < :until AND imports.state NOT IN ('undoing', 'undone')
    AND imports.source = :of
GROUP BY tickets.id
ORDER BY tickets.id
