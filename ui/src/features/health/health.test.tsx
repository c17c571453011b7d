import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Card, HealthView, SyncDifferences } from '@/api/bindings';
import { host } from '@/api/host';
import { makeFormats } from '@/lib/formats';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import HealthPage from './HealthPage';
import { errorsText, figuresOf, skewText } from './health';

afterEach(cleanup);

const formats = makeFormats('en-GB', 'UTC');
const NOW = Date.parse('2026-11-21T12:00:00Z');
const HEALTH: HealthView = {
  link: { state: 'online' },
  paused: false,
  last_sync: '2026-11-21T11:59:00Z',
  pending: 3,
  parked: 0,
  oldest_pending_since: '2026-11-21T11:50:00Z',
  requests_1h: 40,
  errors_1h: 2,
  requests_24h: 900,
  errors_24h: 9,
  latency_ms_p50: 120,
  latency_ms_p95: 800,
  circuit: { state: 'closed' },
  budget_used: 150,
  budget_limit: 300,
  budget_window_s: 300,
  clock_skew_s: 1,
  alerts: [],
  checks: [
    { lifecycle: 'lead', here: 120, there: 120, differing: 0, checksum_here: 'ab12', checksum_there: 'ab12' },
    { lifecycle: 'opportunity', here: 30, there: 31, differing: 1, checksum_here: 'cd', checksum_there: 'ef' },
  ],
  checked_at: '2026-11-21T11:00:00Z',
  log: [{ at: '2026-11-21T11:59:00Z', kind: 'sent', text: 'HaloPSA accepted 3 changes.', times: 2 }],
};

const NOTHING: SyncDifferences = { missing: [], missing_total: 0, elsewhere: [], unknown: [] };
const card = (id: number, company: string): Card => ({
  id,
  halo_id: 1000 + id,
  lifecycle: 'lead',
  stage: 'contacted',
  company,
  person: '',
  owner: null,
  value: null,
  probability: null,
  fit_score: null,
  lead_score: null,
  entered_at: '2026-11-01T00:00:00Z',
  next_action: null,
  next_action_at: null,
  do_not_contact: false,
  sync: 'synced',
});

it.each([
  [null, 'Not known yet'],
  [0, 'Agree'],
  [-4, 'Agree'],
  [30, 'HaloPSA is 30 seconds ahead'],
  [-60, 'HaloPSA is 60 seconds behind'],
  [3600, 'HaloPSA is 60 minutes ahead'],
])('a clock that differs by %s: %s', (seconds, text) => {
  expect(skewText(seconds)).toBe(text);
});

it('names no rate of nothing', () => {
  expect(errorsText(0, 0, formats)).toBe('0 of 0');
  expect(errorsText(2, 40, formats)).toBe('2 of 40 (5%)');
});

describe('the figures', () => {
  const figure = (key: string, change: Partial<HealthView> = {}) =>
    figuresOf({ ...HEALTH, ...change }, formats, NOW).find((one) => one.key === key);

  it('say how the link is', () => {
    expect(figure('link')).toMatchObject({ value: 'Online', note: '', tone: 'good' });
    expect(figure('link', { link: { state: 'offline', since: '2026-11-21T09:10:00Z' } })).toMatchObject({
      value: 'Offline',
      note: 'since 9:10',
    });
  });

  it('say that an open circuit is probed', () => {
    const circuit = { state: 'open' as const, since: '2026-11-21T11:58:00Z', next_probe: '2026-11-21T12:00:40Z' };
    expect(figure('link', { circuit })).toMatchObject({
      note: 'Five requests in a row failed. One is tried each minute.',
      tone: 'bad',
    });
  });

  it('raise the alarm above one failure in twenty, not at it', () => {
    expect(figure('errors-hour')?.tone).toBe('plain');
    expect(figure('errors-hour', { errors_1h: 3 })?.tone).toBe('bad');
  });
});

