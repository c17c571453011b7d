-- What is open, by the day on which it is expected to close, as the covering index has it: nothing is sorted.
SELECT closes_on, currency, probability, count(*) AS deals, sum(value_minor) AS minor,
    sum(value_minor * coalesce(probability, 0)) AS weighted
FROM tickets INDEXED BY tickets_deals
WHERE lifecycle = 'opportunity' AND removed = 0 AND stage IN (SELECT value FROM json_each(:stages)){filter}
GROUP BY closes_on, currency, probability
