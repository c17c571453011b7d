import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MappingView } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { toast } from '@/components/toast';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import SettingsPage, { type SettingsTab } from './SettingsPage';
import { MAPPING } from './sample';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const contacted = 'What stands for Contacted in HaloPSA';

async function open(mapping: Partial<MappingView> = {}, tab: SettingsTab = 'halopsa') {
  const view = { ...MAPPING, ...mapping };
  answer({ mapping: view });
  // The host says what an edit would be: here just the edit.
  const check = vi.spyOn(host, 'checkMapping').mockImplementation((edit) => Promise.resolve({ ...view, edit }));
  const onPreferences = vi.fn();
  const shown = renderScreen(
    <SettingsPage tab={tab} onTab={vi.fn()} onPreferences={onPreferences} onPainted={vi.fn()} />,
  );
  await screen.findByRole('tablist');
  return { ...shown, check, onPreferences };
}

function pick(label: string, option: string): void {
  fireEvent.click(screen.getByRole('combobox', { name: label }));
  fireEvent.click(screen.getByRole('option', { name: option }));
}

describe('the mapping', () => {
  it('shows what stands for what, how sure that is, and proposes', async () => {
    const { container, onPreferences } = await open();
    const row = screen.getByTestId('slot-stage:engaged');
    expect(within(row).getByText('Not found')).toBeTruthy();
    expect(within(row).getByRole('button', { name: 'Use “Warm”' })).toBeTruthy();
    expect(screen.getByRole('combobox', { name: contacted })).toHaveProperty('value', 'Contacted');
    fireEvent.click(screen.getByRole('button', { name: 'Change' }));
    expect(onPreferences).toHaveBeenCalled();
    await expectAccessible(container);
  });

  it('is a draft until it is saved, and the saved one can be taken back', async () => {
    const { check } = await open();
    const saved = { ...MAPPING, edit: { ...MAPPING.edit, version: 4 } };
    const save = vi.spyOn(host, 'saveMapping').mockResolvedValue(saved);
    const tell = vi.spyOn(toast, 'saved').mockReturnValue();
    pick(contacted, 'Warm');
    const bar = await screen.findByTestId('settings-unsaved');
    expect(bar.textContent).toContain('1 change, not saved yet');
    const chosen = { ...MAPPING.edit, choices: { ...MAPPING.edit.choices, stages: { contacted: 54 } } };
    await waitFor(() => expect(check).toHaveBeenCalledWith(chosen));
    expect(save).not.toHaveBeenCalled();
    fireEvent.click(within(bar).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByTestId('settings-unsaved')).toBeNull());
    expect(save).toHaveBeenCalledWith(chosen);
    // Taking back is saving what was before, upon the version that is there now.
    tell.mock.calls[0]?.[1]();
    expect(save).toHaveBeenLastCalledWith({ ...MAPPING.edit, version: 4 });
  });

  it('can be discarded', async () => {
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Use “Warm”' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Discard' }));
    expect(screen.queryByTestId('settings-unsaved')).toBeNull();
  });

  it('is not saved while a choice cannot be', async () => {
    const { check } = await open();
    const stages = MAPPING.stages.map((stage) => ({ ...stage, problem: 'It cannot be told apart.' }));
    check.mockResolvedValue({ ...MAPPING, stages });
    pick(contacted, 'Warm');
    expect(await screen.findByText('2 choices cannot be')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', true);
    expect(screen.getAllByText('It cannot be told apart.')).toHaveLength(2);
  });

  it('keeps the draft when saving fails, and says why', async () => {
    await open();
    vi.spyOn(host, 'saveMapping').mockRejectedValue(
      new HostError({
        code: { kind: 'refused' },
        attempted: 'Save the mapping',
        happened: 'The mapping has changed meanwhile.',
        todo: 'Nothing was changed.',
        detail: null,
      }),
    );
    pick(contacted, 'Warm');
    fireEvent.click(await screen.findByRole('button', { name: 'Save' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The mapping has changed meanwhile.');
    expect(screen.getByTestId('settings-unsaved')).toBeTruthy();
  });
});

describe('how moves reach HaloPSA', () => {
  it('can be a new ticket for each opportunity, and says what that means', async () => {
    const { check } = await open();
    pick('How moves reach HaloPSA', 'The ticket is changed, an opportunity becomes a new one');
    const linked = { ...MAPPING.edit.settings, promotion: { how: 'linked_opportunity' } };
    await waitFor(() => expect(check).toHaveBeenCalledWith({ ...MAPPING.edit, settings: linked }));
    expect(screen.getByText(/the old one, which is closed with a note that points on/)).toBeTruthy();
    pick('How moves reach HaloPSA', 'Through the action “Private Note”');
    const byAction = { ...MAPPING.edit.settings, promotion: { how: 'by_action', outcome: 7 } };
    await waitFor(() => expect(check).toHaveBeenCalledWith({ ...MAPPING.edit, settings: byAction }));
  });
});

describe('what the tenant lacks', () => {
  const told = {
    gap: { what: 'field', field: 'lead_source', wanted: 'CFleadSource', kind: 'Text' } as const,
    title: 'Custom field “CFleadSource”',
    name: 'leadSource',
    kind: 'Text',
    options: [],
    place: 'Configuration',
    text: 'Create in HaloPSA: …',
    can_create: true,
  };

  it('comes with instructions to copy', async () => {
    const { container } = await open({ missing: [told] });
    const write = vi.fn().mockResolvedValue(undefined);
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: write } });
    fireEvent.click(screen.getByRole('button', { name: `Copy the instructions: ${told.title}` }));
    await waitFor(() => expect(write).toHaveBeenCalledWith(told.text));
    vi.unstubAllGlobals();
    await expectAccessible(container);
  });

  it('can be created where HaloPSA allows it', async () => {
    await open({ missing: [told] });
    const create = vi.spyOn(host, 'createMissingField').mockResolvedValue(MAPPING);
    fireEvent.click(screen.getByRole('button', { name: `Create it for me: ${told.title}` }));
    await waitFor(() => expect(screen.queryByTestId('settings-missing')).toBeNull());
    expect(create).toHaveBeenCalledWith('lead_source');
  });
});

