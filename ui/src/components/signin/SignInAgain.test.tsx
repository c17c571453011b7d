import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { ConnectReport, SignInStarted, UiError } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import SignInAgain from './SignInAgain';

afterEach(cleanup);

const STARTED: SignInStarted = {
  url: 'https://acme.halopsa.com/auth/authorize?state=abc',
  redirect: 'http://127.0.0.1:8765/callback',
  opened: true,
  minutes: 5,
};

const REPORT: ConnectReport = {
  address: 'https://acme.halopsa.com',
  version: '2.250.1',
  signed_in_as: 'Tom Whitfield',
  agents: 14,
  stages_mapped: 16,
  stages_total: 16,
  fields_mapped: 40,
  fields_total: 40,
  gaps: [],
  changed_agent: null,
};

const failure = (code: UiError['code'], happened: string): HostError =>
  new HostError({ code, attempted: 'Sign in to HaloPSA', happened, todo: 'Start again.', detail: null });

/** A dialog over a host whose browser is open until the test ends it. */
function open(started: SignInStarted = STARTED) {
  answer({ signInAgain: { with: 'browser', started }, cancelSignIn: null });
  const browser = { resolve: (_: ConnectReport): void => undefined, reject: (_: HostError): void => undefined };
  const ended = new Promise<ConnectReport>((resolve, reject) => Object.assign(browser, { resolve, reject }));
  vi.spyOn(host, 'finishSignIn').mockReturnValue(ended);
  const onClose = vi.fn();
  return { ...renderScreen(<SignInAgain onClose={onClose} />), onClose, browser };
}

it('waits for the browser and closes when the same person is back', async () => {
  const { onClose, browser } = open();
  expect(await screen.findByText(/Your browser shows HaloPSA/)).toBeTruthy();
  expect(screen.getByText(/saved here and sent afterwards/)).toBeTruthy();
  await expectAccessible(document.body);
  browser.resolve(REPORT);
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(host.signInAgain).toHaveBeenCalledOnce();
  expect(host.cancelSignIn).not.toHaveBeenCalled();
});

it('says in whose name things are sent when it is another person', async () => {
  const { onClose, browser } = open();
  await screen.findByText(/Your browser shows HaloPSA/);
  browser.resolve({ ...REPORT, changed_agent: 'Priya Raman' });
  expect(
    await screen.findByText(
      'Priya Raman was signed in here before. What waits is sent to HaloPSA in the name of Tom Whitfield now.',
    ),
  ).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
});

it('offers the address where no browser opens', async () => {
  const writeText = vi.fn().mockResolvedValue(undefined);
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
  open({ ...STARTED, opened: false });
  expect(await screen.findByText(/could not be opened/)).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Copy the address' }));
  await waitFor(() => expect(writeText).toHaveBeenCalledExactlyOnceWith(STARTED.url));
  vi.unstubAllGlobals();
});

it('gives up when a person cancels, and shows nothing of it', async () => {
  const { onClose, browser } = open();
  fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
  expect(host.cancelSignIn).toHaveBeenCalledOnce();
  browser.reject(failure({ kind: 'sign_in_cancelled' }, 'The sign-in was given up.'));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(screen.queryByRole('alert')).toBeNull();
});

it('gives up when its dialog goes away', async () => {
  const { unmount } = open();
  await screen.findByText(/Your browser shows HaloPSA/);
  unmount();
  expect(host.cancelSignIn).toHaveBeenCalledOnce();
});

it('says what went wrong and tries again', async () => {
  const { browser } = open();
  await screen.findByText(/Your browser shows HaloPSA/);
  browser.reject(failure({ kind: 'sign_in_timed_out' }, 'Nobody signed in within 5 minutes.'));
  expect(await screen.findByText('Nobody signed in within 5 minutes.')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(host.signInAgain).toHaveBeenCalledTimes(2));
});

it('asks a service account for its new secret', async () => {
  answer({
    signInAgain: { with: 'secret', address: 'https://acme.halopsa.com', client_id: 'leadline' },
    connect: REPORT,
  });
  const onClose = vi.fn();
  renderScreen(<SignInAgain onClose={onClose} />);
  const secret = await screen.findByLabelText('Client secret');
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('Type the client secret.')).toBeTruthy();
  expect(host.connect).not.toHaveBeenCalled();
  fireEvent.change(secret, { target: { value: ' new-secret ' } });
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(host.connect).toHaveBeenCalledExactlyOnceWith({
    address: 'https://acme.halopsa.com',
    client_id: 'leadline',
    client_secret: 'new-secret',
  });
});
