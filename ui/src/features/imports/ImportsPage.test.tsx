import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ImportDraft, ImportProgress, ImportSummary } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { takeProgress } from '@/api/imports';
import { FileDropProvider } from '@/components/FileDrop';
import type { ImportsSearch } from '@/lib/urlState';
import { answer, expectAccessible, renderScreen } from '@/testing/screen';
import ImportsPage from './ImportsPage';
import { assigned } from './mapping';
import { DRAFT, PLAN, row, SUMMARY } from './sample';
import { SLICE_BYTES } from './upload';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const planned: ImportSummary = { ...SUMMARY, state: 'planned', rows: 100, planned: PLAN.outcomes };
const done: ImportSummary = { ...planned, state: 'done', done: PLAN.outcomes, undoable: true };

function open(imports: ImportSummary[], place: ImportsSearch = {}) {
  answer({ imports, importRules: { review_below: 50 }, importDraft: DRAFT, importPlanView: PLAN });
  const calls = { onPlace: vi.fn(), onOpen: vi.fn(), onReview: vi.fn() };
  const onFile = vi.fn();
  const shown = renderScreen(
    <FileDropProvider onFile={onFile}>
      <ImportsPage place={place} onPainted={() => undefined} {...calls} />
    </FileDropProvider>,
  );
  return { ...shown, ...calls, onFile };
}

/** Looked for by their words: to ask for roles in a whole screen takes long where nothing has a layout. */
const clickable = (words: HTMLElement): HTMLElement => words.closest('button') ?? words;
const button = async (words: string) => clickable(await screen.findByText(words));
const buttonNow = (words: string) => clickable(screen.getByText(words));

/** What a column is. */
const target = async (column: number) =>
  within(await screen.findByTestId(`import-column-${column}`)).getByRole('combobox');

const problem = (happened: string) =>
  new HostError({ code: null, attempted: 'Import the file', happened, todo: 'Free some space.', detail: null });

describe('the start', () => {
  it('takes a file in slices and opens its import', async () => {
    const { onPlace, container } = open([]);
    const upload = vi.spyOn(host, 'uploadSlice').mockResolvedValue(12);
    await screen.findByText('No list has been imported yet');
    await expectAccessible(container);
    const file = new File(['Email\njane@acme.co.uk\n'], 'Kontakte für März.csv');
    fireEvent.change(screen.getByTestId('imports-file'), { target: { files: [file] } });
    await waitFor(() => expect(onPlace).toHaveBeenCalledExactlyOnceWith({ import: 12 }));
    expect(upload).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: null, name: 'Kontakte für März.csv', offset: 0 }),
    );
  });

  it('takes a file that is dropped anywhere', async () => {
    const { onPlace, onFile } = open([]);
    vi.spyOn(host, 'uploadSlice').mockResolvedValue(12);
    const dropped = new Event('drop', { cancelable: true });
    Object.assign(dropped, { dataTransfer: { types: ['Files'], files: [new File(['a'], 'a.csv')] } });
    act(() => void window.dispatchEvent(dropped));
    // Else the web view would show the file in the place of the app.
    expect(dropped.defaultPrevented).toBe(true);
    await waitFor(() => expect(onPlace).toHaveBeenCalledWith({ import: 12 }));
    expect(onFile).toHaveBeenCalledOnce();
  });

  it('says why a file did not arrive, and sends no empty one', async () => {
    open([]);
    const upload = vi.spyOn(host, 'uploadSlice').mockRejectedValue(problem('The disk is full.'));
    const input = screen.getByTestId('imports-file');
    fireEvent.change(input, { target: { files: [new File(['a'], 'a.csv')] } });
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    fireEvent.change(screen.getByTestId('imports-file'), { target: { files: [new File([], 'nothing.csv')] } });
    expect(await screen.findByText('The file is empty: nothing.csv')).toBeTruthy();
    expect(upload).toHaveBeenCalledOnce();
  });

  it('clears away what has arrived of a file that is stopped', async () => {
    answer({ importCancel: null });
    const { onPlace } = open([]);
    let arrive: (id: number) => void = () => undefined;
    vi.spyOn(host, 'uploadSlice').mockImplementation(() => new Promise((resolve) => (arrive = resolve)));
    const long = new File([new Uint8Array(SLICE_BYTES + 1)], 'long.csv');
    fireEvent.change(screen.getByTestId('imports-file'), { target: { files: [long] } });
    fireEvent.click(await button('Stop'));
    arrive(12);
    await waitFor(() => expect(host.importCancel).toHaveBeenCalledExactlyOnceWith(12));
    expect(onPlace).not.toHaveBeenCalled();
    expect(host.uploadSlice).toHaveBeenCalledOnce();
  });

  it('lists what was imported before, and opens it again', async () => {
    const { onPlace } = open([{ ...SUMMARY, id: 13, state: 'paused' }, done]);
    const earlier = await screen.findByTestId('import-12');
    expect(earlier.textContent).toContain('60 new tickets, 20 updated, 10 nothing new');
    expect(earlier.textContent).toContain('Ann Lee');
    expect(screen.getByTestId('import-13').dataset.unfinished).toBe('true');
    fireEvent.click(earlier);
    expect(onPlace).toHaveBeenCalledExactlyOnceWith({ import: 12 });
  });

  it('says so when an import is not here', async () => {
    open([done], { import: 99 });
    expect(await screen.findByText('This import is not here')).toBeTruthy();
  });
});

