import type { Apart, TicketView } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { ApartMark, apartText } from '@/components/ApartMark';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import classes from './StagePath.module.css';
import { type PathStep, stagePath } from './stagePath';

function words({ stage, state, days, rebuilt }: PathStep, apart?: Apart): string {
  const time = days === null ? '' : t.ticket.path.days(days);
  const text =
    state === 'current'
      ? t.ticket.path.current(stage.label, time)
      : days === null
        ? t.ticket.path.moveTo(stage.label)
        : `${t.ticket.path.past(stage.label, time)}. ${t.ticket.path.moveTo(stage.label)}`;
  const told = rebuilt ? `${text} (${t.ticket.path.rebuilt})` : text;
  return state === 'current' && apart !== undefined ? `${told}. ${apartText(apart)}` : told;
}

/** Where the ticket is on its way; a click moves it. */
export function StagePath({
  view,
  apart,
  onMove,
}: {
  view: TicketView;
  apart: Apart | undefined;
  onMove: (stage: string) => void;
}) {
  const { stages } = useLookup();
  const now = useNow(60_000);
  const steps = stagePath(stages, view.stages, view.row.card.stage, now);
  return (
    <nav aria-label={t.ticket.path.label}>
      <ol className={classes.path}>
        {steps.map((step) => (
          <li key={step.stage.key} className={classes.step} data-state={step.state} data-exit={step.stage.exit}>
            <button
              type="button"
              aria-current={step.state === 'current' ? 'step' : undefined}
              aria-label={words(step, apart)}
              title={words(step)}
              disabled={step.state === 'current'}
              onClick={() => onMove(step.stage.key)}
            >
              <span className={classes.label}>
                {step.stage.label}
                {step.state === 'current' && <ApartMark apart={apart} />}
              </span>
              <span className={classes.days} data-days={step.days === null ? '' : t.ticket.path.short(step.days)} />
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
