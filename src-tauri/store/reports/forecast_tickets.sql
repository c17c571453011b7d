-- The tickets that forecast.sql counts, from one day to another (both NULL: without a day) and within probabilities.
SELECT id FROM tickets
WHERE lifecycle = 'opportunity' AND removed = 0 AND stage IN (SELECT value FROM json_each(:stages)){filter}
    AND CASE WHEN :first_day IS NULL THEN closes_on IS NULL ELSE closes_on BETWEEN :first_day AND :last_day END
    AND currency = :currency AND coalesce(probability, 0) BETWEEN :least AND :most
ORDER BY closes_on, id