it('reports what has changed in HaloPSA until it has been seen', async () => {
  const sentence = 'The status “Contacted” is now called “Reached”.';
  await open({ changes: [{ slot: { at: 'stage', stage: 'contacted' }, sentence, breaks: false }] });
  expect(screen.getByText(sentence)).toBeTruthy();
  const save = vi.spyOn(host, 'saveMapping').mockResolvedValue(MAPPING);
  fireEvent.click(screen.getByRole('button', { name: 'I have seen this' }));
  await waitFor(() => expect(screen.queryByTestId('settings-changes')).toBeNull());
  expect(save).toHaveBeenCalledWith(MAPPING.edit);
});

it('says what is missing before anything can be synced', async () => {
  await open({ blocked: true });
  expect(screen.getByText(/Nothing is synced until/)).toBeTruthy();
});

it('shows a mapping that was read from a file, and what of it is not here', async () => {
  await open();
  const remarks = ['This HaloPSA has no status “Talking”, so Contacted was left as it is.'];
  const read = vi.spyOn(host, 'importMapping').mockResolvedValue({
    ...MAPPING,
    edit: { ...MAPPING.edit, settings: { ...MAPPING.edit.settings, team: 'Sales' } },
    remarks,
  });
  const file = new File(['{}'], 'mapping.json', { type: 'application/json' });
  fireEvent.change(screen.getByTestId('settings-import'), { target: { files: [file] } });
  expect(await screen.findByText(remarks[0] as string)).toBeTruthy();
  expect(read).toHaveBeenCalledWith('{}');
  expect(screen.getByTestId('settings-unsaved')).toBeTruthy();
});

describe('the fields', () => {
  it('say where they are kept and which side wins', async () => {
    const { container, check } = await open({}, 'fields');
    expect(screen.getByText("HaloPSA's own field oppemailaddress")).toBeTruthy();
    expect(within(screen.getByTestId('field-do_not_contact')).getByText('On always wins')).toBeTruthy();
    expect(within(screen.getByTestId('field-first_name')).getByText('Only on this computer')).toBeTruthy();
    fireEvent.change(screen.getByRole('combobox', { name: 'If both sides change Lead source' }), {
      target: { value: 'ask' },
    });
    await waitFor(() => expect(check).toHaveBeenCalled());
    expect(check.mock.lastCall?.[0].policies.fields).toEqual({ lead_source: 'ask' });
    await expectAccessible(container);
  });

  it('can be searched and narrowed to what needs a look', async () => {
    await open({}, 'fields');
    fireEvent.change(screen.getByRole('textbox', { name: 'Find a field' }), { target: { value: 'source' } });
    expect(screen.queryByTestId('field-email')).toBeNull();
    expect(screen.getByTestId('field-lead_source')).toBeTruthy();
    fireEvent.change(screen.getByRole('textbox', { name: 'Find a field' }), { target: { value: '' } });
    fireEvent.click(screen.getByRole('switch', { name: 'Only what needs a look' }));
    expect(screen.queryByTestId('field-lead_source')).toBeNull();
    expect(screen.getByTestId('field-do_not_contact')).toBeTruthy();
  });
});

it('says so when nothing is connected', async () => {
  vi.spyOn(host, 'mapping').mockRejectedValue(
    new HostError({
      code: { kind: 'not_connected' },
      attempted: 'Show the mapping',
      happened: 'Leadline is not connected.',
      todo: '',
      detail: null,
    }),
  );
  renderScreen(<SettingsPage tab="halopsa" onTab={vi.fn()} onPreferences={vi.fn()} onPainted={vi.fn()} />);
  expect(await screen.findByText('No HaloPSA is connected')).toBeTruthy();
});
