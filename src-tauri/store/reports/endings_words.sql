-- Why these deals were won or lost, in the words of whoever closed them.
SELECT ticket_values.ticket, ticket_values.field, ticket_values.value
FROM json_each(:tickets) AS deals CROSS JOIN ticket_values INDEXED BY ticket_values_endings
    ON ticket_values.ticket = deals.value
WHERE ticket_values.field IN ('win_loss_reason', 'competitors')
