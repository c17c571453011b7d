import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { announce, LiveRegion } from './announce';

afterEach(cleanup);

const said = (): string[] => screen.getAllByRole('status').map((region) => region.textContent ?? '');

it('says a sentence once, in one of its two regions', () => {
  render(<LiveRegion />);
  act(() => announce('Moved Acme Ltd – Jane Doe from Contacted to Engaged, 2 of 14. Undo: Control Z'));
  expect(said().filter((text) => text !== '')).toEqual([
    'Moved Acme Ltd – Jane Doe from Contacted to Engaged, 2 of 14. Undo: Control Z',
  ]);
});

it('says the same sentence again in the other region, so that it is heard again', () => {
  render(<LiveRegion />);
  act(() => announce('Nothing selected'));
  const first = said().indexOf('Nothing selected');
  act(() => announce('Nothing selected'));
  expect(said()[first]).toBe('');
  expect(said()).toContain('Nothing selected');
});

it('keeps quiet about nothing', () => {
  render(<LiveRegion />);
  act(() => announce('Saved'));
  act(() => announce(''));
  expect(said()).toContain('Saved');
});
