-- Why tickets were won or lost, in the words of whoever closed them, in the order of their numbers.
SELECT ticket_values.ticket, ticket_values.field, ticket_values.value
FROM ticket_values INDEXED BY ticket_values_endings
WHERE ticket_values.field IN ('win_loss_reason', 'competitors')
