import { describe, expect, it } from 'vitest';
import type { ActivityRow, FieldRow, HistoryRow, Stage, StageEntryRow } from '@/api/bindings';
import { makeFormats } from '@/lib/formats';
import { provenanceText } from './provenance';
import { stagePath } from './stagePath';
import { keeps, mergeTimeline } from './timeline';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('the timeline', () => {
  const activity = (id: number, at: string, kind: ActivityRow['kind']): ActivityRow =>
    ({ id, at, kind }) as ActivityRow;
  const change = (operation: number, at: string): HistoryRow => ({ operation, at }) as HistoryRow;
  const entries = mergeTimeline(
    [
      activity(1, '2026-11-01T10:00:00Z', 'call'),
      activity(2, '2026-11-03T10:00:00Z', 'note'),
      activity(3, '2026-11-04T10:00:00Z', 'system'),
    ],
    // The same moment, written with an offset.
    [change(7, '2026-11-02T12:00:00+02:00')],
  );

  it('is one order, newest first', () => {
    expect(entries.map((entry) => entry.key)).toEqual(['a3', 'a2', 'o7', 'a1']);
  });

  it.each([
    ['all', ['a3', 'a2', 'o7', 'a1']],
    ['calls', ['a1']],
    ['notes', ['a2']],
    ['messages', []],
    ['changes', ['a3', 'o7']],
  ] as const)('shows %s', (filter, expected) => {
    expect(entries.filter((entry) => keeps(filter, entry)).map((entry) => entry.key)).toEqual(expected);
  });
});

describe('the stage path', () => {
  const stage = (key: string, exit = false, lifecycle: Stage['lifecycle'] = 'lead'): Stage =>
    ({ key, exit, lifecycle, label: key }) as Stage;
  const stages = [
    stage('new'),
    stage('researching'),
    stage('contacted'),
    stage('no_interest', true),
    stage('qualified', false, 'prospect'),
  ];
  const stay = (key: string, from: string, to: string | null, rebuilt = false): StageEntryRow => ({
    lifecycle: 'lead',
    stage: key,
    entered_at: from,
    left_at: to,
    by: null,
    rebuilt,
  });

  it('adds up all stays and leaves out other lifecycles and exits', () => {
    const steps = stagePath(
      stages,
      [
        stay('new', '2026-11-01T12:00:00Z', '2026-11-03T12:00:00Z', true),
        stay('researching', '2026-11-03T12:00:00Z', '2026-11-10T12:00:00Z'),
        stay('new', '2026-11-10T12:00:00Z', '2026-11-11T12:00:00Z'),
        stay('researching', '2026-11-11T12:00:00Z', null),
      ],
      'researching',
      NOW,
    );
    expect(steps.map((step) => [step.stage.key, step.state, step.days, step.rebuilt])).toEqual([
      ['new', 'past', 3, true],
      ['researching', 'current', 17, false],
      ['contacted', 'ahead', null, false],
    ]);
  });

  it('shows the exit a ticket is in', () => {
    const steps = stagePath(stages, [], 'no_interest', NOW);
    expect(steps.map((step) => [step.stage.key, step.state])).toEqual([
      ['new', 'past'],
      ['researching', 'past'],
      ['contacted', 'past'],
      ['no_interest', 'current'],
    ]);
  });

  it('is empty for a stage that the workflow no longer knows', () => {
    expect(stagePath(stages, [], 'gone', NOW)).toEqual([]);
  });
});

describe('provenance', () => {
  const formats = makeFormats('en-GB', 'UTC');
  const row = (
    source: FieldRow['stored']['provenance']['source'],
    by: number | null,
    before: FieldRow['before'],
  ): FieldRow => ({
    field: 'job_title',
    stored: {
      value: { type: 'text', value: 'Director' },
      raw: null,
      provenance: { source, at: '2026-11-12T10:00:00Z', by },
    },
    before,
  });
  const agent = (id: number | null) => (id === 3 ? ({ name: 'Sam Okoro' } as never) : undefined);

  it.each([
    [
      row({ kind: 'provider', name: 'Apollo.io' }, null, { type: 'text', value: 'Manager' }),
      'Apollo.io, 12 Nov; before: Manager',
    ],
    [row({ kind: 'person' }, 3, null), 'Typed in Leadline by Sam Okoro, 12 Nov'],
    [row({ kind: 'halopsa' }, null, null), 'HaloPSA, 12 Nov'],
    [row({ kind: 'rule', name: 'Lead score' }, null, null), 'Rule “Lead score”, 12 Nov'],
  ])('%#', (given, expected) => {
    expect(provenanceText(given, agent, formats, NOW)).toBe(expected);
  });
});
