import { describe, expect, it } from 'vitest';
import type { NeededField } from '@/api/bindings';
import {
  answersOf,
  type DropFormState,
  isMissing,
  missingCount,
  type Needs,
  reduceDropForm,
  startDropForm,
  toRequest,
} from './dropForm';

const need = (field: string, change: Partial<NeededField> = {}): NeededField => ({
  field,
  or: [],
  hint: null,
  current: null,
  problem: null,
  ...change,
});
const needs = (common: NeededField[], byTicket: Record<number, NeededField[]> = {}): Needs => ({
  outcome: 'needs',
  label: 'Qualify',
  common,
  by_ticket: Object.entries(byTicket).map(([ticket, fields]) => ({
    ticket: Number(ticket),
    label: `Ticket ${ticket}`,
    fields,
    party: null,
  })),
});
const answer = (state: DropFormState, field: string, value: string, ticket: number | null = null): DropFormState =>
  reduceDropForm(state, { type: 'answer', place: { ticket, field }, value });

describe('the form at the drop', () => {
  it('starts with what is there but is not enough', () => {
    const state = startDropForm(needs([need('fit_score', { current: '55', hint: 'At least 70' })]));
    expect(answersOf(state, null)).toEqual({ fit_score: '55' });
    expect(missingCount(state)).toBe(0);
  });

  it('is satisfied by any one of several fields', () => {
    const either = need('email', { or: ['phone'] });
    expect(isMissing(either, {})).toBe(true);
    expect(isMissing(either, { phone: '020 7946 0018' })).toBe(false);
    expect(isMissing(either, { email: '   ' })).toBe(true);
  });

  it('counts what is missing, of all and of each', () => {
    let state = startDropForm(needs([need('timeframe')], { 1: [need('pain_points')], 2: [need('pain_points')] }));
    expect(missingCount(state)).toBe(3);
    state = answer(state, 'timeframe', 'This year');
    state = answer(state, 'pain_points', 'Slow support', 2);
    expect(missingCount(state)).toBe(1);
  });

  it('sends common answers once and own answers with their ticket, without empty ones', () => {
    let state = startDropForm(
      needs([need('timeframe'), need('budget_range')], { 1: [need('fit_score')], 2: [need('fit_score')] }),
    );
    state = answer(state, 'timeframe', 'This year');
    state = answer(state, 'budget_range', '  ');
    state = answer(state, 'fit_score', '80', 2);
    expect(toRequest(state, [1, 2], 'qualified')).toEqual({
      tickets: [1, 2],
      target: 'qualified',
      answers: { timeframe: 'This year' },
      answers_by_ticket: [[2, { fit_score: '80' }]],
      parties: [],
    });
  });

  it('fills the same answer into every ticket that asks for it, and into no other', () => {
    let state = startDropForm(
      needs([], { 1: [need('fit_score')], 2: [need('fit_score')], 3: [need('email', { or: ['phone'] })] }),
    );
    state = reduceDropForm(state, { type: 'fill', field: 'fit_score', value: '75' });
    expect([1, 2, 3].map((ticket) => answersOf(state, ticket).fit_score)).toEqual(['75', '75', undefined]);
  });

  describe('when the host asks again', () => {
    const first = needs([need('timeframe'), need('budget_range')], { 1: [need('fit_score')] });
    let state = startDropForm(first);
    state = answer(state, 'timeframe', 'This year');
    state = answer(state, 'budget_range', 'lots');
    state = answer(state, 'fit_score', 'high', 1);
    const again = needs([need('decision_maker')], {
      1: [need('fit_score', { problem: '“high” is no number.', current: '55' })],
    });
    const asked = reduceDropForm(state, { type: 'asked', needs: again });

    it('keeps every answer, also one that was not accepted', () => {
      expect(answersOf(asked, null)).toEqual({ timeframe: 'This year', budget_range: 'lots' });
      expect(answersOf(asked, 1)).toEqual({ fit_score: 'high' });
    });

    it('keeps the fields in their places, adds the new ones, and says what was wrong', () => {
      expect(asked.needs.common.map((one) => one.field)).toEqual(['timeframe', 'budget_range', 'decision_maker']);
      expect(asked.needs.by_ticket[0]?.fields[0]?.problem).toBe('“high” is no number.');
      expect(asked.tried).toBe(true);
    });

    it('still sends the answers that were accepted before', () => {
      expect(toRequest(asked, [1], 'qualified').answers).toEqual({ timeframe: 'This year', budget_range: 'lots' });
    });

    it('takes a problem back that has been settled', () => {
      const settled = reduceDropForm(asked, { type: 'asked', needs: needs([need('decision_maker')]) });
      expect(settled.needs.by_ticket[0]?.fields[0]?.problem).toBeNull();
    });
  });
});
