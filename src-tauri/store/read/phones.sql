SELECT phone_index.owner, phone_index.reversed, phone_index.shown FROM phone_index
WHERE phone_index.kind = 'ticket' AND phone_index.reversed >= ?1 AND phone_index.reversed < ?2
UNION ALL
SELECT tickets.id, phone_index.reversed, phone_index.shown
FROM phone_index CROSS JOIN tickets ON tickets.contact_id = phone_index.owner
WHERE phone_index.kind = 'contact' AND phone_index.reversed >= ?1 AND phone_index.reversed < ?2
UNION ALL
SELECT tickets.id, phone_index.reversed, phone_index.shown
FROM phone_index CROSS JOIN tickets ON tickets.company_id = phone_index.owner
WHERE phone_index.kind = 'company' AND phone_index.reversed >= ?1 AND phone_index.reversed < ?2
LIMIT ?3
