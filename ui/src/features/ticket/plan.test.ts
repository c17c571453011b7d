import { describe, expect, it } from 'vitest';
import { laterBy, momentOf, standing } from './plan';

describe('planning', () => {
  it('reads a day and a time where this computer is', () => {
    expect(momentOf('2026-11-24', '10:30')?.getTime()).toBe(new Date(2026, 10, 24, 10, 30).getTime());
    expect(momentOf('', '10:30')).toBeNull();
    expect(momentOf('2026-11-24', '')).toBeNull();
    expect(momentOf('2026-11-24', '25:99')).toBeNull();
  });

  it('ends a meeting so many minutes later', () => {
    const start = new Date(2026, 10, 24, 23, 45);
    expect(laterBy(start, 30).getTime()).toBe(new Date(2026, 10, 25, 0, 15).getTime());
  });

  it('tells what is open, late and done', () => {
    const when = { start: '2026-11-24T10:00:00Z', end: '2026-11-24T11:00:00Z', done_at: null };
    const at = (text: string): number => Date.parse(text);
    expect(standing(when, at('2026-11-24T10:30:00Z'))).toBe('open');
    expect(standing(when, at('2026-11-24T11:30:00Z'))).toBe('overdue');
    expect(standing({ ...when, done_at: '2026-11-24T12:00:00Z' }, at('2026-11-25T00:00:00Z'))).toBe('done');
  });
});
