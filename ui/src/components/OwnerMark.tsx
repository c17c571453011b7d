import { memo } from 'react';
import type { AgentRow } from '@/api/bindings';
import { t } from '@/strings';
import classes from './OwnerMark.module.css';

/** A steady colour for agents whose tenant gives them none. */
function hue(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return sum;
}

/** The owner's initials. Named for screen readers by whatever it stands in, so it is silent itself. */
export const OwnerMark = memo(function OwnerMark({
  agent,
  size = 'sm',
}: {
  agent: AgentRow | undefined;
  size?: 'sm' | 'md';
}) {
  if (agent === undefined) {
    return (
      <span
        aria-hidden="true"
        className={classes.mark}
        data-size={size}
        data-empty="true"
        title={t.board.card.noOwner}
      />
    );
  }
  return (
    <span
      aria-hidden="true"
      className={classes.mark}
      data-size={size}
      title={t.board.card.owner(agent.name)}
      data-initials={agent.initials}
      style={{ '--hue': hue(agent.name) } as React.CSSProperties}
    />
  );
});
