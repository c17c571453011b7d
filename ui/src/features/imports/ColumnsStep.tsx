/** What is in which column: recognised as far as possible, corrected here, with the first rows as they would come in. */
import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { useAction } from '@/actions/useActions';
import type { ImportDraft, ImportSummary } from '@/api/bindings';
import { host } from '@/api/host';
import { importRulesQuery } from '@/api/imports';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Keys } from '@/components/Keys';
import { RuleList } from '@/components/rules/RuleList';
import { t } from '@/strings';
import { ColumnTable } from './ColumnTable';
import classes from './Imports.module.css';
import { isChosen, missing, rulesOf } from './mapping';
import { Preview } from './Preview';
import { ShapeSection } from './ShapeSection';
import { useAttempt } from './useAttempt';
import { type DraftInHand, useDraft } from './useDraft';

const texts = t.imports.columns;

interface ColumnsStepProps {
  summary: ImportSummary;
  onGone: () => void;
}

export function ColumnsStep({ summary, onGone }: ColumnsStepProps) {
  const inHand = useDraft(summary.id);
  const { draft } = inHand;
  const attempt = useAttempt();
  const giveUp = (): void => {
    void attempt
      .run(() => host.importCancel(summary.id))
      .then((done) => {
        if (!done) return;
        announce(t.imports.give.done);
        onGone();
      });
  };
  const check = (): void => {
    void attempt.run(async () => {
      await inHand.settled();
      await host.importPlan(summary.id);
    });
  };
  useAction('import.next', check, { enabled: () => draft !== undefined && !attempt.busy });
  return (
    <>
      {summary.problem !== null && <p className={classes.problem}>{summary.problem}</p>}
      {inHand.error !== null && <ErrorNotice error={inHand.error} onRetry={inHand.retry} />}
      {draft !== undefined && <Draft draft={draft} inHand={inHand} />}
      {inHand.failure !== null && <ErrorNotice error={inHand.failure} />}
      {attempt.failure !== null && <ErrorNotice error={attempt.failure} />}
      <div className={classes.saveBar}>
        <Button variant="subtle" size="xs" disabled={attempt.busy} onClick={giveUp}>
          {t.imports.give.up}
        </Button>
        <span className={classes.spring} />
        {inHand.canUndo && (
          <Button variant="default" size="xs" onClick={inHand.undo}>
            {texts.undo}
          </Button>
        )}
        <Button
          size="xs"
          loading={attempt.busy}
          disabled={draft === undefined}
          rightSection={<Keys keys="mod+Enter" />}
          onClick={check}
        >
          {texts.check}
        </Button>
      </div>
    </>
  );
}

function Draft({ draft, inHand }: { draft: ImportDraft; inHand: DraftInHand }) {
  const lookup = useLookup();
  const { data: rules } = useQuery(importRulesQuery());
  const lacks = missing(draft.mapping);
  // The rows of the table are drawn again only when their own column has changed.
  const latest = useRef(inHand.setTarget);
  latest.current = inHand.setTarget;
  const setTarget = useCallback((column: number, target: string | null) => latest.current(column, target), []);
  return (
    <>
      <ShapeSection
        key={JSON.stringify(draft.options)}
        shape={draft.shape}
        columns={draft.columns.length}
        options={draft.options}
        country={draft.options.default_country ?? draft.mapping.country ?? lookup.preferences.country}
        busy={inHand.busy}
        onOptions={inHand.setOptions}
      >
        <Provider draft={draft} inHand={inHand} />
      </ShapeSection>
      {lacks.length > 0 && (
        <ul className={classes.remarks} role="status">
          {lacks.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div className={classes.inSight}>
        <Preview rows={draft.preview} labelOf={lookup.fieldLabel} threshold={rules?.review_below ?? null} />
      </div>
      <ColumnTable draft={draft} onTarget={setTarget} />
      <RuleList of={rulesOf(draft)} currency={lookup.preferences.currency} onMapping={inHand.setMapping} />
    </>
  );
}

function Provider({ draft, inHand }: { draft: ImportDraft; inHand: DraftInHand }) {
  const lookup = useLookup();
  const { mapping } = draft;
  const named = mapping.provider ?? null;
  const known = lookup.field('lead_source')?.options ?? [];
  const choose = (provider: string | null): void => {
    if (provider === named) return;
    // The usual columns of that provider, unless a person has settled some of them already.
    if (provider !== null && !isChosen(draft)) inHand.setProvider(provider);
    else inHand.setMapping((before) => ({ ...before, provider }));
  };
  return (
    <Select
      size="sm"
      maw="28rem"
      label={texts.source}
      description={texts.sourceHint}
      placeholder={texts.sourceNone}
      data={named === null || known.includes(named) ? known : [named, ...known]}
      value={named}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': texts.sourceNone }}
      onChange={choose}
    />
  );
}
