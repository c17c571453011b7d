/** A table of places: ticket types, stages, outcomes. */

import type { MappedSlot, MappingEdit, TenantItem } from '@/api/bindings';
import { StageDot } from '@/components/StageDot';
import { t } from '@/strings';
import { slotId } from './edit';
import classes from './Settings.module.css';
import { SlotSelect, Sureness } from './SlotSelect';

interface PlacesProps {
  title: string;
  text: string;
  rows: MappedSlot[];
  items: TenantItem[];
  nothing: string | null;
  edit: MappingEdit;
  onEdit: (edit: MappingEdit) => void;
}

export function Places({ title, text, rows, items, nothing, edit, onEdit }: PlacesProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      <p className={classes.dim}>{text}</p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t.settings.ours}</th>
            <th scope="col">{t.settings.theirs}</th>
            <th scope="col">{t.settings.how}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={slotId(row.slot)} data-testid={`slot-${slotId(row.slot)}`}>
              <th scope="row">
                {row.lifecycle !== null && <StageDot lifecycle={row.lifecycle} />} {row.label}
              </th>
              <td>
                <SlotSelect row={row} items={items} nothing={nothing} edit={edit} onEdit={onEdit} />
              </td>
              <td>
                <Sureness row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
