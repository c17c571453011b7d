-- What the open opportunities of each owner are worth.
SELECT owner, currency, sum(value_minor) AS minor FROM tickets INDEXED BY tickets_deals
WHERE lifecycle = 'opportunity' AND removed = 0 AND currency <> ''
    AND stage IN (SELECT value FROM json_each(:stages)){filter}
GROUP BY owner, currency
