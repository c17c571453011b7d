import { describe, expect, it } from 'vitest';
import type { AgentRow, Card, Stage, TargetVerdict } from '@/api/bindings';
import { cardSentence, headline } from '@/components/tickets/cardText';
import { makeFormats } from '@/lib/formats';
import { dropWords } from './DropSign';

const formats = makeFormats('en-GB', 'UTC');
const NOW = Date.parse('2026-11-21T12:00:00Z');
const stage: Stage = {
  key: 'contacted',
  lifecycle: 'lead',
  label: 'Contacted',
  exit: false,
  requires: [],
  rotting_days: 7,
  wip_limit: null,
};
const base: Card = {
  id: 1,
  halo_id: 40001,
  lifecycle: 'lead',
  stage: 'contacted',
  company: 'Acme Ltd',
  person: 'Jane Doe',
  owner: 3,
  value: null,
  probability: null,
  fit_score: null,
  lead_score: 65,
  entered_at: '2026-11-20T12:00:00Z',
  next_action: null,
  next_action_at: null,
  do_not_contact: false,
  sync: 'synced',
};
const sam = { id: 3, name: 'Sam Okoro' } as AgentRow;

describe('a card in words', () => {
  it('says who, what and whose', () => {
    expect(cardSentence(base, stage, sam, false, NOW, formats)).toBe('Acme Ltd – Jane Doe, Score 65, Owner Sam Okoro');
  });

  it('says everything that is shown by sign or colour', () => {
    const card: Card = {
      ...base,
      entered_at: '2026-11-09T11:00:00Z',
      next_action: 'Call back',
      next_action_at: '2026-11-24T09:00:00Z',
      do_not_contact: true,
      sync: 'refused',
    };
    expect(cardSentence(card, stage, undefined, true, NOW, formats)).toBe(
      'Acme Ltd – Jane Doe, selected, Score 65, No owner, Call back, 24 Nov, Do not contact, stale 12 d, limit 7, HaloPSA refused a change',
    );
  });

  it('shows the value before any score', () => {
    expect(headline({ ...base, value: { minor: 1_250_000, currency: 'GBP' } }, formats)?.text).toBe('£12,500');
    expect(headline({ ...base, lifecycle: 'prospect', fit_score: 80 }, formats)?.text).toBe('Fit 80');
    expect(headline({ ...base, lead_score: null }, formats)).toBeNull();
  });
});

describe('a column in words while dragging', () => {
  const verdict = (change: Partial<TargetVerdict>): TargetVerdict => ({
    stage: 'x',
    allowed: 1,
    needs: 0,
    refused: null,
    label: 'Interested',
    ...change,
  });
  it.each([
    [verdict({}), 1, { title: 'Interested', text: '' }],
    [verdict({ needs: 1 }), 1, { title: 'Interested', text: 'asks for details' }],
    [
      verdict({ allowed: 2, needs: 1, refused: 'No.' }),
      3,
      { title: 'Interested', text: '2 of 3 can go · asks for details' },
    ],
    [verdict({ allowed: 0, refused: 'Contacted comes first.' }), 1, { title: '', text: 'Contacted comes first.' }],
    [verdict({ label: null }), 1, { title: 'Drop here', text: '' }],
  ])('%o of %i', (given, many, expected) => {
    expect(dropWords(given, many)).toEqual(expected);
  });
});
