import { useMemo } from 'react';
import { host } from '@/api/host';
import { useLookup } from '@/api/reference';
import { OwnerMark } from '@/components/OwnerMark';
import { operations } from '@/components/operations';
import { Picker } from '@/components/Picker';
import { t } from '@/strings';

const NOBODY = 'nobody';

/** Whom these items are for: me first, then the other agents, then anybody. */
export function AssignItems({
  items,
  onClose,
  onDone,
}: {
  items: readonly string[];
  onClose: () => void;
  onDone: () => void;
}) {
  const { reference, me } = useLookup();
  const groups = useMemo(() => {
    const agents = reference.agents
      .filter((agent) => !agent.inactive)
      .sort((a, b) => Number(b.id === me?.id) - Number(a.id === me?.id) || a.name.localeCompare(b.name))
      .map((agent) => ({
        id: String(agent.id),
        label: agent.name,
        detail: agent.id === me?.id ? t.review.assign.me : agent.team,
        icon: <OwnerMark agent={agent} />,
        words: agent.id === me?.id ? 'me' : agent.team,
      }));
    const nobody = { id: NOBODY, label: t.review.assign.nobody, icon: <OwnerMark agent={undefined} /> };
    return [{ label: t.review.assign.agents, items: [...agents, nobody] }];
  }, [reference.agents, me]);

  const pick = (id: string): void => {
    const agent = reference.agents.find((one) => String(one.id) === id);
    void operations
      .attempt(() => host.assignReview([...items], agent?.id ?? null))
      .then((done) => {
        if (done !== null) onDone();
      });
  };
  return (
    <Picker
      opened
      onClose={onClose}
      title={t.review.assign.title(items.length)}
      placeholder={t.review.assign.placeholder}
      groups={groups}
      onPick={pick}
      testid="review-assign"
    />
  );
}
