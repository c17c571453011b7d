SELECT conflicts.id, conflicts.ticket, conflicts.field, conflicts.label, conflicts.mine, conflicts.theirs,
    conflicts.mine_patch, conflicts.theirs_patch, conflicts.opened_at, tickets.company, tickets.person,
    tickets.lifecycle, operations.at AS mine_at, operations.agent AS mine_by, mirror.last_update AS theirs_at
FROM conflicts JOIN tickets ON tickets.id = conflicts.ticket
    LEFT JOIN mirror ON mirror.halo_id = tickets.halo_id
    -- Theirs was held back, so the last change of the field here is mine.
    LEFT JOIN operations ON operations.id = (
        SELECT journal.operation FROM journal
        WHERE journal.ticket = conflicts.ticket
            AND journal.what = CASE WHEN conflicts.field IN ('stage', 'owner') THEN conflicts.field ELSE 'field' END
            AND journal.field = CASE WHEN conflicts.field IN ('stage', 'owner') THEN '' ELSE conflicts.field END
        ORDER BY journal.id DESC LIMIT 1)