describe('the page', () => {
  function open(health = HEALTH, differences: SyncDifferences = NOTHING) {
    answer({
      syncDifferences: differences,
      keepMissing: null,
      confirmMissing: null,
      syncHealth: health,
      exportSyncLog: 'Leadline 0.1.0\nlog',
      saveSyncLog: 'Downloads/leadline-sync.txt',
    });
    const [onOpen, onMapping] = [vi.fn(), vi.fn()];
    return {
      ...renderScreen(
        <HealthPage onPainted={() => undefined} onOutbox={() => undefined} onMapping={onMapping} onOpen={onOpen} />,
      ),
      onOpen,
      onMapping,
    };
  }

  it('shows figures, budget, both sides and the log', async () => {
    const { container } = open();
    expect((await screen.findByRole('meter')).getAttribute('aria-valuetext')).toBe(
      '150 of 300 requests used in 5 minutes',
    );
    const rows = within(screen.getByRole('table')).getAllByRole('row');
    expect(rows.map((row) => row.textContent)).toEqual([
      'LifecycleHereIn HaloPSADifferent',
      'Leads120120Agree',
      'Opportunities30311 differ',
    ]);
    expect(screen.getByText(/HaloPSA accepted 3 changes\./).textContent).toContain('2 times');
    expect(screen.getByText('Everything runs as it should')).toBeTruthy();
    await expectAccessible(container);
  });

  it('says what a person should know', async () => {
    open({ ...HEALTH, alerts: [{ kind: 'many_missing', since: '2026-11-21T11:00:00Z', tickets: 42 }] });
    expect(await screen.findByText(/^42 tickets can no longer be found/)).toBeTruthy();
    expect(screen.queryByText('Everything runs as it should')).toBeNull();
  });

  it('counts the tickets that have no place here, and leads to the mapping', async () => {
    const alerts = [{ kind: 'unplaced' as const, since: '2026-11-21T11:00:00Z', tickets: 3 }];
    const { container, onMapping } = open({ ...HEALTH, alerts });
    expect(await screen.findByText(/^3 open tickets in HaloPSA are left out/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Open the mapping' }));
    expect(onMapping).toHaveBeenCalledOnce();
    await expectAccessible(container);
  });

  it('names the tickets behind the figures, and opens them', async () => {
    const { container, onOpen } = open(HEALTH, {
      missing: [card(1, 'Acme Ltd')],
      missing_total: 3,
      elsewhere: [card(2, 'Globex')],
      unknown: [4711, 4712],
    });
    fireEvent.click(await screen.findByRole('button', { name: /Acme Ltd/ }));
    fireEvent.click(screen.getByRole('button', { name: /Globex/ }));
    expect(onOpen.mock.calls).toEqual([[1], [2]]);
    expect(screen.getByText('3 tickets are missing in HaloPSA')).toBeTruthy();
    expect(screen.getByText('and 2 more')).toBeTruthy();
    expect(screen.getByText('#4711, #4712')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'No, keep them' })).toBeNull();
    await expectAccessible(container);
  });

  it('asks about the missing ones only while an answer is wanted', async () => {
    const alerts = [{ kind: 'many_missing' as const, since: '2026-11-21T11:00:00Z', tickets: 1 }];
    open({ ...HEALTH, alerts }, { ...NOTHING, missing: [card(1, 'Acme Ltd')], missing_total: 1 });
    fireEvent.click(await screen.findByRole('button', { name: 'Yes, they are gone' }));
    await waitFor(() => expect(host.confirmMissing).toHaveBeenCalledOnce());
    expect(host.keepMissing).not.toHaveBeenCalled();
  });

  it('copies the log for support', async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
    open();
    fireEvent.click(await screen.findByRole('button', { name: 'Copy' }));
    await waitFor(() => expect(writeText).toHaveBeenCalledExactlyOnceWith('Leadline 0.1.0\nlog'));
    vi.unstubAllGlobals();
  });

  it('saves the log as a file', async () => {
    open();
    fireEvent.click(await screen.findByRole('button', { name: 'Save as a file' }));
    await waitFor(() => expect(host.saveSyncLog).toHaveBeenCalledOnce());
    expect(await screen.findByText('The log is saved as Downloads/leadline-sync.txt')).toBeTruthy();
  });
});
