/**
 * Choosing what a column is, before the host has said what comes of it.
 *
 * `assign` does what the host's own mapping does, so that the choice stands at once; the host's answer replaces it.
 */
import type { DraftColumn, ImportDraft, Mapping, Part, Rule, SavedRules } from '@/api/bindings';
import { t } from '@/strings';

const isPlain = (rule: Rule): boolean =>
  (rule.with ?? null) === null && (rule.constant ?? null) === null && (rule.steps ?? []).length === 0;

const column = (name: string): Part => ({ first: [name], before: '', after: '' });

/** Maps the column of that name onto one target, or onto none, and takes it out of everything else. */
export function assign(mapping: Mapping, name: string, target: string | null): Mapping {
  const rules = mapping.rules
    .map((rule) => ({
      ...rule,
      from: (rule.from ?? [])
        .map((part) => ({ ...part, first: part.first.filter((other) => other !== name) }))
        .filter((part) => part.first.length > 0),
    }))
    .filter((rule) => rule.from.length > 0 || (rule.constant ?? null) !== null);
  if (target === null) return { ...mapping, rules };
  const at = rules.findIndex((rule) => rule.to === target && isPlain(rule));
  // In front, because what a person chose beats what was derived.
  if (at < 0) return { ...mapping, rules: [{ to: target, from: [column(name)] }, ...rules] };
  return {
    ...mapping,
    rules: rules.map((rule, index) => (index === at ? { ...rule, from: [...rule.from, column(name)] } : rule)),
  };
}

/** The draft with that choice shown, as long as the host has not answered. */
export function assigned(draft: ImportDraft, index: number, target: string | null): ImportDraft {
  const chosen = draft.columns.find((one) => one.index === index);
  if (chosen === undefined) return draft;
  return {
    ...draft,
    columns: draft.columns.map((one) => (one === chosen ? { ...one, target, why: 'person' } : one)),
    mapping: assign(draft.mapping, chosen.name, target),
  };
}

/** Whether any rule gives this target a value: from a column, or the same for every row. */
const gives = (mapping: Mapping, ...targets: string[]): boolean =>
  mapping.rules.some((rule) => targets.includes(rule.to));

/** What the file does not seem to say, the gravest first; nothing when it says enough to create leads. */
export function missing(mapping: Mapping): string[] {
  const texts = t.imports.columns.missing;
  const email = gives(mapping, 'email');
  const phone = gives(mapping, 'phone', 'mobile_phone', 'company_phone');
  const name = gives(mapping, 'person_name', 'first_name', 'last_name');
  const company = gives(mapping, 'company_name');
  if (!email && !phone && !(name && company)) return [texts.identity];
  return [name ? '' : texts.name, company ? '' : texts.company, email || phone ? '' : texts.reach].filter(
    (text) => text !== '',
  );
}

/** Whether a person chose anything that is worth being remembered. */
export const isChosen = (draft: ImportDraft): boolean => draft.columns.some((one) => one.why === 'person');

/** The columns before this one that have the same target: the first of them that says something counts. */
export function sameBefore(columns: readonly DraftColumn[], index: number): DraftColumn | undefined {
  const target = columns.find((one) => one.index === index)?.target ?? null;
  if (target === null) return undefined;
  return columns.find((one) => one.index < index && one.target === target);
}

/** The rules of a draft, with what they can read and give. */
export const rulesOf = ({ mapping, columns, targets }: ImportDraft): SavedRules => ({
  mapping,
  targets,
  columns: columns.map((one) => one.name),
});
