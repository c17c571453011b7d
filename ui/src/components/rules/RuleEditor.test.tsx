import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Rule } from '@/api/bindings';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import { RuleList } from './RuleList';
import { column } from './rules';
import { RULES } from './sample';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** The list of rules; what is kept is shown again. */
function open(rules: Rule[] = RULES.mapping.rules) {
  answer({});
  const mapping = { ...RULES.mapping, rules };
  const onMapping = vi.fn();
  const shown = renderScreen(<RuleList of={{ ...RULES, mapping }} currency="GBP" onMapping={onMapping} />);
  /** The rules as they are after the last change. */
  const kept = (): Rule[] => onMapping.mock.lastCall?.[0](mapping).rules ?? [];
  return { ...shown, onMapping, kept };
}

const dialog = () => screen.findByTestId('rule');
const choose = async (label: string, option: string): Promise<void> => {
  fireEvent.click(screen.getByLabelText(label, { selector: 'input' }));
  fireEvent.click(await screen.findByRole('option', { name: option, hidden: true }));
};
const press = (words: string): void => {
  fireEvent.click(screen.getByText(words).closest('button') ?? screen.getByText(words));
};

describe('the rules', () => {
  it('stand in a line each', async () => {
    const { container } = open([{ to: 'phone', from: [column('Direct'), column('Mobile')], steps: ['first_name'] }]);
    expect((await screen.findByTestId('import-rule-0')).textContent).toContain('Direct, else Mobile → first name');
    await expectAccessible(container);
  });

  it('say so when there are none', () => {
    open([]);
    expect(screen.getByText(/There is no rule yet/)).toBeTruthy();
  });
});

describe('a new rule', () => {
  it('joins columns and takes the first name of them', async () => {
    const { kept, onMapping } = open();
    press('Add a rule…');
    const shown = await dialog();
    await expectAccessible(shown);
    press('Use this rule');
    expect((await screen.findByRole('alert')).textContent).toBe('Choose what the rule gives.');
    await choose('What it gives', 'Industry');
    press('Use this rule');
    expect(screen.getByRole('alert').textContent).toBe('Choose a column, or give a text for every row.');
    await choose('Add a column…', 'Company');
    await choose('Add a column…', 'Remarks');
    fireEvent.click(screen.getByLabelText('Move Remarks before the one above it'));
    fireEvent.click(screen.getByText('Join them all'));
    fireEvent.change(await screen.findByLabelText('With this between them'), { target: { value: ' / ' } });
    await choose('Add a step…', 'First name of a full name');
    press('Use this rule');
    await waitFor(() => expect(onMapping).toHaveBeenCalledOnce());
    expect(kept()[0]).toEqual({
      to: 'industry',
      from: [column('Remarks'), column('Company')],
      with: ' / ',
      constant: null,
      steps: ['first_name'],
    });
    expect(kept()).toHaveLength(RULES.mapping.rules.length + 1);
  });

  it('gives the same text for every row', async () => {
    const { kept } = open();
    press('Add a rule…');
    await dialog();
    await choose('What it gives', 'Industry');
    fireEvent.click(screen.getByText('The same for every row'));
    fireEvent.change(await screen.findByLabelText('The text for every row'), { target: { value: 'Legal' } });
    press('Use this rule');
    expect(kept()[0]).toMatchObject({ to: 'industry', from: [], constant: 'Legal' });
  });
});

describe('a rule that is there', () => {
  it('is changed in its place, with words replaced', async () => {
    const { kept } = open();
    fireEvent.click(await screen.findByLabelText('Change how Company name is made'));
    await dialog();
    await choose('Add a step…', 'Replace words');
    press('Use this rule');
    expect((await screen.findByRole('alert')).textContent).toBe('Write at least one line with = in it.');
    const step = within(screen.getByRole('group', { name: 'Replace words' }));
    fireEvent.change(step.getByLabelText(/One a line/), { target: { value: 'ACME = Acme Ltd\nunfinished' } });
    fireEvent.click(step.getByLabelText('Leave out what is not listed'));
    press('Use this rule');
    expect(kept().map((rule) => rule.to)).toEqual(RULES.mapping.rules.map((rule) => rule.to));
    expect(kept()[1]?.steps).toEqual([
      { lookup: { rows: [{ text: 'ACME', value: 'Acme Ltd' }], otherwise_nothing: true } },
    ]);
  });

  it('is removed, or left as it is', async () => {
    const { kept, onMapping } = open();
    fireEvent.click(await screen.findByLabelText('Change how E-mail is made'));
    await dialog();
    press('Cancel');
    await waitFor(() => expect(screen.queryByTestId('rule')).toBeNull());
    expect(onMapping).not.toHaveBeenCalled();
    fireEvent.click(screen.getByLabelText('Change how E-mail is made'));
    await dialog();
    press('Remove the rule');
    expect(kept().map((rule) => rule.to)).toEqual(['company_name', 'first_name']);
  });

  it('keeps a step that is removed out of it', async () => {
    const { kept } = open([{ to: 'phone', from: [column('Direct')], steps: ['last_name', { currency: 'EUR' }] }]);
    fireEvent.click(await screen.findByLabelText('Change how Phone is made'));
    await dialog();
    fireEvent.click(screen.getByLabelText('Remove the step Surname of a full name'));
    fireEvent.change(screen.getByLabelText(/ISO code/), { target: { value: 'usd' } });
    press('Use this rule');
    expect(kept()[0]?.steps).toEqual([{ currency: 'USD' }]);
  });
});
