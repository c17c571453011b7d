import { useMemo } from 'react';
import { useLookup } from '@/api/reference';
import { t } from '@/strings';
import { OwnerMark } from '../OwnerMark';
import { Picker, type PickerItem } from '../Picker';
import { nameOf, type Subject } from './subject';

interface AssignPickerProps {
  subjects: readonly Subject[];
  onPick: (owner: number | null) => void;
  onClose: () => void;
}

const NOBODY = 'nobody';

/** "Assign…": me first, then the other agents, then nobody. */
export default function AssignPicker({ subjects, onPick, onClose }: AssignPickerProps) {
  const { reference, me } = useLookup();
  const groups = useMemo(() => {
    const sameOwner = new Set(subjects.map((subject) => subject.owner)).size === 1 ? subjects[0]?.owner : undefined;
    const here = (owner: number | null): Partial<PickerItem> =>
      sameOwner === owner ? { detail: t.moving.here, disabled: true } : {};
    const agents = reference.agents
      .filter((agent) => !agent.inactive)
      .sort((a, b) => Number(b.id === me?.id) - Number(a.id === me?.id) || a.name.localeCompare(b.name));
    const items: PickerItem[] = agents.map((agent) => ({
      id: String(agent.id),
      label: agent.name,
      detail: agent.id === me?.id ? t.moving.me : agent.team,
      icon: <OwnerMark agent={agent} />,
      words: agent.id === me?.id ? 'me' : agent.team,
      ...here(agent.id),
    }));
    items.push({ id: NOBODY, label: t.unassigned, icon: <OwnerMark agent={undefined} />, ...here(null) });
    return [{ label: t.board.filter.owner, items }];
  }, [reference.agents, me, subjects]);

  return (
    <Picker
      opened
      onClose={onClose}
      title={t.moving.assignTitle(nameOf(subjects))}
      placeholder={t.moving.assignPlaceholder}
      groups={groups}
      onPick={(id) => onPick(id === NOBODY ? null : Number(id))}
      testid="assign-picker"
    />
  );
}
