import { describe, expect, it } from 'vitest';
import type { DraftColumn, Mapping, Rule } from '@/api/bindings';
import { assign, assigned, isChosen, missing, sameBefore } from './mapping';
import { DRAFT } from './sample';

const plain = (to: string, ...headers: string[]): Rule => ({
  to,
  from: headers.map((header) => ({ first: [header], before: '', after: '' })),
});
const mapping = (...rules: Rule[]): Mapping => ({ ...DRAFT.mapping, rules });
const column = (index: number, header: string, target: string | null = null): DraftColumn => ({
  index,
  header,
  name: header,
  samples: [],
  target,
  why: 'none',
});

describe('choosing what a column is', () => {
  it('adds it to what else has the same target, after them', () => {
    const { rules } = assign(mapping(plain('email', 'Email')), 'Work Email', 'email');
    expect(rules).toEqual([plain('email', 'Email', 'Work Email')]);
  });

  it('takes it out of everything else, and rules that are left without a column with it', () => {
    const derived: Rule = { ...plain('management_level', 'Title'), steps: ['first_name'] };
    const { rules } = assign(mapping(plain('job_title', 'Title'), derived), 'Title', 'industry');
    expect(rules).toEqual([plain('industry', 'Title')]);
  });

  it('stands before what was derived, and beside no rule that does more', () => {
    const joined: Rule = { ...plain('phone', 'Area', 'Number'), with: ' ' };
    const { rules } = assign(mapping(joined), 'Direct', 'phone');
    expect(rules).toEqual([plain('phone', 'Direct'), joined]);
  });

  it('keeps what is the same for every row', () => {
    const source: Rule = { to: 'lead_source', from: [], constant: 'Apollo.io' };
    expect(assign(mapping(source, plain('email', 'Email')), 'Email', null).rules).toEqual([source]);
  });

  it('shows at once, and leaves the draft as it was', () => {
    const next = assigned(DRAFT, 2, 'industry');
    expect(next.columns[2]).toMatchObject({ target: 'industry', why: 'person' });
    expect(DRAFT.columns[2]?.target).toBeNull();
    expect(next.mapping.rules[0]).toEqual(plain('industry', 'Remarks'));
  });
});

it('columns of the same name are told apart by the names that the host gives them', () => {
  const columns = [column(0, 'Phone', 'phone'), { ...column(1, 'Phone', 'phone'), name: 'Phone [2]' }];
  const draft = { ...DRAFT, columns, mapping: mapping(plain('phone', 'Phone', 'Phone [2]')) };
  expect(assigned(draft, 1, 'company_phone').mapping.rules).toEqual([
    plain('company_phone', 'Phone [2]'),
    plain('phone', 'Phone'),
  ]);
});

it('only what a person chose is worth being remembered', () => {
  expect(isChosen(DRAFT)).toBe(false);
  expect(isChosen(assigned(DRAFT, 2, 'industry'))).toBe(true);
});

describe('what a file lacks', () => {
  const lacks = (...targets: string[]) => missing(mapping(...targets.map((target) => plain(target, target))));
  it('is nothing where it says who, where and how', () => {
    expect(lacks('first_name', 'company_name', 'email')).toEqual([]);
    expect(lacks('person_name', 'company_name', 'email')).toEqual([]);
  });
  it('is one thing where nobody could be told from anybody', () => {
    expect(lacks('industry')).toHaveLength(1);
    expect(lacks('first_name')).toEqual([expect.stringContaining('Every row would be rejected')]);
  });
  it('is told one by one where leads would come in incomplete', () => {
    expect(lacks('email')).toEqual(['No column holds the name of a person.', 'No column holds a company.']);
    expect(lacks('last_name', 'company_name')).toEqual(['No column holds an e-mail address or a phone number.']);
  });
});

describe('two columns for one target', () => {
  it('names the one that counts first', () => {
    const columns = [column(0, 'Email', 'email'), column(1, 'City'), column(2, 'Work Email', 'email')];
    expect(sameBefore(columns, 2)?.header).toBe('Email');
    expect(sameBefore(columns, 0)).toBeUndefined();
    expect(sameBefore(columns, 1)).toBeUndefined();
  });
});
