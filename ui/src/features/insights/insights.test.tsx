import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type {
  AgentsReport,
  Dashboard,
  ForecastReport,
  FunnelReport,
  ImportsReport,
  ReportAbout,
  SourcesReport,
  TimesReport,
  WinLossReport,
} from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { formats } from '@/lib/formats';
import { ANN, answer, expectAccessible, renderScreen, STATUS } from '@/testing/screen';
import { stepMark } from './Chart';
import InsightsPage from './InsightsPage';
import type { Opens } from './model';
import type { InsightsView } from './view';

afterEach(cleanup);

/** axe-core looks at every element of a page; on a busy machine that takes its time. */
const AXE_MS = 20_000;

const about: ReportAbout = {
  as_of: '2026-11-21T10:42:00Z',
  last_pull: '2026-11-21T10:40:00Z',
  before: { from: '2026-07-01', to: '2026-09-30' },
  history_since: '2026-01-05T00:00:00Z',
  rebuilt: true,
  history_pending: false,
  definitions: [{ term: 'Conversion', meaning: 'Those that moved on, of those that have left.' }],
};
const none = { entered: 0, re_entered: 0, moved_on: 0, lost: 0, went_back: 0, still_here: 0, conversion_pct: null };
const FUNNEL: FunnelReport = {
  about,
  stages: [
    {
      stage: 'contacted',
      label: 'Contacted',
      lifecycle: 'lead',
      exit: false,
      counts: {
        now: { ...none, entered: 10, re_entered: 1, moved_on: 4, lost: 3, still_here: 3, conversion_pct: 57.1 },
        before: { ...none, entered: 8, moved_on: 8, conversion_pct: 100 },
      },
    },
    {
      stage: 'engaged',
      label: 'Engaged',
      lifecycle: 'lead',
      exit: false,
      counts: { now: { ...none, entered: 4, still_here: 4 }, before: none },
    },
  ],
};
const nothing = { won: 0, lost: 0, win_rate_pct: null, won_value: [], lost_value: [] };
const velocity = { open: 0, won: 0, lost: 0, win_rate_pct: null, cycle_days: null, average: [], per_day: [] };
const TIMES: TimesReport = { about, stages: [], bottleneck: null, velocity: { now: velocity, before: velocity } };
const FORECAST: ForecastReport = { about, rows: [], best_case_from: 50, commit_from: 80 };
const WIN_LOSS: WinLossReport = { about, total: { now: nothing, before: nothing }, reasons: [], competitors: [] };
const SOURCES: SourcesReport = { about, sources: [] };
const AGENTS: AgentsReport = { about, agents: [] };
const IMPORTS: ImportsReport = { about, sources: [] };

function answers(dashboards: Dashboard[] = []) {
  answer({
    syncStatus: STATUS,
    funnelReport: FUNNEL,
    timesReport: TIMES,
    forecastReport: FORECAST,
    winLossReport: WIN_LOSS,
    sourcesReport: SOURCES,
    agentsReport: AGENTS,
    importsReport: IMPORTS,
    insightsChoices: { industries: ['Legal'], employee_ranges: ['51-200'], lists: ['Hot leads'] },
    dashboards,
  });
}

/** The page as the address keeps it: what it asks for is what it is shown with. */
function open(first: InsightsView = {}) {
  const views: InsightsView[] = [];
  const opened: Opens[] = [];
  function Holder() {
    const [view, setView] = useState(first);
    return (
      <InsightsPage
        view={view}
        onView={(next) => {
          views.push(next);
          setView(next);
        }}
        hrefOf={(rows) => `/list?rows=${encodeURIComponent(JSON.stringify(rows))}`}
        onOpen={(rows) => opened.push(rows)}
        onPainted={() => undefined}
      />
    );
  }
  return { ...renderScreen(<Holder />), views, opened };
}

const report = async (key: string): Promise<HTMLElement> => {
  const section = await screen.findByTestId(`report-${key}`);
  await within(section).findByText('Those that moved on, of those that have left.');
  return section;
};

