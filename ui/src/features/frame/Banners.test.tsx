import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { Alert, HealthView, Link } from '@/api/bindings';
import { host, onAlert } from '@/api/host';
import { answer, expectAccessible, renderScreen, STATUS } from '@/testing/screen';
import { Banners } from './Banners';

vi.mock('@/api/host', async (original) => ({
  ...(await original<typeof import('@/api/host')>()),
  onAlert: vi.fn(),
}));

afterEach(cleanup);

function open(link: Link, paused = false, alerts: Alert[] = []) {
  const stop = vi.fn();
  vi.mocked(onAlert).mockReturnValue(stop);
  answer({
    syncStatus: { ...STATUS, link, paused },
    syncHealth: { alerts, circuit: { state: 'closed' } } as unknown as HealthView,
    setOutboxPaused: null,
    syncNow: null,
    keepMissing: null,
    confirmMissing: null,
  });
  const onSignIn = vi.fn();
  const onHealth = vi.fn();
  const banners = <Banners onSignIn={onSignIn} onSettings={vi.fn()} onHealth={onHealth} />;
  return { ...renderScreen(banners), onSignIn, onHealth, stop };
}
const press = async (name: string): Promise<void> => {
  fireEvent.click(await screen.findByRole('button', { name }));
};
const SINCE = '2026-11-21T09:10:00Z';

it('leads to signing in again', async () => {
  const { onSignIn, container } = open({ state: 'signed_out', since: SINCE });
  await press('Sign in again');
  expect(onSignIn).toHaveBeenCalledOnce();
  await expectAccessible(container);
});

it('tries at once when a person asks', async () => {
  open({ state: 'offline', since: SINCE });
  await press('Try now');
  await waitFor(() => expect(host.syncNow).toHaveBeenCalledOnce());
});

it('says an alert when it begins, and stops listening when it is gone', async () => {
  const { unmount, stop } = open({ state: 'online' });
  const tell = vi.mocked(onAlert).mock.lastCall?.[0];
  act(() => tell?.({ kind: 'circuit_open', since: SINCE, tickets: 0 }));
  expect(await screen.findByText(/^HaloPSA does not answer properly\./)).toBeTruthy();
  unmount();
  expect(stop).toHaveBeenCalledOnce();
});

it('lets what is paused go on', async () => {
  open({ state: 'online' }, true);
  await press('Resume sending');
  await waitFor(() => expect(host.setOutboxPaused).toHaveBeenCalledExactlyOnceWith(false));
});

it('keeps missing tickets, or lets them go, only when a person says which', async () => {
  const missing: Alert[] = [{ kind: 'many_missing', since: SINCE, tickets: 42 }];
  const { onHealth } = open({ state: 'online' }, false, missing);
  await press('Show them');
  expect(onHealth).toHaveBeenCalledOnce();
  expect(host.keepMissing).not.toHaveBeenCalled();
  await press('No, keep them');
  await waitFor(() => expect(host.keepMissing).toHaveBeenCalledOnce());
  expect(host.confirmMissing).not.toHaveBeenCalled();
  cleanup();
  vi.clearAllMocks();
  open({ state: 'online' }, false, missing);
  await press('Yes, they are gone');
  await waitFor(() => expect(host.confirmMissing).toHaveBeenCalledOnce());
  expect(host.keepMissing).not.toHaveBeenCalled();
});
