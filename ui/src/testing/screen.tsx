/** A screen as a test sees it: the real providers, a host that answers what the test says. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { type RenderResult, render } from '@testing-library/react';
import axe from 'axe-core';
import type { ReactNode } from 'react';
import { expect, vi } from 'vitest';
import { ActionProvider } from '@/actions/useActions';
import type { AgentRow, Reference, SyncStatus } from '@/api/bindings';
import { host } from '@/api/host';
import { makeQueryClient } from '@/api/queries';
import { LookupProvider, makeLookup } from '@/api/reference';
import { LiveRegion } from '@/components/announce';
import { theme } from '@/theme/theme';
import './patience';

type Answers = Partial<{ [Name in keyof typeof host]: Awaited<ReturnType<(typeof host)[Name]>> }>;

export const ANN: AgentRow = {
  id: 4,
  name: 'Ann Lee',
  email: '',
  initials: 'AL',
  colour: '',
  team: '',
  inactive: false,
};

export const REFERENCE: Reference = {
  workflow: { version: 1, stages: [], arrows: [] },
  fields: [],
  agents: [ANN],
  preferences: { role: 'rep', me: ANN.id, country: 'GB', currency: 'GBP' },
  sources: [],
};

/** Online, and everything has been accepted. */
export const STATUS: SyncStatus = {
  link: { state: 'online' },
  counts: { waiting: 0, parked: 0, conflicts: 0 },
  last_pull: null,
  progress: null,
  budget_used: 0,
  budget_limit: 300,
  problem: null,
  address: 'https://acme.halopsa.com',
  mapping_alerts: 0,
  paused: false,
};

/** What the host answers; a command that is not named must not be called. The spies are restored after each test. */
export function answer(answers: Answers) {
  // Mantine asks for these; the test's window has no layout to answer with.
  window.matchMedia ??= vi
    .fn()
    .mockReturnValue({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() });
  for (const [name, value] of Object.entries(answers)) {
    vi.spyOn(host as Record<string, (...args: never[]) => Promise<unknown>>, name).mockResolvedValue(value);
  }
}

/** The test's window has no layout: from now on everything is as high as `room`, and every line of a list as high as `line`. */
export function layOut(room: number, line: number): void {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(room);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(line);
}

export function renderScreen(screen: ReactNode): RenderResult & { client: ReturnType<typeof makeQueryClient> } {
  const client = makeQueryClient();
  const around = (inside: ReactNode) => (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <ActionProvider>
          <LookupProvider value={makeLookup(REFERENCE)}>
            {inside}
            <LiveRegion />
          </LookupProvider>
        </ActionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
  return { ...render(around(screen)), client };
}

/** What axe-core has against it. Colours and sizes are judged in the real window: here is no layout. */
export async function expectAccessible(container: Element): Promise<void> {
  const { violations, passes } = await axe.run(container, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false }, 'target-size': { enabled: false } },
  });
  expect(passes.length).toBeGreaterThan(5);
  expect(violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}
