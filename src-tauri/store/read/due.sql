-- Sorting the few that are unsent is cheaper than walking past everything that was ever sent.
INDEXED BY outbox_unsent
WHERE outbox.state <> 'sent' AND outbox.state IN ('waiting', 'uncertain')
    AND (outbox.due_at IS NULL OR outbox.due_at <= ?1)
    AND (outbox.depends_on IS NULL
        OR EXISTS (SELECT 1 FROM outbox AS needed WHERE needed.id = outbox.depends_on AND needed.state = 'sent'))
    -- Companies, sites and contacts come before the tickets that name them, and wait for nothing but each other.
    AND (outbox.record IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE earlier.ticket = outbox.ticket AND earlier.id < outbox.id AND earlier.state <> 'sent'
            AND earlier.record IS NULL
            AND NOT (earlier.state = 'parked'
                AND (earlier.kind IN ('activity', 'peace') OR (earlier.kind = 'update' AND outbox.kind IN ('activity', 'peace'))))
    ))
ORDER BY outbox.id LIMIT ?2
