-- The tickets that forecast.sql counts, whenever they close, without a day, or from one day to another, and within
-- probabilities.
SELECT id FROM tickets
WHERE lifecycle = 'opportunity' AND removed = 0 AND stage IN (SELECT value FROM json_each(:stages)){filter}
    AND CASE :closes
        WHEN 'ever' THEN 1
        WHEN 'undated' THEN closes_on IS NULL
        ELSE closes_on BETWEEN :first_day AND :last_day
    END
    AND currency = :currency AND coalesce(probability, 0) BETWEEN :least AND :most
ORDER BY closes_on, id
