/** Every route of the window, in one file, which is long for that reason; the only place where features meet. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createBrowserHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  useLocation,
  useNavigate,
  useRouter,
  useSearch,
} from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useAction, useActionRegistry, useHoldActions } from './actions/useActions';
import { useApp } from './api/app';
import type { AppState } from './api/bindings';
import { host } from './api/host';
import { boardQuery, referenceQuery } from './api/queries';
import { LookupProvider, useLoadedLookup } from './api/reference';
import { announce } from './components/announce';
import { Crashed } from './components/Crashed';
import { DncProvider } from './components/dnc/Dnc';
import { EmptyNotice } from './components/EmptyNotice';
import { FileDropProvider } from './components/FileDrop';
import { MovingProvider } from './components/moving/Moving';
import { operations } from './components/operations';
import { toast } from './components/toast';
import Board from './features/board/Board';
import Filters from './features/board/Filters';
import { Frame } from './features/frame/Frame';
import type { Opens } from './features/insights/model';
import { type InsightsSearch, readInsightsSearch } from './features/insights/view';
import Palette from './features/search/Palette';
import { recall, remember } from './lib/remembered';
import {
  type BoardSearch,
  type FrameSearch,
  type ImportsSearch,
  type ListSearch,
  type OutboxSearch,
  type ReviewSearch,
  readBoardSearch,
  readFrameSearch,
  readImportsSearch,
  readListSearch,
  readOutboxSearch,
  readReviewSearch,
  readSettingsSearch,
  rememberable,
  type SettingsSearch,
  toFilter,
} from './lib/urlState';
import { t } from './strings';

// The board is what everybody sees first; everything else comes when it is asked for, from the disk.
const TicketPanel = lazy(() => import('./features/ticket/TicketPanel'));
const ListPage = lazy(() => import('./features/list/ListPage'));
const OutboxPage = lazy(() => import('./features/outbox/OutboxPage'));
const ImportsPage = lazy(() => import('./features/imports/ImportsPage'));
const ReviewPage = lazy(() => import('./features/review/ReviewPage'));
const InsightsPage = lazy(() => import('./features/insights/InsightsPage'));
const SettingsPage = lazy(() => import('./features/settings/SettingsPage'));
const HealthPage = lazy(() => import('./features/health/HealthPage'));
const OutboxDrawer = lazy(() => import('./features/outbox/OutboxDrawer'));
const ShortcutSheet = lazy(() => import('./features/frame/ShortcutSheet'));
const Preferences = lazy(() => import('./features/preferences/Preferences'));
const NewTicket = lazy(() => import('./features/newticket/NewTicket'));
const SignInAgain = lazy(() => import('./components/signin/SignInAgain'));

/** Fetches the chunks ahead, once the board stands, so that the first click on anything is as quick as the second. */
export function prefetchScreens(): void {
  void import('./features/ticket/TicketPanel');
  void import('./features/outbox/OutboxDrawer');
  void import('./components/tickets/CardMenu');
  void import('./components/moving/DropForm');
  void import('./features/newticket/NewTicket');
}

/** Has the rules, the first route and, where that is the board, its cards fetched at once. What fails is shown by the screen that needs it. */
export async function prepareScreens(router: ReturnType<typeof makeRouter>, client: QueryClient): Promise<void> {
  const rules = client.prefetchQuery(referenceQuery());
  await router.load().catch(() => undefined);
  const { pathname, search } = router.state.location;
  const wanted = search as BoardSearch;
  // Whose cards “mine” are is for the rules to say.
  if (pathname === '/board' && wanted.mine !== true) await client.prefetchQuery(boardQuery(toFilter(wanted, null)));
  await rules;
}

/** What each screen is called. */
const TITLES: Record<string, string> = {
  '/board': t.frame.board,
  '/import': t.frame.imports,
  '/list': t.frame.list,
  '/outbox': t.frame.outbox,
  '/review': t.frame.review,
  '/health': t.frame.health,
  '/insights': t.frame.insights,
  '/settings': t.frame.settings,
};

type Dialog = 'palette' | 'shortcuts' | 'preferences' | 'new' | 'sign-in' | null;

const rootRoute = createRootRoute({
  validateSearch: (raw: Record<string, unknown>): FrameSearch => readFrameSearch(raw),
  component: Layout,
  errorComponent: Crashed,
  notFoundComponent: () => <EmptyNotice title={t.errors.noPage} />,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/board', search: {} });
  },
});

const boardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/board',
  validateSearch: (raw: Record<string, unknown>): BoardSearch => readBoardSearch(raw),
  component: BoardScreen,
  errorComponent: Crashed,
});

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/list',
  // The view of the insights is carried along, so that going back from the rows of a figure finds it.
  validateSearch: (raw: Record<string, unknown>): ListSearch & InsightsSearch => ({
    ...readInsightsSearch(raw),
    ...readListSearch(raw),
  }),
  component: ListScreen,
  errorComponent: Crashed,
});

const outboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/outbox',
  // The board's filter is carried along, so that going back finds it.
  validateSearch: (raw: Record<string, unknown>): BoardSearch & OutboxSearch => ({
    ...readBoardSearch(raw),
    ...readOutboxSearch(raw),
  }),
  component: OutboxScreen,
  errorComponent: Crashed,
});

const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/import',
  validateSearch: (raw: Record<string, unknown>): BoardSearch & ImportsSearch => ({
    ...readBoardSearch(raw),
    ...readImportsSearch(raw),
  }),
  component: ImportScreen,
  errorComponent: Crashed,
});

const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/review',
  validateSearch: (raw: Record<string, unknown>): BoardSearch & ReviewSearch => ({
    ...readBoardSearch(raw),
    ...readReviewSearch(raw),
  }),
  component: ReviewScreen,
  errorComponent: Crashed,
});

const healthRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/health',
  validateSearch: (raw: Record<string, unknown>): BoardSearch => readBoardSearch(raw),
  component: HealthScreen,
  errorComponent: Crashed,
});

const insightsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/insights',
  validateSearch: (raw: Record<string, unknown>): BoardSearch & InsightsSearch => ({
    ...readBoardSearch(raw),
    ...readInsightsSearch(raw),
  }),
  component: InsightsScreen,
  errorComponent: Crashed,
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  validateSearch: (raw: Record<string, unknown>): BoardSearch & SettingsSearch => ({
    ...readBoardSearch(raw),
    ...readSettingsSearch(raw),
  }),
  component: SettingsScreen,
  errorComponent: Crashed,
});

let shown: string | null = null;

/**
 * Starts where the window was closed with this data, as far as that may be kept. Ids of one profile mean nothing in another,
 * so each remembers its own address.
 */
function makeHistory(profile: string) {
  const history = createBrowserHistory();
  const fresh = shown === null && window.location.pathname === '/';
  if (fresh || (shown !== null && shown !== profile)) {
    const last = recall(`address.${profile}`);
    history.replace(last?.startsWith('/') ? last : '/board');
  }
  shown = profile;
  return history;
}

export function makeRouter(profile: string) {
  const router = createRouter({
    routeTree: rootRoute.addChildren([
      indexRoute,
      boardRoute,
      listRoute,
      importRoute,
      outboxRoute,
      reviewRoute,
      healthRoute,
      insightsRoute,
      settingsRoute,
    ]),
    history: makeHistory(profile),
    scrollRestoration: false,
  });
  router.subscribe('onResolved', ({ toLocation }) => {
    const kept = rememberable(toLocation.search as Record<string, unknown>);
    const search = router.options.stringifySearch?.(kept) ?? '';
    remember(`address.${profile}`, `${toLocation.pathname}${search}`);
  });
  return router;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

/** Changes the address without leaving a step behind: filters and panels are no journey. */
function useChangeSearch() {
  const navigate = useNavigate();
  return useCallback(
    (change: Record<string, unknown>): void => {
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({ ...before, ...change }),
        replace: true,
      });
    },
    [navigate],
  );
}

function useOpenTicket() {
  const change = useChangeSearch();
  return useCallback((ticket: number, edit?: string) => change({ ticket, edit, drawer: undefined }), [change]);
}

function Layout() {
  const { app } = useApp();
  const lookup = useLoadedLookup();
  const navigate = useNavigate();
  return (
    <LookupProvider value={lookup}>
      <MovingProvider>
        <DncProvider>
          <FileDropProvider onFile={() => void navigate({ to: '/import', search: (before) => before })}>
            <Screens app={app} />
          </FileDropProvider>
        </DncProvider>
      </MovingProvider>
    </LookupProvider>
  );
}

