import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { AppState } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import Locked from './Locked';
import '@/testing/patience';

beforeAll(() => {
  // Mantine asks for it; happy-dom has no system to answer with.
  window.matchMedia ??= vi
    .fn()
    .mockReturnValue({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() });
});
afterEach(cleanup);

const show = (onApp: (state: AppState) => void): void => {
  render(
    <MantineProvider>
      <Locked reason="passphrase" onApp={onApp} />
    </MantineProvider>,
  );
};

it('keeps what was typed when the passphrase is wrong', async () => {
  vi.spyOn(host, 'unlock').mockRejectedValue(
    new HostError({
      code: { kind: 'wrong_passphrase' },
      attempted: 'Unlock Leadline',
      happened: 'The passphrase is wrong.',
      todo: 'Type it again.',
      detail: null,
    }),
  );
  const onApp = vi.fn();
  show(onApp);
  fireEvent.change(screen.getByLabelText('Passphrase'), { target: { value: 'almost right' } });
  fireEvent.click(screen.getByRole('button', { name: 'Unlock' }));
  await screen.findByText('The passphrase is wrong.');
  expect((screen.getByLabelText('Passphrase') as HTMLInputElement).value).toBe('almost right');
  expect(onApp).not.toHaveBeenCalled();
});

it('offers a way on to who lost the passphrase, and sets the data aside only when asked', async () => {
  const anew = { phase: { is: 'welcome' } } as AppState;
  const setAside = vi.spyOn(host, 'setAsideDatabase').mockResolvedValue(anew);
  const onApp = vi.fn();
  show(onApp);
  fireEvent.click(screen.getByText('The passphrase is lost'));
  expect(setAside).not.toHaveBeenCalled();
  fireEvent.click(screen.getByText('Set the data aside and start afresh'));
  await waitFor(() => expect(onApp).toHaveBeenCalledWith(anew));
});
