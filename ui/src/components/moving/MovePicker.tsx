import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Stage, TargetVerdict } from '@/api/bindings';
import { targetsQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { t } from '@/strings';
import { Picker, type PickerItem } from '../Picker';
import { StageDot } from '../StageDot';
import { nameOf, type Subject } from './subject';

/** What stands beside a stage in the list: the arrow's name, what it asks for, or why not. */
export function targetDetail(verdict: TargetVerdict, many: number): string {
  if (verdict.allowed === 0) return verdict.refused ?? '';
  const parts: string[] = [];
  if (verdict.label !== null && verdict.label !== '') parts.push(verdict.label);
  if (verdict.allowed < many) parts.push(t.moving.someRefused(verdict.allowed, many, verdict.refused ?? ''));
  else if (verdict.needs > 0) {
    parts.push(many > 1 && verdict.needs < many ? t.moving.someNeed(verdict.needs, many) : t.moving.needs);
  }
  return parts.join(' · ');
}

function itemOf(stage: Stage, verdict: TargetVerdict | undefined, subjects: readonly Subject[]): PickerItem {
  const here = subjects.every((subject) => subject.stage === stage.key);
  const refused = verdict !== undefined && verdict.allowed === 0;
  return {
    id: stage.key,
    label: stage.label,
    icon: <StageDot lifecycle={stage.lifecycle} exit={stage.exit} />,
    detail: here ? t.moving.here : verdict === undefined ? t.moving.checking : targetDetail(verdict, subjects.length),
    disabled: here || refused || verdict === undefined,
    words: `${verdict?.label ?? ''} ${t.lifecycle[stage.lifecycle]}`,
  };
}

interface MovePickerProps {
  subjects: readonly Subject[];
  onPick: (stage: string) => void;
  onClose: () => void;
}

/** "Move to…": every stage, with what it asks for or why not. */
export default function MovePicker({ subjects, onPick, onClose }: MovePickerProps) {
  const lookup = useLookup();
  const ids = useMemo(() => subjects.map((subject) => subject.id), [subjects]);
  const { data: verdicts } = useQuery(targetsQuery(ids));
  const groups = useMemo(() => {
    const byStage = new Map(verdicts?.map((verdict) => [verdict.stage, verdict]));
    const items = lookup.stages.map((stage) => itemOf(stage, byStage.get(stage.key), subjects));
    if (verdicts === undefined) return [{ label: t.moving.checking, items }];
    return [
      { label: t.moving.possible, items: items.filter((item) => !item.disabled) },
      { label: t.moving.impossible, items: items.filter((item) => item.disabled) },
    ];
  }, [lookup.stages, subjects, verdicts]);

  return (
    <Picker
      opened
      onClose={onClose}
      title={t.moving.pickTitle(nameOf(subjects))}
      placeholder={t.moving.pickPlaceholder}
      groups={groups}
      onPick={onPick}
      testid="move-picker"
    />
  );
}