describe('the page', () => {
  it('says as of when, since when and compared with what, and what each figure means', async () => {
    answers();
    open();
    const line = await screen.findByTestId('insights-about');
    expect(line.textContent).toContain(`History since ${formats.fullDay(about.history_since ?? '')}`);
    expect(line.textContent).toContain('Partly rebuilt from HaloPSA’s log');
    expect(line.textContent).toContain(
      `compared with ${formats.fullDay('2026-07-01')} – ${formats.fullDay('2026-09-30')}`,
    );
    const funnel = await report('funnel');
    expect(funnel.textContent).toContain('Those that moved on, of those that have left.');
  });

  it(
    'keeps nobody out',
    async () => {
      answers();
      const { container } = open({ without: ['times', 'forecast', 'outcomes', 'sources'] });
      await report('funnel');
      await report('agents');
      await expectAccessible(container);
    },
    AXE_MS,
  );

  it(
    'keeps nobody out of its tables either',
    async () => {
      answers();
      const { container } = open({
        tables: ['funnel'],
        without: ['times', 'forecast', 'outcomes', 'sources', 'agents'],
      });
      await report('funnel');
      await expectAccessible(container);
    },
    AXE_MS,
  );

  it('tells nothing to show from nothing that matches', async () => {
    answers();
    open({ source: 'Apollo.io' });
    expect(within(await report('forecast')).getByText('Nothing matches the filter in this period')).toBeTruthy();
    cleanup();
    open();
    expect(within(await report('forecast')).getByText('Nothing in this period')).toBeTruthy();
  });

  it('goes on without a report that could not be counted', async () => {
    answers();
    vi.spyOn(host, 'funnelReport').mockRejectedValue(
      new HostError({
        code: null,
        attempted: 'Count the funnel',
        happened: 'The disk did not answer.',
        todo: '',
        detail: null,
      }),
    );
    open();
    const funnel = await screen.findByTestId('report-funnel');
    expect(await within(funnel).findByText('The disk did not answer.')).toBeTruthy();
    await report('agents');
  });
});