describe('the columns', () => {
  it('show what was recognised and how, with the first rows', async () => {
    const { container } = open([SUMMARY], { import: 12 });
    const email = await target(0);
    expect(email).toHaveProperty('value', 'E-mail');
    expect(screen.getByTestId('import-column-0').textContent).toContain('known provider');
    expect(screen.getByTestId('import-column-3').textContent).toContain('Column 4');
    expect(screen.getByText('Two columns are called “Phone”.')).toBeTruthy();
    const preview = screen.getByTestId('imports-preview');
    expect(within(preview).getByText('jane@acme.co.uk')).toBeTruthy();
    expect(within(preview).getByText('“bob@” is no e-mail address.')).toBeTruthy();
    await expectAccessible(container);
  });

  it('are chosen, kept by the host, and the choice can be taken back', async () => {
    open([SUMMARY], { import: 12 });
    const kept: ImportDraft[] = [];
    const set = vi.spyOn(host, 'importSetMapping').mockImplementation(async (_id, mapping) => {
      const next = { ...DRAFT, mapping };
      kept.push(next);
      return next;
    });
    const remarks = await target(2);
    fireEvent.click(remarks);
    fireEvent.click(screen.getByText('Industry'));
    // At once, before the host has answered.
    expect(remarks).toHaveProperty('value', 'Industry');
    await waitFor(() => expect(set).toHaveBeenCalledOnce());
    expect(set.mock.calls[0]?.[1].rules[0]).toMatchObject({ to: 'industry' });
    fireEvent.click(await button('Undo the last choice'));
    await waitFor(() => expect(set).toHaveBeenCalledTimes(2));
    expect(set.mock.calls[1]?.[1]).toEqual(DRAFT.mapping);
  });

  it('show again what is kept when a choice was not', async () => {
    open([SUMMARY], { import: 12 });
    vi.spyOn(host, 'importSetMapping').mockRejectedValue(problem('The import runs already.'));
    fireEvent.click(await target(2));
    fireEvent.click(screen.getByText('Industry'));
    expect(await screen.findByText('The import runs already.')).toBeTruthy();
    await waitFor(() =>
      expect(screen.getByLabelText('What “Remarks” is', { selector: 'input' })).toHaveProperty('value', ''),
    );
  });

  it('are checked only once every choice is kept', async () => {
    open([SUMMARY], { import: 12 });
    const order: string[] = [];
    let answerNow: (draft: ImportDraft) => void = () => undefined;
    vi.spyOn(host, 'importSetMapping').mockImplementation(
      () =>
        new Promise((resolve) => {
          answerNow = (draft) => {
            order.push('kept');
            resolve(draft);
          };
        }),
    );
    vi.spyOn(host, 'importPlan').mockImplementation(async () => {
      order.push('planned');
      return null;
    });
    fireEvent.click(await target(2));
    fireEvent.click(screen.getByText('Industry'));
    await waitFor(() => expect(host.importSetMapping).toHaveBeenCalledOnce());
    fireEvent.click(buttonNow('Check the rows'));
    expect(host.importPlan).not.toHaveBeenCalled();
    answerNow(assigned(DRAFT, 2, 'industry'));
    await waitFor(() => expect(host.importPlan).toHaveBeenCalledExactlyOnceWith(12));
    expect(order).toEqual(['kept', 'planned']);
  });

  it('say why a file cannot be read', async () => {
    answer({ imports: [SUMMARY], importRules: {} });
    const calls = { onPlace: vi.fn(), onOpen: vi.fn(), onReview: vi.fn() };
    vi.spyOn(host, 'importDraft').mockRejectedValue(problem('This is a web page, not a table.'));
    renderScreen(<ImportsPage place={{ import: 12 }} onPainted={() => undefined} {...calls} />);
    expect(await screen.findByText('This is a web page, not a table.')).toBeTruthy();
    expect(buttonNow('Check the rows')).toHaveProperty('disabled', true);
  });
});

