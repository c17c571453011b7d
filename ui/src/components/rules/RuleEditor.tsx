/** One rule in a dialog: what it gives, from which columns, and what is done to their text on the way. */
import { Button, Checkbox, Modal, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { DateOrder, Rule, SavedRules, Step } from '@/api/bindings';
import { t } from '@/strings';
import classes from './Rules.module.css';
import {
  column,
  DATE_ORDERS,
  grouped,
  kindOf,
  linesOf,
  newStep,
  partName,
  rowsOf,
  ruleProblem,
  STEP_KINDS,
  type StepKind,
  stepProblem,
  tablesOf,
  tidied,
  wordsOf,
} from './rules';

const texts = t.rules;

interface RuleEditorProps {
  of: Pick<SavedRules, 'columns' | 'targets'>;
  currency: string;
  /** Nothing for a new one. */
  rule: Rule | null;
  onClose: () => void;
  /** Nothing to take it away. */
  onRule: (rule: Rule | null) => void;
}

export function RuleEditor({ of, currency, rule: before, onClose, onRule }: RuleEditorProps) {
  const [rule, setRule] = useState<Rule>(() => before ?? { to: '', from: [], with: null, constant: null, steps: [] });
  // What is missing is said once somebody wants to use it.
  const [tried, setTried] = useState(false);
  const change = (part: Partial<Rule>): void => setRule((now) => ({ ...now, ...part }));
  const problem = ruleProblem(rule);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (problem === null) onRule(tidied(rule));
  };
  const isConstant = (rule.constant ?? null) !== null;
  return (
    <Modal opened onClose={onClose} title={before === null ? texts.new : texts.title} size={560} data-testid="rule">
      <form className={classes.form} onSubmit={submit} noValidate>
        <Select
          label={texts.to}
          placeholder={texts.toPlaceholder}
          data={grouped(of.targets)}
          value={rule.to === '' ? null : rule.to}
          searchable
          allowDeselect={false}
          data-autofocus={before === null || undefined}
          onChange={(to) => change({ to: to ?? '' })}
        />
        <SegmentedControl
          aria-label={texts.from}
          value={isConstant ? 'constant' : 'columns'}
          data={[
            { value: 'columns', label: texts.columns },
            { value: 'constant', label: texts.constant },
          ]}
          onChange={(value) => change({ constant: value === 'constant' ? '' : null })}
        />
        {isConstant ? (
          <TextInput
            label={texts.constantText}
            value={rule.constant ?? ''}
            onChange={(event) => change({ constant: event.currentTarget.value })}
          />
        ) : (
          <Columns columns={of.columns} rule={rule} onChange={change} />
        )}
        <Steps steps={rule.steps ?? []} currency={currency} tried={tried} onSteps={(steps) => change({ steps })} />
        {tried && problem !== null && (
          <p className={classes.wrong} role="alert">
            {problem}
          </p>
        )}
        <div className={classes.foot}>
          {before !== null && (
            <Button size="xs" variant="subtle" onClick={() => onRule(null)}>
              {texts.remove}
            </Button>
          )}
          <span className={classes.spring} />
          <Button size="xs" variant="default" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button size="xs" type="submit">
            {texts.keep}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface ColumnsProps {
  columns: readonly string[];
  rule: Rule;
  onChange: (part: Partial<Rule>) => void;
}

/** The columns in their order, and whether the first counts or all are joined. */
function Columns({ columns, rule, onChange }: ColumnsProps) {
  const from = rule.from ?? [];
  const taken = new Set(from.flatMap((part) => part.first));
  const free = columns.filter((name) => !taken.has(name));
  const between = rule.with ?? null;
  return (
    <>
      {from.length === 0 && <p className={classes.words}>{texts.noColumns}</p>}
      <ol className={classes.list}>
        {from.map((part, at) => {
          const name = partName(part);
          return (
            <li key={name} className={classes.item}>
              <span>{name}</span>
              {at > 0 && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={texts.earlier(name)}
                  onClick={() => {
                    const rest = from.filter((other) => other !== part);
                    onChange({ from: [...rest.slice(0, at - 1), part, ...rest.slice(at - 1)] });
                  }}
                >
                  ↑
                </Button>
              )}
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={texts.removeColumn(name)}
                onClick={() => onChange({ from: from.filter((other) => other !== part) })}
              >
                ✕
              </Button>
            </li>
          );
        })}
      </ol>
      <Select
        aria-label={texts.addColumn}
        placeholder={texts.addColumn}
        data={[...new Set(free)]}
        value={null}
        searchable
        onChange={(name) => {
          if (name !== null) onChange({ from: [...from, column(name)] });
        }}
      />
      {from.length > 1 && (
        <div className={classes.params}>
          <SegmentedControl
            aria-label={texts.together}
            value={between === null ? 'first' : 'joined'}
            data={[
              { value: 'first', label: texts.first },
              { value: 'joined', label: texts.joined },
            ]}
            onChange={(value) => onChange({ with: value === 'joined' ? ' ' : null })}
          />
          {between !== null && (
            <TextInput
              label={texts.between}
              value={between}
              onChange={(event) => onChange({ with: event.currentTarget.value })}
            />
          )}
        </div>
      )}
    </>
  );
}

interface StepsProps {
  steps: readonly Step[];
  currency: string;
  tried: boolean;
  onSteps: (steps: Step[]) => void;
}

function Steps({ steps, currency, tried, onSteps }: StepsProps) {
  return (
    <section aria-label={texts.steps} className={classes.list}>
      <h3 className={classes.name}>{texts.steps}</h3>
      {steps.length === 0 && <p className={classes.words}>{texts.noSteps}</p>}
      {steps.map((step, at) => {
        const kind = kindOf(step);
        const problem = tried ? stepProblem(step) : null;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place: two may be the same.
          <div key={at} className={classes.step} role="group" aria-label={texts.kinds[kind]}>
            <div className={classes.stepHead}>
              <span>{texts.kinds[kind]}</span>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={texts.removeStep(texts.kinds[kind])}
                onClick={() => onSteps(steps.filter((_, other) => other !== at))}
              >
                ✕
              </Button>
            </div>
            <Params
              step={step}
              onStep={(next) => onSteps(steps.map((other, place) => (place === at ? next : other)))}
            />
            {problem !== null && <p className={classes.wrong}>{problem}</p>}
          </div>
        );
      })}
      <Select
        aria-label={texts.addStep}
        placeholder={texts.addStep}
        data={STEP_KINDS.map((kind) => ({ value: kind, label: texts.kinds[kind] }))}
        value={null}
        onChange={(kind) => {
          if (kind !== null) onSteps([...steps, newStep(kind as StepKind, currency)]);
        }}
      />
    </section>
  );
}

