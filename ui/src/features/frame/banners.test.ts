import { describe, expect, it } from 'vitest';
import type { HealthView, Link, SyncStatus } from '@/api/bindings';
import { makeFormats } from '@/lib/formats';
import { STATUS } from '@/testing/screen';
import { bannersOf } from './banners';

const formats = makeFormats('en-GB', 'UTC');
const NOW = Date.parse('2026-11-21T12:00:00Z');
const SINCE = '2026-11-21T09:10:00Z';
const status = (link: Link, paused = false): SyncStatus => ({ ...STATUS, link, paused });
const QUIET: Pick<HealthView, 'alerts' | 'circuit'> = { alerts: [], circuit: { state: 'closed' } };
const show = (given: SyncStatus, health: typeof QUIET | undefined = QUIET) =>
  bannersOf(given, health, formats, NOW).map(({ id, title, actions }) => [id, title, ...actions]);

describe('the strips', () => {
  it('are not there while everything runs, and before a tenant is connected', () => {
    expect(show(status({ state: 'online' }))).toEqual([]);
    expect(show(status({ state: 'not_connected' }, true))).toEqual([]);
  });

  it('say since when it is offline', () => {
    expect(show(status({ state: 'offline', since: SINCE }))).toEqual([['offline', 'Offline since 9:10.', 'try-now']]);
  });

  it('say that only probes are sent, once the circuit is open', () => {
    const open = { ...QUIET, circuit: { state: 'open' as const, since: SINCE, next_probe: null } };
    const [banner] = bannersOf(status({ state: 'offline', since: SINCE }), open, formats, NOW);
    expect(banner?.text).toContain('once a minute');
    const [before] = bannersOf(status({ state: 'offline', since: SINCE }), undefined, formats, NOW);
    expect(before?.text).toContain('sent as soon as');
  });

  it('ask to sign in again, and promise that the queue is kept', () => {
    const [banner] = bannersOf(status({ state: 'signed_out', since: SINCE }), QUIET, formats, NOW);
    expect(banner).toMatchObject({ id: 'signed-out', tone: 'danger', actions: ['sign-in'] });
    expect(banner?.title).toBe('HaloPSA has not accepted the sign-in since 9:10.');
    expect(banner?.text).toContain('Everything is saved here');
  });

  it('ask what became of tickets that are missing, keeping them first', () => {
    const missing = { ...QUIET, alerts: [{ kind: 'many_missing' as const, since: SINCE, tickets: 42 }] };
    expect(show(status({ state: 'online' }), missing)).toEqual([
      ['missing', '42 tickets can no longer be found in HaloPSA.', 'show', 'keep', 'gone'],
    ]);
  });

  it('say that the set-up of HaloPSA has changed, wherever one is', () => {
    expect(show({ ...STATUS, mapping_alerts: 2 })).toEqual([['mapping', "HaloPSA's set-up needs a look.", 'settings']]);
    const [one] = bannersOf({ ...STATUS, mapping_alerts: 1 }, QUIET, formats, NOW);
    expect(one?.text).toContain('Something that stands');
    expect(show({ ...status({ state: 'not_connected' }), mapping_alerts: 1 })).toEqual([]);
  });

  it('stand in the order of their weight', () => {
    const missing = { ...QUIET, alerts: [{ kind: 'many_missing' as const, since: SINCE, tickets: 42 }] };
    expect(show(status({ state: 'signed_out', since: SINCE }, true), missing).map(([id]) => id)).toEqual([
      'signed-out',
      'missing',
      'paused',
    ]);
  });
});
