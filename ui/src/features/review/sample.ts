/** Items of the queue for the tests. */
import type { Pick, ReviewDetail, ReviewField, ReviewRow, SideValue } from '@/api/bindings';

export const rowOf = (key: string, change: Partial<ReviewRow> = {}): ReviewRow => ({
  key,
  reason: 'possible_duplicate',
  label: `Company ${key}`,
  source: 'Apollo',
  opened_at: '2026-11-20T10:00:00Z',
  assigned_to: null,
  ticket: 10,
  summary: 'Same name, same town',
  ...change,
});

const side = (shown: string, source: string): SideValue => ({
  shown,
  input: shown,
  source,
  at: '2026-11-12T09:00:00Z',
  confidence: 'provider',
});

export const fieldOf = (key: string, left: string, right: string, recommended: Pick): ReviewField => ({
  key,
  field: key,
  label: `Label ${key}`,
  left: side(left, 'Lusha'),
  right: side(right, 'Apollo'),
  differs: left !== right,
  recommended,
  editable: true,
  choices: [],
});

export const detailOf = (row: ReviewRow, change: Partial<ReviewDetail> = {}): ReviewDetail => ({
  row,
  evidence: ['Both are called Jane Doe.', 'Both numbers are in Leeds.'],
  left: { title: 'Here', card: null },
  right: { title: 'Apollo, line 12', card: null },
  fields: [
    fieldOf('job_title', 'Director', 'Managing Director', 'right'),
    fieldOf('company', 'Acme Ltd', 'Acme Limited', 'left'),
    fieldOf('city', 'Leeds', 'Leeds', 'left'),
  ],
  recommendation: { action: 'merge', text: 'Merge them into Acme Ltd – Jane Doe.' },
  can: ['merge', 'not_same', 'discard'],
  cluster: [],
  moves: [],
  cells: [],
  ...change,
});
