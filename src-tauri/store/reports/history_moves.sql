-- Who brought a ticket into a stage, and when, agent by agent and in the order of time, as the covering index has them.
SELECT by_agent, entered_at, ticket
FROM stage_entries INDEXED BY stage_entries_agent
WHERE by_agent IS NOT NULL
ORDER BY by_agent, entered_at
