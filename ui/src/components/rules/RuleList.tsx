/** Every rule of the mapping in a line, each to be changed. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Mapping, SavedRules } from '@/api/bindings';
import { t } from '@/strings';
import { RuleEditor } from './RuleEditor';
import classes from './Rules.module.css';
import { ruleInWords, withRule } from './rules';

const texts = t.rules;

interface RuleListProps {
  /** What the rules read and give. */
  of: SavedRules;
  currency: string;
  onMapping: (change: (mapping: Mapping) => Mapping) => void;
}

export function RuleList({ of, currency, onMapping }: RuleListProps) {
  // The place of the rule that is being changed; `null` for a new one.
  const [open, setOpen] = useState<{ at: number | null } | null>(null);
  const { rules } = of.mapping;
  const labelOf = (key: string): string => of.targets.find((one) => one.key === key)?.label ?? key;
  return (
    <section className={classes.section} aria-labelledby="rules">
      <div className={classes.head}>
        <div>
          <h3 id="rules" className={classes.title}>
            {texts.title}
          </h3>
          <p className={classes.dim}>{texts.text}</p>
        </div>
        <Button size="xs" variant="default" onClick={() => setOpen({ at: null })}>
          {texts.add}
        </Button>
      </div>
      {rules.length === 0 ? (
        <p className={classes.dim}>{texts.none}</p>
      ) : (
        <details>
          <summary className={classes.summary}>{texts.count(rules.length)}</summary>
          <ul className={classes.rules}>
            {rules.map((rule, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place: two may say the same.
              <li key={at} className={classes.rule} data-testid={`import-rule-${at}`}>
                <strong className={classes.name}>{labelOf(rule.to)}</strong>
                <span className={classes.words}>{ruleInWords(rule)}</span>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={texts.edit(labelOf(rule.to))}
                  onClick={() => setOpen({ at })}
                >
                  {texts.change}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {open !== null && (
        <RuleEditor
          of={of}
          currency={currency}
          rule={open.at === null ? null : (rules[open.at] ?? null)}
          onClose={() => setOpen(null)}
          onRule={(rule) => {
            onMapping((mapping) => withRule(mapping, open.at, rule));
            setOpen(null);
          }}
        />
      )}
    </section>
  );
}