describe('going back', () => {
  it('ends when the rows are checked again', async () => {
    const { onPlace } = open([{ ...planned, state: 'planning' }], { import: 12, back: true });
    await waitFor(() => expect(onPlace).toHaveBeenCalledExactlyOnceWith({ import: 12 }));
  });
  it('shows the columns of a plan that has not run', async () => {
    const { onPlace } = open([planned], { import: 12, back: true });
    expect(await target(0)).toBeTruthy();
    expect(onPlace).not.toHaveBeenCalled();
  });
});

describe('the check', () => {
  it('says exactly what will happen; every number opens its rows', async () => {
    const { container, onPlace } = open([planned], { import: 12 });
    expect((await screen.findByTestId('outcome-created')).textContent).toContain('60');
    expect(screen.getByText(/80 tickets will be written/).textContent).toContain('30 rows are of somebody who is here');
    expect(screen.getByText('The e-mail address is not valid')).toBeTruthy();
    expect(within(screen.getByTestId('imports-quality')).getByText('Quality 90 to 100: 60 rows')).toBeTruthy();
    fireEvent.click(screen.getByTestId('outcome-updated'));
    expect(onPlace).toHaveBeenCalledExactlyOnceWith({ import: 12, outcome: 'updated' });
    fireEvent.click(screen.getByTestId('quality-70'));
    expect(onPlace).toHaveBeenLastCalledWith({ import: 12, quality: 70 });
    expect(screen.getByTestId('quality-10')).toHaveProperty('disabled', true);
    fireEvent.click(buttonNow('The e-mail address is not valid'));
    expect(onPlace).toHaveBeenLastCalledWith({ import: 12, problem: 'The e-mail address is not valid' });
    await expectAccessible(container);
  });

  it('opens the rows of a bar, and of a problem as far as they are listed', async () => {
    answer({ importRows: [row(3), row(5)] });
    const bar = open([planned], { import: 12, quality: 90 });
    expect((await screen.findByTestId('imports-rows')).textContent).toContain('Quality 90 to 100: 60 rows');
    await screen.findByTestId('import-row-3');
    expect(host.importRows).toHaveBeenCalledExactlyOnceWith(12, { by: 'quality', is: { from: 90, to: 100 } }, 0, 100);
    fireEvent.click(screen.getByTestId('quality-90'));
    expect(bar.onPlace).toHaveBeenCalledExactlyOnceWith({ import: 12, quality: undefined });
    cleanup();
    const reason = 'The e-mail address is not valid';
    const problems = open([planned], { import: 12, problem: reason });
    expect(await screen.findByText(`${reason}: 5 rows`)).toBeTruthy();
    expect(screen.getByText('The first 2 of them.')).toBeTruthy();
    await screen.findByTestId('import-row-5');
    expect(host.importRows).toHaveBeenLastCalledWith(12, { by: 'problem', is: reason }, 0, 100);
    await expectAccessible(problems.container);
    fireEvent.click(screen.getByRole('button', { name: 'Close the rows' }));
    expect(problems.onPlace).toHaveBeenCalledExactlyOnceWith({ import: 12 });
  });

  it('reads the rows of a number as they come into sight', async () => {
    answer({ importRows: Array.from({ length: 20 }, (_, index) => row(index + 2)) });
    const { onOpen } = open([planned], { import: 12, outcome: 'updated' });
    const first = await screen.findByTestId('import-row-2');
    expect(first.textContent).toContain('Filled in: phone');
    expect(first.textContent).toContain('The same e-mail address');
    expect(host.importRows).toHaveBeenCalledExactlyOnceWith(12, { by: 'outcome', is: 'updated' }, 0, 100);
    fireEvent.click(within(first).getByRole('button', { name: 'Open Company 2 – Jane Doe' }));
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(102);
  });

  it('runs, goes back to the columns, or is given up', async () => {
    answer({ importRun: null, importCancel: null });
    const { onPlace } = open([planned], { import: 12 });
    fireEvent.click(await button('Import 100 rows'));
    await waitFor(() => expect(host.importRun).toHaveBeenCalledExactlyOnceWith(12));
    // Nothing else can be pressed until the host has answered.
    await waitFor(() => expect(buttonNow('Change the columns')).toHaveProperty('disabled', false));
    fireEvent.click(buttonNow('Change the columns'));
    expect(onPlace).toHaveBeenLastCalledWith({ import: 12, back: true });
    fireEvent.click(buttonNow('Give up this import'));
    await waitFor(() => expect(onPlace).toHaveBeenLastCalledWith({}));
    expect(host.importCancel).toHaveBeenCalledExactlyOnceWith(12);
  });

  it('has nothing to run where no row changes anything', async () => {
    open([planned], { import: 12 });
    vi.mocked(host.importPlanView).mockResolvedValue({ ...PLAN, outcomes: [{ outcome: 'skipped', rows: 100 }] });
    expect(await screen.findByText('There is nothing to import')).toBeTruthy();
    expect(buttonNow('Import 100 rows')).toHaveProperty('disabled', true);
  });
});

