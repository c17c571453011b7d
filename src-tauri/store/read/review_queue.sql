SELECT 'item:' || review_items.id AS key, review_items.reason, review_items.opened_at, review_items.source,
    review_items.ticket, review_items.other, review_items.label,
    coalesce(review_items.evidence ->> '$[0]', '') AS summary
FROM review_items
WHERE review_items.decision IS NULL
UNION ALL
SELECT 'conflict:' || conflicts.id, 'sync_conflict', conflicts.opened_at, 'HaloPSA', conflicts.ticket, NULL, '',
    conflicts.label || ': here ' || conflicts.mine || ', in HaloPSA ' || conflicts.theirs
FROM conflicts
WHERE conflicts.choice IS NULL
UNION ALL
SELECT 'outbox:' || outbox.id, 'refused_change', outbox.changed_at, 'HaloPSA', outbox.ticket, NULL, '',
    outbox.what || coalesce(': ' || outbox.reason, '')
FROM outbox INDEXED BY outbox_unsent
WHERE outbox.state <> 'sent' AND outbox.state = 'parked'
