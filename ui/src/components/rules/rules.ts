/** The rules by which columns become values: in words, and changed by a person. Pure. */
import { hashKey } from '@tanstack/react-query';
import type { DateOrder, Mapping, Part, Rule, Step, TargetOption } from '@/api/bindings';
import { t } from '@/strings';

const texts = t.rules;

export type StepKind = keyof typeof texts.kinds;
export const STEP_KINDS = Object.keys(texts.kinds) as StepKind[];

export type TableName = keyof typeof texts.tables;
/** Tables of words, and tables of brackets of numbers. */
const BRACKETS: readonly TableName[] = ['employees', 'revenue', 'revenue_by_employees'];
const WORDS = (Object.keys(texts.tables) as TableName[]).filter((name) => !BRACKETS.includes(name));
export const tablesOf = (kind: 'table' | 'items' | 'bracket'): { value: string; label: string }[] =>
  (kind === 'bracket' ? BRACKETS : WORDS).map((name) => ({ value: name, label: texts.tables[name] }));
const tableLabel = (name: string): string => texts.tables[name as TableName] ?? name;

export const kindOf = (step: Step): StepKind =>
  typeof step === 'string' ? step : (STEP_KINDS.find((kind) => kind in step) ?? 'lookup');

/** A step of that kind as it begins. */
export function newStep(kind: StepKind, currency: string): Step {
  switch (kind) {
    case 'first_name':
    case 'last_name':
      return kind;
    case 'item':
      return { item: { separator: ',', number: 1 } };
    case 'lookup':
      return { lookup: { rows: [], otherwise_nothing: false } };
    case 'table':
      return { table: 'management_level' };
    case 'items':
      return { items: 'it_projects' };
    case 'bracket':
      return { bracket: { table: 'employees', times: 1 } };
    case 'date':
      return { date: 'day_first' };
    case 'yes':
      return { yes: ['yes', 'true', '1'] };
    case 'currency':
      return { currency };
  }
}

/** What is wrong with a step; nothing when it can be used. */
export function stepProblem(step: Step): string | null {
  if (typeof step === 'string') return null;
  if (step.item !== undefined) {
    if (step.item.separator === '') return texts.wrong.separator;
    return Number.isInteger(step.item.number) && step.item.number >= 1 ? null : texts.wrong.number;
  }
  if (step.lookup !== undefined) return step.lookup.rows.length === 0 ? texts.wrong.rows : null;
  if (step.yes !== undefined) return step.yes.length === 0 ? texts.wrong.words : null;
  if (step.currency !== undefined) return /^[A-Z]{3}$/.test(step.currency) ? null : texts.wrong.currency;
  if (step.bracket !== undefined) return (step.bracket.times ?? 1) > 0 ? null : texts.wrong.times;
  return null;
}

/** What is wrong with a rule; nothing when it can be used. */
export function ruleProblem(rule: Rule): string | null {
  if (rule.to === '') return texts.wrong.to;
  const always = rule.constant ?? null;
  if (always === null ? (rule.from ?? []).length === 0 : always.trim() === '') return texts.wrong.from;
  return (rule.steps ?? []).map(stepProblem).find((problem) => problem !== null) ?? null;
}

export const column = (name: string): Part => ({ first: [name], before: '', after: '' });

export const partName = ({ first, before = '', after = '' }: Part): string =>
  `${before}${texts.else(first)}${after}`.trim();

/** A step in a few words. */
export function saidOf(step: Step): string {
  if (typeof step === 'string') return texts.kinds[step].toLowerCase();
  if (step.item !== undefined) return texts.said.item(step.item.number, step.item.separator);
  if (step.lookup !== undefined) return texts.said.lookup(step.lookup.rows.length);
  if (step.table !== undefined) return texts.said.table(tableLabel(step.table));
  if (step.items !== undefined) return texts.said.items(tableLabel(step.items));
  if (step.bracket !== undefined) return texts.said.bracket(tableLabel(step.bracket.table));
  if (step.date !== undefined) return texts.dates[step.date].toLowerCase();
  if (step.yes !== undefined) return texts.said.yes(step.yes.join(', '));
  return texts.said.currency(step.currency);
}

/** A rule in a few words: where its text comes from, and what is done to it. */
export function ruleInWords(rule: Rule): string {
  const names = (rule.from ?? []).map(partName);
  const between = rule.with ?? null;
  const source =
    (rule.constant ?? null) !== null
      ? texts.always(rule.constant ?? '')
      : between !== null && names.length > 1
        ? texts.join(names, between)
        : texts.else(names);
  return [source, ...(rule.steps ?? []).map(saidOf)].join(' → ');
}

/**
 * The mapping with that rule in the place of another, or without it. A new one stands in front, because what a person
 * chose beats what was derived.
 */
export function withRule(mapping: Mapping, at: number | null, rule: Rule | null, front = 0): Mapping {
  const { rules } = mapping;
  if (at === null) return rule === null ? mapping : { ...mapping, rules: rules.toSpliced(front, 0, rule) };
  const next = rule === null ? [] : [rule];
  return { ...mapping, rules: [...rules.slice(0, at), ...next, ...rules.slice(at + 1)] };
}

/**
 * The mapping without what one change did to it (`withRule` made `after` of `before`); the changes since then
 * stay. None when the rule that it made is not there any more.
 */
export function withoutChange(now: Mapping, before: Mapping, after: Mapping): Mapping | null {
  const same = (one: Rule | undefined, other: Rule | undefined): boolean =>
    one !== undefined && other !== undefined && hashKey([tidied(one)]) === hashKey([tidied(other)]);
  const at = before.rules.findIndex((rule, index) => !same(rule, after.rules[index]));
  const place = at < 0 ? before.rules.length : at;
  const was = after.rules.length > before.rules.length ? undefined : before.rules[place];
  const is = after.rules.length < before.rules.length ? undefined : after.rules[place];
  if (is === undefined) return was === undefined ? now : withRule(now, null, was, place);
  const found = now.rules.findIndex((rule) => same(rule, is));
  return found < 0 ? null : withRule(now, found, was ?? null);
}

/** As it is kept: nothing of what the form holds besides. */
export function tidied(rule: Rule): Rule {
  const constant = rule.constant ?? null;
  const from = constant === null ? (rule.from ?? []) : [];
  return {
    to: rule.to,
    from,
    with: from.length > 1 ? (rule.with ?? null) : null,
    constant: constant === null ? null : constant.trim(),
    steps: rule.steps ?? [],
  };
}

/** The lines of a lookup, as they are typed. */
export const linesOf = (rows: readonly { text: string; value: string }[]): string =>
  rows.map(({ text, value }) => `${text} = ${value}`).join('\n');

export function rowsOf(lines: string): { text: string; value: string }[] {
  return lines.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    const text = line.slice(0, Math.max(at, 0)).trim();
    return at < 0 || text === '' ? [] : [{ text, value: line.slice(at + 1).trim() }];
  });
}

/** Words with commas between them. */
export const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

export const DATE_ORDERS = Object.keys(texts.dates) as DateOrder[];

/** Targets under their headings, in the order of the catalogue. */
export function grouped(
  targets: readonly TargetOption[],
): { group: string; items: { value: string; label: string }[] }[] {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const { key, label, group } of targets) {
    groups.set(group, [...(groups.get(group) ?? []), { value: key, label }]);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}
