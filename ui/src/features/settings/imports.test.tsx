import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ImportRules as Rules, SavedMapping } from '@/api/bindings';
import { host } from '@/api/host';
import { RULES } from '@/components/rules/sample';
import { toast } from '@/components/toast';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import { ImportRules } from './ImportRules';
import { moved } from './order';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const IMPORT_RULES: Rules = {
  review_below: 50,
  order: {
    contact_info: ['ZoomInfo', 'Apollo.io', 'Hunter.io'],
    company_info: ['ZoomInfo'],
    email_verification: [],
    phone_numbers: [],
    social_media: [],
    technographics: [],
  },
};
const SAVED: SavedMapping = {
  signature: 'company email',
  name: 'Apollo contacts',
  provider: 'Apollo.io',
  columns: 42,
  used_at: '2026-11-12T09:00:00Z',
};

async function open() {
  answer({ importRules: IMPORT_RULES, importMappings: [SAVED], importMappingJson: '{"version":1}' });
  const set = vi.spyOn(host, 'setImportRules').mockImplementation(async (rules) => rules);
  const tell = vi.spyOn(toast, 'saved').mockReturnValue();
  const shown = renderScreen(<ImportRules />);
  await screen.findByTestId('import-mapping-company email');
  return { ...shown, set, tell };
}

it('everybody can use them', async () => {
  const { container } = await open();
  await expectAccessible(container);
});

describe('the rules of imports', () => {
  it('say below which quality rows go to review; the change can be taken back', async () => {
    const { set, tell } = await open();
    const box = screen.getByLabelText('Rows below this quality go to Review');
    fireEvent.change(box, { target: { value: '65' } });
    fireEvent.blur(box);
    await waitFor(() => expect(set).toHaveBeenCalledExactlyOnceWith({ ...IMPORT_RULES, review_below: 65 }));
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    tell.mock.calls[0]?.[1]();
    await waitFor(() => expect(set).toHaveBeenLastCalledWith(IMPORT_RULES));
  });

  it('do not take what is no quality', async () => {
    const { set } = await open();
    const box = screen.getByLabelText('Rows below this quality go to Review');
    fireEvent.change(box, { target: { value: '' } });
    fireEvent.blur(box);
    expect(screen.getByText('A whole number from 0 to 100.')).toBeTruthy();
    expect(set).not.toHaveBeenCalled();
  });

  it('are taken back one by one: what was changed since stays', async () => {
    const { set, tell } = await open();
    const box = screen.getByLabelText('Rows below this quality go to Review');
    fireEvent.change(box, { target: { value: '65' } });
    fireEvent.blur(box);
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    fireEvent.click(screen.getByLabelText('Contact details: move Hunter.io up'));
    await waitFor(() => expect(tell).toHaveBeenCalledTimes(2));
    tell.mock.calls[0]?.[1]();
    await waitFor(() =>
      expect(set).toHaveBeenLastCalledWith({
        ...IMPORT_RULES,
        order: { ...IMPORT_RULES.order, contact_info: ['ZoomInfo', 'Hunter.io', 'Apollo.io'] },
      }),
    );
  });

  it('are not said to be saved when they are not', async () => {
    const { set, tell } = await open();
    const failed = vi.spyOn(toast, 'failure').mockReturnValue();
    set.mockRejectedValue(new Error('the disk is full'));
    fireEvent.click(screen.getByLabelText('Contact details: move Hunter.io up'));
    await waitFor(() => expect(failed).toHaveBeenCalledOnce());
    expect(tell).not.toHaveBeenCalled();
  });

  it('put providers in order', async () => {
    const { set } = await open();
    const group = within(screen.getByLabelText('Contact details'));
    expect(group.getByLabelText('Contact details: move ZoomInfo up')).toHaveProperty('disabled', true);
    fireEvent.click(group.getByLabelText('Contact details: move Hunter.io up'));
    await waitFor(() =>
      expect(set).toHaveBeenCalledExactlyOnceWith({
        ...IMPORT_RULES,
        order: { ...IMPORT_RULES.order, contact_info: ['ZoomInfo', 'Hunter.io', 'Apollo.io'] },
      }),
    );
  });
});

describe('what is remembered of files', () => {
  it('is renamed when the name is left', async () => {
    answer({ renameImportMapping: null });
    await open();
    const name = screen.getByLabelText('Name of “Apollo contacts”');
    fireEvent.change(name, { target: { value: ' Apollo, weekly ' } });
    fireEvent.blur(name);
    await waitFor(() =>
      expect(host.renameImportMapping).toHaveBeenCalledExactlyOnceWith('company email', 'Apollo, weekly'),
    );
    // An empty name is none.
    fireEvent.change(name, { target: { value: ' ' } });
    fireEvent.blur(name);
    expect(name).toHaveProperty('value', 'Apollo contacts');
  });

  it('is forgotten, and remembered again by undo', async () => {
    answer({ deleteImportMapping: null, readImportMapping: SAVED });
    const { tell } = await open();
    fireEvent.click(screen.getByLabelText('Forget “Apollo contacts”'));
    await waitFor(() => expect(host.deleteImportMapping).toHaveBeenCalledExactlyOnceWith('company email'));
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    tell.mock.calls[0]?.[1]();
    await waitFor(() => expect(host.readImportMapping).toHaveBeenCalledExactlyOnceWith('{"version":1}'));
  });

  it('shows its rules; a change counts at once and can be taken back', async () => {
    answer({ savedMappingRules: RULES, setSavedMapping: null });
    const { tell } = await open();
    const button = screen.getByLabelText('Rules of “Apollo contacts”');
    expect(button.getAttribute('aria-expanded')).toBe('false');
    fireEvent.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    const list = await screen.findByRole('region', { name: 'How values are made' });
    await expectAccessible(list);
    fireEvent.click(await screen.findByLabelText('Change how E-mail is made'));
    await screen.findByTestId('rule');
    fireEvent.click(screen.getByText('Remove the rule'));
    const rules = RULES.mapping.rules.slice(1);
    await waitFor(() =>
      expect(host.setSavedMapping).toHaveBeenCalledExactlyOnceWith('company email', { ...RULES.mapping, rules }),
    );
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    answer({ savedMappingRules: { ...RULES, mapping: { ...RULES.mapping, rules } } });
    tell.mock.calls[0]?.[1]();
    await waitFor(() => expect(host.setSavedMapping).toHaveBeenLastCalledWith('company email', RULES.mapping));
  });

  it('is read in from a file', async () => {
    answer({ readImportMapping: SAVED });
    await open();
    const file = new File(['{"version":1}'], 'mapping.json');
    fireEvent.change(screen.getByTestId('settings-read-import-mapping'), { target: { files: [file] } });
    await waitFor(() => expect(host.readImportMapping).toHaveBeenCalledExactlyOnceWith('{"version":1}'));
  });
});

it('a name moves among others and stays at the ends', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a'], 'x', 1)).toEqual(['a']);
});
