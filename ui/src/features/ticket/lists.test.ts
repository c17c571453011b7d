import { expect, it } from 'vitest';
import { byRule, changed } from './lists';

it('tells what was added to the lists and what was taken away', () => {
  expect(changed(['Hot', 'Spring'], ['Spring', 'Fair'])).toEqual({ added: ['Fair'], removed: ['Hot'] });
  expect(changed(['Hot'], ['hot'])).toEqual({ added: [], removed: [] });
  expect(changed([], [])).toEqual({ added: [], removed: [] });
});

it('sets the lists that a rule keeps apart, with the rule in words', () => {
  const known = [
    { name: 'Hot Leads', automatic: true, rule: 'Fit score above 80' },
    { name: 'Spring', automatic: false, rule: null },
    { name: 'Legal Services', automatic: true, rule: 'Industry: Legal Services' },
  ];
  expect(byRule(['hot leads', 'New', 'Spring'], known)).toEqual({
    own: ['New', 'Spring'],
    ruled: [{ name: 'hot leads', rule: 'Fit score above 80' }],
  });
  expect(byRule(['Spring'], [])).toEqual({ own: ['Spring'], ruled: [] });
});