describe('the run', () => {
  const at = (change: Partial<ImportProgress>): ImportProgress => ({
    id: 12,
    state: 'running',
    done: 40,
    of: 100,
    rows_per_second: 20,
    seconds_left: 3,
    ...change,
  });

  it('tells how far it is, and follows when it is done', async () => {
    const { client } = open([{ ...planned, state: 'running' }], { import: 12 });
    await screen.findByTestId('imports-run');
    act(() => takeProgress(client, at({})));
    expect((await screen.findByTestId('import-progress')).textContent).toBe(
      '40 of 100 rows · 20 rows a second · a moment left',
    );
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
    vi.mocked(host.imports).mockResolvedValue([done]);
    act(() => takeProgress(client, at({ state: 'done', done: 100 })));
    expect(await screen.findByText('Every row went as planned.')).toBeTruthy();
    expect(screen.getByText('Done: 60 new tickets, 20 updated, 10 nothing new')).toBeTruthy();
  });

  it('is paused and stopped', async () => {
    answer({ importPause: null, importCancel: null });
    open([{ ...planned, state: 'running' }], { import: 12 });
    fireEvent.click(await button('Pause'));
    await waitFor(() => expect(host.importPause).toHaveBeenCalledExactlyOnceWith(12));
    await waitFor(() => expect(buttonNow('Stop here')).toHaveProperty('disabled', false));
    fireEvent.click(buttonNow('Stop here'));
    await waitFor(() => expect(host.importCancel).toHaveBeenCalledExactlyOnceWith(12));
  });

  it('goes on after a restart from where it was', async () => {
    answer({ importResume: null });
    const { container } = open(
      [{ ...planned, state: 'paused', done: [{ outcome: 'created', rows: 40 }], problem: 'The disk is full.' }],
      { import: 12 },
    );
    expect((await screen.findByTestId('import-progress')).textContent).toBe('40 of 100 rows');
    expect(screen.getByText('The disk is full.')).toBeTruthy();
    await expectAccessible(container);
    fireEvent.click(buttonNow('Go on'));
    await waitFor(() => expect(host.importResume).toHaveBeenCalledExactlyOnceWith(12));
  });
});

describe('the result', () => {
  it('names every difference from the plan', async () => {
    open(
      [
        {
          ...done,
          done: [
            { outcome: 'created', rows: 59 },
            { outcome: 'skipped', rows: 41 },
          ],
        },
      ],
      { import: 12 },
    );
    expect(await screen.findByText('New tickets: 59, where 60 were planned')).toBeTruthy();
    expect(screen.getByTestId('outcome-created').textContent).toContain('60 planned');
  });

  it('saves what did not come in, and leads to Review', async () => {
    answer({ importErrorFile: 'apollo-contacts-errors.csv' });
    const { onReview } = open([done], { import: 12 });
    fireEvent.click(await button('Save the rows that did not come in'));
    await waitFor(() => expect(host.importErrorFile).toHaveBeenCalledExactlyOnceWith(12));
    fireEvent.click(buttonNow('Open Review'));
    expect(onReview).toHaveBeenCalledOnce();
  });

  it('is undone, except for what somebody has worked on since', async () => {
    const { container } = open([done], { import: 12 });
    const because = { reason: 'somebody has worked on it since', tickets: 1 };
    vi.spyOn(host, 'importUndo').mockImplementation(async () => {
      vi.mocked(host.imports).mockResolvedValue([{ ...done, state: 'undone', undoable: false }]);
      return { operation: 5, restored: 79, compensated: 2, kept: [], kept_count: 1, kept_because: [because] };
    });
    fireEvent.click(await button('Undo import'));
    const undone = await screen.findByTestId('imports-undone');
    expect(undone.textContent).toContain('79 tickets put back as before the import');
    expect(undone.textContent).toContain('1 ticket kept');
    expect(undone.textContent).toContain('1 ticket: somebody has worked on it since');
    expect(screen.queryByText('Undo import')).toBeNull();
    await expectAccessible(container);
  });

  it('says what a stopped import left out', async () => {
    open([{ ...planned, state: 'cancelled', done: [{ outcome: 'created', rows: 40 }], undoable: true }], {
      import: 12,
    });
    expect(await screen.findByText(/60 rows were not imported/)).toBeTruthy();
    expect(screen.queryByText('Every row went as planned.')).toBeNull();
  });
});
