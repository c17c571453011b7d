/** Which columns the list has, and in which order. */
import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { t } from '@/strings';
import { type ListColumn, USUAL } from './columns';
import classes from './List.module.css';

interface ColumnChooserProps {
  all: ReadonlyMap<string, ListColumn>;
  chosen: readonly ListColumn[];
  onChoose: (keys: readonly string[]) => void;
}

/** The list with the item at `from` standing at `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}

export function ColumnChooser({ all, chosen, onChoose }: ColumnChooserProps) {
  const [text, setText] = useState('');
  const keys = chosen.map((column) => column.id);
  const groups = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = new Map<string, ListColumn[]>();
    for (const column of all.values()) {
      if (!column.label.toLowerCase().includes(wanted)) continue;
      const group = found.get(column.group) ?? [];
      group.push(column);
      found.set(column.group, group);
    }
    return [...found];
  }, [all, text]);
  const toggle = (id: string): void => onChoose(keys.includes(id) ? keys.filter((key) => key !== id) : [...keys, id]);
  return (
    <Popover position="bottom-end" trapFocus returnFocus width={320} onClose={() => setText('')}>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<IconColumns3 size={14} />}>
          {t.list.chooser.button}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.chooser ?? ''} aria-label={t.list.chooser.title}>
        <p className={classes.chooserTitle} id="columns-shown">
          {t.list.chooser.shown}
        </p>
        <ol aria-labelledby="columns-shown" className={classes.shown}>
          {chosen.map((column, at) => (
            <li key={column.id}>
              <span className={classes.cut}>{column.label}</span>
              <ActionIcon
                size="xs"
                aria-label={t.list.chooser.up(column.label)}
                disabled={at === 0}
                onClick={() => onChoose(moved(keys, at, at - 1))}
              >
                <IconArrowUp size={12} />
              </ActionIcon>
              <ActionIcon
                size="xs"
                aria-label={t.list.chooser.down(column.label)}
                disabled={at === chosen.length - 1}
                onClick={() => onChoose(moved(keys, at, at + 1))}
              >
                <IconArrowDown size={12} />
              </ActionIcon>
              <ActionIcon
                size="xs"
                aria-label={t.list.chooser.hide(column.label)}
                disabled={chosen.length === 1}
                onClick={() => toggle(column.id)}
              >
                <IconX size={12} />
              </ActionIcon>
            </li>
          ))}
        </ol>
        <TextInput
          size="xs"
          mt="sm"
          aria-label={t.list.chooser.find}
          placeholder={t.list.chooser.find}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {groups.length === 0 && <p className={classes.none}>{t.list.chooser.none}</p>}
        {groups.map(([group, columns]) => (
          <fieldset key={group} className={classes.group}>
            <legend>{group}</legend>
            {columns.map((column) => (
              <Checkbox
                key={column.id}
                size="xs"
                label={column.label}
                checked={keys.includes(column.id)}
                disabled={keys.length === 1 && keys.includes(column.id)}
                onChange={() => toggle(column.id)}
              />
            ))}
          </fieldset>
        ))}
        <Button size="compact-xs" variant="subtle" mt="sm" onClick={() => onChoose(USUAL)}>
          {t.list.chooser.reset}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
