/** The columns of the file, what each holds, and what it becomes. */
import { SegmentedControl, Select } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import type { DraftColumn, ImportDraft } from '@/api/bindings';
import { LongList } from '@/components/LongList';
import { grouped } from '@/components/rules/rules';
import { t } from '@/strings';
import classes from './Imports.module.css';
import { sameBefore } from './mapping';

const texts = t.imports.columns;
const ROW_PX = 40;
const SHOWS = ['all', 'used', 'unused'] as const;
type Show = (typeof SHOWS)[number];

interface ColumnTableProps {
  draft: ImportDraft;
  onTarget: (column: number, target: string | null) => void;
}

export function ColumnTable({ draft, onTarget }: ColumnTableProps) {
  const [show, setShow] = useState<Show>('all');
  const { columns } = draft;
  const targets = useMemo(() => grouped(draft.targets), [draft.targets]);
  const used = columns.filter((one) => one.target !== null).length;
  const shown = show === 'all' ? columns : columns.filter((one) => (one.target !== null) === (show === 'used'));
  return (
    <section className={classes.section} aria-labelledby="imports-columns">
      <div className={classes.sectionHead}>
        <div>
          <h3 id="imports-columns" className={classes.title}>
            {texts.title}
          </h3>
          <p className={classes.dim}>{texts.text}</p>
        </div>
        <SegmentedControl
          aria-label={texts.filter}
          value={show}
          onChange={(value) => setShow(SHOWS.find((one) => one === value) ?? 'all')}
          data={SHOWS.map((value) => ({ value, label: texts[value] }))}
        />
      </div>
      <p className={classes.dim}>{texts.count(used, columns.length)}</p>
      {shown.length === 0 && <p className={classes.dim}>{texts.noneShown}</p>}
      <div>
        <LongList items={shown} keyOf={(one) => one.index} estimate={() => ROW_PX}>
          {(one) => (
            <ColumnRow column={one} before={sameBefore(columns, one.index)} targets={targets} onTarget={onTarget} />
          )}
        </LongList>
      </div>
    </section>
  );
}

interface ColumnRowProps {
  column: DraftColumn;
  before: DraftColumn | undefined;
  targets: ReturnType<typeof grouped>;
  onTarget: ColumnTableProps['onTarget'];
}

const ColumnRow = memo(function ColumnRow({ column, before, targets, onTarget }: ColumnRowProps) {
  const header = column.name;
  const label = targets.flatMap((group) => group.items).find((item) => item.value === column.target)?.label;
  const samples = column.samples.join(' · ');
  return (
    <div className={classes.columnRow} data-used={column.target !== null} data-testid={`import-column-${column.index}`}>
      <span className={classes.header}>{header}</span>
      <span className={classes.samples} title={samples}>
        <span className="visually-hidden">{texts.samples}: </span>
        {samples === '' ? texts.noSamples : samples}
      </span>
      <Select
        size="xs"
        aria-label={texts.target(header)}
        data={targets}
        value={column.target}
        placeholder={texts.leaveOut}
        searchable
        clearable
        // A file may have two hundred columns, and each could be any field.
        comboboxProps={{ keepMounted: false }}
        clearButtonProps={{ 'aria-label': `${texts.leaveOut}: ${header}` }}
        onChange={(target) => {
          if (target !== column.target) onTarget(column.index, target);
        }}
      />
      <span className={classes.why} data-why={column.why}>
        {column.target === null && column.why !== 'person' ? '' : texts.why[column.why]}
      </span>
      {before !== undefined && label !== undefined && <p className={classes.hint}>{texts.twice(label, before.name)}</p>}
    </div>
  );
});
