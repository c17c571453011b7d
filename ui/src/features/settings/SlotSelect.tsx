/** What stands for one place of ours: a choice of the tenant's items, with how sure the present one is. */
import { Select } from '@mantine/core';
import type { MappedSlot, MappingEdit, TenantItem } from '@/api/bindings';
import { t } from '@/strings';
import { AS_NAMED, choiceOf, choose, itemLabel, NOTHING, readValue, shownValue } from './edit';
import classes from './Settings.module.css';

export interface SlotSelectProps {
  row: MappedSlot;
  items: readonly TenantItem[];
  /** What leaving it out means, where that is possible. */
  nothing: string | null;
  edit: MappingEdit;
  onEdit: (edit: MappingEdit) => void;
}

export function SlotSelect({ row, items, nothing, edit, onEdit }: SlotSelectProps) {
  const chosen = choiceOf(edit.choices, row.slot);
  const data = items.map((item) => ({ value: String(item.id), label: itemLabel(item) }));
  if (nothing !== null) data.unshift({ value: NOTHING, label: nothing });
  if (chosen !== undefined) data.unshift({ value: AS_NAMED, label: t.settings.byName });
  const { proposal } = row;
  return (
    <div className={classes.choice}>
      <Select
        aria-label={t.settings.choose(row.label)}
        size="xs"
        searchable
        allowDeselect={false}
        placeholder={row.confidence === 'usual' ? t.settings.confidence.usual : t.settings.notFound}
        data={data}
        value={shownValue(edit.choices, row)}
        error={row.problem}
        onChange={(value) => {
          // A search that is left again answers with nothing.
          if (value !== null) onEdit(choose(edit, row.slot, readValue(value)));
        }}
      />
      {proposal !== null && (
        <button type="button" className={classes.link} onClick={() => onEdit(choose(edit, row.slot, proposal.id))}>
          {t.settings.use(proposal.name)}
        </button>
      )}
    </div>
  );
}

export function Sureness({ row }: { row: MappedSlot }) {
  return (
    <span className={classes.sureness} data-confidence={row.confidence}>
      {t.settings.confidence[row.confidence]}
    </span>
  );
}
