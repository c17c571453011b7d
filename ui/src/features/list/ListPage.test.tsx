import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Line, ListPage as Page } from '@/api/bindings';
import { host } from '@/api/host';
import { DncProvider } from '@/components/dnc/Dnc';
import { MovingProvider } from '@/components/moving/Moving';
import type { ListSearch } from '@/lib/urlState';
import { answer, expectAccessible, layOut, renderScreen } from '@/testing/screen';
import ListPage from './ListPage';

const line = (id: number, company: string): Line => ({
  card: {
    id,
    halo_id: 1000 + id,
    lifecycle: 'lead',
    stage: 'contacted',
    company,
    person: 'Jane Doe',
    owner: 4,
    value: { minor: 125_000, currency: 'GBP' },
    probability: null,
    fit_score: null,
    lead_score: 40,
    entered_at: '2026-11-01T09:00:00Z',
    next_action: null,
    next_action_at: null,
    do_not_contact: false,
    sync: 'synced',
  },
  email: '',
  source: 'Apollo.io',
  created_at: '2026-10-01T09:00:00Z',
  updated_at: '2026-11-01T09:00:00Z',
  values: {},
  lists: [],
});

const PAGE: Page = { total: 3, lines: [line(1, 'Acme Ltd'), line(2, 'Beta Ltd'), line(3, 'Gamma Ltd')] };

function show(search: ListSearch = {}, page: Page = PAGE) {
  answer({ listPage: page, listSums: { tickets: page.total, values: [], weighted: [] }, lists: [] });
  const onSearch = vi.fn();
  const onOpen = vi.fn();
  const rendered = renderScreen(
    <MovingProvider>
      <DncProvider>
        <ListPage
          search={search}
          opened={undefined}
          onSearch={onSearch}
          onOpen={onOpen}
          onInsights={vi.fn()}
          onPainted={vi.fn()}
        />
      </DncProvider>
    </MovingProvider>,
  );
  return { ...rendered, onSearch, onOpen };
}

beforeEach(() => {
  localStorage.clear();
  layOut(600, 38);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the list', () => {
  it('shows each ticket on a line, and is accessible', async () => {
    const { container } = show();
    expect(await screen.findByText('Beta Ltd')).toBeTruthy();
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('4');
    expect(screen.getByTestId('list-sums').textContent).toContain('3 tickets');
    await expectAccessible(container);
  });

  it('asks for the order of a column, and for the other way round', async () => {
    const first = show();
    await screen.findByText('Acme Ltd');
    fireEvent.click(screen.getByRole('button', { name: 'Company' }));
    expect(first.onSearch).toHaveBeenCalledWith({ sort: 'company_name', down: undefined });
    first.unmount();
    const second = show({ sort: 'company_name' });
    await screen.findByText('Acme Ltd');
    expect(host.listPage).toHaveBeenLastCalledWith(
      expect.objectContaining({
        list: expect.objectContaining({ order: { by: 'company', descending: false } }),
      }),
    );
    const head = screen.getByRole('columnheader', { name: 'Company' });
    expect(head.getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(screen.getByRole('button', { name: 'Company' }));
    expect(second.onSearch).toHaveBeenCalledWith({ sort: 'company_name', down: true });
  });

  it('is gone through by keyboard: arrows, X, Enter', async () => {
    const { onOpen } = show();
    await screen.findByText('Acme Ltd');
    const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
    press('ArrowDown');
    press('ArrowDown');
    await waitFor(() => expect(document.activeElement?.getAttribute('data-testid')).toBe('card-2'));
    press('x');
    expect(screen.getByTestId('card-2').getAttribute('aria-selected')).toBe('true');
    expect(screen.getByTestId('bulk-bar').textContent).toContain('1 selected');
    press('Enter');
    expect(onOpen).toHaveBeenCalledWith(2, undefined);
    press('Escape');
    expect(screen.queryByTestId('bulk-bar')).toBeNull();
  });

  it('selects all of it, also what is not loaded', async () => {
    show();
    await screen.findByText('Acme Ltd');
    vi.spyOn(host, 'listCards').mockResolvedValue(PAGE.lines.map((one) => one.card));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select the whole list' }));
    await waitFor(() => expect(screen.getByTestId('bulk-bar').textContent).toContain('3 selected'));
  });

  it('is written into a file with the columns that are shown', async () => {
    show({ sort: 'owner', down: true });
    await screen.findByText('Acme Ltd');
    vi.spyOn(host, 'exportList').mockResolvedValue({ tickets: 3, path: 'Downloads/list.csv' });
    fireEvent.click(screen.getByRole('button', { name: 'Export' }));
    fireEvent.click((await screen.findAllByText('CSV file'))[0] as HTMLElement);
    await waitFor(() => expect(host.exportList).toHaveBeenCalledOnce());
    const [query] = vi.mocked(host.exportList).mock.calls[0] ?? [];
    expect(query?.list?.order).toEqual({ by: 'owner', descending: true });
    expect(query?.columns?.slice(0, 3)).toEqual(['company_name', 'person_name', 'stage']);
    expect(query?.format).toBe('csv');
  });

  it('says that nothing matches, and offers to clear the filter', async () => {
    const { onSearch } = show({ stages: ['won'] }, { total: 0, lines: [] });
    expect(await screen.findByText('No ticket matches the filter')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }));
    expect(onSearch).toHaveBeenCalled();
  });
});
