-- The open tickets of each owner, found owner by owner and stage by stage, so that nothing is sorted.
SELECT agents.id AS owner, count(*) AS tickets
FROM agents CROSS JOIN json_each(:stages) AS open CROSS JOIN tickets INDEXED BY tickets_owner
    ON tickets.owner = agents.id AND tickets.stage = open.value
WHERE tickets.removed = 0{filter}
GROUP BY agents.id
UNION ALL
SELECT NULL, count(*)
FROM json_each(:stages) AS open CROSS JOIN tickets INDEXED BY tickets_owner
    ON tickets.owner IS NULL AND tickets.stage = open.value
WHERE tickets.removed = 0{filter}
HAVING count(*) > 0
