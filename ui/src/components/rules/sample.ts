/** The rules of a small file, for tests. */
import type { SavedRules } from '@/api/bindings';
import { column } from './rules';

export const RULES: SavedRules = {
  mapping: {
    version: 1,
    name: 'Apollo.io',
    provider: 'Apollo.io',
    country: null,
    currency: null,
    rules: [
      { to: 'email', from: [column('Email')] },
      { to: 'company_name', from: [column('Company')] },
      { to: 'first_name', from: [column('Name')] },
    ],
  },
  columns: ['Email', 'Company', 'Name', 'Remarks'],
  targets: [
    { key: 'email', label: 'E-mail', group: 'Contact' },
    { key: 'phone', label: 'Phone', group: 'Contact' },
    { key: 'company_name', label: 'Company name', group: 'Company' },
    { key: 'industry', label: 'Industry', group: 'Company' },
  ],
};
