import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { ConnectReport, Gap } from '@/api/bindings';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import { Check } from './Check';

afterEach(cleanup);

const REPORT: ConnectReport = {
  address: 'https://acme.halopsa.com',
  version: '2.250.1',
  signed_in_as: 'Priya Raman',
  agents: 14,
  stages_mapped: 16,
  stages_total: 16,
  fields_mapped: 40,
  fields_total: 40,
  gaps: [],
  changed_agent: null,
};

function open(gaps: Gap[]) {
  answer({});
  const onDone = vi.fn();
  const onMap = vi.fn();
  const { container } = renderScreen(<Check report={{ ...REPORT, gaps }} onDone={onDone} onMap={onMap} />);
  return { container, onDone, onMap };
}

const press = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }));

it('leads to the mapping first when a ticket type is missing', async () => {
  const { container, onDone, onMap } = open([{ what: 'ticket_type', lifecycle: 'lead', wanted: 'Lead' }]);
  expect(screen.getByText('Ticket type “Lead”')).toBeTruthy();
  expect(screen.queryByText(/first sync has started/)).toBeNull();
  press('Choose what stands for them');
  expect(onMap).toHaveBeenCalledOnce();
  press('Open the board');
  expect(onDone).toHaveBeenCalledOnce();
  await expectAccessible(container);
});

it('opens the board when what is missing only keeps values here', () => {
  const { onMap } = open([{ what: 'field', field: 'website', wanted: 'CFwebsite', kind: 'Text' }]);
  expect(screen.queryByRole('button', { name: 'Choose what stands for them' })).toBeNull();
  expect(screen.getByText(/first sync has started/)).toBeTruthy();
  press('Open the board');
  expect(onMap).not.toHaveBeenCalled();
});