function Screens({ app }: { app: AppState }) {
  const search = useSearch({ strict: false }) as FrameSearch & ListSearch;
  const path = useLocation({ select: (location) => location.pathname });
  const onBoard = path === '/board';
  const onList = path === '/list';
  const navigate = useNavigate();
  const change = useChangeSearch();
  const openTicket = useOpenTicket();
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = (): void => setDialog(null);
  useHoldActions(dialog !== null || search.drawer !== undefined);

  const toDrawer = (): void => change({ drawer: search.drawer === undefined ? 'outbox' : undefined });
  const closeTicket = (): void => {
    const { ticket } = search;
    change({ ticket: undefined, edit: undefined });
    // Back to the card it was opened from, where it is in sight.
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-testid="card-${ticket}"]`)?.focus({ preventScroll: true }),
    );
  };
  const run = (work: () => Promise<unknown>, said: string) => (): void => {
    work().then(() => announce(said), toast.failure);
  };

  useAction('palette.open', () => setDialog('palette'));
  useAction('help.keys', () => setDialog('shortcuts'));
  useAction('preferences.open', () => setDialog('preferences'));
  useAction('ticket.new', () => setDialog('new'));
  useAction('edit.undo', () => void operations.undo());
  useAction('edit.redo', () => void operations.redo());
  useAction('go.board', () => void navigate({ to: '/board', search: (before) => before }));
  useAction('go.imports', () => void navigate({ to: '/import', search: (before) => before }));
  useAction('go.list', () => void navigate({ to: '/list', search: (before) => before }));
  useAction('go.outbox', () => void navigate({ to: '/outbox', search: (before) => before }));
  useAction('go.review', () => void navigate({ to: '/review', search: (before) => before }));
  useAction('go.settings', () => void navigate({ to: '/settings', search: (before) => before }));
  useAction('go.health', () => void navigate({ to: '/health', search: (before) => before }));
  useAction('go.insights', () => void navigate({ to: '/insights', search: (before) => before }));
  useAction('drawer.toggle', toDrawer);
  useAction('sync.now', run(host.syncNow, t.outbox.syncNow));
  useAction('sync.retry', run(host.retryAll, t.outbox.retriedAll));

  const outbox = {
    onOpen: openTicket,
    onConflicts: () =>
      void navigate({
        to: '/review',
        search: ({ drawer: _drawer, ...before }) => ({ ...before, reason: 'sync_conflict' }),
      }),
  };
  return (
    <>
      <Frame
        demo={app.demo}
        tools={
          (onBoard || (onList && search.rows === undefined)) && (
            <Filters search={search} stages={onList} onSearch={change} onWhoAmI={() => setDialog('preferences')} />
          )
        }
        onSearch={() => setDialog('palette')}
        onNew={() => setDialog('new')}
        onPreferences={() => setDialog('preferences')}
        onShortcuts={() => setDialog('shortcuts')}
        onStatus={toDrawer}
        onSignIn={() => setDialog('sign-in')}
        onSettings={() => void navigate({ to: '/settings', search: (before) => before })}
        onHealth={() => void navigate({ to: '/health', search: (before) => before })}
      >
        <h1 className="visually-hidden">{TITLES[path] ?? t.app}</h1>
        <Outlet />
        <Suspense fallback={null}>
          {search.ticket !== undefined && (
            <TicketPanel
              ticket={search.ticket}
              edit={search.edit}
              onEdited={() => change({ edit: undefined })}
              onClose={closeTicket}
              onOpen={openTicket}
              onOutbox={() => change({ drawer: 'outbox' })}
            />
          )}
        </Suspense>
      </Frame>
      <Suspense fallback={null}>
        {search.drawer === 'outbox' && (
          <OutboxDrawer
            {...outbox}
            onClose={() => change({ drawer: undefined })}
            onPage={() => void navigate({ to: '/outbox', search: ({ drawer: _drawer, ...before }) => before })}
          />
        )}
        {dialog === 'palette' && <Palette onClose={close} onOpen={openTicket} />}
        {dialog === 'shortcuts' && <ShortcutSheet onClose={close} />}
        {dialog === 'sign-in' && <SignInAgain onClose={close} />}
        {dialog === 'preferences' && <Preferences app={app} onClose={close} />}
        {dialog === 'new' && <NewTicket onClose={close} onOpen={openTicket} />}
      </Suspense>
    </>
  );
}

function BoardScreen() {
  const { onPainted } = useApp();
  const search = boardRoute.useSearch();
  const change = useChangeSearch();
  const openTicket = useOpenTicket();
  return (
    <div className="screen">
      <Board search={search} opened={search.ticket} onSearch={change} onOpen={openTicket} onPainted={onPainted} />
    </div>
  );
}

function ListScreen() {
  const { onPainted } = useApp();
  const search = listRoute.useSearch() as ListSearch & FrameSearch;
  const navigate = useNavigate();
  const change = useChangeSearch();
  const openTicket = useOpenTicket();
  return (
    <div className="screen">
      <Suspense fallback={null}>
        <ListPage
          search={search}
          opened={search.ticket}
          onSearch={change}
          onOpen={openTicket}
          onInsights={() => void navigate({ to: '/insights', search: ({ rows: _rows, ...before }) => before })}
          onPainted={onPainted}
        />
      </Suspense>
    </div>
  );
}

function OutboxScreen() {
  const { onPainted } = useApp();
  const { show } = outboxRoute.useSearch();
  const navigate = useNavigate();
  const change = useChangeSearch();
  const openTicket = useOpenTicket();
  return (
    <Suspense fallback={null}>
      <OutboxPage
        show={show}
        onShow={(next) => change({ show: next })}
        onPainted={onPainted}
        onOpen={openTicket}
        onConflicts={() =>
          void navigate({ to: '/review', search: (before) => ({ ...before, reason: 'sync_conflict' }) })
        }
        onHealth={() => void navigate({ to: '/health', search: (before) => before })}
      />
    </Suspense>
  );
}

function ImportScreen() {
  const { onPainted } = useApp();
  const { import: open, back, outcome } = importRoute.useSearch();
  const navigate = useNavigate();
  const change = useChangeSearch();
  const openTicket = useOpenTicket();
  return (
    <Suspense fallback={null}>
      <ImportsPage
        place={{ import: open, back, outcome }}
        onPlace={(place) => change({ import: undefined, back: undefined, outcome: undefined, ...place })}
        onPainted={onPainted}
        onOpen={openTicket}
        onReview={() => void navigate({ to: '/review', search: (before) => before })}
      />
    </Suspense>
  );
}

function ReviewScreen() {
  const { onPainted } = useApp();
  const search = reviewRoute.useSearch();
  const change = useChangeSearch();
  const openTicket = useOpenTicket();
  return (
    <Suspense fallback={null}>
      <ReviewPage search={search} onSearch={change} onPainted={onPainted} onOpen={openTicket} />
    </Suspense>
  );
}

function HealthScreen() {
  const { onPainted } = useApp();
  const navigate = useNavigate();
  const openTicket = useOpenTicket();
  return (
    <Suspense fallback={null}>
      <HealthPage
        onPainted={onPainted}
        onOpen={openTicket}
        onOutbox={() => void navigate({ to: '/outbox', search: (before) => before })}
        onMapping={() => void navigate({ to: '/settings', search: (before) => before })}
      />
    </Suspense>
  );
}

function InsightsScreen() {
  const { onPainted } = useApp();
  const { insights } = insightsRoute.useSearch();
  const router = useRouter();
  const navigate = useNavigate();
  const change = useChangeSearch();
  return (
    <Suspense fallback={null}>
      <InsightsPage
        view={insights ?? {}}
        onView={(view) => change({ insights: Object.keys(view).length === 0 ? undefined : view })}
        hrefOf={(rows) => {
          const { to, search } = placeOf(rows);
          return router.buildLocation({ to, search: { ...search, ...(insights === undefined ? {} : { insights }) } })
            .href;
        }}
        onOpen={(rows) => {
          const { to, search } = placeOf(rows);
          void navigate({ to, search: (before) => ({ ...before, ...search }) });
        }}
        onPainted={onPainted}
      />
    </Suspense>
  );
}

/** Where what makes a figure is shown: tickets in the list, rows of one import with it, of several among the imports. */
function placeOf(rows: Opens) {
  if ('mark' in rows) return { to: '/list', search: { rows } };
  if ('review' in rows) return { to: '/review', search: rows.review === '' ? {} : { via: rows.review } };
  const [only, ...others] = rows.imports;
  return { to: '/import', search: others.length > 0 ? {} : { import: only, outcome: rows.outcome } };
}

function SettingsScreen() {
  const { onPainted } = useApp();
  const { tab } = settingsRoute.useSearch();
  const registry = useActionRegistry();
  const change = useChangeSearch();
  return (
    <Suspense fallback={null}>
      <SettingsPage
        tab={tab ?? 'halopsa'}
        onTab={(next) => change({ tab: next === 'halopsa' ? undefined : next })}
        onPreferences={() => registry.run('preferences.open')}
        onPainted={onPainted}
      />
    </Suspense>
  );
}
