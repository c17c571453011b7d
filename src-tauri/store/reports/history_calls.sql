-- Who called, and when, agent by agent and in the order of time, as the covering index has them.
SELECT agent, at, ticket
FROM activities INDEXED BY activities_calls
WHERE kind = 'call' AND removed = 0 AND agent IS NOT NULL
ORDER BY agent, at