/** What a step needs to know. */
function Params({ step, onStep }: { step: Step; onStep: (step: Step) => void }) {
  if (typeof step === 'string') return null;
  if (step.item !== undefined) {
    const { item } = step;
    return (
      <div className={classes.params}>
        <TextInput
          label={texts.item.separator}
          value={item.separator}
          onChange={(event) => onStep({ item: { ...item, separator: event.currentTarget.value } })}
        />
        <NumberInput
          label={texts.item.number}
          value={item.number}
          min={1}
          onChange={(number) => onStep({ item: { ...item, number: Number(number) } })}
        />
      </div>
    );
  }
  if (step.lookup !== undefined) return <Lookup step={step} onStep={onStep} />;
  if (step.table !== undefined || step.items !== undefined) {
    const kind = step.table !== undefined ? 'table' : 'items';
    return (
      <Select
        label={texts.table}
        data={tablesOf(kind)}
        value={step.table ?? step.items ?? null}
        allowDeselect={false}
        onChange={(name) => {
          if (name !== null) onStep(kind === 'table' ? { table: name } : { items: name });
        }}
      />
    );
  }
  if (step.bracket !== undefined) {
    const { bracket } = step;
    return (
      <div className={classes.params}>
        <Select
          label={texts.table}
          data={tablesOf('bracket')}
          value={bracket.table}
          allowDeselect={false}
          onChange={(table) => onStep({ bracket: { ...bracket, table: table ?? bracket.table } })}
        />
        <NumberInput
          label={texts.times}
          value={bracket.times ?? 1}
          onChange={(times) => onStep({ bracket: { ...bracket, times: Number(times) } })}
        />
      </div>
    );
  }
  if (step.date !== undefined) {
    return (
      <Select
        aria-label={texts.kinds.date}
        data={DATE_ORDERS.map((order) => ({ value: order, label: texts.dates[order] }))}
        value={step.date}
        allowDeselect={false}
        onChange={(order) => {
          if (order !== null) onStep({ date: order as DateOrder });
        }}
      />
    );
  }
  if (step.yes !== undefined) return <Words step={step} onStep={onStep} />;
  return (
    <TextInput
      label={texts.currency}
      value={step.currency}
      maxLength={3}
      onChange={(event) => onStep({ currency: event.currentTarget.value.toUpperCase() })}
    />
  );
}

/** What is typed stays as it is typed; only what can be read of it is kept. */
function Lookup({ step, onStep }: { step: Extract<Step, { lookup: unknown }>; onStep: (step: Step) => void }) {
  const { lookup } = step;
  const [lines, setLines] = useState(() => linesOf(lookup.rows));
  return (
    <>
      <Textarea
        label={texts.lookup.rows}
        placeholder={texts.lookup.placeholder}
        value={lines}
        rows={4}
        onChange={(event) => {
          setLines(event.currentTarget.value);
          onStep({ lookup: { ...lookup, rows: rowsOf(event.currentTarget.value) } });
        }}
      />
      <Checkbox
        label={texts.lookup.otherwise}
        checked={lookup.otherwise_nothing ?? false}
        onChange={(event) => onStep({ lookup: { ...lookup, otherwise_nothing: event.currentTarget.checked } })}
      />
    </>
  );
}

function Words({ step, onStep }: { step: Extract<Step, { yes: unknown }>; onStep: (step: Step) => void }) {
  const [text, setText] = useState(() => step.yes.join(', '));
  return (
    <TextInput
      label={texts.yes}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onStep({ yes: wordsOf(event.currentTarget.value) });
      }}
    />
  );
}
