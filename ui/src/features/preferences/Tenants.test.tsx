import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { AppState, ProfileView } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { keys } from '@/api/queries';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import { Tenants } from './Tenants';

afterEach(cleanup);

const ACME: ProfileView = { name: 'acme', address: 'https://acme.halopsa.com', current: true };
const ZEBRA: ProfileView = { name: 'zebra', address: '', current: false };
const SHOWN: AppState = {
  phase: { is: 'ready' },
  demo: false,
  profile: 'zebra',
  version: '0.1.0',
  keychain: true,
  passphrase: false,
};

function open(profiles: ProfileView[]) {
  answer({ profiles, switchProfile: SHOWN, addProfile: { ...SHOWN, phase: { is: 'welcome' }, profile: 'acme-uk' } });
  const onShown = vi.fn();
  return { ...renderScreen(<Tenants onShown={onShown} />), onShown };
}

it('shows another HaloPSA', async () => {
  const { client, container, onShown } = open([ACME, ZEBRA]);
  expect(await screen.findByText('https://acme.halopsa.com')).toBeTruthy();
  expect(screen.getByText('Not connected')).toBeTruthy();
  await expectAccessible(container);
  fireEvent.click(screen.getByRole('button', { name: 'Show zebra' }));
  await waitFor(() => expect(onShown).toHaveBeenCalledOnce());
  expect(host.switchProfile).toHaveBeenCalledExactlyOnceWith('zebra');
  expect(client.getQueryData(keys.app)).toEqual(SHOWN);
});

it('does not list a single one', async () => {
  open([ACME]);
  await waitFor(() => expect(host.profiles).toHaveBeenCalled());
  expect(screen.queryByText('https://acme.halopsa.com')).toBeNull();
});

it('adds one by its name, and says what is wrong with a name', async () => {
  const { onShown } = open([ACME]);
  fireEvent.click(screen.getByRole('button', { name: 'Add another HaloPSA' }));
  const refused = {
    code: { kind: 'refused' as const },
    attempted: 'Add another HaloPSA',
    happened: 'There is a HaloPSA called “acme” already.',
    todo: 'Nothing was changed.',
    detail: null,
  };
  vi.mocked(host.addProfile).mockRejectedValueOnce(new HostError(refused));
  fireEvent.change(screen.getByLabelText('Name on this computer'), { target: { value: 'Acme' } });
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
  expect(await screen.findByText('There is a HaloPSA called “acme” already.')).toBeTruthy();
  expect(host.addProfile).toHaveBeenLastCalledWith('acme');
  fireEvent.change(screen.getByLabelText('Name on this computer'), { target: { value: 'acme-uk' } });
  fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
  await waitFor(() => expect(onShown).toHaveBeenCalledOnce());
  expect(host.addProfile).toHaveBeenLastCalledWith('acme-uk');
});
