/** Asks for what a stage needs, at the drop: only what is missing, once for all tickets where that is possible. */
import { Button, Modal } from '@mantine/core';
import { Fragment, useReducer, useRef, useState } from 'react';
import type { MoveOutcome, NeededField, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { announce } from '../announce';
import { OPT_OUT } from '../dnc/Dnc';
import { Reach } from '../dnc/Reach';
import { ErrorNotice } from '../ErrorNotice';
import { FieldInput } from '../FieldInput';
import classes from './DropForm.module.css';
import {
  answersOf,
  fieldsOf,
  isMissing,
  missingCount,
  type Needs,
  reduceDropForm,
  startDropForm,
  toRequest,
} from './dropForm';
import { PartyQuestion } from './PartyQuestion';

export interface DropFormProps {
  tickets: readonly number[];
  target: string;
  /** "Acme Ltd – Jane Doe", or "3 tickets". */
  what: string;
  needs: Needs;
  /** The move went through, or was refused after all. */
  onOutcome: (outcome: Exclude<MoveOutcome, { outcome: 'needs' }>) => void;
  onCancel: () => void;
}

export default function DropForm({ tickets, target, what, needs, onOutcome, onCancel }: DropFormProps) {
  const lookup = useLookup();
  const [state, dispatch] = useReducer(reduceDropForm, needs, startDropForm);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const stage = lookup.stageLabel(target);

  /** The first input that is not right gets the focus. */
  const showProblem = (): void => {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };

  const submit = async (): Promise<void> => {
    const missing = missingCount(state);
    if (missing > 0) {
      dispatch({ type: 'tried' });
      announce(t.moving.stillMissing(missing));
      showProblem();
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const outcome = await host.moveTickets(toRequest(state, tickets, target));
      if (outcome.outcome === 'needs') {
        dispatch({ type: 'asked', needs: outcome });
        showProblem();
      } else onOutcome(outcome);
    } catch (error) {
      setFailure(asUiError(error));
    } finally {
      setBusy(false);
    }
  };

  const question = (need: NeededField, ticket: number | null, first: boolean) => {
    const answers = answersOf(state, ticket);
    const missing = state.tried && isMissing(need, answers);
    const fields = fieldsOf(need)
      .map((key) => lookup.field(key))
      .filter((field) => field !== undefined);
    const alternatives = fields.length > 1;
    // A problem stands under the alternative that was filled in.
    const answered = fields.findIndex((field) => (answers[field.key] ?? '').trim() !== '');
    const blamed = Math.max(0, answered);
    return (
      <div key={need.field} className={classes.question}>
        {fields.map((field, index) => (
          <Fragment key={field.key}>
            {index > 0 && <span className={classes.or}>{t.moving.or}</span>}
            <FieldInput
              field={field}
              label={field.label}
              required={!alternatives}
              value={answers[field.key] ?? ''}
              onChange={(value) => dispatch({ type: 'answer', place: { ticket, field: field.key }, value })}
              description={need.hint ?? (field.help === '' ? undefined : field.help)}
              error={
                index === blamed &&
                (need.problem ?? (missing ? (alternatives ? t.moving.missingOne : t.moving.missing) : undefined))
              }
              autoFocus={first && index === 0}
            />
          </Fragment>
        ))}
      </div>
    );
  };

  const { common, by_ticket: each } = state.needs;
  const own = each.length;
  return (
    <Modal
      opened
      onClose={onCancel}
      title={t.moving.formTitle(what, stage)}
      size={own > 0 && common.length === 0 && own > 1 ? 'lg' : 'md'}
      data-testid="drop-form"
      classNames={{ title: classes.title ?? '' }}
      closeButtonProps={{ 'aria-label': t.moving.putBack }}
    >
      <form
        ref={form}
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {(common.length > 0 || (own === 1 && each[0]?.fields.length !== 0)) && (
          <p className={classes.intro}>
            {tickets.length > 1 ? t.moving.formIntroMany(tickets.length, stage) : t.moving.formIntro(stage)}
          </p>
        )}
        {common.map((need, index) => question(need, null, index === 0))}
        {own > 0 && (
          <section className={classes.each} aria-label={t.moving.eachTitle}>
            {own > 1 && <h3 className={classes.eachTitle}>{t.moving.eachTitle}</h3>}
            {each.map((ticket, row) => (
              <div key={ticket.ticket} role="group" aria-label={ticket.label} className={classes.ticket}>
                {(own > 1 || tickets.length > 1) && <p className={classes.ticketName}>{ticket.label}</p>}
                {ticket.fields.map((need, index) =>
                  question(need, ticket.ticket, common.length === 0 && row === 0 && index === 0),
                )}
                {ticket.party !== null && (
                  <PartyQuestion
                    need={ticket.party}
                    choice={state.parties[ticket.ticket] ?? ticket.party.proposal}
                    onChoose={(choice) => dispatch({ type: 'party', ticket: ticket.ticket, choice })}
                  />
                )}
                {row === 0 && own > 1 && (
                  <FillAll
                    fields={ticket.fields.flatMap(fieldsOf)}
                    answers={answersOf(state, ticket.ticket)}
                    fill={(field, value) => dispatch({ type: 'fill', field, value })}
                  />
                )}
              </div>
            ))}
          </section>
        )}
        {target === OPT_OUT && (
          <>
            <Reach tickets={tickets} doing="marks" />
            <p className={classes.intro}>{t.dnc.follows}</p>
          </>
        )}
        {failure && <ErrorNotice error={failure} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onCancel} disabled={busy}>
            {tickets.length > 1 ? t.moving.putBackMany : t.moving.putBack}
          </Button>
          <Button type="submit" loading={busy}>
            {t.moving.submit(state.needs.label)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Copies the first ticket's answers to the others that ask the same. */
function FillAll({
  fields,
  answers,
  fill,
}: {
  fields: string[];
  answers: Record<string, string>;
  fill: (field: string, value: string) => void;
}) {
  const lookup = useLookup();
  const filled = fields.filter((field) => (answers[field] ?? '').trim() !== '');
  if (filled.length === 0) return null;
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      onClick={() => {
        for (const field of filled) fill(field, answers[field] ?? '');
        announce(formats.list(filled.map(lookup.fieldLabel)));
      }}
    >
      {t.moving.fillAll}
    </Button>
  );
}
