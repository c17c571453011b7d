/** Puts tickets on a list: one that is there, or a new one by its name. Lists that a rule keeps are not offered. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { listsQuery } from '@/api/queries';
import { operations } from '@/components/operations';
import { Picker, type PickerGroup } from '@/components/Picker';
import { t } from '@/strings';

const NEW = 'new:';

export default function ListPicker({ tickets, onClose }: { tickets: readonly number[]; onClose: () => void }) {
  const { data: lists } = useQuery(listsQuery());
  const [typed, setTyped] = useState('');
  const name = typed.trim();
  const groups = useMemo<PickerGroup[]>(() => {
    const wanted = name.toLowerCase();
    const found = (lists ?? []).filter((list) => list.name.toLowerCase().includes(wanted));
    const isKnown = (lists ?? []).some((list) => list.name.toLowerCase() === wanted);
    const items = found
      .filter((list) => !list.automatic)
      .map((list) => ({ id: list.name, label: list.name, detail: t.tickets(list.tickets) }));
    if (name !== '' && !isKnown) items.push({ id: NEW + name, label: t.lists.make(name), detail: '' });
    return [{ label: t.lists.label, items }];
  }, [lists, name]);
  return (
    <Picker
      opened
      onClose={onClose}
      title={t.lists.pick(tickets.length)}
      placeholder={t.lists.pickPlaceholder}
      groups={groups}
      onQuery={setTyped}
      onPick={(id) => {
        onClose();
        void operations.addToList(tickets, id.startsWith(NEW) ? id.slice(NEW.length) : id);
      }}
      empty={t.lists.none}
      testid="list-picker"
    />
  );
}
