-- What a person must look at comes before what only waits.
UPDATE tickets SET sync = settled.state
FROM (
    SELECT CASE
        WHEN (SELECT gone FROM tickets WHERE id = ?1) THEN 4
        WHEN EXISTS (SELECT 1 FROM conflicts WHERE ticket = ?1 AND choice IS NULL) THEN 3
        WHEN EXISTS (SELECT 1 FROM outbox WHERE ticket = ?1 AND state <> 'sent' AND state = 'parked') THEN 2
        WHEN EXISTS (SELECT 1 FROM outbox WHERE ticket = ?1 AND state <> 'sent') THEN 1
        ELSE 0
    END AS state
) AS settled
WHERE tickets.id = ?1 AND tickets.sync <> settled.state
