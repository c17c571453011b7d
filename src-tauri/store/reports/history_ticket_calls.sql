-- The calls about one ticket.
SELECT agent, at, ticket
FROM activities INDEXED BY activities_ticket
WHERE ticket = ?1 AND kind = 'call' AND removed = 0 AND agent IS NOT NULL
