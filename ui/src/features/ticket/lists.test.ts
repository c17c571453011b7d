import { expect, it } from 'vitest';
import { changed } from './lists';

it('tells what was added to the lists and what was taken away', () => {
  expect(changed(['Hot', 'Spring'], ['Spring', 'Fair'])).toEqual({ added: ['Fair'], removed: ['Hot'] });
  expect(changed(['Hot'], ['hot'])).toEqual({ added: [], removed: [] });
  expect(changed([], [])).toEqual({ added: [], removed: [] });
});
