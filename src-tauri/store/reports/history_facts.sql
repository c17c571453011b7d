-- What reports ask of every ticket that was closed, in the order of their numbers.
SELECT tickets.id, tickets.owner, tickets.source, tickets.value_minor, tickets.currency,
    tickets.final_minor, tickets.final_currency,
    (SELECT min(first.entered_at) FROM stage_entries AS first INDEXED BY stage_entries_opened
        WHERE first.ticket = tickets.id AND first.lifecycle = 'opportunity')
FROM tickets INDEXED BY tickets_endings
