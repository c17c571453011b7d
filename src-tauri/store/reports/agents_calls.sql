-- The calls that each agent logged in the period.
FROM agents CROSS JOIN activities
    ON activities.agent = agents.id AND activities.kind = 'call' AND activities.removed = 0
    AND activities.at >= :from AND activities.at < :until
WHERE activities.ticket {tickets}
