/** Plans a task or a meeting. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useLookup } from '@/api/reference';
import { DateField } from '@/components/DateField';
import { operations } from '@/components/operations';
import { t } from '@/strings';
import classes from './Composer.module.css';
import { formKeys } from './formKeys';
import { LENGTHS, laterBy, momentOf } from './plan';

interface PlanFormProps {
  kind: 'task' | 'meeting';
  ticket: number;
  onDone: () => void;
}

export function PlanForm({ kind, ticket, onDone }: PlanFormProps) {
  const { reference, me } = useLookup();
  const [subject, setSubject] = useState('');
  const [day, setDay] = useState('');
  const [time, setTime] = useState('09:00');
  const [minutes, setMinutes] = useState(30);
  const [owner, setOwner] = useState(me === undefined ? '' : String(me.id));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const start = momentOf(day, time);
  const missing = subject.trim() === '' || start === null;

  const send = async (): Promise<void> => {
    setTried(true);
    if (subject.trim() === '' || start === null || busy) return;
    setBusy(true);
    const done =
      kind === 'task'
        ? await operations.addTask(ticket, subject.trim(), start.toISOString(), owner === '' ? null : Number(owner))
        : await operations.scheduleMeeting(
            ticket,
            subject.trim(),
            start.toISOString(),
            laterBy(start, minutes).toISOString(),
          );
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
        <TextInput
          ref={first}
          className={classes.notes ?? ''}
          aria-label={kind === 'task' ? t.plan.taskWhat : t.plan.meetingWhat}
          placeholder={kind === 'task' ? t.plan.taskWhat : t.plan.meetingWhat}
          maxLength={200}
          value={subject}
          error={tried && subject.trim() === ''}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
      </div>
      <div className={classes.line}>
        <DateField
          aria-label={t.plan.day}
          placeholder={t.plan.day}
          value={day}
          error={tried && start === null}
          onChange={setDay}
        />
        <TextInput
          type="time"
          aria-label={t.plan.time}
          value={time}
          onChange={(event) => setTime(event.currentTarget.value)}
        />
        {kind === 'meeting' ? (
          <NativeSelect
            aria-label={t.plan.length}
            data={LENGTHS.map((length) => ({ value: String(length), label: t.plan.minutes(length) }))}
            value={String(minutes)}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
          />
        ) : (
          <NativeSelect
            aria-label={t.plan.owner}
            data={[
              ...(me === undefined ? [{ value: '', label: t.unassigned }] : []),
              ...reference.agents
                .filter((agent) => !agent.inactive)
                .map((agent) => ({ value: String(agent.id), label: agent.name })),
            ]}
            value={owner}
            onChange={(event) => setOwner(event.currentTarget.value)}
          />
        )}
      </div>
      {tried && missing && (
        <p className={classes.problem} role="alert">
          {t.plan.missing}
        </p>
      )}
      <div className={classes.foot}>
        <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
          {t.cancel}
        </Button>
        <Button size="xs" type="submit" loading={busy}>
          {kind === 'task' ? t.plan.saveTask : t.plan.saveMeeting}
        </Button>
      </div>
    </form>
  );
}
