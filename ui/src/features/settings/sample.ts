/** A mapping for tests: a small tenant with everything that a row can show. */
import type { MappedField, MappedSlot, MappingView, TenantItem } from '@/api/bindings';

export const item = (id: number, name: string, more: Partial<TenantItem> = {}): TenantItem => ({
  id,
  name,
  label: '',
  kind: 0,
  kind_name: '',
  ...more,
});

export const row = (more: Partial<MappedSlot> & Pick<MappedSlot, 'slot' | 'label'>): MappedSlot => ({
  lifecycle: null,
  id: null,
  confidence: 'exact',
  proposal: null,
  problem: null,
  ...more,
});

export const field = (more: Partial<MappedField> & Pick<MappedField, 'field' | 'label'>): MappedField => ({
  group: 'Research',
  kind: 'text',
  native: null,
  custom: null,
  accepts: [0, 1],
  policy: 'halo_wins',
  usual_policy: 'halo_wins',
  policy_fixed: false,
  ...more,
});

const stage = (key: string) => ({ at: 'stage', stage: key }) as const;

export const MAPPING: MappingView = {
  address: 'https://acme.halopsa.com',
  signed_in_as: 'Leadline Service',
  read_at: '2026-11-20T09:00:00Z',
  blocked: false,
  edit: {
    version: 3,
    choices: { ticket_types: {}, stages: {}, fields: {}, note_outcome: null, call_outcome: null },
    settings: { team: null, promotion: { how: 'in_place' } },
    policies: { stage: 'ask', owner: 'ask', fields: {} },
    connection: { poll_interval_s: 60, redirect_port: 8765 },
  },
  ticket_types: [row({ slot: { at: 'ticket_type', lifecycle: 'lead' }, label: 'Lead', lifecycle: 'lead', id: 41 })],
  stages: [
    row({ slot: stage('contacted'), label: 'Contacted', lifecycle: 'lead', id: 53 }),
    row({
      slot: stage('engaged'),
      label: 'Engaged',
      lifecycle: 'lead',
      confidence: 'missing',
      proposal: item(54, 'Warm'),
    }),
  ],
  outcomes: [row({ slot: { at: 'note_outcome' }, label: 'Notes', id: 7 })],
  fields: [
    field({ field: 'email', label: 'E-mail', group: 'Contact', native: 'oppemailaddress' }),
    field({
      field: 'lead_source',
      label: 'Lead source',
      custom: row({ slot: { at: 'field', field: 'lead_source' }, label: 'Lead source', id: 226 }),
    }),
    field({
      field: 'do_not_contact',
      label: 'Do not contact',
      accepts: [6],
      policy: 'on_wins',
      usual_policy: 'on_wins',
      policy_fixed: true,
      custom: row({ slot: { at: 'field', field: 'do_not_contact' }, label: 'Do not contact', confidence: 'missing' }),
    }),
    field({ field: 'first_name', label: 'First name', group: 'Contact', accepts: [] }),
  ],
  offers: {
    ticket_types: [item(1, 'Incident'), item(41, 'Lead')],
    statuses: [item(53, 'Contacted'), item(54, 'Warm')],
    outcomes: [item(7, 'Private Note')],
    custom_fields: [
      item(226, 'CFleadSource', { label: 'Lead source', kind_name: 'Text' }),
      item(230, 'CFdoNotContact', { label: 'Do not contact', kind: 6, kind_name: 'Checkbox' }),
    ],
    teams: ['Sales'],
  },
  missing: [],
  missing_text: '',
  changes: [],
  remarks: [],
};
