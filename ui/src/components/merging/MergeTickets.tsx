/** Makes one ticket of several: which one stays, and whose values, where they differ. */
import { Button, Modal } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { Card } from '@/api/bindings';
import { host } from '@/api/host';
import { ticketQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { operations } from '@/components/operations';
import { StageDot } from '@/components/StageDot';
import { formats } from '@/lib/formats';
import { showValue, ticketName } from '@/lib/values';
import { t } from '@/strings';
import classes from './MergeTickets.module.css';
import { BESIDE, differing, toKeep } from './merging';

interface MergeTicketsProps {
  cards: readonly Card[];
  onClose: () => void;
  onMerged: () => void;
}

export default function MergeTickets({ cards, onClose, onMerged }: MergeTicketsProps) {
  const lookup = useLookup();
  const [keep, setKeep] = useState(() => toKeep(cards));
  const [picks, setPicks] = useState<Readonly<Record<string, number>>>({});
  const [busy, setBusy] = useState(false);
  const beside = cards.length <= BESIDE ? cards : [];
  const views = useQueries({ queries: beside.map((card) => ticketQuery(card.id)) });
  const read = views.flatMap((view) => (view.data === undefined ? [] : [view.data]));
  const rows = read.length === beside.length ? differing(lookup.reference.fields, read) : [];
  const nameOf = (card: Card): string => ticketName(card) || t.noName;

  const merge = async (): Promise<void> => {
    if (keep === undefined) return;
    setBusy(true);
    const parts = cards.map((card) => card.id).filter((id) => id !== keep);
    const done = await operations.attempt(() => host.mergeTickets(keep, parts, picks));
    setBusy(false);
    if (done !== null) onMerged();
  };
  const pick = (field: string, ticket: number): void =>
    setPicks(({ [field]: before, ...rest }) => (before === ticket ? rest : { ...rest, [field]: ticket }));

  return (
    <Modal opened onClose={onClose} title={t.merging.title(cards.length)} size={860} data-testid="merge-tickets">
      <div className={classes.body}>
        <p className={classes.dim}>{t.merging.intro}</p>
        <fieldset className={classes.tickets}>
          <legend className={classes.legend}>{t.merging.stays}</legend>
          {cards.map((card) => (
            <label key={card.id} className={classes.ticket} data-kept={card.id === keep}>
              <input
                type="radio"
                name="keep"
                checked={card.id === keep}
                onChange={() => setKeep(card.id)}
                {...(card.id === keep ? { 'data-autofocus': true } : {})}
              />
              <StageDot lifecycle={card.lifecycle} exit={lookup.stage(card.stage)?.exit ?? false} />
              <span className={classes.name}>{nameOf(card)}</span>
              <span className={classes.dim}>
                {[
                  lookup.stageLabel(card.stage),
                  lookup.agent(card.owner)?.name ?? t.unassigned,
                  card.halo_id === null ? t.merging.notThere : t.merging.number(card.halo_id),
                ].join(' · ')}
              </span>
            </label>
          ))}
        </fieldset>
        {rows.length > 0 && (
          <section aria-label={t.merging.fields}>
            <h3 className={classes.legend}>{t.merging.fields}</h3>
            <p className={classes.dim}>{t.merging.fieldsText}</p>
            <table className={classes.values}>
              <thead>
                <tr>
                  <th scope="col">{t.review.field}</th>
                  {beside.map((card) => (
                    <th key={card.id} scope="col">
                      {nameOf(card)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ field, values }) => (
                  <tr key={field.key}>
                    <th scope="row">{field.label}</th>
                    {beside.map((card, index) => {
                      const row = values[index];
                      if (row === undefined) return <td key={card.id} />;
                      const shown = showValue(row.stored.value, formats, t.yes, t.no);
                      return (
                        <td key={card.id}>
                          <button
                            type="button"
                            className={classes.value}
                            aria-pressed={picks[field.key] === card.id}
                            onClick={() => pick(field.key, card.id)}
                          >
                            <span className="visually-hidden">{t.merging.take(field.label)} </span>
                            {shown}
                            <span className={classes.dim}>{formats.day(row.stored.provenance.at)}</span>
                            <span className="visually-hidden">{t.merging.from(nameOf(card))}</span>
                          </button>
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {beside.length > 0 && read.length === beside.length && rows.length === 0 && (
          <p className={classes.dim}>{t.merging.same}</p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button loading={busy} onClick={() => void merge()}>
            {t.merging.submit(cards.length)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
