import { Button } from '@mantine/core';
import { IconAlertTriangleFilled, IconArrowRight, IconCircleCheckFilled } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { ConnectReport, Gap } from '@/api/bindings';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Welcome.module.css';

/** Gaps listed before "n more". */
const FIRST_GAPS = 8;

function gapText(gap: Gap): string {
  const texts = t.welcome.check.gap;
  switch (gap.what) {
    case 'field_type':
      return texts.field_type(gap.name, gap.wanted, gap.found);
    case 'options':
      return texts.options(gap.name, formats.list(gap.missing));
    default:
      return texts[gap.what](gap.wanted);
  }
}

/** What connecting found: who we are there, and what the tenant lacks. */
interface CheckProps {
  report: ConnectReport;
  onDone: () => void;
  /** To where it is said what stands for what: nothing is synced before that when a ticket type is missing. */
  onMap: () => void;
}

export function Check({ report, onDone, onMap }: CheckProps) {
  const texts = t.welcome.check;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const blocking = report.gaps.filter((gap) => gap.what === 'ticket_type');
  const others = report.gaps.filter((gap) => gap.what !== 'ticket_type');
  const facts: [string, string][] = [
    [texts.signedInAs, report.signed_in_as],
    [texts.address, report.address],
    [texts.version, report.version],
    [texts.agents, formats.number(report.agents)],
    [texts.stages, texts.of(report.stages_mapped, report.stages_total)],
    [texts.fields, texts.of(report.fields_mapped, report.fields_total)],
  ];
  return (
    <div className={classes.step}>
      <h1 className={classes.stepTitle} ref={heading} tabIndex={-1}>
        <IconCircleCheckFilled size={20} className={classes.good} aria-hidden="true" />
        {texts.title}
      </h1>
      <dl className={classes.facts}>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {report.gaps.length === 0 && <p>{texts.allThere}</p>}
      {blocking.length > 0 && <Gaps title={texts.blocksTitle} gaps={blocking} serious />}
      {others.length > 0 && <Gaps title={texts.gapsTitle} text={texts.gapsText} gaps={others} />}
      <p className={classes.dim}>{blocking.length > 0 ? texts.blocksText : texts.syncing}</p>
      <div className={classes.buttons}>
        {blocking.length > 0 ? (
          <Button variant="default" onClick={onDone}>
            {texts.open}
          </Button>
        ) : (
          <span />
        )}
        <Button onClick={blocking.length > 0 ? onMap : onDone} rightSection={<IconArrowRight size={15} />}>
          {blocking.length > 0 ? texts.map : texts.open}
        </Button>
      </div>
    </div>
  );
}

function Gaps({
  title,
  text,
  gaps,
  serious = false,
}: {
  title: string;
  text?: string;
  gaps: Gap[];
  serious?: boolean;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? gaps : gaps.slice(0, FIRST_GAPS);
  return (
    <section className={classes.gaps} data-serious={serious}>
      <h2>
        {serious && <IconAlertTriangleFilled size={14} aria-hidden="true" />}
        {title}
      </h2>
      {text && <p className={classes.dim}>{text}</p>}
      <ul>
        {shown.map((gap) => (
          <li key={gapText(gap)}>{gapText(gap)}</li>
        ))}
      </ul>
      {gaps.length > shown.length && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {t.welcome.check.more(gaps.length - shown.length)}
        </button>
      )}
    </section>
  );
}
