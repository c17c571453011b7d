/** Everything about one ticket, beside whatever screen is open. */
import { ActionIcon, Button, Tabs, Tooltip } from '@mantine/core';
import { IconArrowRight, IconExternalLink, IconPhoneOff, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useAction } from '@/actions/useActions';
import type { Apart, TicketView } from '@/api/bindings';
import { asUiError } from '@/api/host';
import { ticketQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { ApartMark } from '@/components/ApartMark';
import { OPT_OUT } from '@/components/dnc/Dnc';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { useMoving } from '@/components/moving/Moving';
import { OwnerMark } from '@/components/OwnerMark';
import { operations } from '@/components/operations';
import { formats } from '@/lib/formats';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';
import { Composer, type ComposerPart } from './Composer';
import { Conflicts } from './Conflicts';
import { ContactWays } from './ContactWays';
import { DncBanner } from './DncBanner';
import { Fields } from './Fields';
import { Linked } from './Linked';
import { Lists } from './Lists';
import { Related } from './Related';
import { StagePath } from './StagePath';
import classes from './TicketPanel.module.css';
import { Timeline } from './Timeline';

export interface TicketPanelProps {
  ticket: number;
  /** What to open at once: `details`, `call`, `note`, or the key of a field. */
  edit: string | undefined;
  onEdited: () => void;
  onClose: () => void;
  onOpen: (ticket: number) => void;
  onOutbox: () => void;
}

export default function TicketPanel(props: TicketPanelProps) {
  const { ticket, onClose } = props;
  const { data, error, isError, refetch } = useQuery(ticketQuery(ticket));
  useAction('ticket.close', onClose, { region: 'ticket' });
  const missing = isError && asUiError(error).code?.kind === 'not_found';
  return (
    <aside
      className={classes.panel}
      data-testid="ticket-panel"
      data-region="ticket"
      data-lifecycle={data?.row.card.lifecycle ?? 'lead'}
      aria-label={t.ticket.label(data ? ticketName(data.row.card) || t.noName : String(ticket))}
    >
      {data ? (
        <Ticket key={ticket} view={data} {...props} />
      ) : (
        <>
          <div className={classes.bar}>
            <span className={classes.spring} />
            <ActionIcon aria-label={t.ticket.close} onClick={onClose}>
              <IconX size={16} />
            </ActionIcon>
          </div>
          {missing && <EmptyNotice title={t.ticket.notFound} text={t.ticket.notFoundText} />}
          {isError && !missing && (
            <div className={classes.pad}>
              <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />
            </div>
          )}
        </>
      )}
    </aside>
  );
}

type Tab = 'details' | 'timeline' | 'related';

function Ticket({ view, ticket, edit, onEdited, onClose, onOpen, onOutbox }: TicketPanelProps & { view: TicketView }) {
  const lookup = useLookup();
  const moving = useMoving();
  const { card } = view.row;
  const [tab, setTab] = useState<Tab>('details');
  const [part, setPart] = useState<ComposerPart | null>(null);
  const [field, setField] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const composer = useRef<HTMLDivElement>(null);

  const openPart = (wanted: string): void => {
    if (wanted === 'call' || wanted === 'note' || wanted === 'task' || wanted === 'meeting') {
      setPart(wanted);
      return;
    }
    setTab('details');
    setField(wanted === 'details' ? 'person_name' : wanted);
  };

  // Asked for from outside: E, C and W on the board, Edit in the outbox. Once done, the address forgets it.
  const latest = useRef({ openPart, onEdited });
  useEffect(() => {
    latest.current = { openPart, onEdited };
  });
  useEffect(() => {
    if (edit === undefined) return;
    latest.current.openPart(edit);
    latest.current.onEdited();
  }, [edit]);

  const region = { region: 'ticket' as const };
  useAction('card.edit', () => openPart('details'), region);
  useAction('card.call', () => openPart('call'), region);
  useAction('card.note', () => openPart('note'), region);
  useAction('card.move', () => moving.pickStage([card]), region);
  useAction('card.assign', () => moving.pickOwner([card]), region);
  useAction('card.halo', () => void operations.openInHalo(ticket), {
    ...region,
    enabled: () => view.halo_url !== null,
  });

  const owner = lookup.agent(card.owner);
  const apart = (part: string): Apart | undefined => view.apart.find((one) => one.part === part);
  const values = new Map(view.fields.map((row) => [row.field, row.stored.value]));
  const closeDate = values.get('expected_close');
  const jobTitle = values.get('job_title');
  const optOut = lookup.stage(OPT_OUT);
  const dot = card.company !== '' && card.person !== '';
  return (
    <>
      <header className={classes.head}>
        <div className={classes.bar}>
          <span className={classes.lifecycle}>{t.lifecycle[card.lifecycle]}</span>
          <span className={classes.number}>
            {card.halo_id === null ? t.ticket.notYetThere : t.ticket.number(card.halo_id)}
          </span>
          <span className={classes.spring} />
          {view.halo_url !== null && (
            <Tooltip label={t.ticket.halo}>
              <ActionIcon aria-label={t.ticket.halo} onClick={() => void operations.openInHalo(ticket)}>
                <IconExternalLink size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={t.ticket.close}>
            <ActionIcon aria-label={t.ticket.close} onClick={onClose}>
              <IconX size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
        <h2 ref={heading} className={classes.title} tabIndex={-1}>
          {(dot ? card.company : ticketName(card)) || t.noName}
        </h2>
        <p className={classes.person}>
          {dot && <span>{card.person}</span>}
          {jobTitle?.type === 'text' && <span className={classes.job}>{jobTitle.value}</span>}
        </p>

        <div className={classes.actions}>
          <Button size="xs" leftSection={<IconArrowRight size={14} />} onClick={() => moving.pickStage([card])}>
            {t.ticket.move}
          </Button>
          <button
            type="button"
            className={classes.owner}
            onClick={() => moving.pickOwner([card])}
            aria-label={`${t.ticket.owner}: ${owner?.name ?? t.unassigned}. ${t.actions.assign}`}
          >
            <OwnerMark agent={owner} />
            {owner?.name ?? t.unassigned}
          </button>
          <ApartMark apart={apart('owner')} />
          <ContactWays view={view} />
          {!card.do_not_contact && optOut !== undefined && (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              leftSection={<IconPhoneOff size={14} />}
              onClick={() => void moving.move([card], optOut.key)}
            >
              {t.dnc.optOut}
            </Button>
          )}
        </div>
      </header>

      <div className={classes.scroll} tabIndex={-1}>
        <StagePath view={view} apart={apart('stage')} onMove={(stage) => void moving.move([card], stage)} />
        <DncBanner view={view} />
        <SyncBanner view={view} onOutbox={onOutbox} />
        <Conflicts conflicts={view.conflicts} />

        <dl className={classes.figures}>
          {card.value !== null && (
            <Figure label={t.ticket.value}>
              {formats.money(card.value)}
              {card.probability !== null && <span className={classes.sub}>{formats.percent(card.probability)}</span>}
            </Figure>
          )}
          {closeDate?.type === 'date' && <Figure label={t.ticket.expectedClose}>{formats.day(closeDate.value)}</Figure>}
          {card.lead_score !== null && (
            <Figure label={t.ticket.leadScore}>
              <Tooltip
                multiline
                maw={320}
                label={
                  view.lead_score_reasons.length > 0 ? (
                    <ul>
                      {view.lead_score_reasons.map((reason) => (
                        <li key={reason}>{reason}</li>
                      ))}
                    </ul>
                  ) : (
                    t.ticket.leadScoreNone
                  )
                }
              >
                <button
                  type="button"
                  className={classes.why}
                  aria-label={`${card.lead_score}. ${t.ticket.leadScoreWhy}`}
                >
                  {card.lead_score}
                </button>
              </Tooltip>
            </Figure>
          )}
          {card.fit_score !== null && <Figure label={t.ticket.fitScore}>{card.fit_score}</Figure>}
        </dl>

        <div ref={composer}>
          <Composer key={part ?? 'closed'} view={view} part={part} onPart={setPart} />
        </div>

        <Tabs
          value={tab}
          onChange={(next) => setTab((next ?? 'details') as Tab)}
          keepMounted={false}
          className={classes.tabs ?? ''}
        >
          <Tabs.List>
            <Tabs.Tab value="details">{t.ticket.tabs.details}</Tabs.Tab>
            <Tabs.Tab value="timeline">{t.ticket.tabs.timeline}</Tabs.Tab>
            <Tabs.Tab value="related">
              {t.ticket.tabs.related}
              {view.related.length > 0 && <span className={classes.tabCount}>{view.related.length}</span>}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="details">
            <Linked view={view} />
            <Lists view={view} />
            <Fields view={view} editing={field} onEditing={setField} />
          </Tabs.Panel>
          <Tabs.Panel value="timeline">
            <Timeline view={view} />
          </Tabs.Panel>
          <Tabs.Panel value="related">
            <Related cards={view.related} onOpen={onOpen} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </>
  );
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SyncBanner({ view, onOutbox }: { view: TicketView; onOutbox: () => void }) {
  const { sync } = view.row.card;
  if (sync === 'waiting') return <p className={classes.waiting}>{t.ticket.sync.waiting}</p>;
  if (sync !== 'refused' && sync !== 'gone') return null;
  return (
    <div className={classes.banner} data-tone={sync === 'refused' ? 'danger' : 'quiet'}>
      <p>{t.ticket.sync[sync]}</p>
      {(sync === 'refused' || view.apart.some((one) => one.how === 'refused')) && (
        <Button size="compact-xs" variant="default" onClick={onOutbox}>
          {t.ticket.sync.seeOutbox}
        </Button>
      )}
    </div>
  );
}
