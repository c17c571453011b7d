/** Settings of imports: what is remembered of files, what goes to review, and whose value counts. Every change counts at once. */
import { ActionIcon, NumberInput, Select } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportRules as Rules } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { importKeys, importRulesQuery } from '@/api/imports';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { toast } from '@/components/toast';
import { t } from '@/strings';
import { ImportMappings } from './ImportMappings';
import { moved, ORDERED, type Ordered, orderOf, reviewBelow } from './order';
import classes from './Settings.module.css';

const texts = t.imports.settings;

/** The rules with one of them set. */
type Part = (rules: Rules) => Rules;
const below =
  (review_below: number): Part =>
  (rules) => ({ ...rules, review_below });
const ordered =
  (group: Ordered, names: readonly string[]): Part =>
  (rules) => ({ ...rules, order: { ...rules.order, [group]: [...names] } });

export function ImportRules() {
  const client = useQueryClient();
  const { data: rules, error, isError, refetch } = useQuery(importRulesQuery());
  /** Sets one thing, and leaves the others as they are by then. */
  const put = async (part: Part): Promise<boolean> => {
    const next = part(client.getQueryData<Rules>(importKeys.rules) ?? {});
    client.setQueryData(importKeys.rules, next);
    try {
      client.setQueryData(importKeys.rules, await host.setImportRules(next));
      return true;
    } catch (problem) {
      toast.failure(problem);
      await client.invalidateQueries({ queryKey: importKeys.rules });
      return false;
    }
  };
  const change = async (part: Part, before: Part, said: string): Promise<void> => {
    if (!(await put(part))) return;
    announce(said);
    toast.saved(said, () => void put(before).then((done) => done && toast.note(texts.undone)));
  };
  return (
    <>
      {isError && rules === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
      {rules !== undefined && (
        <>
          <Threshold
            key={reviewBelow(rules)}
            value={reviewBelow(rules)}
            onValue={(value) => void change(below(value), below(reviewBelow(rules)), texts.quality.saved(value))}
          />
          <Precedence
            rules={rules}
            onNames={(group, names, said) =>
              void change(ordered(group, names), ordered(group, orderOf(rules, group)), said)
            }
          />
        </>
      )}
      <ImportMappings />
    </>
  );
}

function Threshold({ value, onValue }: { value: number; onValue: (value: number) => void }) {
  const [typed, setTyped] = useState<number | string>(value);
  const bad = typeof typed !== 'number' || !Number.isInteger(typed) || typed < 0 || typed > 100;
  return (
    <section className={classes.section} aria-labelledby="settings-quality">
      <h3 className={classes.title} id="settings-quality">
        {texts.quality.title}
      </h3>
      <NumberInput
        mt="xs"
        size="sm"
        maw="24rem"
        label={texts.quality.label}
        description={texts.quality.hint}
        error={bad ? texts.quality.bad : null}
        value={typed}
        min={0}
        max={100}
        allowDecimal={false}
        onChange={setTyped}
        onBlur={() => {
          if (!bad && typed !== value) onValue(typed);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </section>
  );
}

interface PrecedenceProps {
  rules: Rules;
  onNames: (group: Ordered, names: string[], said: string) => void;
}

function Precedence({ rules, onNames }: PrecedenceProps) {
  return (
    <section className={classes.section} aria-labelledby="settings-precedence">
      <h3 className={classes.title} id="settings-precedence">
        {texts.precedence.title}
      </h3>
      <p className={classes.dim}>{texts.precedence.text}</p>
      <div className={classes.orders}>
        {ORDERED.map((group) => (
          <Order
            key={group}
            group={texts.precedence.groups[group]}
            names={orderOf(rules, group)}
            onNames={(names, said) => onNames(group, names, said)}
          />
        ))}
      </div>
    </section>
  );
}

interface OrderProps {
  group: string;
  names: readonly string[];
  onNames: (names: string[], said: string) => void;
}

function Order({ group, names, onNames }: OrderProps) {
  const { reference } = useLookup();
  const others = [...new Set([...texts.precedence.providers, ...reference.sources])].filter(
    (name) => !names.includes(name),
  );
  const move = (name: string, by: number): void => {
    const next = moved(names, name, by);
    onNames(next, texts.precedence.moved(name, group, next.indexOf(name) + 1));
  };
  return (
    <section aria-label={group}>
      <h4 className={classes.orderTitle}>{group}</h4>
      <ol className={classes.order}>
        {names.map((name, index) => (
          <li key={name}>
            <span>{name}</span>
            <ActionIcon
              size="sm"
              bg="transparent"
              disabled={index === 0}
              aria-label={texts.precedence.up(name, group)}
              onClick={() => move(name, -1)}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              size="sm"
              bg="transparent"
              disabled={index === names.length - 1}
              aria-label={texts.precedence.down(name, group)}
              onClick={() => move(name, 1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
            <ActionIcon
              size="sm"
              aria-label={texts.precedence.remove(name, group)}
              onClick={() =>
                onNames(
                  names.filter((one) => one !== name),
                  texts.precedence.removed(name, group),
                )
              }
            >
              <IconX size={14} />
            </ActionIcon>
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <Select
          size="xs"
          aria-label={texts.precedence.add(group)}
          placeholder={texts.precedence.addHint}
          data={others}
          value={null}
          searchable
          onChange={(name) => {
            if (name !== null) onNames([...names, name], texts.precedence.moved(name, group, names.length + 1));
          }}
        />
      )}
    </section>
  );
}
