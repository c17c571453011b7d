import { describe, expect, it } from 'vitest';
import type { Rule, Step } from '@/api/bindings';
import {
  column,
  grouped,
  kindOf,
  linesOf,
  newStep,
  rowsOf,
  ruleInWords,
  ruleProblem,
  STEP_KINDS,
  saidOf,
  stepProblem,
  tablesOf,
  tidied,
  withoutChange,
  withRule,
  wordsOf,
} from './rules';
import { RULES } from './sample';

const phone: Rule = { to: 'phone', from: [column('Direct'), column('Switchboard')] };

describe('a step', () => {
  it('is known by its kind again, and says what it does', () => {
    for (const kind of STEP_KINDS) {
      const step = newStep(kind, 'GBP');
      expect(kindOf(step)).toBe(kind);
      expect(saidOf(step)).not.toBe('');
    }
    expect(saidOf({ bracket: { table: 'employees' } })).toBe('bracket of Number of employees');
    expect(saidOf({ yes: ['y', 'si'] })).toBe('yes if y, si');
  });

  it('says what it lacks', () => {
    const wrong: Step[] = [
      { item: { separator: '', number: 1 } },
      { item: { separator: ',', number: 0 } },
      { lookup: { rows: [] } },
      { yes: [] },
      { currency: 'EU' },
      { bracket: { table: 'revenue', times: 0 } },
    ];
    for (const step of wrong) expect(stepProblem(step)).not.toBeNull();
    const begins = STEP_KINDS.filter((kind) => stepProblem(newStep(kind, 'GBP')) !== null);
    expect(begins, 'only a list of words begins empty').toEqual(['lookup']);
  });

  it('takes a table of its own sort', () => {
    expect(tablesOf('bracket').map((one) => one.value)).toContain('revenue');
    expect(tablesOf('table').map((one) => one.value)).not.toContain('revenue');
  });
});

describe('a rule', () => {
  it('says where its text comes from', () => {
    expect(ruleInWords(phone)).toBe('Direct, else Switchboard');
    expect(ruleInWords({ ...phone, with: ' / ' })).toBe('Direct + Switchboard, with “ / ” between them');
    expect(ruleInWords({ to: 'lead_source', from: [], constant: 'Fair' })).toBe('always “Fair”');
    expect(ruleInWords({ ...phone, steps: ['first_name'] })).toBe(
      'Direct, else Switchboard → first name of a full name',
    );
  });

  it('needs something to give, and somewhere to have it from', () => {
    expect(ruleProblem(phone)).toBeNull();
    expect(ruleProblem({ ...phone, to: '' })).toBe('Choose what the rule gives.');
    expect(ruleProblem({ to: 'phone', from: [] })).toBe('Choose a column, or give a text for every row.');
    expect(ruleProblem({ to: 'phone', from: [], constant: '  ' })).not.toBeNull();
    expect(ruleProblem({ ...phone, steps: [{ yes: [] }] })).toBe('Write at least one word.');
  });

  it('stands in front when it is new, in its place when it was changed, and nowhere when it was removed', () => {
    const { mapping } = RULES;
    expect(withRule(mapping, null, phone).rules).toEqual([phone, ...mapping.rules]);
    expect(withRule(mapping, 1, phone).rules).toEqual([mapping.rules[0], phone, mapping.rules[2]]);
    expect(withRule(mapping, 0, null).rules).toEqual(mapping.rules.slice(1));
  });

  it('keeps nothing that it does not use', () => {
    expect(tidied({ ...phone, constant: ' Fair ', with: ' ' })).toEqual({
      to: 'phone',
      from: [],
      with: null,
      constant: 'Fair',
      steps: [],
    });
    expect(tidied({ to: 'phone', from: [column('Direct')], with: ' ' }).with).toBeNull();
  });
});

describe('what is typed', () => {
  it('becomes the lines of a lookup and back', () => {
    const rows = rowsOf('SaaS = Software\n no sign \nHR=\n = nothing');
    expect(rows).toEqual([
      { text: 'SaaS', value: 'Software' },
      { text: 'HR', value: '' },
    ]);
    expect(linesOf(rows)).toBe('SaaS = Software\nHR = ');
  });

  it('becomes words', () => {
    expect(wordsOf(' yes,, si , 1')).toEqual(['yes', 'si', '1']);
  });
});

it('targets stand under their headings in the order they come', () => {
  const target = (key: string, group: string) => ({ key, label: key.toUpperCase(), group });
  expect(grouped([target('a', 'Contact'), target('b', 'Company'), target('c', 'Contact')])).toEqual([
    {
      group: 'Contact',
      items: [
        { value: 'a', label: 'A' },
        { value: 'c', label: 'C' },
      ],
    },
    { group: 'Company', items: [{ value: 'b', label: 'B' }] },
  ]);
});

describe('a change taken back', () => {
  const rule = (to: string): Rule => ({ to, from: [column(to)] });
  const of = (...names: string[]) => ({ ...RULES.mapping, rules: names.map(rule) });
  const names = (mapping: { rules: Rule[] } | null) => mapping?.rules.map(({ to }) => to);
  const before = of('email', 'phone', 'website');
  const replaced = withRule(before, 1, rule('mobile_phone'));
  const removed = withRule(before, 1, null);
  const added = withRule(before, null, rule('industry'));

  it('leaves what was changed since', () => {
    expect(names(withoutChange(replaced, before, replaced))).toEqual(['email', 'phone', 'website']);
    const since = withRule(replaced, 2, rule('company_name'));
    expect(names(withoutChange(since, before, replaced))).toEqual(['email', 'phone', 'company_name']);
    expect(names(withoutChange(withRule(removed, 0, null), before, removed))).toEqual(['website', 'phone']);
    expect(names(withoutChange(withRule(added, null, rule('city')), before, added))).toEqual([
      'city',
      'email',
      'phone',
      'website',
    ]);
    const last = withRule(before, 2, null);
    expect(names(withoutChange(last, before, last))).toEqual(['email', 'phone', 'website']);
  });

  it('is none where that very rule was changed again', () => {
    expect(withoutChange(withRule(replaced, 1, rule('company_phone')), before, replaced)).toBeNull();
    expect(withoutChange(before, before, added)).toBeNull();
  });

  it('knows a rule again, however its empty parts are written', () => {
    const read = { ...replaced, rules: replaced.rules.map(tidied) };
    expect(names(withoutChange(read, before, replaced))).toEqual(['email', 'phone', 'website']);
  });
});
