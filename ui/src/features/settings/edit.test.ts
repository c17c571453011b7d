import { describe, expect, it } from 'vitest';
import {
  changeCount,
  choiceOf,
  choose,
  fitting,
  isUnsure,
  itemLabel,
  NOTHING,
  problemCount,
  readValue,
  rereads,
  setPolicy,
  shownValue,
} from './edit';
import { field, item, MAPPING, row } from './sample';

const { edit } = MAPPING;
const contacted = { at: 'stage', stage: 'contacted' } as const;
const notes = { at: 'note_outcome' } as const;
const lead = { at: 'ticket_type', lifecycle: 'lead' } as const;

describe('a choice', () => {
  it.each([
    [contacted, 54],
    [contacted, null],
    [lead, 1],
    [notes, 7],
    [{ at: 'call_result', result: 'no_answer' } as const, 104],
    [{ at: 'field', field: 'lead_source' } as const, 226],
  ])('of %o is %o and can be taken back', (slot, choice) => {
    const chosen = choose(edit, slot, choice);
    expect(choiceOf(chosen.choices, slot)).toBe(choice);
    expect(changeCount(edit, chosen)).toBe(1);
    const back = choose(chosen, slot, undefined);
    expect(choiceOf(back.choices, slot)).toBeUndefined();
    expect(changeCount(edit, back)).toBe(0);
    expect(choiceOf(edit.choices, slot)).toBeUndefined();
  });

  it('is shown before the host has looked at it', () => {
    const stage = row({ slot: contacted, label: 'Contacted', id: 53 });
    expect(shownValue(edit.choices, stage)).toBe('53');
    expect(shownValue(choose(edit, contacted, 54).choices, stage)).toBe('54');
    expect(shownValue(choose(edit, contacted, null).choices, stage)).toBe(NOTHING);
    expect(shownValue(edit.choices, row({ slot: contacted, label: '' }))).toBeNull();
  });

  it.each([
    ['54', 54],
    ['nothing', null],
    ['named', undefined],
  ])('%s is read as %o', (value, expected) => {
    expect(readValue(value)).toBe(expected);
  });
});

describe('a policy', () => {
  const source = field({ field: 'lead_source', label: 'Lead source' });
  it('is kept only where it differs from the usual one', () => {
    const mine = setPolicy(edit, source, 'mine_wins');
    expect(mine.policies.fields).toEqual({ lead_source: 'mine_wins' });
    expect(changeCount(edit, mine)).toBe(1);
    expect(setPolicy(mine, source, 'halo_wins').policies.fields).toEqual({});
  });
});

it('counts every kind of change', () => {
  const changed = {
    ...choose(choose(edit, contacted, null), lead, 1),
    settings: { ...MAPPING.edit.settings, team: 'Sales' },
    policies: { ...edit.policies, owner: 'halo_wins' as const },
    connection: { poll_interval_s: 120, redirect_port: 8765 },
  };
  expect(changeCount(edit, changed)).toBe(5);
});

it('says when every ticket is read again: when something stands for something else', () => {
  expect(rereads(MAPPING, MAPPING)).toBe(false);
  const other = { ...MAPPING, stages: MAPPING.stages.map((stage) => ({ ...stage, id: 54 })) };
  expect(rereads(MAPPING, other)).toBe(true);
  const team = { ...MAPPING, edit: { ...edit, settings: { ...MAPPING.edit.settings, team: 'Sales' } } };
  expect(rereads(MAPPING, team)).toBe(false);
});

it('offers only fields that can hold the value', () => {
  const names = (accepts: number[]): string[] =>
    fitting(MAPPING.offers.custom_fields, field({ field: 'x', label: 'X', accepts })).map((found) => found.name);
  expect(names([6])).toEqual(['CFdoNotContact']);
  expect(names([0, 1])).toEqual(['CFleadSource']);
  expect(names([])).toEqual([]);
});

it('names an item so that it can be told from its likes', () => {
  expect(itemLabel(item(1, 'Contacted'))).toBe('Contacted');
  expect(itemLabel(item(1, 'CFa', { label: 'Alpha', kind_name: 'Text' }))).toBe('CFa · Alpha (Text)');
  expect(itemLabel(item(1, 'CFa', { kind_name: 'Memo' }))).toBe('CFa (Memo)');
});

it('knows what needs a look', () => {
  const slot = { slot: contacted, label: 'Contacted' };
  expect(isUnsure(row({ ...slot, confidence: 'exact' }))).toBe(false);
  expect(isUnsure(row({ ...slot, confidence: 'chosen' }))).toBe(false);
  expect(isUnsure(row({ ...slot, confidence: 'off' }))).toBe(false);
  for (const confidence of ['missing', 'likely', 'kept'] as const)
    expect(isUnsure(row({ ...slot, confidence }))).toBe(true);
  expect(isUnsure(row({ ...slot, problem: 'No.' }))).toBe(true);
  expect(problemCount({ ...MAPPING, stages: [row({ ...slot, problem: 'No.' })] })).toBe(1);
});
