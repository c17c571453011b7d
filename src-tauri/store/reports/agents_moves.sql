-- How often each agent brought a ticket into a stage in the period.
FROM agents CROSS JOIN stage_entries
    ON stage_entries.by_agent = agents.id
    AND stage_entries.entered_at >= :from AND stage_entries.entered_at < :until
WHERE stage_entries.ticket {tickets}
