import { describe, expect, it } from 'vitest';
import type { Link, SyncStatus } from '@/api/bindings';
import { makeFormats } from '@/lib/formats';
import { statusText } from './status';

const formats = makeFormats('en-GB', 'UTC');
const NOW = Date.parse('2026-11-21T12:00:00Z');
const status = (link: Link, waiting = 0, parked = 0, conflicts = 0, change: Partial<SyncStatus> = {}): SyncStatus => ({
  link,
  counts: { waiting, parked, conflicts },
  last_pull: '2026-11-21T10:42:00Z',
  progress: null,
  budget_used: 0,
  budget_limit: 300,
  problem: null,
  address: 'https://acme.halopsa.com',
  mapping_alerts: 0,
  paused: false,
  ...change,
});

describe('the status item', () => {
  it.each([
    [status({ state: 'online' }), 'All changes in HaloPSA · synced 10:42', 'good'],
    [status({ state: 'online' }, 3, 1), '3 waiting · 1 needs you · synced 10:42', 'needs'],
    [status({ state: 'online' }, 2), '2 waiting · synced 10:42', 'waiting'],
    [status({ state: 'online' }, 0, 1, 1), '2 need you · synced 10:42', 'needs'],
    [
      status({ state: 'offline', since: '2026-11-21T09:10:00Z' }),
      'Offline since 9:10: everything is saved here',
      'offline',
    ],
    [
      status({ state: 'offline', since: '2026-11-21T09:10:00Z' }, 3),
      '3 waiting · Offline since 9:10: everything is saved here',
      'offline',
    ],
    [status({ state: 'not_connected' }), 'Not connected: everything is saved here', 'offline'],
    [
      status({ state: 'online' }, 0, 0, 0, { last_pull: null, progress: { done: 1200, total: 50_000 } }),
      'First sync: 1,200 of 50,000 tickets',
      'waiting',
    ],
    [status({ state: 'online' }, 0, 0, 0, { last_pull: null }), 'not synced yet', 'good'],
    [status({ state: 'online' }, 2, 0, 0, { paused: true }), '2 waiting · Sending is paused', 'waiting'],
    [status({ state: 'online' }, 2, 1, 0, { paused: true }), '2 waiting · 1 needs you · Sending is paused', 'needs'],
    [
      status({ state: 'online' }, 2, 0, 0, { problem: 'The disk of this computer is full.' }),
      '2 waiting · Sync is held up',
      'needs',
    ],
  ])('%#', (given, text, tone) => {
    expect(statusText(given, formats, NOW)).toEqual({ text, tone });
  });

  it('asks for help when the account is no longer accepted', () => {
    expect(statusText(status({ state: 'signed_out', since: '2026-11-21T09:10:00Z' }), formats, NOW).tone).toBe('needs');
  });
});
