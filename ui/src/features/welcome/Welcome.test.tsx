import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AppState, ConnectReport, SignInStarted, UiError } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import { isPort, portOf } from './Account';
import { forgetDraft } from './draft';
import Welcome from './Welcome';

afterEach(cleanup);
// What was typed stays while the window is open; every test is a window of its own.
beforeEach(forgetDraft);

const APP: AppState = {
  phase: { is: 'welcome' },
  demo: false,
  profile: 'tenant',
  version: '0.1.0',
  keychain: true,
  passphrase: false,
};

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

const STARTED: SignInStarted = {
  url: 'https://acme.halopsa.com/auth/authorize?state=abc',
  redirect: 'http://127.0.0.1:9123/callback',
  opened: true,
  minutes: 5,
};

const refused = (code: UiError['code'], happened: string): HostError =>
  new HostError({ code, attempted: 'Sign in to HaloPSA', happened, todo: 'Try again.', detail: null });

const press = (name: string | RegExp): void => {
  fireEvent.click(screen.getByRole('button', { name }));
};
const type = (label: string, value: string): void => {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
};

/** The second step, at a tenant whose address was typed. */
async function account(app: AppState = APP) {
  answer({ profiles: [], connect: REPORT, beginSignIn: STARTED, finishSignIn: REPORT, cancelSignIn: null });
  const onHold = vi.fn();
  const onApp = vi.fn();
  renderScreen(<Welcome app={app} onApp={onApp} onHold={onHold} />);
  press(/^Connect to HaloPSA/);
  type('Address', 'acme.halopsa.com');
  press('Continue');
  await screen.findByLabelText('Client ID');
  return { onHold, onApp };
}

it('signs a person in with the browser and shows what was found', async () => {
  const { onHold } = await account();
  expect(screen.getByText('http://127.0.0.1:8765/callback')).toBeTruthy();
  await expectAccessible(document.body);
  press('Sign in');
  expect(await screen.findByText('Type the client ID.')).toBeTruthy();
  expect(host.beginSignIn).not.toHaveBeenCalled();
  type('Client ID', ' 1f2e ');
  press('Sign in');
  expect(await screen.findByText('Priya Raman')).toBeTruthy();
  expect(host.beginSignIn).toHaveBeenCalledExactlyOnceWith({
    address: 'acme.halopsa.com',
    client_id: '1f2e',
    port: null,
  });
  press('Open the board');
  expect(onHold.mock.calls).toEqual([[true], [false]]);
});

it('shows what to do while the browser is open, and goes back when a person cancels', async () => {
  await account();
  const browser = { reject: (_: HostError): void => undefined };
  const ended = new Promise<ConnectReport>((_, reject) => Object.assign(browser, { reject }));
  vi.mocked(host.finishSignIn).mockReturnValue(ended);
  type('Client ID', '1f2e');
  press('Sign in');
  expect(await screen.findByText(/Your browser shows HaloPSA/)).toBeTruthy();
  press('Cancel');
  expect(host.cancelSignIn).toHaveBeenCalledOnce();
  browser.reject(refused({ kind: 'sign_in_cancelled' }, 'The sign-in was given up.'));
  expect(((await screen.findByLabelText('Client ID')) as HTMLInputElement).value).toBe('1f2e');
  expect(screen.queryByRole('alert')).toBeNull();
});

it('offers another port when the usual one is taken, and uses it', async () => {
  await account();
  vi.mocked(host.beginSignIn).mockRejectedValueOnce(
    refused({ kind: 'port_in_use', port: 8765 }, 'Port 8765 on this computer is in use.'),
  );
  type('Client ID', '1f2e');
  press('Sign in');
  expect(await screen.findByText('Port 8765 on this computer is in use.')).toBeTruthy();
  type('Redirect port', '80');
  expect(screen.getByText('A port is a number from 1024 to 65535.')).toBeTruthy();
  type('Redirect port', '9123');
  expect(screen.getByText('http://127.0.0.1:9123/callback')).toBeTruthy();
  press('Sign in');
  await waitFor(() => expect(host.beginSignIn).toHaveBeenCalledTimes(2));
  expect(host.beginSignIn).toHaveBeenLastCalledWith({ address: 'acme.halopsa.com', client_id: '1f2e', port: 9123 });
});

it('connects a service account with its secret', async () => {
  await account();
  fireEvent.click(screen.getByLabelText('With a service account'));
  type('Client ID', 'leadline');
  press('Connect');
  expect(await screen.findByText('Type the client secret.')).toBeTruthy();
  type('Client secret', 'hush');
  press('Connect');
  expect(await screen.findByText('Connected')).toBeTruthy();
  expect(host.connect).toHaveBeenCalledExactlyOnceWith({
    address: 'acme.halopsa.com',
    client_id: 'leadline',
    client_secret: 'hush',
  });
  expect(host.beginSignIn).not.toHaveBeenCalled();
});

it('asks for a passphrase first where there is no keychain', async () => {
  await account({ ...APP, keychain: false });
  type('Client ID', '1f2e');
  press('Sign in');
  expect(await screen.findByText('Choose a passphrase')).toBeTruthy();
  expect(host.beginSignIn).not.toHaveBeenCalled();
});

it('goes back to the address when that is what is wrong', async () => {
  await account();
  vi.mocked(host.beginSignIn).mockRejectedValueOnce(
    refused({ kind: 'not_halo' }, 'There is no HaloPSA at this address.'),
  );
  type('Client ID', '1f2e');
  press('Sign in');
  expect(await screen.findByText('There is no HaloPSA at this address.')).toBeTruthy();
  expect(screen.getByLabelText('Address')).toBeTruthy();
});

it('leads back to the HaloPSAs that are here already', async () => {
  answer({
    profiles: [
      { name: 'tenant', address: 'https://acme.halopsa.com', current: false },
      { name: 'new', address: '', current: true },
    ],
    switchProfile: { ...APP, phase: { is: 'ready' } },
  });
  const onApp = vi.fn();
  renderScreen(<Welcome app={{ ...APP, profile: 'new' }} onApp={onApp} onHold={vi.fn()} />);
  fireEvent.click(await screen.findByRole('button', { name: 'tenant (https://acme.halopsa.com)' }));
  await waitFor(() => expect(onApp).toHaveBeenCalledOnce());
  expect(host.switchProfile).toHaveBeenCalledExactlyOnceWith('tenant');
});

it('takes a port a person may use, or none', () => {
  for (const good of ['', ' ', '1024', '65535', ' 8765 ']) expect(isPort(good)).toBe(true);
  for (const bad of ['80', '65536', '8765x', '-1', '1e4', '100000']) expect(isPort(bad)).toBe(false);
  const typed = { way: 'person' as const, clientId: '', secret: '' };
  expect(portOf({ ...typed, port: ' 9123 ' })).toBe(9123);
  expect(portOf({ ...typed, port: '' })).toBeNull();
});
