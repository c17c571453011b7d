import { expect, it } from 'vitest';
import { recall } from './remembered';
import { startAt } from './startAt';

it('is found both by a window that starts and by one that changes its data', () => {
  startAt('tenant', '/settings');
  expect(window.location.pathname).toBe('/settings');
  expect(recall('address.tenant')).toBe('/settings');
  expect(recall('address.demo')).toBeNull();
});
