import { describe, expect, it } from 'vitest';
import {
  changed,
  isNarrowed,
  periodOfView,
  REPORTS,
  readInsightsSearch,
  readView,
  sameView,
  shownReports,
  toggled,
  toInsightsFilter,
} from './view';

describe('an address', () => {
  it('is read as it was written', () => {
    const insights = {
      period: 'this_quarter',
      cohort: true,
      owner: 4,
      source: 'Apollo.io',
      segment: { by: 'industry', value: 'Legal' },
      lifecycle: 'opportunity',
      alone: true,
      tables: ['forecast'],
      without: ['agents'],
    };
    expect(readInsightsSearch({ insights, q: 'acme' })).toEqual({ insights });
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'funnel'],
    ['a list', []],
    ['nothing known', { colour: 'blue', period: 'fortnight', owner: 0, lifecycle: 'customer', cohort: 'yes' }],
    ['half a segment', { segment: { by: 'industry' } }],
    ['a segment of its own making', { segment: { by: 'name', value: 'Jane' } }],
    ['half a period', { from: '2026-01-01' }],
    ['no report', { tables: ['pie'], without: 'funnel' }],
  ])('with %s shows what is usual', (_name, insights) => {
    expect(readInsightsSearch({ insights })).toEqual({});
  });

  it('takes days before a name, in either order', () => {
    expect(readView({ period: 'this_year', from: '2026-03-31', to: '2026-01-01' })).toEqual({
      from: '2026-01-01',
      to: '2026-03-31',
    });
  });
});

it('asks the host with days and the zone', () => {
  expect(toInsightsFilter({ period: 'this_month', owner: 4 }, '2026-11-21', 'Europe/London')).toEqual({
    from: '2026-11-01',
    to: '2026-11-30',
    zone: 'Europe/London',
    cohort: false,
    owner: 4,
    source: null,
    segment: null,
    lifecycle: null,
  });
});

it('moves with the calendar where the period has a name, and stands still where it has not', () => {
  expect(periodOfView({}, '2026-11-21')).toEqual({ from: '2026-08-24', to: '2026-11-21' });
  expect(periodOfView({}, '2026-11-22')).toEqual({ from: '2026-08-25', to: '2026-11-22' });
  const days = { from: '2026-01-01', to: '2026-01-31' };
  expect(periodOfView(days, '2026-11-22')).toEqual(days);
});

it('is narrowed by whom and what, not by when', () => {
  expect(isNarrowed({ period: 'this_year', cohort: true, alone: true })).toBe(false);
  expect(isNarrowed({ lifecycle: 'lead' })).toBe(true);
});

describe('a change', () => {
  it('takes a part away with undefined', () => {
    expect(changed({ owner: 4, source: 'Apollo.io' }, { owner: undefined })).toEqual({ source: 'Apollo.io' });
  });

  it('of the period replaces days', () => {
    const days = { from: '2026-01-01', to: '2026-01-31' };
    expect(changed(days, { period: 'this_year', from: undefined, to: undefined })).toEqual({ period: 'this_year' });
  });

  it('keeps the reports in the order of the page', () => {
    expect(changed({ without: ['sources'] }, { without: toggled(['sources'], 'funnel') })).toEqual({
      without: ['funnel', 'sources'],
    });
    expect(changed({ without: ['sources'] }, { without: toggled(['sources'], 'sources') })).toEqual({});
  });
});

it('leaves out the reports that are left out', () => {
  expect(shownReports({})).toEqual([...REPORTS]);
  expect(shownReports({ without: ['forecast', 'agents'] })).toEqual([
    'funnel',
    'times',
    'outcomes',
    'sources',
    'imports',
  ]);
});

it('is the same view however it was put together', () => {
  expect(sameView({ owner: 4, period: 'this_year' }, { period: 'this_year', owner: 4 })).toBe(true);
  expect(sameView({ owner: 4 }, { owner: 5 })).toBe(false);
});
