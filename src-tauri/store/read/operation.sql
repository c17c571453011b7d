WITH RECURSIVE chain (id, undo_of, label) AS (
    SELECT id, undo_of, label FROM operations WHERE id = ?1
    UNION ALL
    SELECT operations.id, operations.undo_of, operations.label
    FROM chain JOIN operations ON operations.id = chain.undo_of
)
SELECT id, kind, label, at, agent, machine, undoable, undo_of, depth, undone_by,
    (SELECT label FROM chain WHERE undo_of IS NULL) AS root_label
FROM operations WHERE id = ?1
