SELECT activities.id, activities.ticket, activities.kind, activities.at, activities.agent, activities.who,
    activities.subject, activities.body, activities.call, activities.starts_at, activities.ends_at, activities.done_at,
    (SELECT outbox.state FROM outbox WHERE outbox.activity = activities.id AND outbox.state <> 'sent'
     ORDER BY outbox.id DESC LIMIT 1) AS state
FROM activities