describe('a mark', () => {
  it('is a link to exactly its tickets', async () => {
    answers();
    const { opened } = open({ period: 'this_quarter', owner: ANN.id });
    const funnel = await report('funnel');
    const lost = within(funnel).getByRole('link', { name: 'Contacted: 3 of 10 were lost' });
    expect(lost.getAttribute('href')).toContain(encodeURIComponent('"what":"lost"'));
    fireEvent.click(lost);
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({
      mark: { report: 'funnel', stage: 'contacted', what: 'lost' },
      filter: { owner: ANN.id, cohort: false },
      before: false,
    });
  });

  it('is one of a group that takes one stop with Tab, and says itself when it is reached', async () => {
    answers();
    open();
    const funnel = await report('funnel');
    const marks = within(funnel).getAllByTestId('mark');
    expect(marks.map((mark) => mark.getAttribute('tabindex'))).toEqual(['0', '-1', '-1', '-1']);
    fireEvent.focus(marks[0] as Element);
    fireEvent.keyDown(marks[0] as Element, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(marks[1]);
    expect(within(funnel).getByText('Contacted: 3 of 10 are still here')).toBeTruthy();
    expect(
      within(funnel)
        .getAllByTestId('mark')
        .map((mark) => mark.getAttribute('tabindex')),
    ).toEqual(['-1', '0', '-1', '-1']);
  });

  it.each([
    [0, 'ArrowRight', 1],
    [3, 'ArrowRight', 3],
    [0, 'ArrowLeft', 0],
    [2, 'ArrowUp', 1],
    [2, 'Home', 0],
    [0, 'End', 3],
    [2, 'x', 2],
  ])('from %i with %s comes %i', (from, key, to) => {
    expect(stepMark(from, 4, key)).toBe(to);
  });
});

describe('the table', () => {
  it('takes the place of the chart, and its figures open their tickets, those of before theirs', async () => {
    answers();
    const { opened, views } = open();
    const funnel = await report('funnel');
    fireEvent.click(within(funnel).getByLabelText('Table'));
    expect(views.at(-1)).toEqual({ tables: ['funnel'] });
    const table = within(funnel).getByRole('table');
    expect(within(funnel).queryAllByTestId('mark')).toEqual([]);
    fireEvent.click(within(table).getByRole('link', { name: 'Contacted, Entered: 10. Show the tickets' }));
    fireEvent.click(within(table).getByRole('link', { name: 'Contacted, Entered, before: 8. Show the tickets' }));
    expect(opened.map((rows) => 'mark' in rows && rows.before)).toEqual([false, true]);
  });

  it('does not compare when that is switched off', async () => {
    answers();
    open({ tables: ['funnel'] });
    const funnel = await report('funnel');
    expect(within(funnel).getAllByText('+2')).toHaveLength(2);
    fireEvent.click(screen.getByLabelText('Compare with before'));
    await waitFor(() => expect(within(funnel).queryByText('+2')).toBeNull());
  });
});

describe('the filter', () => {
  it('is asked with what is chosen', async () => {
    answers();
    const { views } = open();
    await report('funnel');
    fireEvent.click(screen.getByRole('button', { name: 'Owner' }));
    fireEvent.click(await screen.findByRole('menuitemradio', { name: 'Ann Lee' }));
    expect(views.at(-1)).toEqual({ owner: ANN.id });
    await waitFor(() =>
      expect(host.funnelReport).toHaveBeenLastCalledWith(expect.objectContaining({ owner: ANN.id, segment: null })),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(views.at(-1)).toEqual({});
  });

  it('offers the segments there are', async () => {
    answers();
    const { views } = open();
    await report('funnel');
    fireEvent.click(screen.getByRole('button', { name: 'Segment' }));
    fireEvent.click(await screen.findByRole('menuitemradio', { name: 'Hot leads' }));
    expect(views.at(-1)).toEqual({ segment: { by: 'list', value: 'Hot leads' } });
    expect(screen.getByRole('button', { name: 'Segment: List: Hot leads' })).toBeTruthy();
  });

  it('takes a period by its name', async () => {
    answers();
    const { views } = open({ from: '2026-01-01', to: '2026-01-31' });
    fireEvent.click(
      await screen.findByRole('button', {
        name: `Period: ${formats.fullDay('2026-01-01')} – ${formats.fullDay('2026-01-31')}`,
      }),
    );
    fireEvent.click(await screen.findByRole('button', { name: 'This quarter' }));
    expect(views.at(-1)).toEqual({ period: 'this_quarter' });
  });
});

describe('what is taken along', () => {
  const menu = async (item: string): Promise<void> => {
    const funnel = await report('funnel');
    fireEvent.click(within(funnel).getByRole('button', { name: 'Funnel: more' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: item }));
  };

  it('is the table as CSV', async () => {
    answers();
    answer({ saveReport: 'Downloads/leadline-funnel.csv' });
    open({ alone: true });
    await menu('Save as CSV');
    await waitFor(() => expect(host.saveReport).toHaveBeenCalled());
    const [name, file] = vi.mocked(host.saveReport).mock.calls[0] ?? [];
    expect(name).toBe('funnel');
    expect(file?.kind === 'csv' && file.text.split('\r\n').slice(1)).toEqual([
      'Contacted,10,1,4,3,0,3,57.1',
      'Engaged,4,0,0,0,0,4,',
      '',
    ]);
  });

  it('leaves out a report that nobody wants to see, until it is asked for again', async () => {
    answers();
    const { views } = open();
    await menu('Leave out');
    expect(views.at(-1)).toEqual({ without: ['funnel'] });
    await waitFor(() => expect(screen.queryByTestId('report-funnel')).toBeNull());
    fireEvent.click(screen.getByRole('button', { name: 'Reports' }));
    fireEvent.click(await screen.findByRole('menuitemcheckbox', { name: 'Funnel' }));
    await report('funnel');
  });
});

describe('on paper', () => {
  it('stand charts and figures, what they are of, and the light look', async () => {
    answers();
    const root = document.documentElement;
    open({ period: 'last_year', source: 'Apollo.io' });
    const funnel = await report('funnel');
    root.dataset.mantineColorScheme = 'dark';
    expect(within(funnel).queryByRole('table')).toBeNull();
    fireEvent(window, new Event('beforeprint'));
    expect(within(funnel).getByRole('table')).toBeTruthy();
    expect(within(funnel).getAllByTestId('mark').length).toBeGreaterThan(0);
    expect(screen.getByTestId('insights-about').textContent).toContain('Source: Apollo.io');
    expect(root.dataset.mantineColorScheme).toBe('light');
    fireEvent(window, new Event('afterprint'));
    expect(within(funnel).queryByRole('table')).toBeNull();
    expect(root.dataset.mantineColorScheme).toBe('dark');
    delete root.dataset.mantineColorScheme;
  });

  it('stand figures of the filter above them, and so in files', async () => {
    answers();
    let onPaper: string | null = null;
    const print = vi.fn(() => {
      fireEvent(window, new Event('beforeprint'));
      onPaper = within(screen.getByTestId('report-funnel')).getByRole('table').textContent;
      fireEvent(window, new Event('afterprint'));
    });
    vi.stubGlobal('print', print);
    open({ without: ['times', 'forecast', 'outcomes', 'sources', 'agents', 'imports'] });
    const funnel = await report('funnel');
    expect(funnel.getAttribute('aria-busy')).toBe('false');

    let counted: (report: FunnelReport) => void = () => undefined;
    vi.mocked(host.funnelReport).mockReturnValue(
      new Promise((resolve) => {
        counted = resolve;
      }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Owner' }));
    fireEvent.click(await screen.findByRole('menuitemradio', { name: 'Ann Lee' }));
    await waitFor(() => expect(funnel.getAttribute('aria-busy')).toBe('true'));
    fireEvent.click(within(funnel).getByRole('button', { name: 'Funnel: more' }));
    const csv = await screen.findByRole('menuitem', { name: 'Save as CSV' });
    expect(csv.hasAttribute('data-disabled')).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Print' }));
    expect(print).not.toHaveBeenCalled();

    counted(FUNNEL);
    await waitFor(() => expect(print).toHaveBeenCalledTimes(1));
    expect(onPaper).toContain('Contacted');
    expect(funnel.getAttribute('aria-busy')).toBe('false');
    expect(csv.hasAttribute('data-disabled')).toBe(false);
    vi.unstubAllGlobals();
  });
});

describe('a dashboard', () => {
  const saved: Dashboard = {
    name: 'Board meeting',
    view: JSON.stringify({ period: 'this_year', tables: ['forecast'] }),
  };

  it('is shown by its name', async () => {
    answers([saved]);
    const { views } = open();
    fireEvent.click(await screen.findByRole('button', { name: 'Dashboards' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Board meeting' }));
    expect(views.at(-1)).toEqual({ period: 'this_year', tables: ['forecast'] });
    expect(await screen.findByRole('button', { name: 'Board meeting' })).toBeTruthy();
  });

  it('is saved as what is on the screen', async () => {
    answers();
    answer({ saveDashboard: [saved] });
    open({ period: 'this_year', tables: ['forecast'] });
    fireEvent.click(await screen.findByRole('button', { name: 'Dashboards' }));
    fireEvent.change(await screen.findByLabelText('Name of the dashboard'), { target: { value: 'Board meeting' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(host.saveDashboard).toHaveBeenCalledWith(saved));
    expect(await screen.findByRole('button', { name: 'Board meeting' })).toBeTruthy();
  });

  it('that is not understood any more shows what is usual', async () => {
    answers([{ name: 'Old', view: 'not json' }]);
    const { views } = open({ owner: ANN.id });
    fireEvent.click(await screen.findByRole('button', { name: 'Dashboards' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Old' }));
    expect(views.at(-1)).toEqual({});
  });
});
