/** The rows behind the figures: which tickets are missing in HaloPSA, stand elsewhere there, or are not here. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Card } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { differencesQuery } from '@/api/queries';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LongList } from '@/components/LongList';
import { TicketLine } from '@/components/TicketList';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './HealthPage.module.css';

const LINE_PX = 34;

interface DifferencesProps {
  /** Whether a person has to say what became of the missing ones. */
  asks: boolean;
  onOpen: (ticket: number) => void;
}

export function Differences({ asks, onOpen }: DifferencesProps) {
  const { data, error, isError, refetch } = useQuery(differencesQuery());
  if (isError && data === undefined) return <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  const { missing, missing_total: total, elsewhere, unknown } = data;
  return (
    <>
      {missing.length > 0 && (
        <Tickets title={t.health.missing(total)} cards={missing} more={total - missing.length} onOpen={onOpen}>
          {asks ? <Ask /> : <p className={classes.dim}>{t.health.missingText}</p>}
        </Tickets>
      )}
      {elsewhere.length > 0 && (
        <Tickets title={t.health.elsewhere(elsewhere.length)} cards={elsewhere} more={0} onOpen={onOpen}>
          <p className={classes.dim}>{t.health.elsewhereText}</p>
        </Tickets>
      )}
      {unknown.length > 0 && (
        <section className={classes.section} aria-label={t.health.unknown(unknown.length)}>
          <h3 className={classes.title}>{t.health.unknown(unknown.length)}</h3>
          <p className={classes.dim}>{t.health.unknownText}</p>
          <p>{unknown.map((halo) => `#${halo}`).join(', ')}</p>
        </section>
      )}
    </>
  );
}

function Tickets({
  title,
  cards,
  more,
  onOpen,
  children,
}: {
  title: string;
  cards: readonly Card[];
  /** So many are not named. */
  more: number;
  onOpen: (ticket: number) => void;
  children: ReactNode;
}) {
  return (
    <section className={classes.section} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      {children}
      <LongList items={cards} keyOf={(card) => card.id} estimate={() => LINE_PX}>
        {(card) => <TicketLine card={card} onOpen={onOpen} />}
      </LongList>
      {more > 0 && <p className={classes.dim}>{t.health.more(formats.number(more))}</p>}
    </section>
  );
}

/** The question that the machine leaves to a person. */
function Ask() {
  const [busy, setBusy] = useState(false);
  const attempt = (work: () => Promise<null>, said: string) => (): void => {
    setBusy(true);
    work()
      .then(() => announce(said), toast.failure)
      .finally(() => setBusy(false));
  };
  return (
    <div className={classes.ask}>
      <p>{t.banners.missingText}</p>
      <Button
        size="compact-xs"
        variant="default"
        disabled={busy}
        onClick={attempt(host.keepMissing, t.banners.keptSaid)}
      >
        {t.banners.keep}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        disabled={busy}
        onClick={attempt(host.confirmMissing, t.banners.goneSaid)}
      >
        {t.banners.gone}
      </Button>
    </div>
  );
}
