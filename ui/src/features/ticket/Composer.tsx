/** Logs a call in one line, or writes a note. */
import { Button, NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { IconCalendarPlus, IconNote, IconPhone, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CallOutcome, Direction, TicketView } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { DateField } from '@/components/DateField';
import { operations } from '@/components/operations';
import { formats, parseDuration } from '@/lib/formats';
import { showValue } from '@/lib/values';
import { t } from '@/strings';
import classes from './Composer.module.css';
import { formKeys } from './formKeys';
import { PlanForm } from './PlanForm';

export type ComposerPart = 'call' | 'note' | 'task' | 'meeting';

const OUTCOMES: readonly CallOutcome[] = [
  'connected',
  'left_message',
  'no_answer',
  'wrong_number',
  'call_back',
  'not_interested',
];

interface ComposerProps {
  view: TicketView;
  part: ComposerPart | null;
  onPart: (part: ComposerPart | null) => void;
}

export function Composer({ view, part, onPart }: ComposerProps) {
  if (part === null) {
    return (
      <div className={classes.closed}>
        <Button size="xs" variant="default" leftSection={<IconPhone size={14} />} onClick={() => onPart('call')}>
          {t.ticket.call.log}
        </Button>
        <Button size="xs" variant="default" leftSection={<IconNote size={14} />} onClick={() => onPart('note')}>
          {t.ticket.note.placeholder}
        </Button>
        <Button size="xs" variant="default" leftSection={<IconCalendarPlus size={14} />} onClick={() => onPart('task')}>
          {t.plan.add}
        </Button>
      </div>
    );
  }
  const close = (): void => onPart(null);
  return (
    <section className={classes.box} aria-label={t.ticket.composer} data-testid="composer">
      <SegmentedControl
        data={[
          { value: 'call', label: t.ticket.call.title },
          { value: 'note', label: t.ticket.note.title },
          { value: 'task', label: t.plan.task },
          { value: 'meeting', label: t.plan.meeting },
        ]}
        value={part}
        onChange={(next) => onPart(next as ComposerPart)}
        aria-label={t.ticket.composer}
      />
      {part === 'call' && <CallForm view={view} onDone={close} />}
      {part === 'note' && <NoteForm ticket={view.row.card.id} onDone={close} />}
      {(part === 'task' || part === 'meeting') && <PlanForm kind={part} ticket={view.row.card.id} onDone={close} />}
    </section>
  );
}

function NoteForm({ ticket, onDone }: { ticket: number; onDone: () => void }) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => input.current?.focus(), []);
  const send = async (): Promise<void> => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    const done = await operations.addNote(ticket, text.trim());
    setBusy(false);
    if (done) onDone();
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => formKeys(event, () => void send(), onDone)}
    >
      <Textarea
        ref={input}
        aria-label={t.ticket.note.title}
        placeholder={t.ticket.note.placeholder}
        autosize
        minRows={3}
        maxRows={12}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.foot}>
        <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
          {t.cancel}
        </Button>
        <Button size="xs" type="submit" disabled={text.trim() === ''} loading={busy}>
          {t.ticket.note.save}
        </Button>
      </div>
    </form>
  );
}

const PHONE_FIELDS = ['phone', 'mobile_phone', 'company_phone'];

function CallForm({ view, onDone }: { view: TicketView; onDone: () => void }) {
  const lookup = useLookup();
  const numbers = useMemo(
    () =>
      view.fields
        .filter((row) => PHONE_FIELDS.includes(row.field) && row.stored.value.type === 'phone')
        .map((row) => ({
          value: showValue(row.stored.value, formats, t.yes, t.no),
          label: `${showValue(row.stored.value, formats, t.yes, t.no)} (${lookup.fieldLabel(row.field)})`,
        })),
    [view.fields, lookup],
  );
  const optedOut = view.row.card.do_not_contact;
  const [direction, setDirection] = useState<Direction>(optedOut ? 'inbound' : 'outbound');
  const [outcome, setOutcome] = useState<CallOutcome>('connected');
  const [duration, setDuration] = useState('');
  const [notes, setNotes] = useState('');
  const [number, setNumber] = useState(numbers[0]?.value ?? '');
  const [next, setNext] = useState<{ what: string; day: string } | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);

  const seconds = parseDuration(duration);
  const halfNext = next !== null && (next.what.trim() === '') !== (next.day === '');

  const send = async (): Promise<void> => {
    setTried(true);
    if (seconds === null || halfNext || busy) return;
    setBusy(true);
    const done = await operations.logCall({
      ticket: view.row.card.id,
      direction,
      dialled: number === '' ? null : number,
      duration_s: seconds,
      outcome,
      // Nine in the morning of that day, where this computer is.
      next_action:
        next === null || next.what.trim() === ''
          ? null
          : { what: next.what.trim(), due: new Date(`${next.day}T09:00:00`).toISOString() },
      notes: notes.trim(),
    });
    setBusy(false);
    if (done) onDone();
  };

  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => formKeys(event, () => void send(), onDone)}
    >
      <div className={classes.line}>
        <NativeSelect
          ref={first}
          className={classes.outcome ?? ''}
          aria-label={t.ticket.call.outcome}
          data={OUTCOMES.map((value) => ({ value, label: t.ticket.call.outcomes[value] }))}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value as CallOutcome)}
        />
        <TextInput
          className={classes.minutes ?? ''}
          aria-label={t.ticket.call.duration}
          placeholder={t.ticket.call.durationHint}
          value={duration}
          error={seconds === null && tried}
          onChange={(event) => setDuration(event.currentTarget.value)}
        />
        <TextInput
          className={classes.notes ?? ''}
          aria-label={t.ticket.call.notes}
          placeholder={t.ticket.call.notes}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy} aria-label={t.ticket.call.log}>
          {t.ticket.call.logShort}
        </Button>
      </div>
      {seconds === null && tried && (
        <p className={classes.problem} role="alert">
          {t.ticket.call.durationProblem}
        </p>
      )}
      <div className={classes.line}>
        <NativeSelect
          size="xs"
          aria-label={t.ticket.call.direction}
          data={[
            { value: 'outbound', label: t.ticket.call.outbound, disabled: optedOut },
            { value: 'inbound', label: t.ticket.call.inbound },
          ]}
          value={direction}
          onChange={(event) => setDirection(event.currentTarget.value as Direction)}
        />
        <NativeSelect
          size="xs"
          className={classes.number ?? ''}
          aria-label={t.ticket.call.number}
          data={[...numbers, { value: '', label: t.ticket.call.noNumber }]}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        {next === null && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconPlus size={13} />}
            onClick={() => setNext({ what: '', day: '' })}
          >
            {t.ticket.call.next}
          </Button>
        )}
      </div>
      {next !== null && (
        <div className={classes.line}>
          <TextInput
            className={classes.notes ?? ''}
            aria-label={t.ticket.call.nextWhat}
            placeholder={t.ticket.call.nextWhat}
            autoFocus
            value={next.what}
            error={tried && halfNext && next.what.trim() === ''}
            onChange={(event) => setNext({ ...next, what: event.currentTarget.value })}
          />
          <DateField
            aria-label={t.ticket.call.nextWhen}
            placeholder={t.ticket.call.nextWhen}
            value={next.day}
            error={tried && halfNext && next.day === ''}
            onChange={(day) => setNext({ ...next, day })}
          />
        </div>
      )}
      {optedOut && <p className={classes.hint}>{t.dnc.noOutbound}</p>}
      {tried && halfNext && (
        <p className={classes.problem} role="alert">
          {t.ticket.call.nextMissing}
        </p>
      )}
    </form>
  );
}
