SELECT outbox.id, outbox.ticket, outbox.operation, outbox.payload, outbox.what, outbox.state, outbox.since,
    outbox.tries, outbox.due_at, outbox.reason, outbox.detail, tickets.company, tickets.person, tickets.gone
FROM outbox JOIN tickets ON tickets.id = outbox.ticket
WHERE outbox.state <> 'sent'
ORDER BY outbox.state <> 'parked', outbox.id
