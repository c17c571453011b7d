/** Imports for tests: a small file, and everything that can become of its rows. */
import type { ImportDraft, ImportRowView, ImportSummary, PlanView } from '@/api/bindings';
import { RULES } from '@/components/rules/sample';

export const SUMMARY: ImportSummary = {
  id: 12,
  file_name: 'apollo-contacts.csv',
  source: 'Apollo.io',
  state: 'draft',
  at: '2026-11-20T09:30:00Z',
  by: 4,
  rows: 0,
  planned: [],
  done: [],
  undoable: false,
  problem: null,
};

export const DRAFT: ImportDraft = {
  summary: SUMMARY,
  shape: {
    name: 'apollo-contacts.csv',
    bytes: 4_200_000,
    format: 'csv',
    encoding: 'windows-1252',
    delimiter: ';',
    sheets: [],
    sheet: null,
    header_line: 1,
    warnings: ['Two columns are called “Phone”.'],
  },
  options: { sheet: null, delimiter: null, encoding: null, header_line: null, default_country: null },
  columns: [
    {
      index: 0,
      header: 'Email',
      name: 'Email',
      samples: ['jane@acme.co.uk', 'bob@initech.com'],
      target: 'email',
      why: 'preset',
    },
    { index: 1, header: 'Company', name: 'Company', samples: ['Acme Ltd'], target: 'company_name', why: 'header' },
    { index: 2, header: 'Remarks', name: 'Remarks', samples: [], target: null, why: 'none' },
    { index: 3, header: 'Column 4', name: 'Column 4', samples: ['+44 20 7946 0018'], target: 'phone', why: 'content' },
  ],
  provider: 'Apollo.io',
  mapping: RULES.mapping,
  preview: [
    {
      line: 2,
      values: [
        ['email', 'jane@acme.co.uk'],
        ['company_name', 'Acme Ltd'],
      ],
      problems: [],
      quality: 70,
    },
    {
      line: 3,
      values: [['company_name', 'Initech']],
      problems: ['“bob@” is no e-mail address.'],
      quality: 15,
    },
  ],
  targets: RULES.targets,
};

export const PLAN: PlanView = {
  summary: { ...SUMMARY, state: 'planned', rows: 100 },
  outcomes: [
    { outcome: 'created', rows: 60 },
    { outcome: 'updated', rows: 20 },
    { outcome: 'skipped', rows: 10 },
    { outcome: 'review', rows: 7 },
    { outcome: 'rejected', rows: 3 },
  ],
  review_below: 50,
  quality: [3, 0, 0, 0, 7, 0, 0, 30, 0, 60],
  problems: [{ reason: 'The e-mail address is not valid', rows: 5, line: 3, example: 'bob@', shown: 2 }],
  duplicates: 30,
  inside: 1,
  differences: [],
};

export const row = (line: number, change: Partial<ImportRowView> = {}): ImportRowView => ({
  line,
  outcome: 'updated',
  label: `Company ${line} – Jane Doe`,
  ticket: 100 + line,
  quality: 70,
  evidence: ['The same e-mail address'],
  updated: ['phone'],
  preserved: [],
  problem: null,
  ...change,
});
