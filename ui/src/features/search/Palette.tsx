/** Ctrl+K: tickets by anything that is known of them, and every command, with its shortcut. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ActionId } from '@/actions/catalogue';
import { SECTIONS } from '@/actions/catalogue';
import { useActionRegistry } from '@/actions/useActions';
import { searchQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { matchesWords, Picker, type PickerGroup } from '@/components/Picker';
import { StageDot } from '@/components/StageDot';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';

const TICKET = 'ticket:';
const ACTION = 'action:';

export default function Palette({ onClose, onOpen }: { onClose: () => void; onOpen: (ticket: number) => void }) {
  const registry = useActionRegistry();
  const lookup = useLookup();
  const [text, setText] = useState('');
  const query = text.trim();
  const { data: hits } = useQuery({ ...searchQuery(query), enabled: query !== '' });
  // Asked once: what could be done at the moment the palette was opened.
  const [actions] = useState(() =>
    registry
      .available()
      .filter((action) => action.id !== 'palette.open')
      .sort((a, b) => SECTIONS.indexOf(a.section) - SECTIONS.indexOf(b.section)),
  );

  const groups = useMemo<PickerGroup[]>(() => {
    const commands = actions.filter((action) => query === '' || matchesWords(action, query));
    return [
      {
        label: t.search.tickets,
        items: (query === '' ? [] : (hits ?? [])).map((hit) => ({
          id: `${TICKET}${hit.ticket}`,
          label: ticketName(hit) || t.noName,
          detail: [lookup.stageLabel(hit.stage), hit.matched].filter((part) => part !== '').join(' · '),
          icon: <StageDot lifecycle={hit.lifecycle} exit={lookup.stage(hit.stage)?.exit ?? false} />,
        })),
      },
      {
        label: t.search.commands,
        items: commands.map((action) => ({ id: `${ACTION}${action.id}`, label: action.label, keys: action.keys[0] })),
      },
    ];
  }, [actions, hits, query, lookup]);

  const onPick = (id: string): void => {
    onClose();
    if (id.startsWith(TICKET)) onOpen(Number(id.slice(TICKET.length)));
    // After the palette has gone, so that what the command opens gets the focus.
    else setTimeout(() => registry.run(id.slice(ACTION.length) as ActionId), 0);
  };

  return (
    <Picker
      opened
      onClose={onClose}
      title={t.search.title}
      placeholder={t.search.placeholder}
      groups={groups}
      onQuery={setText}
      onPick={onPick}
      testid="palette"
      empty={hits !== undefined && <EmptyNotice title={t.search.none(query)} text={t.search.noneHint} />}
      footer={t.search.hint}
    />
  );
}
